/* SPDX-License-Identifier: MIT */
#include "value/decimal.h"

#include "value/wide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCALE_LIMIT 120 /* of a result: "-0." and the digits must fit into DECIMAL_TEXT_MAX */
#define NANOS_SCALE 9
#define DOUBLE_EXACT_BITS 53  /* integers below 2^53 are doubles, */
#define DOUBLE_EXACT_POWER 22 /* and so are powers of ten up to 10^22 */

static int refuse(struct err *e, struct span text, const char *why)
{
	return err_set(e, ERR_FORMAT, "\"%.*s\" %s", SPAN_SHOWN(text), why);
}

static int refuse_size(struct err *e)
{
	return err_set(e, ERR_FORMAT, "number too large");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Appends the digits at P to the coefficient and returns where they end. A run that is too long leaves nonsense behind: the
 * caller counts the digits and refuses it. */
static const char *read_digits(uint64_t w[WIDE_WORDS], const char *p, const char *end)
{
	while (p < end && is_digit(*p)) {
		uint64_t part = 0;
		int n = 0;

		while (n < WIDE_POWER_MAX && p < end && is_digit(*p)) {
			part = part * 10 + (uint64_t)(*p++ - '0');
			n++;
		}
		if (wide_used(w) == 0)
			w[0] = part;
		else
			(void)wide_multiply_word(w, wide_power_of_ten[n], part);
	}
	return p;
}

/* Significant digits of "integer.fraction": without leading zeros, and without trailing ones of the fraction. */
static int count_significant(const char *p, const char *point, const char *end)
{
	int count = 0;
	int pending = 0; /* zeros that count once another digit follows */

	for (; p < end; p++) {
		if (!is_digit(*p))
			continue;
		if (*p == '0' && count == 0)
			continue;
		pending++;
		if (*p != '0' || p < point) {
			count += pending;
			pending = 0;
		}
	}
	return count;
}

/* What follows 'e' or 'E'; NULL when it is not an exponent. A large one is cut to a value that is refused all the same. */
static const char *read_exponent(const char *p, const char *end, int *exponent)
{
	bool negative = p < end && *p == '-';
	int value = 0;

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end || !is_digit(*p))
		return NULL;
	for (; p < end && is_digit(*p); p++)
		if (value <= DECIMAL_SCALE_MAX)
			value = value * 10 + (*p - '0');
	*exponent = negative ? -value : value;
	return p;
}

int decimal_parse(struct decimal *d, struct span text, struct err *e)
{
	static const char malformed[] = "is not a number";
	struct decimal r = DECIMAL_ZERO;
	const char *p = text.p;
	const char *end = text.n ? p + text.n : p;
	const char *first, *point, *last;
	ptrdiff_t fraction = 0;
	int exponent = 0;

	if (text.n == 0)
		return refuse(e, text, malformed);
	if (*p == '-')
		p++;
	first = p;
	if (p < end && *p == '0')
		p++;
	else
		p = read_digits(r.w, p, end);
	if (p == first)
		return refuse(e, text, malformed);
	point = last = p;
	if (p < end && *p == '.') {
		last = p = read_digits(r.w, point + 1, end);
		fraction = p - point - 1;
		if (fraction == 0)
			return refuse(e, text, malformed);
	}
	if (p < end && (*p == 'e' || *p == 'E'))
		p = read_exponent(p + 1, end, &exponent);
	if (p != end)
		return refuse(e, text, malformed);
	if (point - first > DECIMAL_DIGITS_MAX || fraction > DECIMAL_SCALE_MAX ||
	    (point - first + fraction > DECIMAL_DIGITS_MAX && count_significant(first, point, last) > DECIMAL_DIGITS_MAX))
		return refuse(e, text, "has too many digits");
	if (abs(exponent) > DECIMAL_SCALE_MAX || fraction - exponent > DECIMAL_SCALE_MAX)
		return refuse(e, text, "has too large an exponent");
	/* 28 digits, 38 zeros behind the point and 38 of the exponent are less than 256 bits */
	if (exponent > fraction)
		(void)wide_shift_up(r.w, exponent - (int)fraction);
	r.scale = (int16_t)(exponent > fraction ? 0 : fraction - exponent);
	r.negative = *text.p == '-' && !wide_is_zero(r.w);
	*d = r;
	return 0;
}

/* The coefficient's digits, without leading zeros, in front of END; returns where they start. */
static char *print_coefficient(uint64_t w[WIDE_WORDS], char *end)
{
	while (!wide_is_zero(w)) {
		uint64_t part = wide_divide_word(w, wide_power_of_ten[WIDE_POWER_MAX]);
		bool highest = wide_is_zero(w);

		for (int i = 0; highest ? part != 0 : i < WIDE_POWER_MAX; i++) {
			*--end = (char)('0' + part % 10);
			part /= 10;
		}
	}
	return end;
}

size_t decimal_print(struct decimal d, char text[DECIMAL_TEXT_MAX])
{
	char digits[DECIMAL_TEXT_MAX];
	char *end = digits + sizeof(digits);
	char *first = print_coefficient(d.w, end);
	size_t scale = (size_t)d.scale;
	size_t whole, n = 0;

	while ((size_t)(end - first) <= scale)
		*--first = '0';
	whole = (size_t)(end - first) - scale;
	if (d.negative)
		text[n++] = '-';
	memcpy(text + n, first, whole);
	n += whole;
	if (scale) {
		text[n++] = '.';
		memcpy(text + n, first + whole, scale);
		n += scale;
	}
	text[n] = '\0';
	return n;
}

struct decimal decimal_normal(struct decimal d)
{
	if (wide_is_zero(d.w))
		d.scale = 0;
	while (d.scale > 0 && (d.w[0] & 1) == 0) { /* an odd number has no factor of ten: saves the last division */
		struct decimal shorter = d;

		if (wide_divide_word(shorter.w, 10) != 0)
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

	if (!wide_multiply(r.w, a.w, b.w) || r.scale > SCALE_LIMIT)
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

int decimal_multiply(struct decimal *product, struct decimal a, struct decimal b, struct err *e)
{
	if (!multiply_exact(product, a, b) && !multiply_exact(product, decimal_normal(a), decimal_normal(b)))
		return refuse_size(e);
	return 0;
}

int decimal_to_nanos(int64_t *nanos, struct decimal d, struct err *e)
{
	uint64_t most = (uint64_t)INT64_MAX + d.negative;
	int excess = d.scale - NANOS_SCALE;
	bool up = false;
	uint64_t size;

	if (excess < 0 && !wide_shift_up(d.w, -excess))
		return refuse_size(e);
	while (excess > 0) {
		/* the digit right behind the cut decides alone, and it is in the last remainder */
		int step = excess < WIDE_POWER_MAX ? excess : WIDE_POWER_MAX;

		up = wide_divide_word(d.w, wide_power_of_ten[step]) >= wide_power_of_ten[step] / 2;
		excess -= step;
	}
	size = d.w[0] + up;
	if (wide_used(d.w) > 1 || size < d.w[0] || size > most)
		return refuse_size(e);
	*nanos = d.negative && size ? -(int64_t)(size - 1) - 1 : (int64_t)size; /* 2^63 itself is no int64_t */
	return 0;
}

struct decimal decimal_from_nanos(int64_t nanos)
{
	struct decimal d = { .scale = NANOS_SCALE, .negative = nanos < 0 };

	d.w[0] = nanos < 0 ? 0 - (uint64_t)nanos : (uint64_t)nanos;
	return d;
}

double decimal_to_display(struct decimal d)
{
	static const double powers[DOUBLE_EXACT_POWER + 1] = { 1e0,  1e1,  1e2,	 1e3,  1e4,  1e5,  1e6,	 1e7,
							       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
							       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	char text[DECIMAL_TEXT_MAX];
	double value;

	/* a quotient of two exact doubles is the nearest double */
	if (wide_used(d.w) <= 1 && d.w[0] >> DOUBLE_EXACT_BITS == 0 && d.scale <= DOUBLE_EXACT_POWER) {
		value = (double)d.w[0] / powers[d.scale];
		return d.negative ? -value : value;
	}
	decimal_print(d, text);
	return sscanf(text, "%lf", &value) == 1 ? value : 0;
}
