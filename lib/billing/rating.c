/* SPDX-License-Identifier: MIT */
#include "billing/rating.h"

#include "base/util.h"

bool rating_is_banded(const struct rating_rate *rate)
{
	return rate->tier_count > 1 || !decimal_is_zero(rate->included);
}

int rating_flat(const struct rating_rate *rate, struct decimal quantity, int64_t *nanos, struct err *e)
{
	struct decimal amount;

	if (decimal_multiply(&amount, quantity, rate->tiers[0].price, e) == -1)
		return -1;
	return decimal_to_nanos(nanos, amount, e);
}

/* The band number N of a rate: 0 is the included quantity (of no width when nothing is included), N the tier N - 1. */
static int band_bounds(const struct rating_rate *rate, size_t n, struct rating_band *band, struct err *e)
{
	*band = (struct rating_band){ .open = n == rate->tier_count };
	if (n == 0) {
		band->to = rate->included;
		return 0;
	}
	band->price = rate->tiers[n - 1].price;
	if (decimal_add(&band->from, rate->included, rate->tiers[n - 1].from, e) == -1)
		return -1;
	if (!band->open && decimal_add(&band->to, rate->included, rate->tiers[n].from, e) == -1)
		return -1;
	return 0;
}

static struct decimal larger(struct decimal a, struct decimal b)
{
	return decimal_compare(a, b) >= 0 ? a : b;
}

static struct decimal smaller(struct decimal a, struct decimal b)
{
	return decimal_compare(a, b) <= 0 ? a : b;
}

/* The amount of BAND's part [low, high), negative when NEGATIVE. */
static int price_part(struct rating_band *band, struct decimal low, struct decimal high, bool negative, struct err *e)
{
	struct decimal amount;

	if (decimal_subtract(&band->quantity, high, low, e) == -1)
		return -1;
	if (negative && decimal_subtract(&band->quantity, DECIMAL_ZERO, band->quantity, e) == -1)
		return -1;
	band->position = negative ? high : low;
	if (decimal_multiply(&amount, band->quantity, band->price, e) == -1)
		return -1;
	return decimal_to_nanos(&band->nanos, amount, e);
}

/* Whether a quantity of nothing at LOW belongs to this band. */
static bool holds_point(const struct rating_band *band, struct decimal low)
{
	return (band->open || decimal_compare(low, band->to) < 0);
}

int rating_split(const struct rating_rate *rate, struct decimal position, struct decimal quantity,
		 struct rating_band bands[RATING_BANDS_MAX], size_t *count, int64_t *nanos, struct err *e)
{
	bool negative = quantity.negative;
	struct decimal other, low, high;

	*count = 0;
	*nanos = 0;
	if (decimal_add(&other, position, quantity, e) == -1)
		return -1;
	low = negative ? other : position;
	high = negative ? position : other;
	for (size_t n = decimal_is_zero(rate->included) ? 1 : 0; n <= rate->tier_count; n++) {
		struct rating_band band;
		struct decimal part_low, part_high;
		bool first = *count == 0;

		if (band_bounds(rate, n, &band, e) == -1)
			return -1;
		if (!holds_point(&band, low))
			continue;
		part_low = first ? low : larger(low, band.from);
		part_high = band.open ? high : smaller(high, band.to);
		if (!first && decimal_compare(part_low, part_high) >= 0)
			break;
		if (price_part(&band, part_low, part_high, negative, e) == -1)
			return -1;
		if (__builtin_add_overflow(*nanos, band.nanos, nanos))
			return err_set(e, ERR_FORMAT, "amount too large");
		bands[(*count)++] = band;
	}
	return 0;
}
