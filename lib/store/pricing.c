/* SPDX-License-Identifier: MIT */
#include "store/pricing.h"

bool pricing_is_out_of_range(struct row *row, struct err *e)
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

bool pricing_same(const struct row *a, const struct row *b)
{
	return a->rating == b->rating && a->rate_id == b->rate_id && a->has_amount == b->has_amount && a->amount == b->amount;
}

/* P->bands: COUNT of them, of QUANTITY at the position reached; moves the position on. COUNT 0: the row is not rated. */
static int price(struct pricing *p, const struct rating_choice *choice, struct decimal quantity, struct row *row, size_t *count, struct err *e)
{
	*count = 0;
	row->rating = choice->status;
	row->rate_id = choice->rate ? choice->rate->id : 0;
	row->has_amount = choice->status == RATING_RATED;
	row->amount = 0;
	if (!row->has_amount)
		return 0;
	if (rating_split(&choice->rate->rate, p->position, quantity, p->bands, count, &row->amount, e) == -1) {
		*count = 0;
		return p->reason == REASON_RERATED_PRICE && pricing_is_out_of_range(row, e) ? 0 : -1;
	}
	return decimal_add(&p->position, p->position, quantity, e);
}

/* A purchase of the slice at hand, whose groups are priced once, and now: it can't have bands yet. */
static bool is_new(const struct pricing *p, const struct row *row)
{
	return row->kind == ROW_GROUPED && row->revision == 1 && row->seq > p->since_seq && p->reason == REASON_RERATED_TIER;
}

/* Stores the bands unless they are those that stand there; tells in *SAME whether they are. */
static int put_bands(struct pricing *p, const struct row *old, size_t count, bool *same, struct err *e)
{
	if (is_new(p, old)) {
		*same = count == 0;
		return row_bands_insert(p->s, &old->key, p->bands, count, e);
	}
	if (row_bands_equal(p->s, &old->key, p->bands, count, same, e) == -1)
		return -1;
	return *same ? 0 : row_bands_write(p->s, &old->key, p->bands, count, e);
}

int pricing_row(struct pricing *p, const struct row *old, const struct rating_choice *choice, struct decimal quantity, struct err *e)
{
	struct row row = *old;
	size_t count;
	bool same;

	if (price(p, choice, quantity, &row, &count, e) == -1 || put_bands(p, old, count, &same, e) == -1)
		return -1;
	if (same && pricing_same(old, &row))
		return 0;
	if (old->seq > p->since_seq)
		return row_settle_amount(p->s, old, &row, e);
	if (old->run_id != p->run_id)
		++*p->revised;
	return row_revise(p->s, p->run_id, old, &row, !old->has_amount && row.has_amount ? REASON_PRICED : p->reason, e);
}
