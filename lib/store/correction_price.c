/* SPDX-License-Identifier: MIT */
/* What corrections cost. */
#include "store/correction.h"

#include "billing/period.h"
#include "store/standing.h"
#include "value/day.h"

int correction_choose(struct store *s, const struct row_key *key, int64_t product, struct rating_choice *choice, struct err *e)
{
	int64_t card = EVERY_CARD;

	if (closed_find(s, key->period, &card, e) == -1 || ratebook_choose(s, key->meter, product, key->start, card, choice, e) == -1)
		return -1;
	if (choice->status == RATING_RATED)
		return 0;
	return ratebook_choose(s, key->meter, product, key->start, EVERY_CARD, choice, e);
}

/* -- a group ------------------------------------------------------------------------------------------------------------------- */

/* What the purchases of the period itself have taken of the tiers. */
static int position_of_purchases(struct store *s, int64_t subscription, const struct group *group, struct decimal *position,
				 struct err *e)
{
	const int64_t values[] = { subscription, group->period, group->meter };
	struct sqlite3_stmt *q = db_query(s->db, SQL_PRICED_OF_GROUP, e);
	int rc;

	if (!q)
		return -1;
	for (int i = 0; i < 3; i++)
		db_bind_int(q, i + 1, values[i]);
	while ((rc = db_step(s->db, q, e)) == 1) {
		struct decimal quantity;

		if (decimal_parse_wide(&quantity, db_span(q, 0), e) == -1 || decimal_add(position, *position, quantity, e) == -1) {
			db_reset(q);
			return -1;
		}
	}
	return rc;
}

/* Adds what a fixed correction has taken of them. */
static int add_fixed(struct pricing *p, const struct row *row, struct err *e)
{
	struct decimal priced;

	if (!row->has_amount)
		return 0;
	if (standing_priced(p->s, row, &priced, e) == -1)
		return -1;
	return decimal_add(&p->position, p->position, priced, e);
}

static int price_live(struct pricing *p, const struct row *row, struct err *e)
{
	struct row_key key = standing_key(p->s, row);
	struct decimal quantity;
	struct rating_choice choice;
	struct standing standing;

	if (standing_read(p->s, &key, &standing, e) == -1 || row_quantity(row, &quantity, e) == -1 ||
	    decimal_add(&quantity, quantity, standing.fixed, e) == -1 ||
	    decimal_subtract(&quantity, quantity, standing.priced, e) == -1 ||
	    correction_choose(p->s, &key, row->product, &choice, e) == -1)
		return -1;
	return pricing_row(p, row, &choice, decimal_normal(quantity), e);
}

/* In the order of booking: what is closed next has been priced before what stays, and closing moves nothing. */
static int price_rows(struct pricing *p, const struct row_list *rows, struct err *e)
{
	for (size_t i = 0; i < rows->count; i++) {
		int fixed = closed_find(p->s, rows->items[i].key.period, NULL, e);

		if (fixed == -1 || (fixed ? add_fixed(p, &rows->items[i], e) : price_live(p, &rows->items[i], e)) == -1)
			return -1;
	}
	return 0;
}

/* The corrections of a group that were last written after SINCE. */
static int read_group(struct store *s, int64_t subscription, const struct group *group, int64_t since, struct row_list *rows,
		      struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_CORRECTIONS_OF_GROUP, e);
	int start_day = s->options.period_start_day;

	if (!q)
		return -1;
	db_bind_int(q, 1, subscription);
	db_bind_int(q, 2, group->meter);
	db_bind_int(q, 3, day_start(period_first_day((int32_t)group->period, start_day)));
	db_bind_int(q, 4, day_start(period_end_day((int32_t)group->period, start_day)));
	db_bind_int(q, 5, since);
	db_bind_int(q, 6, group->period);
	return row_list_read(s, q, rows, e);
}

int correction_price_group(struct pricing *p, int64_t subscription, const struct group *group, struct err *e)
{
	struct row_list rows = { .count = 0 };
	int64_t since = 0;
	bool banded;
	int rc;

	if (ratebook_banded(p->s, group->meter, &banded, e) == -1)
		return -1;
	/* Without tiers each stands for itself: a slice moves no others than those that it has just written. */
	if (!banded && p->reason == REASON_RERATED_TIER)
		since = p->since_seq;
	p->position = DECIMAL_ZERO;
	rc = read_group(p->s, subscription, group, since, &rows, e);
	if (rc == 0 && banded)
		rc = position_of_purchases(p->s, subscription, group, &p->position, e);
	if (rc == 0)
		rc = price_rows(p, &rows, e);
	row_list_fini(&rows);
	return rc;
}

/* -- new rates ----------------------------------------------------------------------------------------------------------------- */

/* A second one of a key, which a reopening has left: the first takes over what it says. */
static int give_up(struct pricing *p, const struct standing *standing, const struct row *row, struct err *e)
{
	int fixed = closed_find(p->s, row->key.period, NULL, e);
	bool same = true;

	if (fixed || row->withdrawn || row->key.period == standing->live.key.period)
		return fixed == -1 ? -1 : 0;
	if (!standing->live.withdrawn && ratebook_same_unit(p->s, standing->live.product, row->product, &same, e) == -1)
		return -1;
	if (!same) {
		err_set(e, ERR_CONFIG, "a purchase has corrections in two units: they can't become one");
		return err_advise(e, "E-USAGE-UNIT-CLOSED", "leave the period closed: what is charged is right as it stands");
	}
	++*p->revised;
	return correction_withdraw(p->s, p->run_id, row, REASON_REOPENED, e);
}

/* What is wanted of the key stays; whether that needs a correction may have changed. */
static int reconsider(struct pricing *p, const struct row *row, struct rerate_groups *groups, struct err *e)
{
	struct row_key key = standing_key(p->s, row);
	enum correction_done done;
	struct standing standing;
	struct decimal want;
	int64_t product;

	if (standing_read(p->s, &key, &standing, e) == -1 || decimal_add(&want, standing.fixed, standing.open, e) == -1 ||
	    (row->kind == ROW_CORRECTION && give_up(p, &standing, row, e) == -1))
		return -1;
	/* what the key is counted in now: ROW may be older than a change of the unit */
	product = standing.has_live && !standing.live.withdrawn ? standing.live.product : standing.product ? standing.product : row->product;
	if (correction_want(p->s, p->run_id, &key, want, product, &done, e) == -1)
		return -1;
	*p->revised += done == CORRECTION_ADDED;
	rerate_groups_add(groups, key.period, key.meter);
	return 0;
}

/* The rows of one subscription from number AT on; the number behind them. */
static int reconsider_subscription(struct pricing *p, const struct row_list *rows, size_t *at, struct err *e)
{
	int64_t subscription = rows->items[*at].key.subscription;
	struct rerate_groups groups = { .count = 0 };
	int rc = 0;

	for (; rc == 0 && *at < rows->count && rows->items[*at].key.subscription == subscription; ++*at)
		rc = reconsider(p, &rows->items[*at], &groups, e);
	if (rc == 0)
		rc = rerate_price_groups(p, subscription, &groups, e);
	rerate_groups_fini(&groups);
	return rc;
}

static int reconsider_all(struct pricing *p, struct sqlite3_stmt *q, struct err *e)
{
	struct row_list rows = { .count = 0 };
	size_t at = 0;
	int rc = row_list_read(p->s, q, &rows, e);

	while (rc == 0 && at < rows.count)
		rc = reconsider_subscription(p, &rows, &at, e);
	row_list_fini(&rows);
	return rc;
}

int correction_reprice(struct store *s, int64_t run_id, int64_t *revised, struct err *e)
{
	struct pricing p = { .s = s, .run_id = run_id, .since_seq = s->seq, .reason = REASON_RERATED_PRICE, .revised = revised };
	struct sqlite3_stmt *q;
	bool any;

	if (closed_any(s, &any, e) == -1)
		return -1;
	if (!any)
		return 0;
	q = db_query(s->db, SQL_CORRECTIONS_TO_PRICE, e);
	return q ? reconsider_all(&p, q, e) : -1;
}

int correction_rejoin(struct pricing *p, int32_t period, struct err *e)
{
	struct sqlite3_stmt *q = db_query(p->s->db, SQL_CORRECTIONS_TO_JOIN, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, period);
	return reconsider_all(p, q, e);
}
