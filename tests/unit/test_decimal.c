/* SPDX-License-Identifier: MIT */
#include "value/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "decimal_checks.h"

static void test_parse_forms(void **state)
{
	static const struct {
		const char *text, *plain;
	} good[] = {
		{ "0", "0" },
		{ "-0", "0" },
		{ "0.000", "0.000" },
		{ "-0.0", "0.0" },
		{ "7", "7" },
		{ "-7", "-7" },
		{ "1.50", "1.50" },
		{ "1e-06", "0.000001" },
		{ "1E+3", "1000" },
		{ "1e3", "1000" },
		{ "1.5E+3", "1500" },
		{ "1.2345e2", "123.45" },
		{ "0e0", "0" },
		{ "1E-38", "0.00000000000000000000000000000000000001" },
		{ "1E+38", "100000000000000000000000000000000000000" },
		{ "0.1999968000511991808131", "0.1999968000511991808131" },
		{ "18446744073709551615", "18446744073709551615" },
		{ "18446744073709551616", "18446744073709551616" },
		{ "9999999999999999999", "9999999999999999999" },
		{ "10000000000000000000", "10000000000000000000" },
		{ "1234567890123456789012345678", "1234567890123456789012345678" },
		{ "1234567890123.456789012345678", "1234567890123.456789012345678" },
		{ "0.00000000001234567890123456789012345678", "0.00000000001234567890123456789012345678" },
		{ "1234567890123456789012345678.00000000000000000000000000000000000000",
		  "1234567890123456789012345678.00000000000000000000000000000000000000" },
	};

	(void)state;
	for (size_t i = 0; i < countof(good); i++)
		assert_prints(number(good[i].text), good[i].plain);
}

static void test_parse_malformed_is_refused_and_changes_nothing(void **state)
{
	static const char *const bad[] = {
		"", "-", "+1", "01", "-01", "00", ".5", "-.5", "1.", "1.e3", "1e", "1e+", "1e-", "e5", "1e1.5", " 1", "1 ", "1_000",
		"1,5", "0x1", "0x", "NaN", "nan", "Infinity", "-Infinity", "inf", "null", "\"1\"", "1.2.3", "--1", "1-", "1e--3", "1f",
		"\xd9\xa1",
	};

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;
		struct decimal d = { .w = { 5 } };

		if (decimal_parse(&d, span_of(bad[i]), &e) == 0)
			fail_msg("accepted \"%s\"", bad[i]);
		assert_int_equal(e.kind, ERR_FORMAT);
		assert_non_null(strstr(e.text, "is not a number"));
		assert_int_equal(d.w[0], 5);
	}
}

static void test_parse_28_digits_are_the_most(void **state)
{
	static const char *const bad[] = {
		"12345678901234567890123456789", /* 29 digits */
		"10000000000000000000000000000", /* zeros in front of the point count */
		"1.2345678901234567890123456789",
		"0.00012345678901234567890123456789",
		"1234567890123456789012345678.1",
		"0.000000000000000000000000000000000000001", /* 39 digits behind the point */
		"1.000000000000000000000000000000000000000",
		"1e39",
		"1e-39",
		"0.1e-38",
		"1e99999999999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;
		struct decimal d;

		if (decimal_parse(&d, span_of(bad[i]), &e) == 0)
			fail_msg("accepted \"%s\"", bad[i]);
		assert_non_null(strstr(e.text, "too"));
	}
	assert_prints(number("1.000000000000000000000000000000"), "1.000000000000000000000000000000");
	assert_prints(number("0.0001234567890123456789012345678"), "0.0001234567890123456789012345678");
}

static void test_parse_endless_digits_are_refused(void **state)
{
	static char text[100000];
	struct err e = ERR_INIT;
	struct decimal d;

	(void)state;
	memset(text, '9', sizeof(text));
	assert_int_equal(decimal_parse(&d, (struct span){ text, sizeof(text) }, &e), -1);
	text[1] = '.';
	assert_int_equal(decimal_parse(&d, (struct span){ text, sizeof(text) }, &e), -1);
	memset(text + 2, '0', sizeof(text) - 2);
	assert_int_equal(decimal_parse(&d, (struct span){ text, sizeof(text) }, &e), -1);
	assert_true(strlen(e.text) < 120);
}

static void test_worked_cases_of_billing(void **state)
{
	(void)state;
	assert_prints(product(number("0.085"), number("745")), "63.325");
	assert_prints(product(number("0.1999968000511991808131"), number("1000000")), "199996.8000511991808131000000");
	assert_true(nanos(product(number("0.1999968000511991808131"), number("1000000"))) == 199996800051199);
	assert_prints(sum(sum(number("0.001344"), number("0.032256")), number("0.030912")), "0.064512");
	/* 0.06545 is 0.85 x 0.077: the partner's discount is inside the rate */
	assert_int_equal(decimal_compare(product(number("0.077"), number("0.85")), number("0.06545")), 0);
	assert_prints(decimal_normal(product(number("0.077"), number("0.85"))), "0.06545");
	assert_true(nanos(number("63.325")) == 63325000000);
}

static void test_nanos_round_half_away_from_zero(void **state)
{
	static const struct {
		const char *text;
		int64_t nanos;
	} cases[] = {
		{ "0", 0 },
		{ "0.0000000004", 0 },
		{ "0.0000000005", 1 },
		{ "-0.0000000005", -1 },
		{ "-0.0000000004", 0 },
		{ "0.00000000049999999999999999", 0 },
		{ "0.00000000050000000000000001", 1 },
		{ "0.0000000015", 2 },
		{ "0.0000000025", 3 },
		{ "-0.0000000025", -3 },
		{ "0.9999999995", 1000000000 },
		{ "0.00000000000000000000000000000000000009", 0 },
		{ "1", 1000000000 },
		{ "1e6", 1000000000000000 },
		{ "9223372036.854775807", INT64_MAX },
		{ "9223372036.8547758074", INT64_MAX },
		{ "-9223372036.854775808", INT64_MIN },
		{ "-9223372036.8547758084", INT64_MIN },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		assert_true(nanos(number(cases[i].text)) == cases[i].nanos);
}

static void test_nanos_too_large_is_refused(void **state)
{
	static const char *const bad[] = { "9223372036.8547758075", "9223372036.854775808", "-9223372036.8547758085",
					   "9223372037", "18446744073.709551616", "1e28", "1e38", "-1e38" };
	struct err e = ERR_INIT;
	int64_t n = 5;

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		assert_int_equal(decimal_to_nanos(&n, number(bad[i]), &e), -1);
		assert_int_equal(e.kind, ERR_FORMAT);
		assert_string_equal(e.text, "number too large");
		assert_true(n == 5);
	}
}

static void test_from_nanos_round_trips(void **state)
{
	static const int64_t values[] = { 0, 1, -1, 999999999, 1000000000, -1234567890123, INT64_MAX, INT64_MIN };

	(void)state;
	for (size_t i = 0; i < countof(values); i++)
		assert_true(nanos(decimal_from_nanos(values[i])) == values[i]);
	assert_prints(decimal_from_nanos(-1500000000), "-1.500000000");
	assert_prints(decimal_from_nanos(INT64_MIN), "-9223372036.854775808");
	assert_prints(decimal_from_nanos(0), "0.000000000");
}

static void test_results_that_do_not_fit_are_errors(void **state)
{
	struct decimal large = product(number("1e38"), number("1e37"));
	struct decimal tiny = product(number("1e-38"), number("1e-38"));
	struct decimal r = { .w = { 5 } };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(decimal_multiply(&r, large, number("1000"), &e), -1);
	assert_string_equal(e.text, "number too large");
	assert_int_equal(decimal_multiply(&r, large, number("123456789012345678901234567"), &e), -1);
	assert_int_equal(decimal_multiply(&r, product(tiny, number("1e-38")), tiny, &e), -1);
	assert_int_equal(decimal_add(&r, large, tiny, &e), -1);
	assert_int_equal(decimal_subtract(&r, large, tiny, &e), -1);
	assert_int_equal(r.w[0], 5);
	/* the largest coefficient */
	large = (struct decimal){ .w = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
	assert_int_equal(decimal_add(&r, large, number("1"), &e), -1);
	assert_prints(sum(large, number("0")), "115792089237316195423570985008687907853269984665640564039457584007913129639935");
	assert_true(decimal_is_zero(difference(large, large)));
}

static void test_zeros_behind_the_point_never_cause_an_error(void **state)
{
	struct decimal long_one = number("1.00000000000000000000000000000000000000");
	struct decimal r = long_one;

	(void)state;
	for (int i = 0; i < 50; i++)
		r = product(r, long_one);
	assert_int_equal(decimal_compare(r, number("1")), 0);
	r = sum(number("1e38"), product(long_one, product(long_one, long_one)));
	assert_prints(decimal_normal(r), "100000000000000000000000000000000000001");
	for (int i = 0; i < 5; i++)
		r = product(r, number("0.00000000000000000000000000000000000000"));
	assert_true(decimal_is_zero(r));
}

static void test_add_billion_of_them_fits(void **state)
{
	struct decimal one = number("9999999999999999999999999999");
	struct decimal squared = product(one, one);

	(void)state;
	assert_int_equal(decimal_compare(product(squared, number("1e9")), squared), 1);
	assert_int_equal(decimal_compare(sum(product(squared, number("1e9")), squared), product(squared, number("1000000001"))), 0);
}

static void test_compare_any_two_scales(void **state)
{
	struct decimal tiny = product(number("1e-38"), number("1e-38"));
	struct decimal large = product(number("1e38"), number("1e37"));

	(void)state;
	assert_int_equal(decimal_compare(number("1.50"), number("1.5")), 0);
	assert_int_equal(decimal_compare(number("0.0"), number("-0")), 0);
	assert_true(decimal_compare(number("-1"), number("1")) < 0);
	assert_true(decimal_compare(number("-1"), number("-2")) > 0);
	assert_true(decimal_compare(number("-1"), number("0")) < 0);
	assert_true(decimal_compare(large, tiny) > 0);
	assert_true(decimal_compare(tiny, large) < 0);
	assert_true(decimal_compare(tiny, number("0")) > 0);
	assert_true(decimal_compare(number("0.000"), tiny) < 0);
	tiny.negative = large.negative = true;
	assert_true(decimal_compare(large, tiny) < 0);
	assert_true(decimal_compare(tiny, large) > 0);
}

static void test_normal_drops_zeros_behind_the_point_alone(void **state)
{
	(void)state;
	assert_prints(decimal_normal(number("1.500")), "1.5");
	assert_prints(decimal_normal(number("1000.00")), "1000");
	assert_prints(decimal_normal(number("0.000")), "0");
	assert_prints(decimal_normal(number("-0.250000")), "-0.25");
	assert_prints(decimal_normal(number("12.34")), "12.34");
	assert_prints(decimal_normal(number("10")), "10");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_forms),
		cmocka_unit_test(test_parse_malformed_is_refused_and_changes_nothing),
		cmocka_unit_test(test_parse_28_digits_are_the_most),
		cmocka_unit_test(test_parse_endless_digits_are_refused),
		cmocka_unit_test(test_worked_cases_of_billing),
		cmocka_unit_test(test_nanos_round_half_away_from_zero),
		cmocka_unit_test(test_nanos_too_large_is_refused),
		cmocka_unit_test(test_from_nanos_round_trips),
		cmocka_unit_test(test_results_that_do_not_fit_are_errors),
		cmocka_unit_test(test_zeros_behind_the_point_never_cause_an_error),
		cmocka_unit_test(test_add_billion_of_them_fits),
		cmocka_unit_test(test_compare_any_two_scales),
		cmocka_unit_test(test_normal_drops_zeros_behind_the_point_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
