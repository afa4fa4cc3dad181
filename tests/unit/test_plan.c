/* SPDX-License-Identifier: MIT */
#include "base/util.h"
#include "pull/plan.h"
#include "value/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TODAY 20000
#define NOW ((int64_t)TODAY * 86400 + 17 * 3600) /* 17:00 UTC of day 20000 */

static const struct plan_known nothing = { .first = 0 };

/* What is known, a letter a day up to yesterday: . unknown, C complete, E empty, U unconfirmed, F failed. */
static struct plan_known known_by(const char *letters, unsigned char *states)
{
	static const char names[] = ".CEUF";
	size_t n = strlen(letters);

	for (size_t i = 0; i < n; i++)
		states[i] = (unsigned char)(strchr(names, letters[i]) - names);
	return (struct plan_known){ .first = TODAY - (int32_t)n, .count = n, .states = states };
}

/* The plan as letters in the same order: x due, - not. */
static void check(const char *letters, const char *due, struct plan_rule rule)
{
	unsigned char states[400];
	struct plan_known known = known_by(letters, states);
	size_t n = strlen(letters), count;
	char got[401];
	int32_t days[400];

	rule.now = NOW;
	count = plan_days(&rule, &known, days, countof(days));
	memset(got, '-', n);
	got[n] = '\0';
	for (size_t i = 0; i < count; i++) {
		assert_true(days[i] < TODAY);
		if (i)
			assert_true(days[i] > days[i - 1]);
		if (days[i] >= known.first)
			got[days[i] - known.first] = 'x';
	}
	assert_string_equal(got, due);
}

static void test_plan_last_day_is_a_day_that_ended_two_hours_ago(void **state)
{
	(void)state;
	assert_int_equal(plan_last_day(NOW), TODAY - 1);
	assert_int_equal(plan_last_day((int64_t)TODAY * 86400 + 2 * 3600), TODAY - 1);
	assert_int_equal(plan_last_day((int64_t)TODAY * 86400 + 2 * 3600 - 1), TODAY - 2);
	assert_int_equal(plan_last_day((int64_t)TODAY * 86400), TODAY - 2);
	assert_int_equal(plan_last_day((int64_t)TODAY * 86400 - 1), TODAY - 2);
}

static void test_plan_first_fetch_is_the_whole_window_oldest_first(void **state)
{
	struct plan_rule rule = { .now = NOW, .backfill_days = 60, .lookback_days = 3 };
	int32_t days[100];

	(void)state;
	assert_int_equal(plan_days(&rule, &nothing, days, countof(days)), 60);
	for (int i = 0; i < 60; i++)
		assert_int_equal(days[i], TODAY - 60 + i);
}

static void test_plan_all_complete_is_the_look_back(void **state)
{
	(void)state;
	check("CCCCCCCCCC", "-------xxx", (struct plan_rule){ .backfill_days = 10, .lookback_days = 3 });
	check("EEEEEEEEEE", "-------xxx", (struct plan_rule){ .backfill_days = 10, .lookback_days = 3 });
	check("CCCCCCCCCC", "----------", (struct plan_rule){ .backfill_days = 10, .lookback_days = 0 });
	check("CCCCCCCCCC", "xxxxxxxxxx", (struct plan_rule){ .backfill_days = 10, .lookback_days = 10 });
	check("CCCCCCCCCC", "---------x", (struct plan_rule){ .backfill_days = 10, .lookback_days = 1 });
}

static void test_plan_holes_and_failures_are_due(void **state)
{
	(void)state;
	check("CC.CCFCC.CCC", "--x--x--x--x", (struct plan_rule){ .backfill_days = 12, .lookback_days = 1 });
	check("........CCCC", "xxxxxxxx---x", (struct plan_rule){ .backfill_days = 12, .lookback_days = 1 });
}

static void test_plan_unconfirmed_is_due_in_the_look_back_only(void **state)
{
	(void)state;
	check("CUCCCCCUC", "------xxx", (struct plan_rule){ .backfill_days = 9, .lookback_days = 3 });
	check("UUUUUUUUU", "---------", (struct plan_rule){ .backfill_days = 9, .lookback_days = 0 });
}

static void test_plan_before_the_window_failures_and_holes_are_due(void **state)
{
	(void)state;
	check("..F.CFE.CC", "--xx-x-x-x", (struct plan_rule){ .backfill_days = 3, .lookback_days = 1 });
}

static void test_plan_failures_are_forgotten_after_retention(void **state)
{
	char letters[101], due[101];

	(void)state;
	memset(letters, 'F', 100);
	memset(due, 'x', 100);
	memset(due, '-', 100 - PLAN_RETENTION_DAYS);
	letters[100] = due[100] = '\0';
	check(letters, due, (struct plan_rule){ .backfill_days = 3, .lookback_days = 1 });
}

/* The machine was off for longer than the window. */
static void test_plan_a_long_absence_leaves_no_hole(void **state)
{
	char letters[101], due[101];

	(void)state;
	memset(letters, 'C', 30);
	memset(letters + 30, '.', 70);
	memset(due, '-', 30);
	memset(due + 30, 'x', 70);
	letters[100] = due[100] = '\0';
	check(letters, due, (struct plan_rule){ .backfill_days = 60, .lookback_days = 3 });
	letters[0] = 'C';
	memset(letters + 1, '.', 99);
	memset(due, '-', 10);
	memset(due + 10, 'x', 90);
	check(letters, due, (struct plan_rule){ .backfill_days = 60, .lookback_days = 3 });
}

static void test_plan_backfill_may_reach_behind_retention(void **state)
{
	struct plan_rule rule = { .now = NOW, .backfill_days = 200, .lookback_days = 3 };
	int32_t days[400];

	(void)state;
	assert_int_equal(plan_days(&rule, &nothing, days, countof(days)), 200);
	assert_int_equal(days[0], TODAY - 200);
}

static void test_plan_look_back_may_reach_behind_backfill(void **state)
{
	(void)state;
	check("CC.CC", "xxxxx", (struct plan_rule){ .backfill_days = 0, .lookback_days = 5 });
	check(".....", "---xx", (struct plan_rule){ .backfill_days = 1, .lookback_days = 2 });
}

static void test_plan_yesterday_waits_until_it_has_settled(void **state)
{
	struct plan_rule rule = { .now = (int64_t)TODAY * 86400 + 3600, .backfill_days = 3, .lookback_days = 1 };
	int32_t days[10];

	(void)state;
	assert_int_equal(plan_days(&rule, &nothing, days, countof(days)), 2);
	assert_int_equal(days[0], TODAY - 3);
	assert_int_equal(days[1], TODAY - 2);
}

static void test_plan_explicit_range_is_taken_as_it_is(void **state)
{
	(void)state;
	check("CCCECCUCFC", "---xxxx---", (struct plan_rule){ .backfill_days = 10, .lookback_days = 3, .explicit_range = true,
							      .from = TODAY - 7, .to = TODAY - 4 });
}

static void test_plan_explicit_range_is_clipped_to_the_last_day(void **state)
{
	struct plan_rule rule = { .now = NOW, .explicit_range = true, .from = TODAY - 2, .to = TODAY + 5 };
	int32_t days[10];

	(void)state;
	assert_int_equal(plan_days(&rule, &nothing, days, countof(days)), 2);
	assert_int_equal(days[0], TODAY - 2);
	assert_int_equal(days[1], TODAY - 1);
	rule.from = TODAY;
	assert_int_equal(plan_days(&rule, &nothing, days, countof(days)), 0);
	rule.from = TODAY - 1;
	rule.to = TODAY - 2;
	assert_int_equal(plan_days(&rule, &nothing, days, countof(days)), 0);
	rule.from = INT32_MIN;
	rule.to = INT32_MAX;
	assert_int_equal(plan_days(&rule, &nothing, days, countof(days)), countof(days));
}

static void test_plan_gives_the_newest_when_room_is_short(void **state)
{
	struct plan_rule rule = { .now = NOW, .backfill_days = 60, .lookback_days = 3 };
	int32_t days[4];

	(void)state;
	assert_int_equal(plan_days(&rule, &nothing, days, 4), 4);
	assert_int_equal(days[0], TODAY - 4);
	assert_int_equal(days[3], TODAY - 1);
	assert_int_equal(plan_days(&rule, &nothing, days, 0), 0);
}

static void test_plan_days_after_the_oldest_on_record_are_holes(void **state)
{
	struct plan_rule rule = { .now = NOW, .backfill_days = 10, .lookback_days = 1 };
	struct plan_known known = { .first = TODAY, .has_older = true };
	int32_t days[200];

	(void)state;
	assert_int_equal(plan_days(&rule, &known, days, countof(days)), PLAN_RETENTION_DAYS);
	assert_int_equal(days[0], TODAY - PLAN_RETENTION_DAYS);
	known.has_older = false;
	assert_int_equal(plan_days(&rule, &known, days, countof(days)), 10);
}

/* "All complete" in a word says the same as each day. */
static void test_plan_without_states_is_all_complete(void **state)
{
	unsigned char states[100];
	int32_t by_day[200], in_a_word[200];

	(void)state;
	memset(states, SLICE_COMPLETE, sizeof(states));
	for (int back = 1; back < 95; back++) {
		struct plan_rule rule = { .now = NOW, .backfill_days = 1 + back % 90, .lookback_days = back % 31 };
		struct plan_known known = { .first = TODAY - back, .count = (size_t)back, .states = states, .has_older = back % 2 };
		size_t count = plan_days(&rule, &known, by_day, countof(by_day));

		known.states = NULL;
		assert_int_equal(plan_days(&rule, &known, in_a_word, countof(in_a_word)), count);
		assert_memory_equal(by_day, in_a_word, count * sizeof(*by_day));
	}
}

static void test_plan_due_gives_back_the_days_in_order(void **state)
{
	struct plan_due due;
	int32_t days[PLAN_DUE_DAYS];
	size_t count = 0;

	(void)state;
	for (int i = 0; i < PLAN_DUE_DAYS; i++)
		if (i == 0 || i % 7 == 1 || i > 62)
			days[count++] = TODAY + i;
	plan_due_pack(&due, TODAY, days, count);
	assert_int_equal(due.left, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(plan_due_take(&due, TODAY), days[i]);
	assert_int_equal(due.left, 0);
	plan_due_range(&due, -700000, 1000000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(plan_due_take(&due, TODAY), -700000 + i);
	assert_int_equal(due.left, 999000);
}

/* Whatever happened before: after some nights without a failure every day from the first one on is stored, and none but the
 * look-back is asked for again. */
static void test_plan_heals_by_itself(void **state)
{
	unsigned char states[200] = { 0 };
	int32_t days[200];

	(void)state;
	srand(7);
	for (int night = 0; night < 60; night++) {
		struct plan_rule rule = { .now = NOW + night * 86400LL, .backfill_days = 60, .lookback_days = 3 };
		struct plan_known known = { .first = TODAY - 60, .count = countof(states), .states = states };
		size_t count = plan_days(&rule, &known, days, countof(days));
		bool killed = night < 30 && rand() % 3 == 0;

		for (size_t i = 0; i < (killed ? count / 2 : count); i++)
			states[days[i] - known.first] = night < 30 && rand() % 4 == 0 ? SLICE_FAILED : SLICE_COMPLETE;
		if (night > 31)
			assert_int_equal(count, 3);
	}
	for (int day = 0, first = 1; day < 60 + 59; day++) {
		first = first && states[day] == SLICE_UNKNOWN;
		if (first)
			continue;
		assert_int_equal(states[day], SLICE_COMPLETE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test(test_plan_##name)
		T(last_day_is_a_day_that_ended_two_hours_ago),
		T(first_fetch_is_the_whole_window_oldest_first),
		T(all_complete_is_the_look_back),
		T(holes_and_failures_are_due),
		T(unconfirmed_is_due_in_the_look_back_only),
		T(before_the_window_failures_and_holes_are_due),
		T(failures_are_forgotten_after_retention),
		T(a_long_absence_leaves_no_hole),
		T(backfill_may_reach_behind_retention),
		T(look_back_may_reach_behind_backfill),
		T(yesterday_waits_until_it_has_settled),
		T(explicit_range_is_taken_as_it_is),
		T(explicit_range_is_clipped_to_the_last_day),
		T(gives_the_newest_when_room_is_short),
		T(days_after_the_oldest_on_record_are_holes),
		T(without_states_is_all_complete),
		T(due_gives_back_the_days_in_order),
		T(heals_by_itself),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
