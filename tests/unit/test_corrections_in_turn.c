/* SPDX-License-Identifier: MIT */
/* Corrections that follow one another: of late usage, in other units, in the tiers, and when a period is opened again. Histories found
 * each of these (tests/books); figures by hand. DAY0 is 2018-07-20. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/books_fixture.h"

#define AUGUST_10 (DAY0 + 21)
#define SEPTEMBER_10 (DAY0 + 52)
#define OCTOBER_10 (DAY0 + 82)

static const char corrections[] = "SELECT billing_period, quantity_exact, unit, amount_nanos, status FROM purchases"
				  " WHERE charge_class = 'correction' ORDER BY usage_start, billing_period";

static void next_month(struct books *b, int32_t today)
{
	int32_t oldest = 0;

	begin_run_on(b, today);
	ok(store_period_close(b->s, &oldest, "", day_start(today), &e));
}

static void reopen(struct books *b, int32_t expected)
{
	int64_t revised;
	int32_t period = 0;

	ok(store_period_reopen(b->s, b->run_id, "a test", day_start(OCTOBER_10), &period, &revised, &e));
	assert_int_equal(period, expected);
}

static void test_late_usage_that_was_corrected_twice_is_said_once(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "1" }, { .quantity = "2", .uri = "/late", .day = 1 } };

	load_rates(b, &flat, 1);
	load_slice(b, 1, july, 1);
	next_month(b, AUGUST_10);
	load_slice(b, 1, july, 2);
	next_month(b, SEPTEMBER_10);
	july[1].quantity = "3";
	load_slice(b, 1, july, 2);
	july[1].quantity = "4";
	load_slice(b, 1, july, 2);
	assert_string_equal(ask(b, corrections), "2018-08 2 Hours 170000000 active 2018-09 2 Hours 170000000 active");
	assert_false(load_slice(b, 1, july, 2).wrote);
	load_slice(b, 1, july, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2 Hours 170000000 active 2018-09 -2 Hours -170000000 active");
	assert_false(load_slice(b, 1, july, 1).wrote);
}

static void test_nothing_is_nothing_in_any_unit(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "8" } };

	load_rates(b, &flat, 1);
	load_slice(b, 1, july, 1);
	next_month(b, AUGUST_10);
	load_slice(b, 1, (struct usage_spec[]){ { .quantity = "0", .unit = "100 Hours" } }, 1);
	assert_string_equal(ask(b, corrections), "2018-08 -8 Hours -680000000 active");
	/* what has come to nothing can come again in another */
	next_month(b, SEPTEMBER_10);
	load_slice(b, 1, (struct usage_spec[]){ { .quantity = "5", .unit = "100 Hours" } }, 1);
	assert_string_equal(ask(b, corrections), "2018-08 -8 Hours -680000000 active 2018-09 5 100 Hours NULL active");
	/* and as long as it can change, in the first one again */
	july[0].quantity = "5";
	load_slice(b, 1, july, 1);
	assert_string_equal(ask(b, corrections), "2018-08 -8 Hours -680000000 active 2018-09 5 Hours 425000000 active");
}

/* July took 1000 of 1024 at 0.5. What is booked in August takes the other 24, whatever comes before it in the days. */
static void test_a_closing_moves_no_price(void **state)
{
	struct books *b = *state;
	const struct rate_spec tiered = { .tiers = { "0", "0.5", "1024", "0.25" } };
	struct usage_spec first[] = { { .quantity = "1000" }, { .quantity = "10", .day = -1, .uri = "/b" } };
	struct usage_spec later[] = { { .quantity = "338", .day = 1 } };

	load_rates(b, &tiered, 1);
	load_slice(b, 1, first, 1);
	next_month(b, AUGUST_10);
	load_slice(b, 2, later, 1);
	begin_run_on(b, SEPTEMBER_10);
	load_slice(b, 1, first, 2);
	/* 24 x 0.5 + 314 x 0.25 = 90.5; 10 x 0.25 behind it */
	assert_string_equal(ask(b, corrections), "2018-09 10 Hours 2500000000 active 2018-08 338 Hours 90500000000 active");
	next_month(b, SEPTEMBER_10);
	first[1].quantity = "12";
	load_slice(b, 1, first, 2);
	assert_string_equal(ask(b, corrections), "2018-09 12 Hours 3000000000 active 2018-08 338 Hours 90500000000 active");
}

static void test_a_reopened_periods_correction_takes_over_the_later_one(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "8" } };

	load_rates(b, &flat, 1);
	load_slice(b, 1, july, 1);
	next_month(b, AUGUST_10);
	july[0].quantity = "10";
	load_slice(b, 1, july, 1);
	next_month(b, SEPTEMBER_10);
	july[0].quantity = "11";
	load_slice(b, 1, july, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2 Hours 170000000 active 2018-09 1 Hours 85000000 active");
	reopen(b, 201808);
	assert_string_equal(ask(b, corrections), "2018-08 3 Hours 255000000 active 2018-09 0 Hours 0 withdrawn");
	assert_false(load_slice(b, 1, july, 1).wrote);
	july[0].quantity = "9";
	load_slice(b, 1, july, 1);
	assert_string_equal(ask(b, corrections), "2018-08 1 Hours 85000000 active 2018-09 0 Hours 0 withdrawn");
	reopen(b, 201807);
	assert_string_equal(ask(b, "SELECT quantity_exact, amount_nanos FROM purchases WHERE status = 'active'"), "9 765000000");
}

static void test_a_price_that_came_later_moves_into_the_reopened_period(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "8" } };

	load_slice(b, 1, july, 1);
	next_month(b, AUGUST_10);
	july[0].quantity = "10";
	load_slice(b, 1, july, 1);
	next_month(b, SEPTEMBER_10);
	load_rates(b, &flat, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2 Hours NULL active 2018-09 0 Hours 850000000 active");
	reopen(b, 201808);
	assert_string_equal(ask(b, corrections), "2018-08 2 Hours 850000000 active 2018-09 0 Hours 0 withdrawn");
}

/* The service prints 28 digits, a difference can have more. */
static void test_a_difference_has_as_many_digits_as_it_needs(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "999.123456789012345678901234" } };

	load_rates(b, &flat, 1);
	load_slice(b, 1, july, 1);
	next_month(b, AUGUST_10);
	july[0].quantity = "100000000";
	load_slice(b, 1, july, 1);
	assert_string_equal(ask(b, "SELECT quantity_exact FROM purchases WHERE charge_class = 'correction'"),
			    "99999000.876543210987654321098766");
	assert_false(load_slice(b, 1, july, 1).wrote);
	july[0].quantity = "2";
	load_slice(b, 1, july, 1);
	reopen(b, 201807);
	assert_string_equal(ask(b, "SELECT quantity_exact FROM purchases WHERE status = 'active'"), "2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_late_usage_that_was_corrected_twice_is_said_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_is_nothing_in_any_unit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_closing_moves_no_price, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_reopened_periods_correction_takes_over_the_later_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_price_that_came_later_moves_into_the_reopened_period, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_difference_has_as_many_digits_as_it_needs, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
