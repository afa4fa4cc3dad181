/* SPDX-License-Identifier: MIT */
/* Corrections in unlikely company: units that change, clocks that go back, prices that come late. Figures by hand. DAY0 is 2018-07-20. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/books_fixture.h"

#define AUGUST_10 (DAY0 + 21)
#define SEPTEMBER_10 (DAY0 + 52)
#define OCTOBER_10 (DAY0 + 82)
#define JULY 201807
#define AUGUST 201808
#define SEPTEMBER 201809

static const struct rate_spec tiered = { .tiers = { "0", "0.5", "1024", "0.25" } };

static void close_period(struct books *b, int32_t period, int32_t today)
{
	ok(store_period_close(b->s, &period, "", day_start(today), &e));
}

static void reopen_newest(struct books *b, int32_t today)
{
	int64_t revised;
	int32_t period = 0;

	ok(store_period_reopen(b->s, b->run_id, "why not", day_start(today), &period, &revised, &e));
}

static void load_one(struct books *b, const char *quantity, const char *unit)
{
	load_slice(b, 0, (struct usage_spec[]){ { .quantity = quantity, .unit = unit } }, 1);
}

/* One key in two units, which is possible where the first had come to nothing; none of it has a price yet. */
static void test_a_card_is_taken_whatever_units_are_closed(void **state)
{
	struct books *b = *state;

	load_one(b, "8", NULL);
	begin_run_on(b, AUGUST_10);
	close_period(b, JULY, AUGUST_10);
	load_slice(b, 0, NULL, 0);
	begin_run_on(b, SEPTEMBER_10);
	close_period(b, AUGUST, SEPTEMBER_10);
	load_one(b, "5", "100 Hours");
	begin_run_on(b, OCTOBER_10);
	close_period(b, SEPTEMBER, OCTOBER_10);
	load_rates(b, &flat, 1);
	assert_string_equal(ask(b, "SELECT billing_period, quantity_exact, unit, amount_nanos FROM purchases ORDER BY 1"),
			    "2018-07 8 Hours NULL 2018-08 -8 Hours NULL 2018-09 5 100 Hours NULL");
	/* 5 x 2, the last unit's price */
	load_rates(b, (struct rate_spec[]){ { .unit = "100 Hours", .tiers = { "0", "2" }, .effective = "2018-01-01T00:00:00Z" } }, 1);
	assert_string_equal(ask(b, "SELECT billing_period, quantity_exact, amount_nanos FROM purchases WHERE amount_nanos IS NOT NULL"),
			    "2018-10 0 10000000000");
}

static void test_a_clock_that_went_back_books_behind_the_usage(void **state)
{
	struct books *b = *state;
	struct usage_spec august[] = { { .day = 20, .quantity = "8" } };

	load_rates(b, &flat, 1);
	load_slice(b, 20, august, 1);
	begin_run_on(b, SEPTEMBER_10);
	close_period(b, AUGUST, SEPTEMBER_10);
	begin_run_on(b, DAY0);
	august[0].quantity = "18";
	load_slice(b, 20, august, 1);
	assert_string_equal(ask(b, "SELECT billing_period, usage_period, quantity_exact FROM purchases WHERE charge_class = 'correction'"),
			    "2018-09 2018-08 10");
}

/* Flat when July is closed, so late usage of July is, too; opened again, July is priced by what is known now. */
static void test_a_meter_that_gets_tiers_later(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "1000" }, { .day = 1, .quantity = "100" } };

	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "0.5" } } }, 1);
	load_slice(b, 0, july, 1);
	begin_run_on(b, AUGUST_10);
	close_period(b, JULY, AUGUST_10);
	load_rates(b, &tiered, 1);
	load_slice(b, 0, july, 2);
	assert_string_equal(ask(b, "SELECT quantity_exact, amount_nanos FROM purchases ORDER BY usage_start"), "1000 500000000000 100 50000000000");
	reopen_newest(b, AUGUST_10);
	/* 1000 x 0.5; 24 x 0.5 + 76 x 0.25 = 31 */
	assert_string_equal(ask(b, "SELECT quantity_exact, amount_nanos FROM purchases WHERE status = 'active' ORDER BY usage_start"),
			    "1000 500000000000 100 31000000000");
	close_period(b, JULY, AUGUST_10);
	july[0].quantity = "1100";
	load_slice(b, 0, july, 2);
	/* 100 behind the 1100: 25 */
	assert_string_equal(ask(b, "SELECT quantity_exact, amount_nanos FROM purchases WHERE charge_class = 'correction' AND status = 'active'"),
			    "100 25000000000");
}

/* Each can be said alone, both together not: then the purchase goes without an amount, rather than keep the period closed. */
static void test_a_sum_beyond_all_amounts_does_not_keep_a_period_closed(void **state)
{
	struct books *b = *state;

	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "9000000000" } } }, 1);
	load_one(b, "1", NULL);
	begin_run_on(b, AUGUST_10);
	close_period(b, JULY, AUGUST_10);
	load_one(b, "2", NULL);
	assert_string_equal(ask(b, "SELECT quantity_exact, amount_nanos FROM purchases ORDER BY billing_period"),
			    "1 9000000000000000000 1 9000000000000000000");
	reopen_newest(b, AUGUST_10);
	assert_string_equal(ask(b, "SELECT quantity_exact, amount_nanos, rating_status FROM purchases WHERE status = 'active'"), "2 NULL unpriced");
}

/* What was not closed goes with its slice; what was there stays. */
static void test_a_refused_slice_leaves_the_corrections_of_the_one_before(void **state)
{
	struct books *b = *state;
	struct slice_change change;
	struct slice_load *load;

	load_rates(b, &flat, 1);
	load_one(b, "8", NULL);
	load_slice(b, 1, (struct usage_spec[]){ { .quantity = "3" } }, 1);
	begin_run_on(b, AUGUST_10);
	close_period(b, JULY, AUGUST_10);
	load_one(b, "18", NULL);
	ok(slice_load_new(&load, b->s, b->subscription, DAY0 + 1, &e));
	ok(record_page_start(load, &e));
	add_usage(load, METER, &(struct usage_spec){ .quantity = "4", .uri = "/a" });
	add_usage(load, METER, &(struct usage_spec){ .quantity = "3", .unit = "100 Hours" });
	add_usage(load, METER, &(struct usage_spec){ .quantity = "5", .uri = "/z" });
	ok(record_page_end(load, &e));
	assert_int_equal(slice_load_commit(load, b->run_id, false, &change, &e), -1);
	assert_string_equal(e.code, "E-USAGE-UNIT-CLOSED");
	err_clear(&e);
	slice_load_free(load);
	load_slice(b, 2, (struct usage_spec[]){ { .quantity = "1", .uri = "/b" } }, 1);
	assert_string_equal(ask(b, "SELECT seq, quantity_exact, amount_nanos FROM purchases WHERE charge_class = 'correction' ORDER BY seq"),
			    "3 10 850000000 4 1 85000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_card_is_taken_whatever_units_are_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_clock_that_went_back_books_behind_the_usage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_meter_that_gets_tiers_later, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_sum_beyond_all_amounts_does_not_keep_a_period_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_refused_slice_leaves_the_corrections_of_the_one_before, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
