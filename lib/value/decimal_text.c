/* SPDX-License-Identifier: MIT */
/* Decimals from text and to text; decimal.c computes. */
#include "value/decimal.h"

#include "value/wide.h"

#include <string.h>

static const char malformed[] = "is not a number";

static int refuse(struct err *e, struct span text, const char *why)
{
	return err_set(e, ERR_FORMAT, "\"%.*s\" %s", SPAN_SHOWN(text), why);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits as they are read: `part` takes up to 19 of them before they cost a long multiplication. Of a number that is not refused
 * the digits behind the 38th are zeros, since at most 28 count: they are only counted. */
struct digits {
	wide_pair value;
	uint64_t part;
	int in_part, in_value;
	ptrdiff_t zeros;
};

static void gather(struct digits *d)
{
	d->value = d->value * wide_power[d->in_part].value + d->part;
	d->in_value += d->in_part;
	d->part = 0;
	d->in_part = 0;
}

/* The digits that neither part took. */
static const char *count_rest(struct digits *d, const char *p, const char *end)
{
	for (; p < end && is_digit(*p); p++)
		d->zeros++;
	return p;
}

/* Appends to `part` as many of the digits at P as it has room for, and returns where they end. */
static const char *fill_part(struct digits *d, const char *p, const char *end)
{
	uint64_t part = d->part;
	const char *start = p;
	const char *stop = end - p > WIDE_POWER_MAX - d->in_part ? p + (WIDE_POWER_MAX - d->in_part) : end;

	for (; p < stop && is_digit(*p); p++)
		part = part * 10 + (uint64_t)(*p - '0');
	d->part = part;
	d->in_part += (int)(p - start);
	return p;
}

/* Appends the digits at P and returns where they end. */
static const char *read_digits(struct digits *d, const char *p, const char *end)
{
	p = fill_part(d, p, end);
	if (d->in_part < WIDE_POWER_MAX || d->in_value)
		return count_rest(d, p, end);
	gather(d);
	return count_rest(d, fill_part(d, p, end), end);
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

/* A number taken apart. */
struct lexeme {
	bool negative;
	struct digits digits;
	const char *first, *point, *last; /* of the digits: the first, behind the integer part, behind the fraction */
	int fraction;                     /* digits behind the point */
	int exponent;
};

/* False when TEXT is not a number of JSON. */
static bool scan(struct lexeme *x, struct span text)
{
	const char *p = text.p;
	const char *end = p + text.n;

	x->negative = *p == '-';
	x->first = p += x->negative;
	if (p < end && *p == '0')
		p++;
	else
		p = read_digits(&x->digits, p, end);
	x->point = x->last = p;
	if (p < end && *p == '.') {
		x->last = p = read_digits(&x->digits, p + 1, end);
		if (p == x->point + 1)
			return false;
		x->fraction = p - x->point > DECIMAL_SCALE_MAX + 1 ? DECIMAL_SCALE_MAX + 1 : (int)(p - x->point - 1);
	}
	if (p < end && (*p == 'e' || *p == 'E'))
		p = read_exponent(p + 1, end, &x->exponent);
	return p == end && x->point > x->first;
}

static bool has_too_many_digits(const struct lexeme *x)
{
	if (x->point - x->first > DECIMAL_DIGITS_MAX || x->fraction > DECIMAL_SCALE_MAX)
		return true;
	return x->last - x->first > DECIMAL_DIGITS_MAX && count_significant(x->first, x->point, x->last) > DECIMAL_DIGITS_MAX;
}

static int parse_long(struct decimal *d, struct span text, struct err *e)
{
	struct lexeme x = { .negative = false };
	int scale;

	if (!scan(&x, text))
		return refuse(e, text, malformed);
	if (has_too_many_digits(&x))
		return refuse(e, text, "has too many digits");
	scale = x.fraction - x.exponent;
	if (abs(x.exponent) > DECIMAL_SCALE_MAX || scale > DECIMAL_SCALE_MAX)
		return refuse(e, text, "has too large an exponent");
	gather(&x.digits);
	d->w[0] = (uint64_t)x.digits.value;
	d->w[1] = (uint64_t)(x.digits.value >> 64);
	d->w[2] = d->w[3] = 0;
	/* 28 digits, 38 zeros behind the point and 38 of the exponent are less than 256 bits */
	if (x.digits.zeros || scale < 0)
		(void)wide_shift_up(d->w, (int)x.digits.zeros + (scale < 0 ? -scale : 0));
	d->scale = (int16_t)(scale < 0 ? 0 : scale);
	d->negative = x.negative && !wide_is_zero(d->w);
	return 0;
}

/* The form that nearly all numbers have: "12.345", digits that fit into one word. False for all others, right or wrong. */
static bool parse_short(struct decimal *d, struct span text)
{
	const char *p = text.p;
	const char *end = p + text.n;
	const char *point = NULL;
	uint64_t part = 0;

	if (text.n > WIDE_POWER_MAX || !is_digit(*p) || !is_digit(end[-1]) || (*p == '0' && text.n > 1 && p[1] != '.'))
		return false;
	for (; p < end; p++) {
		if (is_digit(*p))
			part = part * 10 + (uint64_t)(*p - '0');
		else if (*p == '.' && !point)
			point = p;
		else
			return false;
	}
	*d = (struct decimal){ .w = { part }, .scale = (int16_t)(point ? end - point - 1 : 0) };
	return true;
}

int decimal_parse(struct decimal *d, struct span text, struct err *e)
{
	if (text.n == 0)
		return refuse(e, text, malformed);
	return parse_short(d, text) ? 0 : parse_long(d, text, e);
}

/* Appends the digits at P, of which at most one is a point, and returns where they end; NULL when 256 bits do not hold them. */
static const char *read_wide_digits(struct decimal *d, const char *p, const char *end, int *count)
{
	bool fraction = false;

	for (; p < end && (is_digit(*p) || (*p == '.' && !fraction)); p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		if (wide_multiply_word(d->w, 10, (uint64_t)(*p - '0')) || d->scale > DECIMAL_RESULT_SCALE_MAX)
			return NULL;
		d->scale = (int16_t)(d->scale + fraction);
		++*count;
	}
	return p;
}

int decimal_parse_wide(struct decimal *d, struct span text, struct err *e)
{
	struct decimal r = { .negative = text.n && *text.p == '-' };
	const char *end = text.p + text.n;
	int count = 0, exponent = 0, scale;
	const char *p;

	if (text.n && parse_short(d, text))
		return 0;
	p = read_wide_digits(&r, text.p + r.negative, end, &count);
	if (p && count && p < end && (*p == 'e' || *p == 'E'))
		p = read_exponent(p + 1, end, &exponent);
	else if (!p)
		return refuse(e, text, "is too large or too long");
	if (p != end || count == 0)
		return refuse(e, text, malformed);
	scale = r.scale - exponent;
	if (scale > DECIMAL_RESULT_SCALE_MAX || (scale < 0 && !wide_shift_up(r.w, -scale)))
		return refuse(e, text, "is too large or too long");
	r.scale = (int16_t)(scale < 0 ? 0 : scale);
	r.negative = r.negative && !wide_is_zero(r.w);
	*d = r;
	return 0;
}

/* The coefficient's digits, without leading zeros, in front of END; returns where they start. */
static char *print_coefficient(uint64_t w[WIDE_WORDS], char *end)
{
	while (!wide_is_zero(w)) {
		uint64_t part = wide_shift_down(w, WIDE_POWER_MAX);
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
