/* SPDX-License-Identifier: MIT */
#include "value/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static int64_t instant_of(const char *text)
{
	struct err e = ERR_INIT;
	int64_t seconds = INT64_MIN;

	if (instant_parse(&seconds, span_of(text), &e))
		fail_msg("%s", e.text);
	return seconds;
}

static void test_every_day_of_years_1_to_9999_round_trips(void **state)
{
	int32_t first = day_from_civil((struct civil){ 1, 1, 1 });
	int32_t last = day_from_civil((struct civil){ 9999, 12, 31 });
	struct civil before = day_to_civil(first - 1);

	(void)state;
	assert_int_equal(first, -719162);
	assert_int_equal(last, 2932896);
	for (int32_t d = first; d <= last; d++) {
		struct civil c = day_to_civil(d);
		bool next_day = c.year == before.year && c.month == before.month && c.day == before.day + 1;
		bool next_month = c.year == before.year && c.month == before.month + 1 && c.day == 1;
		bool next_year = c.year == before.year + 1 && c.month == 1 && c.day == 1 && before.month == 12;

		assert_true(next_day || (before.day >= 28 && (next_month || next_year)));
		assert_int_equal(day_from_civil(c), d);
		before = c;
	}
}

static void test_civil_agrees_with_the_c_library(void **state)
{
	(void)state;
	for (int32_t d = -719162; d <= 2932896; d += 7) {
		time_t seconds = (time_t)day_start(d);
		struct civil c = day_to_civil(d);
		struct tm tm;

		gmtime_r(&seconds, &tm);
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
	}
}

static void test_day_parse_and_print(void **state)
{
	static const char *const days[] = { "0001-01-01", "1969-12-31", "1970-01-01", "2000-02-29",
					    "2018-07-21", "2024-02-29", "9999-12-31" };
	struct err e = ERR_INIT;
	char text[DAY_TEXT_MAX];
	int32_t d;

	(void)state;
	for (size_t i = 0; i < countof(days); i++) {
		assert_int_equal(day_parse(&d, span_of(days[i]), &e), 0);
		day_print(d, text);
		assert_string_equal(text, days[i]);
	}
	assert_int_equal(day_parse(&d, SPAN_LITERAL("2018-07-21"), &e), 0);
	assert_int_equal(d, 17733);
}

static void test_day_parse_malformed_is_refused_and_changes_nothing(void **state)
{
	static const char *const bad[] = { "",           "2018-7-21",   "2018-07-2",   "2018-07-210", "20180721",
					   "2018/07/21", "2018-13-01",  "2018-00-01",  "2018-01-00",  "2018-01-32",
					   "2018-02-29", "1900-02-29",  "2100-02-29",  "2018-04-31",  "0000-01-01",
					   " 2018-07-21", "2018-07-21 ", "+018-07-21", "2018-07-21T", "2018-07--1" };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;
		int32_t d = 5;

		assert_int_equal(day_parse(&d, span_of(bad[i]), &e), -1);
		assert_int_equal(e.kind, ERR_FORMAT);
		assert_int_equal(d, 5);
	}
}

static void test_instant_parse_forms_of_the_service(void **state)
{
	static const struct {
		const char *text, *utc;
	} good[] = {
		{ "2018-07-21T00:00:00Z", "2018-07-21T00:00:00Z" },
		{ "2018-07-21T00:00:00", "2018-07-21T00:00:00Z" },
		{ "2018-07-21T00:00:00+00:00", "2018-07-21T00:00:00Z" },
		{ "2018-07-21T00:00:00-00:00", "2018-07-21T00:00:00Z" },
		{ "2018-07-20T16:00:00-08:00", "2018-07-21T00:00:00Z" },
		{ "2018-07-21T05:30:00+05:30", "2018-07-21T00:00:00Z" },
		{ "2018-07-21T14:00:00+14:00", "2018-07-21T00:00:00Z" },
		{ "2018-07-20T10:00:00-14:00", "2018-07-21T00:00:00Z" },
		{ "2017-03-01T23:59:59.9Z", "2017-03-01T23:59:59Z" },
		{ "2017-03-01T23:59:59.9999999Z", "2017-03-01T23:59:59Z" },
		{ "2017-03-01T23:59:59.1234567+01:00", "2017-03-01T22:59:59Z" },
		{ "1969-12-31T23:59:59.999", "1969-12-31T23:59:59Z" },
		{ "0001-01-01T00:00:00", "0001-01-01T00:00:00Z" },
		{ "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59Z" },
	};
	char text[INSTANT_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		instant_print(instant_of(good[i].text), text);
		assert_string_equal(text, good[i].utc);
	}
	assert_true(instant_of("1970-01-01T00:00:00Z") == 0);
	assert_true(instant_of("1969-12-31T23:59:59Z") == -1);
	assert_true(instant_of("2018-07-21T01:02:03Z") == 1532134923);
}

static void test_instant_parse_malformed_is_refused_and_changes_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		"2018-07-21",
		"2018-07-21 00:00:00Z",
		"2018-07-21t00:00:00Z",
		"2018-07-21T00:00:00z",
		"2018-07-21T00:00Z",
		"2018-07-21T24:00:00Z",
		"2018-07-21T23:60:00Z",
		"2018-07-21T23:59:60Z",
		"2018-07-32T00:00:00Z",
		"2018-13-21T00:00:00Z",
		"2018-07-21T00:00:00.Z",
		"2018-07-21T00:00:00.12345678Z",
		"2018-07-21T00:00:00,5Z",
		"2018-07-21T00:00:00+14:01",
		"2018-07-21T00:00:00-15:00",
		"2018-07-21T00:00:00+01:60",
		"2018-07-21T00:00:00+01",
		"2018-07-21T00:00:00+0100",
		"2018-07-21T00:00:00+1:00",
		"2018-07-21T00:00:00ZZ",
		"2018-07-21T00:00:00Z+00:00",
		"2018-07-21T00:00:00+",
		"2018-07-21T00:00:00-",
		" 2018-07-21T00:00:00Z",
		"2018-07-21T00:00:00Z ",
		"2018-07-21T00: 00: 00Z", /* as a documented sample has it; no recording does */
		"0001-01-01T00:00:00+14:00",
		"9999-12-31T23:59:59-00:01",
		"/Date(1532131200000)/",
	};

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;
		int64_t v = 5;

		assert_int_equal(instant_parse(&v, span_of(bad[i]), &e), -1);
		assert_int_equal(e.kind, ERR_FORMAT);
		assert_true(v == 5);
	}
}

static void test_instant_every_cut_of_a_time_is_refused(void **state)
{
	static const char text[] = "2018-07-21T05:30:00.1234567+05:30";
	struct err e = ERR_INIT;
	int64_t v;

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		bool legal = n == 19 || (n >= 21 && n <= 27); /* no zone, with and without a fraction */

		assert_int_equal(instant_parse(&v, (struct span){ text, n }, &e), legal ? 0 : -1);
	}
}

static void test_instant_day_is_floored(void **state)
{
	(void)state;
	assert_int_equal(instant_day(0), 0);
	assert_int_equal(instant_day(86399), 0);
	assert_int_equal(instant_day(86400), 1);
	assert_int_equal(instant_day(-1), -1);
	assert_int_equal(instant_day(-86400), -1);
	assert_int_equal(instant_day(-86401), -2);
	for (int32_t d = -800000; d < 3000000; d += 997) {
		assert_int_equal(instant_day(day_start(d)), d);
		assert_int_equal(instant_day(day_start(d) + 86399), d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day_of_years_1_to_9999_round_trips),
		cmocka_unit_test(test_civil_agrees_with_the_c_library),
		cmocka_unit_test(test_day_parse_and_print),
		cmocka_unit_test(test_day_parse_malformed_is_refused_and_changes_nothing),
		cmocka_unit_test(test_instant_parse_forms_of_the_service),
		cmocka_unit_test(test_instant_parse_malformed_is_refused_and_changes_nothing),
		cmocka_unit_test(test_instant_every_cut_of_a_time_is_refused),
		cmocka_unit_test(test_instant_day_is_floored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
