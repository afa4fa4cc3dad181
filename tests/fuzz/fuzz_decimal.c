/* SPDX-License-Identifier: MIT */
/* Decimals against a second implementation, OpenSSL's BIGNUM: the input's first two lines are numbers, each read strictly and widely,
 * printed, compared, added, subtracted, multiplied and rounded to nanos. */
#include "tests/fuzz/fuzz.h"
#include "value/decimal.h"

#include <openssl/bn.h>
#include <stdio.h>
#include <stdlib.h>

#define BITS_MAX 256
#define NANOS_SCALE 9
#define LINE_MAX_BYTES 200 /* "1" and 400 zeros is no better than "1" and 200 of them */

struct exact {
	BIGNUM *coefficient; /* with its sign */
	int scale;
};

static BN_CTX *context;

static void must(int one)
{
	if (one != 1)
		abort();
}

static BIGNUM *power_of_ten(int n)
{
	BIGNUM *ten = BN_new(), *count = BN_new(), *power = BN_new();

	must(BN_set_word(ten, 10));
	must(BN_set_word(count, (BN_ULONG)n));
	must(BN_exp(power, ten, count, context));
	BN_free(ten);
	BN_free(count);
	return power;
}

static void shift_up(BIGNUM *b, int digits)
{
	BIGNUM *power = power_of_ten(digits);

	must(BN_mul(b, b, power, context));
	BN_free(power);
}

static struct exact exact_of(struct decimal d)
{
	unsigned char bytes[32];
	struct exact x = { BN_new(), d.scale };

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(d.w[i / 8] >> i % 8 * 8);
	must(BN_lebin2bn(bytes, sizeof(bytes), x.coefficient) != NULL);
	BN_set_negative(x.coefficient, d.negative);
	return x;
}

/* Without the zeros behind the point. */
static void shorten(struct exact *x)
{
	BIGNUM *ten = BN_new(), *quotient = BN_new(), *rest = BN_new();

	must(BN_set_word(ten, 10));
	while (x->scale > 0 && !BN_is_zero(x->coefficient)) {
		must(BN_div(quotient, rest, x->coefficient, ten, context));
		if (!BN_is_zero(rest))
			break;
		must(BN_copy(x->coefficient, quotient) != NULL);
		x->scale--;
	}
	if (BN_is_zero(x->coefficient))
		x->scale = 0;
	BN_free(ten);
	BN_free(quotient);
	BN_free(rest);
}

/* D must be X: the same number, whatever its scale. */
static void check_same(struct decimal d, const struct exact *x, const char *what)
{
	struct exact of_d = exact_of(d);
	const int more = of_d.scale - x->scale;
	BIGNUM *wanted = BN_dup(x->coefficient);

	FUZZ_REQUIRE(!d.negative || !decimal_is_zero(d), "%s: -0", what);
	if (more > 0)
		shift_up(wanted, more);
	else if (more < 0)
		shift_up(of_d.coefficient, -more);
	FUZZ_REQUIRE(BN_cmp(of_d.coefficient, wanted) == 0, "%s", what);
	BN_free(wanted);
	BN_free(of_d.coefficient);
}

/* Brings both to the same scale. */
static void align(struct exact *a, struct exact *b)
{
	const int scale = a->scale > b->scale ? a->scale : b->scale;

	shift_up(a->coefficient, scale - a->scale);
	shift_up(b->coefficient, scale - b->scale);
	a->scale = b->scale = scale;
}

typedef int operation_fn(struct decimal *result, struct decimal a, struct decimal b, struct err *e);

/* X is the true result of OPERATION; it is freed. It may be refused where it, or what has to be added for it, takes BITS and more. */
static void check_result(operation_fn *operation, struct decimal a, struct decimal b, struct exact x, int bits, const char *what)
{
	struct err e = ERR_INIT;
	struct decimal r;

	if (operation(&r, a, b, &e) == 0) {
		check_same(r, &x, what);
	} else {
		fuzz_check_err(&e);
		bits = BN_num_bits(x.coefficient) > bits ? BN_num_bits(x.coefficient) : bits;
		FUZZ_REQUIRE(bits > BITS_MAX || x.scale > DECIMAL_RESULT_SCALE_MAX, "%s: refused, with %d bits", what, bits);
	}
	BN_free(x.coefficient);
}

static void check_pair(struct decimal a, struct decimal b)
{
	struct exact x = exact_of(a), y = exact_of(b), sum = { BN_new(), 0 }, difference = { BN_new(), 0 }, product = { BN_new(), 0 };
	int order, bits;

	shorten(&x);
	shorten(&y);
	must(BN_mul(product.coefficient, x.coefficient, y.coefficient, context));
	product.scale = x.scale + y.scale;
	check_result(decimal_multiply, a, b, product, 0, "product");
	align(&x, &y);
	must(BN_add(sum.coefficient, x.coefficient, y.coefficient));
	must(BN_sub(difference.coefficient, x.coefficient, y.coefficient));
	sum.scale = difference.scale = x.scale;
	bits = BN_num_bits(x.coefficient) > BN_num_bits(y.coefficient) ? BN_num_bits(x.coefficient) : BN_num_bits(y.coefficient);
	check_result(decimal_add, a, b, sum, bits, "sum");
	check_result(decimal_subtract, a, b, difference, bits, "difference");
	order = BN_cmp(x.coefficient, y.coefficient);
	FUZZ_REQUIRE((decimal_compare(a, b) > 0) - (decimal_compare(a, b) < 0) == order, "compared");
	FUZZ_REQUIRE((decimal_compare(b, a) > 0) - (decimal_compare(b, a) < 0) == -order, "compared");
	BN_free(x.coefficient);
	BN_free(y.coefficient);
}

/* Half away from zero: (2 * size * 10^9 + 10^scale) / (2 * 10^scale). */
static void check_nanos(struct decimal d)
{
	struct exact x = exact_of(d);
	BIGNUM *unit = power_of_ten(x.scale), *nanos = BN_new();
	struct err e = ERR_INIT;
	const bool negative = BN_is_negative(x.coefficient);
	char *text;
	int64_t n;

	BN_set_negative(x.coefficient, 0);
	shift_up(x.coefficient, NANOS_SCALE);
	must(BN_lshift1(x.coefficient, x.coefficient));
	must(BN_add(x.coefficient, x.coefficient, unit));
	must(BN_lshift1(unit, unit));
	must(BN_div(nanos, NULL, x.coefficient, unit, context));
	BN_set_negative(nanos, negative);
	text = BN_bn2dec(nanos);
	if (decimal_to_nanos(&n, d, &e) == 0) {
		char ours[24];

		snprintf(ours, sizeof(ours), "%lld", (long long)n);
		FUZZ_REQUIRE(strcmp(ours, text) == 0, "%s nanos, not %s", ours, text);
		FUZZ_REQUIRE(n == 0 || decimal_to_nanos(&n, decimal_from_nanos(n), &e) == 0, "%s and back", text);
	} else {
		fuzz_check_err(&e);
		FUZZ_REQUIRE(BN_num_bits(nanos) >= 64, "%s refused", text); /* -2^63 itself has 64 */
	}
	OPENSSL_free(text);
	BN_free(x.coefficient);
	BN_free(unit);
	BN_free(nanos);
}

/* What a number is printed as is that number, with its scale. */
static void check_printed(struct decimal d)
{
	struct exact x = exact_of(d);
	char text[DECIMAL_TEXT_MAX];
	const size_t n = decimal_print(d, text);
	const char *point = strchr(text, '.');
	struct err e = ERR_INIT;
	struct decimal again;

	FUZZ_REQUIRE(n == strlen(text) && n < sizeof(text), "%zu", n);
	FUZZ_REQUIRE(d.scale == (point ? text + n - point - 1 : 0), "%s: scale %d", text, d.scale);
	FUZZ_REQUIRE(decimal_parse_wide(&again, (struct span){ text, n }, &e) == 0, "%s: %s", text, e.text);
	FUZZ_REQUIRE(memcmp(again.w, d.w, sizeof(d.w)) == 0 && again.scale == d.scale && again.negative == d.negative, "%s", text);
	check_same(decimal_normal(d), &x, text);
	BN_free(x.coefficient);
}

/* The number that TEXT is by the grammar of JSON, as 28 digits and 38 places at most; false when it is none of these. */
static bool read_strictly(struct exact *x, struct span text, char *digits, size_t size)
{
	size_t n = 0, significant, i = 0, integer, zeros = 0;
	long exponent = 0, sign = 1;
	const bool negative = text.n && text.p[0] == '-';

	i += negative;
	for (integer = 0; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++, integer++)
		digits[n++] = text.p[i];
	x->scale = 0;
	if (integer == 0 || (integer > 1 && digits[0] == '0'))
		return false;
	if (i < text.n && text.p[i] == '.') {
		for (i++; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++, x->scale++)
			digits[n++] = text.p[i];
		if (x->scale == 0)
			return false;
	}
	if (i < text.n && (text.p[i] == 'e' || text.p[i] == 'E')) {
		size_t count = 0;

		i++;
		if (i < text.n && (text.p[i] == '-' || text.p[i] == '+'))
			sign = text.p[i++] == '-' ? -1 : 1;
		for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++, count++)
			exponent = exponent > 1000 ? exponent : exponent * 10 + (text.p[i] - '0');
		if (count == 0)
			return false;
	}
	if (i != text.n || n >= size)
		return false;
	digits[n] = '\0';
	while (zeros < n && digits[zeros] == '0')
		zeros++;
	for (significant = n; significant > integer && digits[significant - 1] == '0'; significant--)
		continue;
	significant = significant > zeros ? significant - zeros : 0;
	if (significant > DECIMAL_DIGITS_MAX || integer > DECIMAL_DIGITS_MAX || x->scale > DECIMAL_SCALE_MAX || exponent > DECIMAL_SCALE_MAX ||
	    x->scale - sign * exponent > DECIMAL_SCALE_MAX)
		return false;
	x->scale -= (int)(sign * exponent);
	must(BN_dec2bn(&x->coefficient, digits) == (int)n);
	BN_set_negative(x->coefficient, negative);
	return true;
}

static bool take_strict(struct span text, struct decimal *d)
{
	struct exact x = { BN_new(), 0 };
	struct err e = ERR_INIT;
	char digits[LINE_MAX_BYTES + 1];
	const bool wanted = read_strictly(&x, text, digits, sizeof(digits)), taken = decimal_parse(d, text, &e) == 0;

	FUZZ_REQUIRE(taken == wanted, "\"%.*s\" %s", (int)text.n, text.p, taken ? "accepted" : e.text);
	if (taken && x.scale < 0) {
		shift_up(x.coefficient, -x.scale);
		x.scale = 0;
	}
	if (taken)
		check_same(*d, &x, "parsed");
	else
		fuzz_check_err(&e);
	FUZZ_REQUIRE(!taken || d->scale == x.scale, "scale %d, not %d", d->scale, x.scale);
	BN_free(x.coefficient);
	return taken;
}

void fuzz_input(struct span input)
{
	struct decimal found[4];
	struct span rest = input, line;
	size_t count = 0;

	if (!context)
		context = BN_CTX_new();
	for (int i = 0; i < 2 && fuzz_next(&rest, '\n', &line); i++) {
		struct decimal strict, wide;
		struct err e = ERR_INIT;
		bool is_strict;

		if (line.n > LINE_MAX_BYTES)
			return;
		is_strict = take_strict(line, &strict);
		if (is_strict)
			found[count++] = strict;
		if (decimal_parse_wide(&wide, line, &e) == 0)
			found[count++] = wide;
		else
			FUZZ_REQUIRE(!is_strict, "%.*s: %s", (int)line.n, line.p, e.text);
		FUZZ_REQUIRE(!is_strict || decimal_compare(strict, wide) == 0, "%.*s", (int)line.n, line.p);
	}
	for (size_t i = 0; i < count; i++) {
		check_printed(found[i]);
		check_nanos(found[i]);
		for (size_t j = 0; j < count; j++)
			check_pair(found[i], found[j]);
	}
}
