/* SPDX-License-Identifier: MIT */
#include "value/zone.h"

#include "value/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void use(const char *name)
{
	struct err e = ERR_INIT;

	if (zone_use(name, &e))
		fail_msg("%s", e.text);
}

static int64_t at(const char *text)
{
	struct err e = ERR_INIT;
	int64_t seconds = 0;

	if (instant_parse(&seconds, span_of(text), &e))
		fail_msg("%s", e.text);
	return seconds;
}

static void assert_next(const char *now, int hour, int minute, const char *expected)
{
	char text[INSTANT_TEXT_MAX];

	instant_print(zone_next(at(now), hour, minute), text);
	assert_string_equal(text, expected);
}

static void assert_previous(const char *now, int hour, int minute, const char *expected)
{
	char text[INSTANT_TEXT_MAX];

	instant_print(zone_previous(at(now), hour, minute), text);
	assert_string_equal(text, expected);
}

static int teardown(void **state)
{
	(void)state;
	unsetenv("TZDIR");
	return 0;
}

static void test_check_names(void **state)
{
	static const char *const good[] = { "CET", "Europe/Amsterdam", "Etc/GMT-1", "Etc/UTC", "America/New_York",
					    "America/Argentina/Buenos_Aires" };
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < countof(good); i++)
		assert_int_equal(zone_check(good[i], &e), 0);
}

static void test_check_refuses_what_is_no_zone_file(void **state)
{
	static const char *const bad[] = { "",		  "Europe/Amsterdm", "europe/amsterdam", "Europe", "CET-1CEST",
					   "CEST",	  "/etc/passwd",     "../../../etc/passwd", "Europe/../CET ",
					   "tzdata.zi",	  "zone1970.tab",    ":Europe/Amsterdam", "Europe/Amsterdam\n", "Foo3",
					   "/usr/share/zoneinfo/Europe/Amsterdam" };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;

		if (zone_check(bad[i], &e) == 0)
			fail_msg("accepted \"%s\"", bad[i]);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_string_equal(e.code, "E-CONFIG");
		assert_true(strlen(e.remedy) > 0);
	}
}

static void test_cet_needs_no_tzdata(void **state)
{
	struct err e = ERR_INIT;
	char text[ZONE_TEXT_MAX];

	(void)state;
	setenv("TZDIR", "/nonexistent", 1);
	assert_int_equal(zone_check("Europe/Amsterdam", &e), -1);
	assert_non_null(strstr(e.text, "/nonexistent"));
	use("CET");
	assert_next("2026-11-20T12:00:00Z", 19, 0, "2026-11-20T18:00:00Z");
	assert_next("2026-07-20T12:00:00Z", 19, 0, "2026-07-20T17:00:00Z");
	zone_print(at("2026-11-20T18:00:00Z"), text);
	assert_string_equal(text, "2026-11-20 19:00:00 CET");
	zone_print(at("2026-07-20T17:00:00Z"), text);
	assert_string_equal(text, "2026-07-20 19:00:00 CEST");
}

static void test_next_is_strictly_after_and_previous_is_not(void **state)
{
	(void)state;
	use("CET");
	assert_next("2026-11-20T17:59:59Z", 19, 0, "2026-11-20T18:00:00Z");
	assert_next("2026-11-20T18:00:00Z", 19, 0, "2026-11-21T18:00:00Z");
	assert_previous("2026-11-20T17:59:59Z", 19, 0, "2026-11-19T18:00:00Z");
	assert_previous("2026-11-20T18:00:00Z", 19, 0, "2026-11-20T18:00:00Z");
	assert_next("2026-12-31T23:30:00Z", 0, 0, "2027-01-01T23:00:00Z");
	assert_previous("2026-12-31T22:59:59Z", 0, 0, "2026-12-30T23:00:00Z");
}

static void test_gap_and_overlap(void **state)
{
	static const char *const zones[] = { "CET", "Europe/Amsterdam" };

	(void)state;
	for (size_t i = 0; i < countof(zones); i++) {
		use(zones[i]);
		/* 29 March 2026, 02:00 CET becomes 03:00 CEST at 01:00 UTC */
		assert_next("2026-03-28T12:00:00Z", 2, 30, "2026-03-29T01:00:00Z");
		assert_next("2026-03-28T12:00:00Z", 2, 0, "2026-03-29T01:00:00Z");
		assert_next("2026-03-28T12:00:00Z", 3, 0, "2026-03-29T01:00:00Z");
		assert_next("2026-03-28T12:00:00Z", 1, 59, "2026-03-29T00:59:00Z");
		assert_next("2026-03-29T01:00:00Z", 2, 30, "2026-03-30T00:30:00Z");
		assert_previous("2026-03-29T00:59:59Z", 2, 30, "2026-03-28T01:30:00Z");
		assert_previous("2026-03-29T01:00:00Z", 2, 30, "2026-03-29T01:00:00Z");
		/* 25 October 2026, 03:00 CEST becomes 02:00 CET at 01:00 UTC */
		assert_next("2026-10-24T12:00:00Z", 2, 30, "2026-10-25T00:30:00Z");
		assert_next("2026-10-25T00:30:00Z", 2, 30, "2026-10-26T01:30:00Z");
		assert_next("2026-10-25T01:00:00Z", 2, 30, "2026-10-26T01:30:00Z");
		assert_previous("2026-10-25T01:45:00Z", 2, 30, "2026-10-25T00:30:00Z");
		assert_next("2026-10-24T12:00:00Z", 3, 0, "2026-10-25T02:00:00Z");
	}
}

static void test_other_zones(void **state)
{
	(void)state;
	use("Etc/GMT-1");
	assert_next("2026-07-20T12:00:00Z", 19, 0, "2026-07-20T18:00:00Z");
	assert_next("2026-11-20T12:00:00Z", 19, 0, "2026-11-20T18:00:00Z");
	use("America/New_York");
	assert_next("2026-03-08T05:00:00Z", 2, 30, "2026-03-08T07:00:00Z");
	assert_next("2026-11-01T04:00:00Z", 1, 30, "2026-11-01T05:30:00Z");
	assert_next("2026-11-01T05:30:00Z", 1, 30, "2026-11-02T06:30:00Z");
	use("Australia/Lord_Howe"); /* half an hour of summer time */
	assert_next("2026-10-03T10:00:00Z", 2, 15, "2026-10-03T15:30:00Z");
	use("Pacific/Apia"); /* had no 30 December 2011 */
	assert_next("2011-12-30T05:00:00Z", 19, 0, "2011-12-30T10:00:00Z");
	assert_next("2011-12-30T10:00:00Z", 19, 0, "2011-12-31T05:00:00Z");
	assert_previous("2011-12-31T04:59:59Z", 19, 0, "2011-12-30T10:00:00Z");
	use("Pacific/Kwajalein"); /* nor 21 August 1993 */
	assert_next("1993-08-22T00:00:00Z", 19, 0, "1993-08-22T07:00:00Z");
}

/* Follows the slots of twenty years: each local day has exactly one, at the wanted wall time unless that is in a gap. */
static void follow(const char *zone, int hour, int minute)
{
	int64_t end = at("2041-01-01T00:00:00Z");
	int64_t t = at("2020-01-01T00:00:00Z");
	int in_gap = 0, last_day = -1;
	int64_t previous;

	use(zone);
	previous = zone_previous(t, hour, minute);
	while ((t = zone_next(previous, hour, minute)) < end) {
		time_t time = (time_t)t;
		struct tm tm;

		assert_true(t > previous);
		assert_true(zone_previous(t, hour, minute) == t);
		assert_true(zone_previous(t - 1, hour, minute) == previous);
		localtime_r(&time, &tm);
		assert_true(last_day == -1 || tm.tm_yday == last_day + 1 || tm.tm_yday == 0);
		last_day = tm.tm_yday;
		in_gap += tm.tm_hour != hour || tm.tm_min != minute;
		previous = t;
	}
	assert_int_equal(in_gap, hour == 2 && strcmp(zone, "Etc/GMT-1") != 0 ? 21 : 0);
}

static void test_every_day_of_20_years_has_one_slot(void **state)
{
	static const char *const zones[] = { "CET", "Europe/Amsterdam", "America/New_York", "Etc/GMT-1" };

	(void)state;
	for (size_t i = 0; i < countof(zones); i++) {
		follow(zones[i], 19, 0);
		follow(zones[i], 2, 30);
		follow(zones[i], 0, 0);
		follow(zones[i], 23, 59);
	}
}

static void test_built_in_cet_is_amsterdam_every_hour(void **state)
{
	int64_t from = at("2020-01-01T00:00:00Z");
	int64_t hours = 21 * 366 * 24;
	char *first = malloc((size_t)hours);

	(void)state;
	assert_non_null(first);
	use("CET");
	for (int64_t i = 0; i < hours; i++) {
		time_t t = (time_t)(from + i * 3600);
		struct tm tm;

		first[i] = (char)localtime_r(&t, &tm)->tm_hour;
	}
	use("Europe/Amsterdam");
	for (int64_t i = 0; i < hours; i++) {
		time_t t = (time_t)(from + i * 3600);
		struct tm tm;

		assert_int_equal(first[i], localtime_r(&t, &tm)->tm_hour);
	}
	free(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_names),
		cmocka_unit_test(test_check_refuses_what_is_no_zone_file),
		cmocka_unit_test_teardown(test_cet_needs_no_tzdata, teardown),
		cmocka_unit_test(test_next_is_strictly_after_and_previous_is_not),
		cmocka_unit_test(test_gap_and_overlap),
		cmocka_unit_test(test_other_zones),
		cmocka_unit_test(test_every_day_of_20_years_has_one_slot),
		cmocka_unit_test(test_built_in_cet_is_amsterdam_every_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
