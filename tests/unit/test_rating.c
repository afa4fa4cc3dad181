/* SPDX-License-Identifier: MIT */
/* Rating against figures worked out by hand or taken from the documents (the reconciliation page's 1,338 units and 745 hours). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "billing/period.h"
#include "billing/rating.h"
#include "value/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct err e;

static struct decimal number(const char *text)
{
	struct decimal d;

	if (decimal_parse(&d, span_of(text), &e) == -1)
		fail_msg("%s: %s", text, e.text);
	return d;
}

struct card { /* a rate from texts: from, price, from, price, ... */
	struct rating_tier tiers[8];
	struct rating_rate rate;
};

static const struct rating_rate *card(struct card *c, const char *included, const char *const *texts)
{
	*c = (struct card){ .rate = { .included = number(included), .tiers = c->tiers } };
	for (; *texts; texts += 2)
		c->tiers[c->rate.tier_count++] = (struct rating_tier){ number(texts[0]), number(texts[1]) };
	return &c->rate;
}

/* The bands as "quantity@price=nanos" joined by spaces. */
static const char *split(const struct rating_rate *rate, const char *position, const char *quantity)
{
	static char text[1000];
	struct rating_band bands[RATING_BANDS_MAX];
	char q[DECIMAL_TEXT_MAX], p[DECIMAL_TEXT_MAX];
	int64_t nanos, sum = 0;
	size_t count, at = 0;

	if (rating_split(rate, number(position), number(quantity), bands, &count, &nanos, &e) == -1)
		fail_msg("%s", e.text);
	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		decimal_print(decimal_normal(bands[i].quantity), q);
		decimal_print(bands[i].price, p);
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s@%s=%lld", i ? " " : "", q, p, (long long)bands[i].nanos);
		sum += bands[i].nanos;
	}
	assert_true(sum == nanos);
	return text;
}

#define TEXTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static int64_t flat(const char *price, const char *quantity)
{
	struct card c;
	int64_t nanos;

	if (rating_flat(card(&c, "0", TEXTS("0", price)), number(quantity), &nanos, &e) == -1)
		fail_msg("%s", e.text);
	return nanos;
}

static void test_flat_documented_figures(void **state)
{
	(void)state;
	assert_true(flat("0.085", "745") == 63325000000);
	assert_true(flat("1000000", "0.1999968000511991808131") == 199996800051199);
	assert_true(flat("0.06545", "0") == 0);
}

static void test_flat_rounds_half_away_from_zero(void **state)
{
	(void)state;
	assert_true(flat("0.0000000005", "1") == 1);
	assert_true(flat("0.00000000049999999999", "1") == 0);
	assert_true(flat("0.0000000005", "-1") == -1);
	assert_true(flat("0.0000000025", "1") == 3);
}

static void test_split_1338_units_at_1024(void **state)
{
	struct card c;

	(void)state;
	card(&c, "0", TEXTS("0", "0.03", "1024", "0.02"));
	assert_string_equal(split(&c.rate, "0", "1338"), "1024@0.03=30720000000 314@0.02=6280000000");
	assert_string_equal(split(&c.rate, "1024", "1"), "1@0.02=20000000");
	assert_string_equal(split(&c.rate, "1023.5", "0.75"), "0.5@0.03=15000000 0.25@0.02=5000000");
}

static void test_split_included_ends_inside(void **state)
{
	struct card c;

	(void)state;
	card(&c, "10", TEXTS("0", "2", "5", "1"));
	assert_true(rating_is_banded(&c.rate));
	assert_string_equal(split(&c.rate, "0", "10"), "10@0=0");
	assert_string_equal(split(&c.rate, "4", "7"), "6@0=0 1@2=2000000000");
	assert_string_equal(split(&c.rate, "0", "20"), "10@0=0 5@2=10000000000 5@1=5000000000");
	assert_string_equal(split(&c.rate, "15", "1"), "1@1=1000000000");
}

static void test_split_nothing_has_one_band(void **state)
{
	struct card c;

	(void)state;
	card(&c, "0", TEXTS("0", "3", "5", "1"));
	assert_string_equal(split(&c.rate, "0", "0"), "0@3=0");
	assert_string_equal(split(&c.rate, "5", "0"), "0@1=0");
}

static void test_split_negative_gives_back_what_was_taken_last(void **state)
{
	struct card c;

	(void)state;
	card(&c, "0", TEXTS("0", "3", "5", "1"));
	assert_string_equal(split(&c.rate, "6", "-2"), "-1@3=-3000000000 -1@1=-1000000000");
	assert_string_equal(split(&c.rate, "1", "-2"), "-2@3=-6000000000");
}

/* However a quantity is cut, the parts take the same bands: for prices without rounding the sums are equal. */
static void test_split_is_the_same_however_it_is_cut(void **state)
{
	struct card c;
	unsigned seed = 20181;

	(void)state;
	card(&c, "3.5", TEXTS("0", "4", "10", "2", "100.25", "1"));
	for (int round = 0; round < 2000; round++) {
		struct decimal position = DECIMAL_ZERO, total = DECIMAL_ZERO;
		struct rating_band bands[RATING_BANDS_MAX];
		int64_t sum = 0, whole, nanos;
		size_t count;

		for (int i = 0; i < 20; i++) {
			char text[20];

			snprintf(text, sizeof(text), "%d.%03d", rand_r(&seed) % 20, rand_r(&seed) % 1000);
			assert_int_equal(rating_split(&c.rate, position, number(text), bands, &count, &nanos, &e), 0);
			assert_int_equal(decimal_add(&position, position, number(text), &e), 0);
			sum += nanos;
		}
		total = position;
		assert_int_equal(rating_split(&c.rate, DECIMAL_ZERO, total, bands, &count, &whole, &e), 0);
		assert_true(sum == whole);
	}
}

static void test_amount_out_of_range_is_an_error(void **state)
{
	struct card c;
	int64_t nanos;

	(void)state;
	card(&c, "0", TEXTS("0", "1"));
	assert_int_equal(rating_flat(&c.rate, number("9223372037"), &nanos, &e), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
}

static int32_t day(const char *text)
{
	int32_t d;

	assert_int_equal(day_parse(&d, span_of(text), &e), 0);
	return d;
}

static void test_period_of_day(void **state)
{
	(void)state;
	assert_int_equal(period_of_day(day("2026-11-01"), 1), 202611);
	assert_int_equal(period_of_day(day("2026-11-30"), 1), 202611);
	assert_int_equal(period_of_day(day("2026-11-14"), 15), 202610);
	assert_int_equal(period_of_day(day("2026-01-14"), 15), 202512);
	assert_int_equal(period_first_day(202512, 15), day("2025-12-15"));
	assert_int_equal(period_end_day(202512, 15), day("2026-01-15"));
	assert_int_equal(period_end_day(202602, 28), day("2026-03-28"));
}

static void test_every_day_is_in_its_period(void **state)
{
	(void)state;
	for (int start = 1; start <= 28; start++)
		for (int32_t d = day("2023-12-01"); d < day("2026-02-01"); d++) {
			int32_t p = period_of_day(d, start);

			assert_true(period_first_day(p, start) <= d && d < period_end_day(p, start));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flat_documented_figures),
		cmocka_unit_test(test_flat_rounds_half_away_from_zero),
		cmocka_unit_test(test_split_1338_units_at_1024),
		cmocka_unit_test(test_split_included_ends_inside),
		cmocka_unit_test(test_split_nothing_has_one_band),
		cmocka_unit_test(test_split_negative_gives_back_what_was_taken_last),
		cmocka_unit_test(test_split_is_the_same_however_it_is_cut),
		cmocka_unit_test(test_amount_out_of_range_is_an_error),
		cmocka_unit_test(test_period_of_day),
		cmocka_unit_test(test_every_day_is_in_its_period),
	};

	return cmocka_run_group_tests_name("rating", tests, NULL, NULL);
}
