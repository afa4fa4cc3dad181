/* SPDX-License-Identifier: MIT */
/* Billing periods: closed, and opened again. */
#include "store/correction.h"
#include "store/standing.h"

#include "billing/period.h"
#include "value/day.h"

enum { CLOSED = 2, SETTLING = 1 };

/* -- closing ------------------------------------------------------------------------------------------------------------------- */

static int put_event(struct store *s, int64_t period, bool closed, int64_t now, int64_t run_id, const char *reason, struct err *e)
{
	const int64_t state[] = { period, closed ? CLOSED : SETTLING };
	struct sqlite3_stmt *q;

	if (store_run_ints(s, SQL_PERIOD_SET, state, 2, e) == -1 || !(q = db_query(s->db, SQL_PERIOD_EVENT, e)))
		return -1;
	db_bind_int(q, 1, period);
	db_bind_int(q, 2, closed);
	db_bind_int(q, 3, now);
	db_bind_int(q, 4, run_id);
	db_bind_text(q, 5, reason);
	closed_forget(s);
	return db_run(s->db, q, e);
}

static int refuse(struct err *e, int64_t period, const char *why, const char *remedy)
{
	char name[PERIOD_TEXT_MAX];

	period_print((int32_t)period, name);
	err_set(e, ERR_CONFIG, "billing period %s: %s", name, why);
	return err_advise(e, "E-PERIOD", remedy);
}

/* An open period before PERIOD in which corrections are booked, 0: there is none. Those that come later must not be closed in before them:
 * what a correction costs depends on those booked before it. */
static int find_older_open(struct store *s, int64_t period, int32_t *older, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_PERIOD_OLDER_OPEN, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, period);
	if (db_step(s->db, q, e) == -1)
		return -1;
	*older = (int32_t)db_int(q, 0);
	db_reset(q);
	return 0;
}

/* Whether a person may close it. */
static int check_closable(struct store *s, int64_t period, int64_t now, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_PERIOD_FIND, e);
	int64_t state, ends;
	int32_t older;
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, period);
	rc = db_step(s->db, q, e);
	if (rc == -1)
		return -1;
	state = db_int(q, 0);
	ends = db_int(q, 1);
	db_reset(q);
	if (rc == 0)
		return refuse(e, period, "the database has no usage of it", "see the view billing_periods for those it has");
	if (state == CLOSED)
		return refuse(e, period, "is closed already", "see the view billing_periods");
	if (ends > instant_day(now))
		return refuse(e, period, "has not ended yet", "close it after its last day");
	if (find_older_open(s, period, &older, e) == -1)
		return -1;
	if (older)
		return refuse(e, period, "an older one with corrections in it is open", "close the oldest first: csp-usaged close without --period");
	return 0;
}

static int oldest_ended(struct store *s, int64_t now, int32_t *period, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_PERIOD_OLDEST_ENDED, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, instant_day(now));
	if (db_step(s->db, q, e) == -1)
		return -1;
	*period = (int32_t)db_int(q, 0);
	db_reset(q);
	if (*period)
		return 0;
	err_set(e, ERR_CONFIG, "there is no billing period to close: none that has ended is open");
	return err_advise(e, "E-PERIOD", "see the view billing_periods");
}

static int count_unread(struct store *s, int64_t starts, int64_t ends, int64_t *count, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_PERIOD_GAPS, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, starts);
	db_bind_int(q, 2, ends);
	if (db_step(s->db, q, e) == -1)
		return -1;
	*count = db_int(q, 0);
	db_reset(q);
	return 0;
}

int store_period_lacks(struct store *s, int32_t *period, int64_t now, struct period_lacks *lacks, struct err *e)
{
	int start_day = s->options.period_start_day;
	struct sqlite3_stmt *q;
	int32_t starts;

	if (!*period && oldest_ended(s, now, period, e) == -1)
		return -1;
	if (check_closable(s, *period, now, e) == -1 || !(q = db_query(s->db, SQL_PERIOD_LACKS, e)))
		return -1;
	starts = period_first_day(*period, start_day);
	db_bind_int(q, 1, *period);
	db_bind_int(q, 2, starts);
	if (db_step(s->db, q, e) == -1)
		return -1;
	lacks->unpriced = db_int(q, 0);
	lacks->begun_late = db_int(q, 1) != 0;
	db_reset(q);
	return count_unread(s, starts, period_end_day(*period, start_day), &lacks->unread, e);
}

int store_period_close(struct store *s, int32_t *period, const char *reason, int64_t now, struct err *e)
{
	if (!*period && oldest_ended(s, now, period, e) == -1)
		return -1;
	if (check_closable(s, *period, now, e) == -1)
		return -1;
	if (store_write(s, e) == -1 || put_event(s, *period, true, now, 0, reason, e) == -1) {
		store_rollback(s);
		return -1;
	}
	return store_flush(s, e);
}

struct due {
	int64_t period, starts, ends;
};

static int read_due(struct store *s, int64_t today, struct due due[STORE_PERIODS_DUE_MAX], size_t *count, struct err *e)
{
	const int64_t values[] = { today, s->options.settle_days, STORE_PERIODS_DUE_MAX };
	struct sqlite3_stmt *q = db_query(s->db, SQL_PERIODS_DUE, e);
	int rc;

	*count = 0;
	if (!q)
		return -1;
	for (int i = 0; i < 3; i++)
		db_bind_int(q, i + 1, values[i]);
	while ((rc = db_step(s->db, q, e)) == 1)
		due[(*count)++] = (struct due){ db_int(q, 0), db_int(q, 1), db_int(q, 2) };
	return rc;
}

/* Closes one, unless it lacks days, or an older one must be closed before it. *TOLD: it is closed, or its days are why it is not. */
static int close_one_due(struct store *s, int64_t run_id, int64_t now, const struct due *due, struct period_due *told_of, bool *told,
			 struct err *e)
{
	int32_t older;

	*told_of = (struct period_due){ .gaps = 0 };
	period_print((int32_t)due->period, told_of->name);
	if (find_older_open(s, due->period, &older, e) == -1 ||
	    count_unread(s, due->starts, due->ends + s->options.settle_days, &told_of->gaps, e) == -1)
		return -1;
	*told = told_of->gaps || !older;
	return told_of->gaps || older ? 0 : put_event(s, due->period, true, now, run_id, "", e);
}

static int close_due(struct store *s, int64_t run_id, int64_t now, struct period_due *list, size_t *count, struct err *e)
{
	struct due due[STORE_PERIODS_DUE_MAX];
	size_t due_count;
	bool told;

	*count = 0;
	if (read_due(s, instant_day(now), due, &due_count, e) == -1)
		return -1;
	for (size_t i = 0; i < due_count; i++) {
		if (close_one_due(s, run_id, now, &due[i], &list[*count], &told, e) == -1)
			return -1;
		*count += told;
	}
	return 0;
}

int store_period_close_due(struct store *s, int64_t run_id, int64_t now, struct period_due list[STORE_PERIODS_DUE_MAX], size_t *count,
			   struct err *e)
{
	if (store_write(s, e) == -1 || close_due(s, run_id, now, list, count, e) == -1) {
		store_rollback(s);
		return -1;
	}
	return 0;
}

/* -- opening again ---------------------------------------------------------------------------------------------------------------- */

static int find_purchase(struct store *s, const struct row_key *key, struct row *row, bool *found, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_USAGE_FIND, e);
	int rc;

	if (!q)
		return -1;
	row_key_bind(q, key);
	rc = db_step(s->db, q, e);
	*found = rc == 1;
	if (*found)
		row_read(q, row);
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

/* The purchase with what CORRECTION adds to it. */
static int add_to_purchase(struct pricing *p, const struct row *correction, const struct row *old, struct row *row, struct err *e)
{
	struct decimal quantity, added;

	*row = *old;
	row->product = correction->product;
	row->withdrawn = false;
	if (row_quantity(old, &quantity, e) == -1 || row_quantity(correction, &added, e) == -1 ||
	    decimal_add(&quantity, quantity, added, e) == -1)
		return -1;
	decimal_print(decimal_normal(quantity), row->quantity);
	if (row_rate(p->s, row, e) == -1 && !pricing_is_out_of_range(row, e))
		return -1;
	if (decimal_is_zero(quantity))
		row_withdraw(row);
	return 0;
}

static int fold(struct pricing *p, const struct row *correction, struct err *e)
{
	const struct row nothing = { .quantity = "0", .withdrawn = true };
	struct row_key key = standing_key(p->s, correction);
	struct row old = nothing, row;
	bool found;

	if (correction_withdraw(p->s, p->run_id, correction, REASON_REOPENED, e) == -1 ||
	    find_purchase(p->s, &key, &old, &found, e) == -1 || add_to_purchase(p, correction, &old, &row, e) == -1)
		return -1;
	row.key = key;
	if (row.withdrawn && row_bands_write(p->s, &key, NULL, 0, e) == -1)
		return -1;
	if (found)
		return row_revise(p->s, p->run_id, &old, &row, REASON_REOPENED, e);
	return row.withdrawn ? 0 : row_insert(p->s, p->run_id, &row, e);
}

/* What corrections say goes back into the purchases that they correct. The newest closed period is opened again only, so that each of
 * them is booked in an open one. */
static int fold_all(struct pricing *p, int32_t period, struct err *e)
{
	int start_day = p->s->options.period_start_day;
	struct sqlite3_stmt *q = db_query(p->s->db, SQL_CORRECTIONS_OF_PERIOD, e);
	struct row_list rows = { .count = 0 };
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, day_start(period_first_day(period, start_day)));
	db_bind_int(q, 2, day_start(period_end_day(period, start_day)));
	rc = row_list_read(p->s, q, &rows, e);
	for (size_t i = 0; rc == 0 && i < rows.count; i++)
		rc = fold(p, &rows.items[i], e);
	row_list_fini(&rows);
	return rc;
}

static int newest_closed(struct store *s, int32_t *period, struct err *e)
{
	int64_t newest;

	if (db_exec_int(s->db, sql_texts[SQL_PERIOD_LAST_CLOSED], &newest, e) == -1)
		return -1;
	if (!newest) {
		err_set(e, ERR_CONFIG, "no billing period is closed");
		return err_advise(e, "E-PERIOD", "see the view billing_periods");
	}
	if (*period && *period != newest)
		return refuse(e, *period, "only the newest closed billing period can be opened again", "leave out --period, and do it again until that one is open");
	*period = (int32_t)newest;
	return 0;
}

static int count_since(struct store *s, int64_t seq, int64_t *count, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_USAGE_SINCE, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, seq);
	if (db_step(s->db, q, e) == -1)
		return -1;
	*count = db_int(q, 0);
	db_reset(q);
	return 0;
}

int store_period_reopen(struct store *s, int64_t run_id, const char *reason, int64_t now, int32_t *period, int64_t *revised, struct err *e)
{
	int64_t counted = 0;
	struct pricing p = { .s = s, .run_id = run_id, .since_seq = s->seq, .reason = REASON_RERATED_PRICE, .revised = &counted };

	if (newest_closed(s, period, e) == -1)
		return -1;
	if (store_write(s, e) == -1 || put_event(s, *period, false, now, run_id, reason, e) == -1 || fold_all(&p, *period, e) == -1 ||
	    rerate_period(&p, *period, e) == -1 || correction_rejoin(&p, *period, e) == -1 ||
	    count_since(s, p.since_seq, revised, e) == -1) {
		store_rollback(s);
		return -1;
	}
	return store_flush(s, e);
}
