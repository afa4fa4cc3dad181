/* SPDX-License-Identifier: MIT */
/* pricing.h - prices purchases one after the other, each where the one before it has left the tiers, and writes what has changed.
 * Inside the store. */
#ifndef STORE_PRICING_H
#define STORE_PRICING_H

#include "store/row.h"

struct pricing {
	struct store *s;
	int64_t run_id;
	int64_t since_seq;         /* rows written after it get their amount without a revision of its own */
	enum change_reason reason; /* that is noted for the others */
	struct decimal position;   /* the quantity of the group so far */
	int64_t *revised;          /* counts purchases from before this run that have changed */
	struct rating_band bands[RATING_BANDS_MAX]; /* of the purchase at hand: too large to be cleared for each */
};

/* Prices QUANTITY as CHOICE says and gives OLD, a purchase of kind ROW_GROUPED or ROW_CORRECTION, that amount and those bands. */
int pricing_row(struct pricing *p, const struct row *old, const struct rating_choice *choice, struct decimal quantity,
		struct err *e) MUST_CHECK;

/* New prices can make an amount too large. One such purchase goes without an amount, which is told like any other that has none,
 * rather than keep every price of the card out. True when the error was of that kind; it is cleared then. */
bool pricing_is_out_of_range(struct row *row, struct err *e);
bool pricing_same(const struct row *a, const struct row *b);

#endif
