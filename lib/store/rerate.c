/* SPDX-License-Identifier: MIT */
#include "store/rerate.h"

#include "base/mem.h"
#include "billing/period.h"
#include "value/day.h"

#include <stdlib.h>

struct rows {
	size_t count, room;
	struct row *items;
};

static struct row *rows_add(struct rows *rows)
{
	if (rows->count == rows->room) {
		rows->room = rows->room ? rows->room * 2 : 256;
		rows->items = xreallocarray(rows->items, rows->room, sizeof(*rows->items));
	}
	return &rows->items[rows->count++];
}

void rerate_groups_add(struct rerate_groups *groups, int64_t period, int64_t meter)
{
	for (size_t i = groups->count; i > 0; i--)
		if (groups->items[i - 1].meter == meter && groups->items[i - 1].period == period)
			return;
	groups->items = xreallocarray(groups->items, groups->count + 1, sizeof(*groups->items));
	groups->items[groups->count++] = (struct rerate_group){ period, meter };
}

void rerate_groups_fini(struct rerate_groups *groups)
{
	free(groups->items);
	*groups = (struct rerate_groups){ .count = 0 };
}

static int read_all(struct store *s, struct sqlite3_stmt *q, int64_t subscription, struct rows *rows, struct err *e)
{
	int rc;

	while ((rc = db_step(s->db, q, e)) == 1)
		row_read(q, subscription, rows_add(rows));
	return rc;
}

struct pricing { /* of one group, row after row */
	struct store *s;
	int64_t run_id, since_seq;
	enum change_reason reason;
	struct decimal position;
	int64_t *revised;
};

/* New prices can make an amount too large. One such purchase goes without an amount, which is told like any other that has none,
 * rather than keep every price of the card out. True when the error was of that kind; it is cleared then. */
static bool is_out_of_range(struct row *row, struct err *e)
{
	if (e->kind != ERR_FORMAT)
		return false;
	err_clear(e);
	row->rating = RATING_UNPRICED;
	row->rate_id = 0;
	row->has_amount = false;
	row->amount = 0;
	return true;
}

/* The bands of ROW at the position reached; moves the position on. COUNT 0: the row is not rated. */
static int price_row(struct pricing *p, struct row *row, struct rating_band *bands, size_t *count, struct err *e)
{
	struct rating_choice choice;
	struct decimal quantity;

	*count = 0;
	if (ratebook_choose(p->s, row->key.meter, row->product, row->key.start, &choice, e) == -1)
		return -1;
	row->rating = choice.status;
	row->rate_id = choice.rate ? choice.rate->id : 0;
	row->has_amount = choice.status == RATING_RATED;
	row->amount = 0;
	if (!row->has_amount)
		return 0;
	if (decimal_parse(&quantity, span_of(row->quantity), e) == -1 ||
	    rating_split(&choice.rate->rate, p->position, quantity, bands, count, &row->amount, e) == -1) {
		*count = 0;
		return p->reason == REASON_RERATED_PRICE && is_out_of_range(row, e) ? 0 : -1;
	}
	return decimal_add(&p->position, p->position, quantity, e);
}

static bool same_price(const struct row *a, const struct row *b)
{
	return a->rating == b->rating && a->rate_id == b->rate_id && a->has_amount == b->has_amount && a->amount == b->amount;
}

/* Writes what has changed of a row's price. */
static int write_price(struct pricing *p, const struct row *old, struct row *row, const struct rating_band *bands, size_t count,
		       struct err *e)
{
	bool equal;

	if (row_bands_equal(p->s, &row->key, bands, count, &equal, e) == -1)
		return -1;
	if (equal && same_price(old, row))
		return 0;
	if (!equal && row_bands_write(p->s, &row->key, bands, count, e) == -1)
		return -1;
	if (old->seq > p->since_seq)
		return row_settle_amount(p->s, row, e);
	if (old->run_id != p->run_id)
		++*p->revised;
	return row_revise(p->s, p->run_id, old, row, !old->has_amount && row->has_amount ? REASON_PRICED : p->reason, e);
}

static int price_rows(struct pricing *p, const struct rows *rows, struct err *e)
{
	struct rating_band bands[RATING_BANDS_MAX];
	size_t count;

	for (size_t i = 0; i < rows->count; i++) {
		struct row row = rows->items[i];

		if (row.withdrawn) {
			if (row.seq > p->since_seq && row_bands_write(p->s, &row.key, NULL, 0, e) == -1)
				return -1;
			continue;
		}
		if (price_row(p, &row, bands, &count, e) == -1 || write_price(p, &rows->items[i], &row, bands, count, e) == -1)
			return -1;
	}
	return 0;
}

int rerate_group(struct store *s, int64_t run_id, int64_t subscription, const struct rerate_group *group, int64_t since_seq,
		 enum change_reason reason, int64_t *revised, struct err *e)
{
	struct pricing p = { .s = s, .run_id = run_id, .since_seq = since_seq, .reason = reason, .position = DECIMAL_ZERO,
			     .revised = revised };
	struct sqlite3_stmt *q = db_query(s->db, SQL_USAGE_OF_GROUP, e);
	struct rows rows = { .count = 0 };
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, subscription);
	db_bind_int(q, 2, group->period);
	db_bind_int(q, 3, group->meter);
	rc = read_all(s, q, subscription, &rows, e);
	if (rc == 0)
		rc = price_rows(&p, &rows, e);
	free(rows.items);
	return rc;
}

/* A row of a meter with new rates: priced at once when its meter is flat, else its group is noted. */
static int rerate_row(struct store *s, int64_t run_id, const struct row *old, struct rerate_groups *groups, int64_t *revised,
		      struct err *e)
{
	struct row row = *old;

	if (row_rate(s, &row, e) == -1 && !is_out_of_range(&row, e))
		return -1;
	if (row.banded)
		rerate_groups_add(groups, row.key.period, row.key.meter);
	if (row.banded && old->banded)
		return 0;
	if (same_price(old, &row) && row.banded == old->banded)
		return 0;
	if (old->run_id != run_id)
		++*revised;
	/* the amount of a banded row follows with its group */
	return row_revise(s, run_id, old, &row, !old->has_amount && row.rating == RATING_RATED ? REASON_PRICED : REASON_RERATED_PRICE, e);
}

static int rerate_subscription(struct store *s, int64_t run_id, int64_t subscription, int32_t period, int64_t *revised, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_USAGE_OF_METERS, e);
	struct rerate_groups groups = { .count = 0 };
	struct rows rows = { .count = 0 };
	int64_t since_seq = s->seq;
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, subscription);
	db_bind_int(q, 2, period);
	rc = read_all(s, q, subscription, &rows, e);
	for (size_t i = 0; rc == 0 && i < rows.count; i++)
		rc = rerate_row(s, run_id, &rows.items[i], &groups, revised, e);
	for (size_t i = 0; rc == 0 && i < groups.count; i++)
		rc = rerate_group(s, run_id, subscription, &groups.items[i], since_seq, REASON_RERATED_PRICE, revised, e);
	rerate_groups_fini(&groups);
	free(rows.items);
	return rc;
}

static int subscription_ids(struct store *s, int64_t **ids, size_t *count, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_SUBSCRIPTION_IDS, e);
	int rc;

	*ids = NULL;
	*count = 0;
	if (!q)
		return -1;
	while ((rc = db_step(s->db, q, e)) == 1) {
		*ids = xreallocarray(*ids, *count + 1, sizeof(**ids));
		(*ids)[(*count)++] = db_int(q, 0);
	}
	return rc;
}

int rerate_meters(struct store *s, int64_t run_id, int64_t from, int64_t *revised, struct err *e)
{
	int32_t period = from < day_start(0) ? 0 : period_of_day(instant_day(from), s->options.period_start_day);
	int64_t *ids;
	size_t count;
	int rc;

	if (s->seq == 0)
		return 0;
	rc = subscription_ids(s, &ids, &count, e);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = rerate_subscription(s, run_id, ids[i], period, revised, e);
	free(ids);
	return rc;
}
