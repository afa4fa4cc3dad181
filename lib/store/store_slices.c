/* SPDX-License-Identifier: MIT */
/* What is known of slices, and those that failed. */
#include "store/books.h"

#include "value/slice_state.h"

#include <string.h>

int store_slice_states(struct store *s, int64_t subscription_id, int32_t first, size_t count, unsigned char *states, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_SLICE_STATES, e);
	int rc;

	if (!q)
		return -1;
	memset(states, SLICE_UNKNOWN, count);
	db_bind_int(q, 1, subscription_id);
	db_bind_int(q, 2, first);
	db_bind_int(q, 3, first + (int64_t)count);
	while ((rc = db_step(s->db, q, e)) == 1)
		states[db_int(q, 0) - first] = (unsigned char)db_int(q, 1);
	return rc;
}

int store_slice_facts(struct store *s, int64_t subscription_id, int32_t first, int32_t end, struct slice_facts *facts, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_SLICE_FACTS, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, subscription_id);
	db_bind_int(q, 2, first);
	db_bind_int(q, 3, end);
	if (db_step(s->db, q, e) == -1)
		return -1;
	*facts = (struct slice_facts){
		.oldest = db_is_null(q, 0) ? INT32_MAX : (int32_t)db_int(q, 0),
		.good = db_int(q, 1),
		.rows = db_int(q, 2),
	};
	db_reset(q);
	return 0;
}

int store_slice_failed(struct store *s, int64_t run_id, int64_t subscription_id, int32_t day, const struct err *why, int64_t now,
		       struct err *e)
{
	struct sqlite3_stmt *q;

	(void)run_id;
	if (store_write(s, e) == -1 || !(q = db_query(s->db, SQL_SLICE_FAILED, e)))
		return -1;
	db_bind_int(q, 1, subscription_id);
	db_bind_int(q, 2, day);
	db_bind_int(q, 3, now);
	db_bind_text(q, 4, why->code);
	db_bind_text(q, 5, why->text);
	db_bind_text(q, 6, why->remedy);
	if (db_run(s->db, q, e) == -1) {
		store_rollback(s);
		return -1;
	}
	return store_unit_done(s, 1, e);
}

int store_slice_pages(struct store *s, int64_t subscription_id, int32_t day, struct buf *pages, int64_t *rows, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_SLICE_PAGES, e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, subscription_id);
	db_bind_int(q, 2, day);
	rc = db_step(s->db, q, e);
	if (rc != 1)
		return rc;
	*rows = db_int(q, 1);
	if (buf_add_span(pages, db_span(q, 0)) == -1)
		rc = 0; /* cannot be: it was written from a buffer of that size */
	db_reset(q);
	return rc;
}
