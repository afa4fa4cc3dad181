/* SPDX-License-Identifier: MIT */
#include "daemon/sched.c"

#include "base/util.h"
#include "value/day.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HOUR 3600

static int64_t at(const char *text)
{
	struct err e = ERR_INIT;
	int64_t instant;

	assert_int_equal(instant_parse(&instant, span_of(text), &e), 0);
	return instant;
}

static struct sched rule(void)
{
	return (struct sched){ .hour = 19, .catch_up = true };
}

static void check(struct sched_plan plan, const char *start, const char *slot, enum sched_trigger trigger)
{
	char text[INSTANT_TEXT_MAX];

	instant_print(plan.at, text);
	assert_string_equal(text, start);
	instant_print(plan.slot, text);
	assert_string_equal(text, slot);
	assert_int_equal(plan.trigger, trigger);
}

static void test_next_is_wall_time_of_the_zone_winter_and_summer(void **state)
{
	struct sched s = rule();

	(void)state;
	s.served = at("2026-01-14T18:00:00Z");
	check(sched_next(&s, at("2026-01-15T12:00:00Z"), 0), "2026-01-15T18:00:00Z", "2026-01-15T18:00:00Z", SCHED_SCHEDULE);
	s.served = at("2026-07-14T17:00:00Z");
	check(sched_next(&s, at("2026-07-15T12:00:00Z"), 0), "2026-07-15T17:00:00Z", "2026-07-15T17:00:00Z", SCHED_SCHEDULE);
}

static void test_next_on_the_instant_is_due_and_served_once(void **state)
{
	struct sched s = rule();
	int64_t slot = at("2026-01-15T18:00:00Z");

	(void)state;
	s.served = at("2026-01-14T18:00:00Z");
	sched_next(&s, slot - 1, 0);
	check(sched_next(&s, slot, 0), "2026-01-15T18:00:00Z", "2026-01-15T18:00:00Z", SCHED_SCHEDULE);
	sched_done(&s, slot, SCHED_SERVED, slot + 40);
	check(sched_next(&s, slot + 40, 0), "2026-01-16T18:00:00Z", "2026-01-16T18:00:00Z", SCHED_SCHEDULE);
	/* a run that took no time at all, and a clock that is a second behind */
	check(sched_next(&s, slot, 0), "2026-01-16T18:00:00Z", "2026-01-16T18:00:00Z", SCHED_SCHEDULE);
	check(sched_next(&s, slot - 1, 0), "2026-01-16T18:00:00Z", "2026-01-16T18:00:00Z", SCHED_SCHEDULE);
}

static void test_next_at_start_catches_up_the_newest_missed_slot(void **state)
{
	struct sched s = rule();

	(void)state;
	s.served = at("2026-01-10T18:00:00Z");
	check(sched_next(&s, at("2026-01-15T12:00:00Z"), 0), "2026-01-15T12:00:00Z", "2026-01-14T18:00:00Z", SCHED_CATCHUP);
	s = rule(); /* never ran at all */
	check(sched_next(&s, at("2026-01-15T12:00:00Z"), 0), "2026-01-15T12:00:00Z", "2026-01-14T18:00:00Z", SCHED_CATCHUP);
}

static void test_next_without_catch_up_waits(void **state)
{
	struct sched s = rule();

	(void)state;
	s.catch_up = false;
	check(sched_next(&s, at("2026-01-15T12:00:00Z"), 0), "2026-01-15T18:00:00Z", "2026-01-15T18:00:00Z", SCHED_SCHEDULE);
	check(sched_next(&s, at("2026-01-15T18:00:00Z"), 0), "2026-01-15T18:00:00Z", "2026-01-15T18:00:00Z", SCHED_SCHEDULE);
	/* asleep over a slot while it waited: that one is made good all the same */
	check(sched_next(&s, at("2026-01-17T02:00:00Z"), 0), "2026-01-17T02:00:00Z", "2026-01-16T18:00:00Z", SCHED_CATCHUP);
}

static void test_next_after_a_failure_tries_again_until_an_hour_before_the_next(void **state)
{
	struct sched s = rule();
	int64_t slot = at("2026-01-15T18:00:00Z");

	(void)state;
	s.served = at("2026-01-14T18:00:00Z");
	sched_next(&s, slot - 10, 0);
	sched_done(&s, slot, SCHED_FAILED, at("2026-01-15T18:01:00Z"));
	check(sched_next(&s, at("2026-01-15T18:01:00Z"), 0), "2026-01-15T18:31:00Z", "2026-01-15T18:00:00Z", SCHED_RETRY);
	sched_done(&s, slot, SCHED_FAILED, at("2026-01-16T16:30:00Z"));
	check(sched_next(&s, at("2026-01-16T16:30:00Z"), 0), "2026-01-16T17:00:00Z", "2026-01-15T18:00:00Z", SCHED_RETRY);
	sched_done(&s, slot, SCHED_FAILED, at("2026-01-16T16:31:00Z"));
	check(sched_next(&s, at("2026-01-16T16:31:00Z"), 0), "2026-01-16T18:00:00Z", "2026-01-16T18:00:00Z", SCHED_SCHEDULE);
}

static void test_next_after_a_failure_that_needs_a_person_is_an_hour_later(void **state)
{
	struct sched s = rule();
	int64_t slot = at("2026-01-15T18:00:00Z");

	(void)state;
	s.served = at("2026-01-14T18:00:00Z");
	sched_next(&s, slot - 10, 0);
	sched_done(&s, slot, SCHED_NEEDS_PERSON, at("2026-01-15T18:01:00Z"));
	check(sched_next(&s, at("2026-01-15T18:01:00Z"), 0), "2026-01-15T19:01:00Z", "2026-01-15T18:00:00Z", SCHED_RETRY);
}

static void test_next_with_jitter_stays_the_same_while_waiting(void **state)
{
	struct sched s = rule();

	(void)state;
	s.jitter_s = 300;
	s.served = at("2026-01-14T18:00:00Z");
	check(sched_next(&s, at("2026-01-15T12:00:00Z"), 301 + 77), "2026-01-15T18:01:17Z", "2026-01-15T18:00:00Z", SCHED_SCHEDULE);
	check(sched_next(&s, at("2026-01-15T18:00:30Z"), 5), "2026-01-15T18:01:17Z", "2026-01-15T18:00:00Z", SCHED_SCHEDULE);
	check(sched_next(&s, at("2026-01-15T18:01:17Z"), 9), "2026-01-15T18:01:17Z", "2026-01-15T18:00:00Z", SCHED_SCHEDULE);
}

static void test_next_after_the_clock_was_set(void **state)
{
	struct sched s = rule();

	(void)state;
	/* an hour back, over a served slot: not again */
	s.served = at("2026-01-15T18:00:00Z");
	check(sched_next(&s, at("2026-01-15T17:30:00Z"), 0), "2026-01-16T18:00:00Z", "2026-01-16T18:00:00Z", SCHED_SCHEDULE);
	/* years back, from a clock that was wrong: the daemon does not sleep until then */
	s.served = at("2099-01-15T18:00:00Z");
	check(sched_next(&s, at("2026-01-15T17:30:00Z"), 0), "2026-01-15T17:30:00Z", "2026-01-14T18:00:00Z", SCHED_CATCHUP);
	/* back to before a failure */
	s = rule();
	s.tried = at("2026-01-14T18:00:00Z");
	s.tried_at = at("2026-01-15T09:00:00Z");
	check(sched_next(&s, at("2026-01-15T08:00:00Z"), 0), "2026-01-15T08:00:00Z", "2026-01-14T18:00:00Z", SCHED_RETRY);
}

/* The process as it would be: half-hour steps over two years, with both changes of summer time. */
static void test_two_years_serve_each_day_once(void **state)
{
	struct sched s = rule();
	int64_t now = at("2026-01-01T00:10:00Z"), end = at("2028-01-01T00:00:00Z");
	int64_t last = 0;
	int runs = 0;

	(void)state;
	s.served = at("2025-12-31T18:00:00Z");
	for (; now < end; now += HOUR / 2) {
		struct sched_plan plan = sched_next(&s, now, 0);

		if (plan.at > now)
			continue;
		assert_true(plan.slot > last);
		assert_true(now - plan.slot < HOUR / 2);
		last = plan.slot;
		runs++;
		sched_done(&s, plan.slot, SCHED_SERVED, now + 60);
	}
	assert_int_equal(runs, 730);
}

static int set_zone(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	return zone_use("CET", &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next_is_wall_time_of_the_zone_winter_and_summer),
		cmocka_unit_test(test_next_on_the_instant_is_due_and_served_once),
		cmocka_unit_test(test_next_at_start_catches_up_the_newest_missed_slot),
		cmocka_unit_test(test_next_without_catch_up_waits),
		cmocka_unit_test(test_next_after_a_failure_tries_again_until_an_hour_before_the_next),
		cmocka_unit_test(test_next_after_a_failure_that_needs_a_person_is_an_hour_later),
		cmocka_unit_test(test_next_with_jitter_stays_the_same_while_waiting),
		cmocka_unit_test(test_next_after_the_clock_was_set),
		cmocka_unit_test(test_two_years_serve_each_day_once),
	};

	return cmocka_run_group_tests_name("sched", tests, set_zone, NULL);
}
