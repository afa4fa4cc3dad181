/* SPDX-License-Identifier: MIT */
#include "quantity.h"

#include <string.h>

#include "hash.h"

static const char pairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

static const int scales[QUANTITY_KINDS] = {1, 6, 15, 20, 0, 8, 4};

enum quantity_kind
quantity_kind_of(uint64_t h)
{
	unsigned p = (unsigned)(h % 100);

	if (p < 40)
		return QUANTITY_HOURS;
	if (p < 65)
		return QUANTITY_SHORT;
	if (p < 80)
		return QUANTITY_DOUBLE;
	if (p < 85)
		return QUANTITY_LONG;
	if (p < 88)
		return QUANTITY_ZERO;
	return p < 93 ? QUANTITY_TINY : QUANTITY_BIG;
}

int
quantity_scale(enum quantity_kind kind)
{
	return scales[kind];
}

uwide
quantity_total(enum quantity_kind kind, uint64_t h)
{
	switch (kind) {
	case QUANTITY_HOURS:	/* mostly on all day, now and then some hours of it */
		return h % 8 != 0 ? 240 : h / 8 % 241;
	case QUANTITY_SHORT:
		return 1000 + h % UINT64_C(90000000);
	case QUANTITY_DOUBLE:
		return UINT64_C(100000000000) + h % UINT64_C(9000000000000000);
	case QUANTITY_LONG:
		return (uwide)(UINT64_C(10000000000) + h % UINT64_C(90000000000)) * UINT64_C(100000000000) +
		    hash_mix(h) % UINT64_C(100000000000);
	case QUANTITY_TINY:
		return 100 + h % 9000;
	case QUANTITY_BIG:
		return h % UINT64_C(100000000000);
	default:
		return 0;
	}
}

uwide
quantity_piece(uwide total, const struct generate_conf *g, int piece)
{
	uwide sum = 0;
	int largest = 0;

	for (int i = 1; i < g->pieces; i++) {
		if (g->piece_hours[i] > g->piece_hours[largest])
			largest = i;
	}
	if (piece != largest)
		return total <= UINT64_MAX / 24 ? (uint64_t)total * (uint64_t)g->piece_hours[piece] / 24 :
		    total * (unsigned)g->piece_hours[piece] / 24;
	for (int i = 0; i < g->pieces; i++)
		sum += i == largest ? 0 : quantity_piece(total, g, i);
	return total - sum;
}

uwide
quantity_hour(uwide piece, int hour, int count)
{
	uwide share = piece / (unsigned)count;

	return hour < count - 1 ? share : piece - share * (unsigned)(count - 1);
}

/* Writes the digits of v so that they end before end; returns where they begin. */
static char *
put_digits(char *end, uint64_t v)
{
	while (v >= 100) {
		end -= 2;
		memcpy(end, pairs + v % 100 * 2, 2);
		v /= 100;
	}
	if (v >= 10) {
		end -= 2;
		memcpy(end, pairs + v * 2, 2);
	} else {
		*--end = (char)('0' + v);
	}
	return end;
}

static char *
put_wide_digits(char *end, uwide v)
{
	char *p = end;

	while (v > UINT64_MAX) {
		uint64_t low = (uint64_t)(v % UINT64_C(1000000000000000000));

		v /= UINT64_C(1000000000000000000);
		p = put_digits(end, low);
		while (p > end - 18)
			*--p = '0';
		end = p;
	}
	return put_digits(p, (uint64_t)v);
}

char *
quantity_put(char *p, uwide value, int scale, int exponent)
{
	char digits[QUANTITY_TEXT], *end = digits + sizeof(digits), *d;
	int n, zeros;

	if (value == 0) {
		memcpy(p, "0.0", 3);
		return p + 3;
	}
	d = put_wide_digits(end, value);
	for (; scale > 0 && end[-1] == '0'; scale--)
		end--;
	n = (int)(end - d);
	if (n > scale) {
		memcpy(p, d, (size_t)(n - scale));
		p += n - scale;
		*p++ = '.';
		if (scale == 0)
			*p++ = '0';
		memcpy(p, end - scale, (size_t)scale);
		return p + scale;
	}
	zeros = scale - n;
	if (zeros >= 4 && exponent) {
		*p++ = *d;
		if (n > 1) {
			*p++ = '.';
			memcpy(p, d + 1, (size_t)(n - 1));
			p += n - 1;
		}
		memcpy(p, "e-", 2);
		memcpy(p + 2, pairs + (zeros + 1) * 2, 2);
		return p + 4;
	}
	memcpy(p, "0.", 2);
	memset(p + 2, '0', (size_t)zeros);
	memcpy(p + 2 + zeros, d, (size_t)n);
	return p + 2 + scale;
}

void
quantity_plain(wide value, char out[QUANTITY_TEXT])
{
	char *p = out, *end;

	if (value < 0)
		*p++ = '-';
	end = quantity_put(p, (uwide)(value < 0 ? -value : value), QUANTITY_SUM_SCALE, 0);
	if (end - p >= 2 && memcmp(end - 2, ".0", 2) == 0)
		end -= 2;
	*end = '\0';
}

wide
quantity_for_sum(uwide value, int scale)
{
	for (; scale < QUANTITY_SUM_SCALE; scale++)
		value *= 10;
	return (wide)value;
}
