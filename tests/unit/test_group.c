/* SPDX-License-Identifier: MIT */
/* Purchases that share tiers: their order, and what a change leaves alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "books_fixture.h"

static const struct rate_spec tiered = { .tiers = { "0", "2", "10", "1" } };
static const char in_order[] = "SELECT group_concat(amount_nanos / 1000000000, ' ') FROM (SELECT amount_nanos FROM purchases"
			       " ORDER BY usage_start, reported_day, purchase_reference)";

static long long changes(struct books *b)
{
	return strtoll(ask(b, "SELECT total_changes()"), NULL, 10);
}

/* Resources have ids in the order of arrival: it is their references that count. */
static void test_alike_go_by_their_references(void **state)
{
	static const char *const uris[] = { "/c", "/a", "/f", "/b", "/e", "/d" };
	struct books *b = *state;
	struct usage_spec specs[6];

	for (int i = 0; i < 6; i++)
		specs[i] = (struct usage_spec){ .quantity = "4", .uri = uris[i] };
	load_rates(b, &tiered, 1);
	load_slice(b, 1, specs, 6);
	assert_string_equal(ask(b, in_order), "8 8 6 4 4 4");
}

static void test_as_many_alike_go_by_the_text_of_their_numbers(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[11];

	for (int i = 0; i < 11; i++)
		specs[i] = (struct usage_spec){ .quantity = "1" };
	load_rates(b, &tiered, 1);
	load_slice(b, 1, specs, 11);
	assert_string_equal(ask(b, in_order), "2 2 2 2 2 2 2 2 2 2 1");
	assert_string_equal(ask(b, "SELECT ordinal FROM usage WHERE amount_nanos = 1000000000"), "9"); /* "9" is behind "10" and "11" */
}

static void test_usage_in_between_moves_what_is_behind_it(void **state)
{
	struct books *b = *state;

	load_rates(b, &tiered, 1);
	load_slice(b, 1, (struct usage_spec[]){ { .day = 0, .quantity = "6" } }, 1);
	load_slice(b, 3, (struct usage_spec[]){ { .day = 2, .quantity = "6" } }, 1);
	assert_string_equal(ask(b, in_order), "12 10");
	begin_run(b);
	load_slice(b, 4, (struct usage_spec[]){ { .day = 1, .quantity = "3" } }, 1);
	assert_string_equal(ask(b, in_order), "12 6 7");
	assert_string_equal(ask(b, "SELECT group_concat(revision, ' ') FROM (SELECT revision FROM purchases ORDER BY usage_start)"), "1 1 2");
	load_slice(b, 1, (struct usage_spec[]){ { .day = 0, .quantity = "1" } }, 1);
	assert_string_equal(ask(b, in_order), "2 6 12");
	load_slice(b, 4, NULL, 0); /* withdrawn */
	assert_string_equal(ask(b, in_order), "2 0 12");
	assert_string_equal(ask(b, "SELECT group_concat(quantity, ' ') FROM (SELECT quantity FROM usage_band ORDER BY usage_start)"), "1 6");
}

/* Reported on another day, of the same usage: the place is by both. */
static void test_usage_of_a_day_that_is_there_is_behind_what_was_reported_before(void **state)
{
	struct books *b = *state;
	struct usage_spec spec = { .quantity = "8" };

	load_rates(b, &tiered, 1);
	load_slice(b, 2, &spec, 1);
	load_slice(b, 3, &spec, 1);
	assert_string_equal(ask(b, in_order), "16 10");
	load_slice(b, 1, &spec, 1);
	assert_string_equal(ask(b, in_order), "16 10 8");
}

static void test_a_new_day_costs_the_same_behind_many_as_behind_few(void **state)
{
	struct books *b = *state;
	struct usage_spec spec = { .quantity = "0.5" };
	long long before = 0, cost[3];

	load_rates(b, &tiered, 1);
	for (int day = 0; day < 9; day++) {
		before = changes(b);
		spec.day = day;
		load_slice(b, day + 1, &spec, 1);
		cost[day / 3] = changes(b) - before;
	}
	assert_int_equal(cost[2], cost[1]);
	assert_int_equal(cost[1], cost[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_alike_go_by_their_references, setup, teardown),
		cmocka_unit_test_setup_teardown(test_as_many_alike_go_by_the_text_of_their_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_usage_in_between_moves_what_is_behind_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_usage_of_a_day_that_is_there_is_behind_what_was_reported_before, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_new_day_costs_the_same_behind_many_as_behind_few, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
