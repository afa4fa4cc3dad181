/* SPDX-License-Identifier: MIT */
#include "value/parse.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_int_whole_text_within_limits(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{ "0", 0 },       { "-0", 0 },
		{ "42", 42 },     { "-7", -7 },
		{ "007", 7 },     { "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
	};

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		struct err e = ERR_INIT;
		int64_t v = 99;

		assert_int_equal(parse_int(&v, span_of(good[i].text), INT64_MIN, INT64_MAX, &e), 0);
		assert_true(v == good[i].value);
	}
}

static void test_int_anything_else_is_refused_and_changes_nothing(void **state)
{
	static const char *const bad[] = { "",    "-",   "+1",  " 1",  "1 ", "1.0",  "1e3",
					   "0x1", "abc", "--1", "1-1", "１", "9223372036854775808",
					   "-9223372036854775809", "18446744073709551616", "99999999999999999999999" };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;
		int64_t v = 99;

		assert_int_equal(parse_int(&v, span_of(bad[i]), INT64_MIN, INT64_MAX, &e), -1);
		assert_int_equal(e.kind, ERR_FORMAT);
		assert_true(v == 99);
	}
}

static void test_int_limits_are_inclusive_and_named(void **state)
{
	struct err e = ERR_INIT;
	int64_t v;

	(void)state;
	assert_int_equal(parse_int(&v, SPAN_LITERAL("0"), 0, 90, &e), 0);
	assert_int_equal(parse_int(&v, SPAN_LITERAL("90"), 0, 90, &e), 0);
	assert_int_equal(parse_int(&v, SPAN_LITERAL("91"), 0, 90, &e), -1);
	assert_string_equal(e.text, "expected a whole number from 0 to 90, found \"91\"");
	assert_int_equal(parse_int(&v, SPAN_LITERAL("-1"), 0, 90, &e), -1);
}

static void test_int_long_text_is_cut_in_the_error(void **state)
{
	char text[5000];
	struct err e = ERR_INIT;
	int64_t v;

	(void)state;
	memset(text, '9', sizeof(text));
	assert_int_equal(parse_int(&v, (struct span){ text, sizeof(text) }, 0, 1, &e), -1);
	assert_true(strlen(e.text) < 120);
}

static void test_bool_words(void **state)
{
	static const char *const yes[] = { "yes", "true", "on", "1" };
	static const char *const no[] = { "no", "false", "off", "0" };
	static const char *const neither[] = { "", "Yes", "y", "n", "2", "yes ", "null" };
	struct err e = ERR_INIT;
	bool v;

	(void)state;
	for (size_t i = 0; i < countof(yes); i++) {
		v = false;
		assert_int_equal(parse_bool(&v, span_of(yes[i]), &e), 0);
		assert_true(v);
		assert_int_equal(parse_bool(&v, span_of(no[i]), &e), 0);
		assert_false(v);
	}
	for (size_t i = 0; i < countof(neither); i++) {
		assert_int_equal(parse_bool(&v, span_of(neither[i]), &e), -1);
		assert_int_equal(e.kind, ERR_FORMAT);
	}
}

static void test_duration_units(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = { { "0", 0 },      { "0s", 0 },     { "90", 90 },	{ "90s", 90 },
		     { "15m", 900 },  { "2h", 7200 }, { "1d", 86400 }, { "30d", 2592000 } };

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		struct err e = ERR_INIT;
		int64_t v = -1;

		assert_int_equal(parse_duration(&v, span_of(good[i].text), 2592000, &e), 0);
		assert_true(v == good[i].seconds);
	}
}

static void test_duration_malformed_or_too_long_is_refused(void **state)
{
	static const char *const bad[] = { "",   "s",  "m",   "-1s",  "1.5h", "1w",  "1 h", "1h30m",
					   "1S", "61m", "3601", "2h", "1d",  "18446744073709551615d" };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;
		int64_t v = -1;

		assert_int_equal(parse_duration(&v, span_of(bad[i]), 3600, &e), -1);
		assert_int_equal(e.kind, ERR_FORMAT);
		assert_true(v == -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_int_whole_text_within_limits),
		cmocka_unit_test(test_int_anything_else_is_refused_and_changes_nothing),
		cmocka_unit_test(test_int_limits_are_inclusive_and_named),
		cmocka_unit_test(test_int_long_text_is_cut_in_the_error),
		cmocka_unit_test(test_bool_words),
		cmocka_unit_test(test_duration_units),
		cmocka_unit_test(test_duration_malformed_or_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
