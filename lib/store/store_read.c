/* SPDX-License-Identifier: MIT */
/* Reading for the commands: through the public views wherever they say it. */
#include "store/books.h"

#include "base/mem.h"
#include "value/day.h"

#include <stdlib.h>

#define COLUMNS_MAX 64

struct fact {
	const char *sql;
	int64_t *value;
};

static int read_settled(struct store *s, struct status_facts *facts, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_PERIODS_SETTLED, e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, instant_day(facts->last_good.ended));
	db_bind_int(q, 2, s->options.settle_days);
	db_bind_int(q, 3, STORE_SETTLED_MAX);
	while ((rc = db_step(s->db, q, e)) == 1) {
		struct span name = db_span(q, 0);

		snprintf(facts->settled[facts->settled_count++], PERIOD_TEXT_MAX, "%.*s", (int)name.n, name.p);
	}
	return rc;
}

int store_status(struct store *s, struct status_facts *facts, struct err *e)
{
	int64_t first = 0, last = 0;
	struct fact list[] = {
		{ "SELECT coalesce(sum(purchases), 0) FROM part", &facts->purchases },
		{ "SELECT count(*) FROM subscription WHERE usage_source = 0", &facts->subscriptions },
		{ "SELECT count(*) FROM subscription WHERE usage_source IN (1, 2, 3)", &facts->not_covered },
		{ "SELECT count(*) FROM usage_unpriced", &facts->unpriced },
		{ "SELECT count(DISTINCT meter_id) FROM usage_unpriced", &facts->unpriced_meters },
		{ "SELECT coalesce(min(reported_day), 0) FROM slice WHERE state IN (1, 2, 3)", &first },
		{ "SELECT coalesce(max(reported_day), 0) FROM slice WHERE state IN (1, 2, 3)", &last },
		{ "SELECT count(*) FROM coverage WHERE state IN ('failed', 'missing')", &facts->gaps },
	};

	*facts = (struct status_facts){ .purchases = 0 };
	for (size_t i = 0; i < countof(list); i++)
		if (db_exec_int(s->db, list[i].sql, list[i].value, e) == -1)
			return -1;
	facts->first_day = (int32_t)first;
	facts->last_day = (int32_t)last;
	if (store_last_run(s, &facts->last, e) == -1)
		return -1;
	if (store_last_good_run(s, &facts->last_good, e) == -1)
		return -1;
	return facts->last_good.found ? read_settled(s, facts, e) : 0;
}

static int hand_out_row(struct sqlite3_stmt *q, struct store_rows *rows, struct err *e)
{
	const char *names[COLUMNS_MAX], *values[COLUMNS_MAX];
	char *copies[COLUMNS_MAX];
	int columns = db_column_count(q), rc;

	if (columns > COLUMNS_MAX)
		columns = COLUMNS_MAX;
	for (int i = 0; i < columns; i++) {
		struct span value = db_span(q, i);

		names[i] = db_column_name(q, i);
		copies[i] = db_is_null(q, i) ? NULL : xstrndup(value.p, value.n);
		values[i] = copies[i];
	}
	rc = rows->on_row(rows, columns, names, values, e);
	for (int i = 0; i < columns; i++)
		free(copies[i]);
	return rc;
}

int store_hand_out(struct db *db, struct sqlite3_stmt *q, struct store_rows *rows, int64_t *count, struct err *e)
{
	int rc = -1;

	while (q && (rc = db_step(db, q, e)) == 1) {
		if (count)
			++*count;
		if (hand_out_row(q, rows, e) == -1) {
			rc = -1;
			break;
		}
	}
	db_finalize(q);
	return rc;
}

int store_select(struct store *s, const char *sql, const char *const *parameters, size_t parameter_count, struct store_rows *rows,
		 struct err *e)
{
	struct sqlite3_stmt *q = db_prepare(s->db, sql, e);

	for (size_t i = 0; q && i < parameter_count; i++) {
		if (parameters[i])
			db_bind_text(q, (int)i + 1, parameters[i]);
		else
			db_bind_null(q, (int)i + 1);
	}
	return store_hand_out(s->db, q, rows, NULL, e);
}
