/* SPDX-License-Identifier: MIT */
/* rating.h - what a quantity costs: graduated bands, included quantity first and free. Pure and exact.
 *
 * A tier fills over the billing period, so the price of a row depends on the period's quantity before it (`position`). The bands of a
 * rate are continuous: [0, included) free, then [included + t(i), included + t(i+1)) at price(i), the last without end. Money is
 * rounded half away from zero to nanos, once per band. Rules and their sources: rules.h. */
#ifndef BILLING_RATING_H
#define BILLING_RATING_H

#include "base/err.h"
#include "base/limits.h"
#include "value/decimal.h"

#include <stdbool.h>
#include <stddef.h>

struct rating_tier {
	struct decimal from, price; /* sorted by from, the first is 0 */
};

struct rating_rate {
	struct decimal included;
	size_t tier_count;
	const struct rating_tier *tiers;
};

struct rating_band { /* the part of one purchase that falls into one band */
	struct decimal from, to; /* the band; `to` is meaningless when open */
	bool open;
	struct decimal position; /* the period's quantity before this part */
	struct decimal price, quantity;
	int64_t nanos;
};

#define RATING_BANDS_MAX (LIMIT_TIERS + 1)

/* Whether purchases of this rate depend on each other. */
bool rating_is_banded(const struct rating_rate *rate);

/* The amount at one price, for rates that are not banded. */
int rating_flat(const struct rating_rate *rate, struct decimal quantity, int64_t *nanos, struct err *e) MUST_CHECK;

/* Splits QUANTITY, taken after POSITION, into its bands (at least one, also for quantity 0) and sums them. A negative quantity gives
 * back what was taken last: its bands are those of [position + quantity, position), with negative quantities and amounts; what lies
 * below 0 is in the first band. */
int rating_split(const struct rating_rate *rate, struct decimal position, struct decimal quantity,
		 struct rating_band bands[RATING_BANDS_MAX], size_t *count, int64_t *nanos, struct err *e) MUST_CHECK;

#endif
