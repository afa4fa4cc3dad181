/* SPDX-License-Identifier: MIT */
#include "store/invariants.h"

#include "store/books.h"
#include "store/schema.h"

/* The rows of one statement: each is an offence. */
static int hand_out_all(struct db *db, struct sqlite3_stmt *q, struct store_rows *broken, int64_t *count, struct err *e)
{
	int rc;

	while ((rc = db_step(db, q, e)) == 1) {
		++*count;
		if (store_hand_out(q, broken, e) == -1)
			return -1;
	}
	return rc;
}

static int run_script(struct db *db, const char *sql, struct store_rows *broken, int64_t *count, struct err *e)
{
	struct sqlite3_stmt *q;

	while ((q = db_prepare_next(db, &sql, e))) {
		int rc = hand_out_all(db, q, broken, count, e);

		db_finalize(q);
		if (rc == -1)
			return -1;
	}
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
