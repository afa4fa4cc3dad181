/* SPDX-License-Identifier: MIT */
#include "value/decimal.h"

#include "value/wide.h"

#include <string.h>

#define NANOS_SCALE 9

static int refuse_size(struct err *e)
{
	return err_set(e, ERR_FORMAT, "number too large");
}

struct decimal decimal_normal(struct decimal d)
{
	if (wide_is_zero(d.w))
		d.scale = 0;
	while (d.scale > 0 && (d.w[0] & 1) == 0) { /* an odd number has no factor of ten: saves the last division */
		struct decimal shorter = d;

		if (wide_shift_down(shorter.w, 1) != 0)
			break;
		shorter.scale--;
		d = shorter;
	}
	return d;
}

bool decimal_is_zero(struct decimal d)
{
	return wide_is_zero(d.w);
}

/* Without signs. A coefficient that outgrows 256 bits when brought to the other's scale is the larger one. */
static int compare_sizes(struct decimal a, struct decimal b)
{
	if (a.scale < b.scale && !wide_shift_up(a.w, b.scale - a.scale))
		return 1;
	if (b.scale < a.scale && !wide_shift_up(b.w, a.scale - b.scale))
		return -1;
	return wide_compare(a.w, b.w);
}

int decimal_compare(struct decimal a, struct decimal b)
{
	if (a.negative != b.negative)
		return a.negative ? -1 : 1;
	return a.negative ? compare_sizes(b, a) : compare_sizes(a, b);
}

static bool add_exact(struct decimal *sum, struct decimal a, struct decimal b)
{
	if (a.scale < b.scale) {
		struct decimal swap = a;

		a = b;
		b = swap;
	}
	if (a.scale > b.scale && !wide_shift_up(b.w, a.scale - b.scale))
		return false;
	*sum = a;
	if (a.negative == b.negative)
		return wide_add(sum->w, b.w) == 0;
	if (wide_compare(a.w, b.w) >= 0) {
		wide_subtract(sum->w, b.w);
	} else {
		memcpy(sum->w, b.w, sizeof(sum->w));
		wide_subtract(sum->w, a.w);
		sum->negative = b.negative;
	}
	if (wide_is_zero(sum->w))
		sum->negative = false;
	return true;
}

static bool multiply_exact(struct decimal *product, struct decimal a, struct decimal b)
{
	struct decimal r = { .scale = (int16_t)(a.scale + b.scale), .negative = a.negative != b.negative };

	if (!wide_multiply(r.w, a.w, b.w) || r.scale > DECIMAL_RESULT_SCALE_MAX)
		return false;
	if (wide_is_zero(r.w))
		r.negative = false;
	*product = r;
	return true;
}

/* Zeros behind the point take up room without being worth anything: what does not fit with them may fit without. */
int decimal_add(struct decimal *sum, struct decimal a, struct decimal b, struct err *e)
{
	struct decimal r;

	if (!add_exact(&r, a, b) && !add_exact(&r, decimal_normal(a), decimal_normal(b)))
		return refuse_size(e);
	*sum = r;
	return 0;
}

int decimal_subtract(struct decimal *difference, struct decimal a, struct decimal b, struct err *e)
{
	b.negative = !b.negative && !wide_is_zero(b.w);
	return decimal_add(difference, a, b, e);
}

/* Up to two words by one word, which cannot overflow: nearly every rate and quantity. */
static bool multiply_short(struct decimal *product, const struct decimal *a, const struct decimal *b)
{
	wide_pair low = (wide_pair)a->w[0] * b->w[0];
	wide_pair high = (wide_pair)a->w[1] * b->w[0] + (uint64_t)(low >> 64);
	int scale = a->scale + b->scale;

	if ((a->w[2] | a->w[3] | b->w[1] | b->w[2] | b->w[3]) || scale > DECIMAL_RESULT_SCALE_MAX)
		return false;
	*product = (struct decimal){
		.w = { (uint64_t)low, (uint64_t)high, (uint64_t)(high >> 64) },
		.scale = (int16_t)scale,
		.negative = a->negative != b->negative && (low | high),
	};
	return true;
}

int decimal_multiply(struct decimal *product, struct decimal a, struct decimal b, struct err *e)
{
	if (multiply_short(product, &a, &b) || multiply_short(product, &b, &a))
		return 0;
	if (!multiply_exact(product, a, b) && !multiply_exact(product, decimal_normal(a), decimal_normal(b)))
		return refuse_size(e);
	return 0;
}

/* SIZE nanos, one more when UP. */
static int take_nanos(int64_t *nanos, uint64_t size, bool up, bool negative, struct err *e)
{
	if (size > (uint64_t)INT64_MAX + negative - up)
		return refuse_size(e);
	size += up;
	*nanos = negative && size ? -(int64_t)(size - 1) - 1 : (int64_t)size; /* 2^63 itself is no int64_t */
	return 0;
}

int decimal_to_nanos(int64_t *nanos, struct decimal d, struct err *e)
{
	int excess = d.scale - NANOS_SCALE;
	uint64_t size, rest;
	bool up = false;

	if ((d.w[2] | d.w[3]) == 0 && excess > 0 && excess <= WIDE_POWER_MAX && d.w[1] < wide_power[excess].value) {
		/* two words, and one is left: nearly every amount */
		size = wide_divide_pair(d.w[1], d.w[0], excess, &rest);
		return take_nanos(nanos, size, rest >= wide_power[excess].value / 2, d.negative, e);
	}
	if (excess <= 0 && !wide_shift_up(d.w, -excess))
		return refuse_size(e);
	while (excess > 0) {
		/* the digit right behind the cut decides alone, and it is in the last remainder */
		int step = excess < WIDE_POWER_MAX ? excess : WIDE_POWER_MAX;

		up = wide_shift_down(d.w, step) >= wide_power[step].value / 2;
		excess -= step;
	}
	if (d.w[1] | d.w[2] | d.w[3])
		return refuse_size(e);
	return take_nanos(nanos, d.w[0], up, d.negative, e);
}

struct decimal decimal_from_nanos(int64_t nanos)
{
	struct decimal d = { .scale = NANOS_SCALE, .negative = nanos < 0 };

	d.w[0] = nanos < 0 ? 0 - (uint64_t)nanos : (uint64_t)nanos;
	return d;
}
