/* SPDX-License-Identifier: MIT */
#include "store/invariants.h"

#include "store/books.h"
#include "store/schema.h"

static int run_script(struct db *db, const char *sql, struct store_rows *broken, int64_t *count, struct err *e)
{
	struct sqlite3_stmt *q;

	while ((q = db_prepare_next(db, &sql, e)))
		if (store_hand_out(db, q, broken, count, e) == -1)
			return -1;
	return e->kind == ERR_NONE ? 0 : -1;
}

int store_check_invariants(struct store *s, struct store_rows *broken, int64_t *count, struct err *e)
{
	struct db *db = NULL;
	int rc = 0;

	*count = 0;
	/* its temporary tables go with the connection */
	if (db_open(&db, s->path, DB_READ, NULL, 0, e) == -1)
		return -1;
	for (unsigned i = 0; i < invariants_file_count && rc == 0; i++)
		rc = run_script(db, invariants_files[i].sql, broken, count, e);
	db_close(db);
	return rc;
}
