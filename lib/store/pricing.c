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

/* The bands of QUANTITY at the position reached; moves the position on. COUNT 0: the row is not rated. */
static int price(struct pricing *p, const struct rating_choice *choice, struct decimal quantity, struct row *row,
		 struct rating_band *bands, size_t *count, struct err *e)
{
	*count = 0;
	row->rating = choice->status;
	row->rate_id = choice->rate ? choice->rate->id : 0;
	row->has_amount = choice->status == RATING_RATED;
	row->amount = 0;
	if (!row->has_amount)
		return 0;
	if (rating_split(&choice->rate->rate, p->position, quantity, bands, count, &row->amount, e) == -1) {
		*count = 0;
		return p->reason == REASON_RERATED_PRICE && pricing_is_out_of_range(row, e) ? 0 : -1;
	}
	return decimal_add(&p->position, p->position, quantity, e);
}

int pricing_row(struct pricing *p, const struct row *old, const struct rating_choice *choice, struct decimal quantity, struct err *e)
{
	struct rating_band bands[RATING_BANDS_MAX];
	struct row row = *old;
	size_t count;
	bool equal;

	if (price(p, choice, quantity, &row, bands, &count, e) == -1 ||
	    row_bands_equal(p->s, &row.key, bands, count, &equal, e) == -1)
		return -1;
	if (equal && pricing_same(old, &row))
		return 0;
	if (!equal && row_bands_write(p->s, &row.key, bands, count, e) == -1)
		return -1;
	if (old->seq > p->since_seq)
		return row_settle_amount(p->s, old, &row, e);
	if (old->run_id != p->run_id)
		++*p->revised;
	return row_revise(p->s, p->run_id, old, &row, !old->has_amount && row.has_amount ? REASON_PRICED : p->reason, e);
}
