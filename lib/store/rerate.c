/* SPDX-License-Identifier: MIT */
#include "store/rerate.h"

#include "base/mem.h"
#include "billing/period.h"
#include "store/correction.h"
#include "store/pricing.h"
#include "value/day.h"

#include <stdlib.h>

#define FEW_METERS 16 /* a search for each of them in a part costs about as much as reading the purchases of an ordinary one */

static bool is_in_front(const struct group *a, const struct group *b)
{
	return a->start < b->start || (a->start == b->start && a->day < b->day);
}

static void add(struct rerate_groups *groups, struct group group)
{
	for (size_t i = groups->count; i > 0; i--) {
		struct group *have = &groups->items[i - 1];

		if (have->meter != group.meter || have->period != group.period)
			continue;
		if (is_in_front(&group, have))
			*have = group;
		return;
	}
	groups->items = xreallocarray(groups->items, groups->count + 1, sizeof(*groups->items));
	groups->items[groups->count++] = group;
}

void rerate_groups_add_from(struct rerate_groups *groups, const struct row_key *key)
{
	add(groups, (struct group){ key->period, key->meter, key->start, key->day });
}

void rerate_groups_add(struct rerate_groups *groups, int64_t period, int64_t meter)
{
	add(groups, (struct group){ period, meter, GROUP_FROM_THE_FIRST, GROUP_FROM_THE_FIRST });
}

void rerate_groups_fini(struct rerate_groups *groups)
{
	free(groups->items);
	*groups = (struct rerate_groups){ .count = 0 };
}

static int price_rows(struct pricing *p, const struct group_rows *rows, struct err *e)
{
	struct rating_choice choice;
	struct decimal quantity;

	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->items[i].row;

		if (row->withdrawn) {
			if (row->seq > p->since_seq && row_bands_write(p->s, &row->key, NULL, 0, e) == -1)
				return -1;
			continue;
		}
		if (ratebook_choose(p->s, row->key.meter, row->product, row->key.start, EVERY_CARD, &choice, e) == -1 ||
		    row_quantity(row, &quantity, e) == -1 || pricing_row(p, row, &choice, quantity, e) == -1)
			return -1;
	}
	return 0;
}

/* A group of an open period, from its first changed purchase on. */
static int price_group(struct pricing *p, int64_t subscription, const struct group *group, struct err *e)
{
	struct group_rows rows = { .count = 0 };
	int rc = group_read(p->s, subscription, group, &rows, e);

	p->position = rows.position;
	if (rc == 0)
		rc = price_rows(p, &rows, e);
	group_rows_fini(&rows);
	return rc;
}

int rerate_price_groups(struct pricing *p, int64_t subscription, const struct rerate_groups *groups, struct err *e)
{
	for (size_t i = 0; i < groups->count; i++) {
		int rc = closed_find(p->s, groups->items[i].period, NULL, e);

		if (rc == 0)
			rc = price_group(p, subscription, &groups->items[i], e);
		else if (rc == 1)
			rc = correction_price_group(p, subscription, &groups->items[i], e);
		if (rc == -1)
			return -1;
	}
	return 0;
}

/* A row of a meter with new rates: priced at once when its meter is flat, else its group is noted. */
static int rerate_row(struct pricing *p, const struct row *old, struct rerate_groups *groups, struct err *e)
{
	struct row row = *old;

	if (row_rate(p->s, &row, e) == -1 && !pricing_is_out_of_range(&row, e))
		return -1;
	if (row.kind == ROW_GROUPED)
		rerate_groups_add(groups, row.key.period, row.key.meter);
	if (row.kind == ROW_GROUPED && old->kind == ROW_GROUPED)
		return 0;
	if (pricing_same(old, &row) && row.kind == old->kind)
		return 0;
	if (old->run_id != p->run_id)
		++*p->revised;
	/* the amount of a grouped row follows with its group */
	return row_revise(p->s, p->run_id, old, &row, !old->has_amount && row.rating == RATING_RATED ? REASON_PRICED : p->reason, e);
}

static int rerate_rows(struct pricing *p, int64_t subscription, struct sqlite3_stmt *q, struct err *e)
{
	struct rerate_groups groups = { .count = 0 };
	struct row_list rows = { .count = 0 };
	int rc = row_list_read(p->s, q, &rows, e);

	for (size_t i = 0; rc == 0 && i < rows.count; i++)
		rc = rerate_row(p, &rows.items[i], &groups, e);
	if (rc == 0)
		rc = rerate_price_groups(p, subscription, &groups, e);
	rerate_groups_fini(&groups);
	row_list_fini(&rows);
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

/* STATEMENT gives the rows of subscription ?1 and period ?2. */
static int rerate_everywhere(struct pricing *p, enum sql_statement statement, int64_t period, struct err *e)
{
	int64_t *ids;
	size_t count;
	int rc = subscription_ids(p->s, &ids, &count, e);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct sqlite3_stmt *q = db_query(p->s->db, statement, e);

		rc = q ? 0 : -1;
		if (q) {
			db_bind_int(q, 1, ids[i]);
			db_bind_int(q, 2, period);
			rc = rerate_rows(p, ids[i], q, e);
		}
	}
	free(ids);
	return rc;
}

int rerate_meters(struct store *s, int64_t run_id, int64_t count, int64_t from, int64_t *revised, struct err *e)
{
	int32_t period = from < day_start(0) ? 0 : period_of_day(instant_day(from), s->options.period_start_day);
	struct pricing p = { .s = s, .run_id = run_id, .since_seq = s->seq, .reason = REASON_RERATED_PRICE, .revised = revised };

	if (s->seq == 0)
		return 0;
	if (rerate_everywhere(&p, count > FEW_METERS ? SQL_USAGE_OF_MANY_METERS : SQL_USAGE_OF_METERS, period, e) == -1)
		return -1;
	return correction_reprice(s, run_id, revised, e);
}

int rerate_period(struct pricing *p, int64_t period, struct err *e)
{
	return rerate_everywhere(p, SQL_USAGE_OF_PERIOD, period, e);
}
