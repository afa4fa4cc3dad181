/* SPDX-License-Identifier: MIT */
/* The ledger of runs. */
#include "store/books.h"
#include "store/money.h"

#include "value/day.h"

#include <stdio.h>
#include <string.h>

const char *run_status_name(enum run_status status)
{
	static const char *const names[] = { [RUN_RUNNING] = "running", [RUN_OK] = "ok",           [RUN_PARTIAL] = "partial",
					     [RUN_FAILED] = "failed",   [RUN_ABORTED] = "aborted" };

	return (size_t)status < countof(names) ? names[status] : "unknown";
}

static int abort_open_runs(struct store *s, int64_t now, int64_t *aborted_id, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RUN_OPEN, e);
	int rc;

	if (!q)
		return -1;
	rc = db_step(s->db, q, e);
	*aborted_id = rc == 1 ? db_int(q, 0) : 0;
	db_reset(q);
	if (rc != 1)
		return rc;
	return store_run_ints(s, SQL_RUN_ABORT, &now, 1, e);
}

static int insert_run(struct store *s, const char *trigger, int64_t slot, int64_t now, struct guid correlation, int64_t *run_id,
		      struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RUN_INSERT, e);
	char id[GUID_TEXT_MAX];

	if (!q)
		return -1;
	guid_print(correlation, id);
	db_bind_text(q, 1, trigger);
	db_bind_int(q, 2, slot);
	db_bind_int(q, 3, now);
	db_bind_text(q, 4, id);
	db_bind_int(q, 5, s->seq);
	if (db_run(s->db, q, e) == -1)
		return -1;
	*run_id = db_last_id(s->db);
	return 0;
}

/* Another process may have closed a period, or opened one again, since the last run. */
static int read_again(struct store *s, struct err *e)
{
	closed_forget(s);
	s->period_known = 0;
	return db_exec_int(s->db, sql_texts[SQL_SEQ_LAST], &s->seq, e);
}

int store_hold(struct store *s, struct err *e)
{
	struct sqlite3_stmt *q;
	int rc;

	if (store_write(s, e) == -1 || !(q = db_query(s->db, SQL_RUN_OPEN, e)) || (rc = db_step(s->db, q, e)) == -1) {
		store_rollback(s);
		return -1;
	}
	db_reset(q);
	s->held = rc == 0;
	if (s->held)
		return read_again(s, e);
	store_rollback(s);
	err_set(e, ERR_BUSY, "a run is under way in another process");
	return err_advise(e, "E-LOCK", "do it when the run is over; one that was killed is over once the daemon has been started again");
}

int store_release(struct store *s, struct err *e)
{
	s->held = false;
	return store_flush(s, e);
}

int store_run_begin(struct store *s, const char *trigger, int64_t slot, int64_t now, struct guid correlation, int64_t *run_id,
		    int64_t *aborted_id, struct err *e)
{
	if (store_write(s, e) == -1 || read_again(s, e) == -1 || abort_open_runs(s, now, aborted_id, e) == -1 ||
	    insert_run(s, trigger, slot, now, correlation, run_id, e) == -1 ||
	    db_exec(s->db, "DELETE FROM temp.seen_customer; DELETE FROM temp.seen_subscription", e) == -1) {
		store_rollback(s);
		return -1;
	}
	s->run_seq = s->seq;
	s->run_sum = (struct sum){ .units = 0 };
	s->today = instant_day(now);
	return store_flush(s, e);
}

static int count_unpriced(struct store *s, int64_t *count, struct err *e)
{
	return db_exec_int(s->db, sql_texts[SQL_UNPRICED_COUNT], count, e);
}

static void bind_text_or_null(struct sqlite3_stmt *q, int at, const char *text)
{
	if (text && text[0])
		db_bind_text(q, at, text);
	else
		db_bind_null(q, at);
}

static int update_run(struct store *s, int64_t run_id, enum run_status status, const struct run_counts *c, const struct err *error,
		      int64_t now, struct err *e)
{
	const int64_t values[] = { run_id,         now,         status,          c->customers,   c->subscriptions, c->not_covered,
				   c->slices,      c->slices_failed, c->rows_added, c->rows_changed, c->rows_withdrawn, c->unpriced,
				   c->requests,    c->retries,  c->throttled,    c->bytes,       c->duration_ms,   s->seq };
	struct sqlite3_stmt *q = db_query(s->db, SQL_RUN_END, e);

	if (!q)
		return -1;
	for (int i = 0; i < (int)countof(values); i++)
		db_bind_int(q, i + 1, values[i]);
	bind_text_or_null(q, 19, error ? error->code : NULL);
	bind_text_or_null(q, 20, error ? error->text : NULL);
	bind_text_or_null(q, 21, error ? error->remedy : NULL);
	return db_run(s->db, q, e);
}

int store_run_end(struct store *s, int64_t run_id, enum run_status status, struct run_counts *counts, const struct err *error,
		  int64_t now, struct err *e)
{
	int64_t today = instant_day(now);

	if (count_unpriced(s, &counts->unpriced, e) == -1 || store_write(s, e) == -1 ||
	    update_run(s, run_id, status, counts, error, now, e) == -1 || store_run_ints(s, SQL_PERIOD_SETTLE, &today, 1, e) == -1) {
		store_rollback(s);
		return -1;
	}
	if (store_flush(s, e) == -1)
		return -1;
	db_checkpoint(s->db);
	return 0;
}

static void copy_text(struct sqlite3_stmt *q, int column, char *text, size_t size)
{
	struct span value = db_span(q, column);

	snprintf(text, size, "%.*s", (int)value.n, value.n ? value.p : "");
}

static void read_run(struct sqlite3_stmt *q, struct run_row *row)
{
	row->id = db_int(q, 0);
	copy_text(q, 1, row->trigger, sizeof(row->trigger));
	row->slot = db_int(q, 2);
	row->started = db_int(q, 3);
	row->ended = db_int(q, 4);
	row->status = (enum run_status)db_int(q, 5);
	row->counts = (struct run_counts){ db_int(q, 6),  db_int(q, 7),  db_int(q, 8),  db_int(q, 9),  db_int(q, 10),
					   db_int(q, 11), db_int(q, 12), db_int(q, 13), db_int(q, 14), db_int(q, 15),
					   db_int(q, 16), db_int(q, 17), db_int(q, 18), db_int(q, 19) };
	copy_text(q, 20, row->code, sizeof(row->code));
	copy_text(q, 21, row->error, sizeof(row->error));
	copy_text(q, 22, row->remedy, sizeof(row->remedy));
	row->found = true;
}

static int find_run(struct store *s, enum sql_statement n, struct run_row *row, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, n, e);
	int rc;

	*row = (struct run_row){ .found = false };
	if (!q)
		return -1;
	rc = db_step(s->db, q, e);
	if (rc == 1)
		read_run(q, row);
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

int store_last_run(struct store *s, struct run_row *row, struct err *e)
{
	return find_run(s, SQL_RUN_LAST, row, e);
}

int store_last_good_run(struct store *s, struct run_row *row, struct err *e)
{
	return find_run(s, SQL_RUN_LAST_GOOD, row, e);
}

int store_last_slot(struct store *s, int64_t *slot, struct err *e)
{
	return db_exec_int(s->db, sql_texts[SQL_RUN_LAST_SLOT], slot, e);
}

void store_run_amount(const struct store *s, char *text, size_t size)
{
	char amount[MONEY_TEXT_MAX];

	money_print(s->run_sum.units, s->run_sum.nanos, amount);
	text[0] = '\0';
	if (s->seq != s->run_seq)
		snprintf(text, size, "%s %s", s->currency, amount);
}
