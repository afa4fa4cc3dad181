/* SPDX-License-Identifier: MIT */
/* Closed billing periods: nothing in them changes, what comes later is a correction in the period of today, and all of it adds up to
 * what one would have charged. Figures by hand. DAY0 is 2018-07-20. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/books_fixture.h"

#define AUGUST_10 (DAY0 + 21)
#define SEPTEMBER_10 (DAY0 + 52)
#define JULY 201807
#define AUGUST 201808
#define SEPTEMBER 201809

static const struct rate_spec tiered = { .tiers = { "0", "0.5", "1024", "0.25" } };

/* amount_nanos are shown; the figures in the tests are in units */
static const char corrections[] = "SELECT billing_period, usage_period, quantity_exact, amount_nanos, status FROM purchases"
				  " WHERE charge_class = 'correction' ORDER BY purchase_reference";

static void close_period(struct books *b, int32_t period, int32_t today)
{
	ok(store_period_close(b->s, &period, "", day_start(today), &e));
}

static void july_then_august(struct books *b, const struct rate_spec *rate, const struct usage_spec *specs, size_t count)
{
	load_rates(b, rate, 1);
	load_slice(b, 0, specs, count);
	begin_run_on(b, AUGUST_10);
	close_period(b, JULY, AUGUST_10);
}

static struct slice_change read_again(struct books *b, const struct usage_spec *specs, size_t count)
{
	return load_slice(b, 0, specs, count);
}

static void test_restated_usage_of_a_closed_period_is_a_correction(void **state)
{
	struct books *b = *state;
	struct usage_spec before[] = { { .quantity = "745" } }, after[] = { { .quantity = "755" } };
	struct slice_change c;

	july_then_august(b, &flat, before, 1);
	c = read_again(b, after, 1);
	assert_int_equal(c.added, 1);
	assert_int_equal(c.changed + c.withdrawn, 0);
	/* 10 x 0.085 */
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 10 850000000 active");
	assert_string_equal(ask(b, "SELECT quantity_exact, amount_nanos, revision, seq, period_state FROM purchases WHERE charge_class IS NULL"),
			    "745 63325000000 1 1 closed");
	assert_string_equal(ask(b, "SELECT c.corrects = p.purchase_reference, substr(c.purchase_reference, -10) FROM purchases c, purchases p"
				   " WHERE c.charge_class = 'correction' AND p.charge_class IS NULL"),
			    "1 :1:c201808");
	assert_string_equal(ask(b, "SELECT change, reason FROM purchase_changes ORDER BY seq"), "added first_read added restated");
	assert_string_equal(ask(b, "SELECT billing_period, amount_exact FROM customer_months ORDER BY 1"),
			    "2018-07 63.325000000 2018-08 0.850000000");
}

static void test_a_correction_read_again_writes_nothing(void **state)
{
	struct books *b = *state;
	struct usage_spec before[] = { { .quantity = "745" } }, after[] = { { .quantity = "755.0" } };

	july_then_august(b, &flat, before, 1);
	read_again(b, after, 1);
	assert_false(read_again(b, after, 1).wrote);
	after[0].quantity = "755";
	assert_false(read_again(b, after, 1).wrote);
	assert_int_equal(read_again(b, before, 1).withdrawn, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 0 0 withdrawn");
	assert_false(read_again(b, before, 1).wrote);
	assert_int_equal(read_again(b, after, 1).changed, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 10 850000000 active");
}

static void test_late_usage_of_a_closed_period_corrects_nothing_and_is_charged(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "745" } }, late[] = { { .quantity = "745" }, { .quantity = "4", .uri = "/late" } };

	july_then_august(b, &flat, july, 1);
	assert_int_equal(read_again(b, late, 2).added, 1);
	assert_string_equal(ask(b, "SELECT corrects, quantity_exact, amount_nanos, billing_period FROM purchases WHERE resource_uri = '/late'"),
			    "NULL 4 340000000 2018-08");
	assert_string_equal(ask(b, "SELECT reason FROM purchase_changes WHERE billing_period = '2018-08'"), "late_usage");
	/* and is gone again */
	assert_int_equal(read_again(b, july, 1).withdrawn, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 0 0 withdrawn");
	/* a slice that nothing was stored of */
	load_slice(b, 20, july, 1);
	assert_string_equal(ask(b, "SELECT count(*), sum(amount_nanos) FROM purchases WHERE billing_period = '2018-08'"), "2 63325000000");
}

static void test_withdrawn_usage_of_a_closed_period_is_given_back(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "745" }, { .quantity = "3", .uri = "/b" } };

	july_then_august(b, &flat, july, 2);
	assert_int_equal(read_again(b, july, 1).added, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 -3 -255000000 active");
	assert_string_equal(ask(b, "SELECT sum(amount_nanos) FROM purchases"), "63325000000");
}

static void test_a_correction_that_was_closed_in_is_fixed_itself(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "745" } };

	july_then_august(b, &flat, specs, 1);
	specs[0].quantity = "755";
	read_again(b, specs, 1);
	begin_run_on(b, SEPTEMBER_10);
	close_period(b, AUGUST, SEPTEMBER_10);
	assert_false(read_again(b, specs, 1).wrote);
	specs[0].quantity = "753.5";
	read_again(b, specs, 1);
	/* 753.5 - 745 - 10 = -1.5; x 0.085 = -0.1275 */
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 10 850000000 active 2018-09 2018-07 -1.5 -127500000 active");
	assert_string_equal(ask(b, "SELECT sum(amount_nanos) FROM purchases"), "64047500000");
}

static void test_corrections_fill_the_tiers_of_their_usage_period(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "1000" } }, late[] = { { .quantity = "338", .day = 1 } };
	struct usage_spec august[] = { { .quantity = "1000", .day = 20 } };

	july_then_august(b, &tiered, july, 1);
	load_slice(b, 20, august, 1);
	load_slice(b, 21, late, 1);
	/* 24 x 0.5 + 314 x 0.25 = 90.5, behind July's 1000; August's own 1000 x 0.5 begin at 0 */
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 338 90500000000 active");
	assert_string_equal(ask(b, "SELECT b.band_no, b.quantity_exact, b.unit_price_exact, b.amount_nanos FROM purchase_bands b JOIN purchases p"
				   " USING (purchase_reference) WHERE p.charge_class = 'correction' ORDER BY 1"),
			    "1 24 0.5 12000000000 2 314 0.25 78500000000");
	assert_string_equal(ask(b, "SELECT billing_period, amount_exact FROM customer_months ORDER BY 1"),
			    "2018-07 500.000000000 2018-08 590.500000000");
	/* less: 1000 + 338 - 400 = 938, so 314 x 0.25 and 86 x 0.5 are given back */
	july[0].quantity = "600";
	read_again(b, july, 1);
	assert_string_equal(ask(b, "SELECT sum(amount_nanos) FROM purchases WHERE charge_class = 'correction'"), "-31000000000");
	assert_string_equal(ask(b, "SELECT sum(amount_nanos) FROM purchases WHERE usage_period = '2018-07'"), "469000000000");
}

static void test_a_rate_seen_after_the_closing_changes_nothing(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "745" } };
	struct rates_change c;

	july_then_august(b, &flat, specs, 1);
	c = load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "0.1" } } }, 1);
	assert_int_equal(c.priced, 0);
	specs[0].quantity = "755";
	read_again(b, specs, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 10 850000000 active");
	/* August's usage has the new one */
	load_slice(b, 20, (struct usage_spec[]){ { .day = 20, .quantity = "10" } }, 1);
	assert_string_equal(ask(b, "SELECT amount_nanos FROM purchases WHERE charge_class IS NULL AND billing_period = '2018-08'"), "1000000000");
}

static void test_a_version_that_came_back_before_the_closing_is_the_one_of_then(void **state)
{
	struct books *b = *state;
	const struct rate_spec other = { .tiers = { "0", "0.1" } };
	struct usage_spec specs[] = { { .quantity = "10" } };

	load_rates(b, &flat, 1);
	load_rates(b, &other, 1);
	load_rates(b, &flat, 1); /* the one in force when July is closed */
	july_then_august(b, &flat, specs, 1);
	load_rates(b, &other, 1);
	load_rates(b, &flat, 1);
	load_rates(b, &other, 1);
	specs[0].quantity = "20";
	read_again(b, specs, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 10 850000000 active");
	assert_string_equal(ask(b, "SELECT amount_nanos FROM purchases WHERE charge_class IS NULL"), "850000000");
}

static void test_usage_without_a_price_gets_it_as_a_correction(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "8" } };
	struct rates_change c;

	load_slice(b, 0, specs, 1);
	begin_run_on(b, AUGUST_10);
	close_period(b, JULY, AUGUST_10);
	assert_string_equal(ask(b, "SELECT purchases, quantity FROM unpriced"), "1 8.0");
	c = load_rates(b, &flat, 1);
	assert_int_equal(c.priced, 1);
	/* 8 x 0.085 = 0.68; no quantity is added to the 8 */
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 0 680000000 active");
	assert_string_equal(ask(b, "SELECT quantity_exact, amount_nanos FROM purchase_bands"), "8 680000000");
	assert_string_equal(ask(b, "SELECT amount_nanos, rating_status FROM purchases WHERE charge_class IS NULL"), "NULL unpriced");
	assert_string_equal(ask(b, "SELECT count(*) FROM unpriced"), "0");
	assert_string_equal(ask(b, "SELECT reason FROM purchase_changes WHERE billing_period = '2018-08'"), "priced");
	assert_false(read_again(b, specs, 1).wrote);
	/* more usage of it: 11 in all are priced, 3 are new */
	specs[0].quantity = "11";
	read_again(b, specs, 1);
	assert_string_equal(ask(b, corrections), "2018-08 2018-07 3 935000000 active");
	begin_run_on(b, SEPTEMBER_10);
	close_period(b, AUGUST, SEPTEMBER_10);
	assert_false(read_again(b, specs, 1).wrote);
	specs[0].quantity = "10";
	read_again(b, specs, 1);
	assert_string_equal(ask(b, "SELECT sum(amount_nanos) FROM purchases"), "850000000");
}

static void test_another_unit_in_a_closed_period_is_refused(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "8" } };
	struct slice_change change;
	struct slice_load *load;

	july_then_august(b, &flat, specs, 1);
	ok(slice_load_new(&load, b->s, b->subscription, DAY0, &e));
	ok(record_page_start(load, &e));
	add_usage(load, METER, &(struct usage_spec){ .quantity = "8", .unit = "100 Hours" });
	ok(record_page_end(load, &e));
	assert_int_equal(slice_load_commit(load, b->run_id, false, &change, &e), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
	assert_string_equal(e.code, "E-USAGE-UNIT-CLOSED");
	err_clear(&e);
	slice_load_free(load);
	assert_string_equal(ask(b, "SELECT count(*), sum(quantity) FROM purchases"), "1 8.0");
}

static void test_reopening_takes_the_corrections_back(void **state)
{
	struct books *b = *state;
	struct usage_spec july[] = { { .quantity = "1000" }, { .quantity = "4", .uri = "/gone" } };
	struct usage_spec now[] = { { .quantity = "1338" }, { .quantity = "2", .uri = "/new" } };
	int64_t revised;
	int32_t period = 0;

	july_then_august(b, &tiered, july, 2);
	read_again(b, now, 2);
	begin_run_on(b, AUGUST_10);
	ok(store_period_reopen(b->s, b->run_id, "invoice was not sent", day_start(AUGUST_10), &period, &revised, &e));
	assert_int_equal(period, JULY);
	assert_int_equal(revised, 6); /* three corrections, and what they said */
	assert_string_equal(ask(b, "SELECT sum(status = 'active'), count(*) FROM purchases WHERE charge_class = 'correction'"), "0 3");
	/* 1338 + 2: 1024 x 0.5 + 316 x 0.25 */
	assert_string_equal(ask(b, "SELECT sum(amount_nanos), sum(status = 'active') FROM purchases"), "591000000000 2");
	assert_string_equal(ask(b, "SELECT period_state, reopen_reason FROM billing_periods WHERE billing_period = '2018-07'"),
			    "settling invoice was not sent");
	assert_false(read_again(b, now, 2).wrote);
	/* closed and corrected again: the same row says it */
	close_period(b, JULY, AUGUST_10);
	now[1].quantity = "6";
	read_again(b, now, 2);
	assert_string_equal(ask(b, "SELECT quantity_exact, amount_nanos, revision FROM purchases WHERE charge_class = 'correction'"
				   " AND status = 'active'"),
			    "4 1000000000 3");
}

static void test_periods_with_corrections_close_in_their_order(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "745" } };
	int32_t period = SEPTEMBER;

	july_then_august(b, &flat, specs, 1);
	specs[0].quantity = "755";
	read_again(b, specs, 1);
	begin_run_on(b, SEPTEMBER_10);
	load_slice(b, 50, (struct usage_spec[]){ { .day = 50, .quantity = "10" } }, 1);
	assert_int_equal(store_period_close(b->s, &period, "", day_start(SEPTEMBER_10 + 30), &e), -1);
	assert_string_equal(e.text, "billing period 2018-09: an older one with corrections in it is open");
	err_clear(&e);
	close_period(b, AUGUST, SEPTEMBER_10);
	close_period(b, SEPTEMBER, SEPTEMBER_10 + 30);
}

static void test_what_a_period_lacks(void **state)
{
	struct books *b = *state;
	struct period_lacks lacks;
	int32_t period = JULY;

	load_slice(b, 0, (struct usage_spec[]){ { .quantity = "8" }, { .quantity = "8", .uri = "/b" } }, 2);
	ok(store_period_lacks(b->s, &period, day_start(AUGUST_10), &lacks, &e));
	assert_int_equal(lacks.unread, 11); /* July 21 to 31 */
	assert_int_equal(lacks.unpriced, 2);
	assert_true(lacks.begun_late);
}

static void test_what_can_be_closed_and_opened(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "8" } };
	int32_t period = AUGUST;
	int64_t revised;

	load_slice(b, 0, specs, 1);
	assert_int_equal(store_period_reopen(b->s, b->run_id, "x", 0, &period, &revised, &e), -1);
	assert_string_equal(e.text, "no billing period is closed");
	err_clear(&e);
	period = 0;
	assert_int_equal(store_period_close(b->s, &period, "", day_start(DAY0 + 11), &e), -1);
	err_clear(&e);
	period = AUGUST;
	assert_int_equal(store_period_close(b->s, &period, "", day_start(SEPTEMBER_10), &e), -1);
	assert_string_equal(e.text, "billing period 2018-08: the database has no usage of it");
	err_clear(&e);
	period = 0;
	ok(store_period_close(b->s, &period, "", day_start(DAY0 + 12), &e));
	assert_int_equal(period, JULY);
	assert_int_equal(store_period_close(b->s, &period, "", day_start(DAY0 + 12), &e), -1);
	assert_string_equal(e.text, "billing period 2018-07: is closed already");
	err_clear(&e);
}

/* -- by itself ------------------------------------------------------------------------------------------------------------------- */

static size_t close_due(struct books *b, int32_t today, struct period_due due[STORE_PERIODS_DUE_MAX])
{
	size_t count;

	ok(store_period_close_due(b->s, b->run_id, day_start(today), due, &count, &e));
	ok(store_flush(b->s, &e));
	return count;
}

/* Every reported day from June 30 to the end of the settling days. */
static void read_all_of_july(struct books *b)
{
	for (int day = -20; day < 17; day++)
		load_slice(b, day, (struct usage_spec[]){ { .day = day - 1, .quantity = "1" } }, 1);
}

static void test_a_whole_period_closes_when_it_has_settled(void **state)
{
	struct books *b = *state;
	struct period_due due[STORE_PERIODS_DUE_MAX];

	read_all_of_july(b);
	assert_int_equal(close_due(b, DAY0 + 16, due), 0); /* August 5: one day of five is left */
	assert_int_equal(close_due(b, DAY0 + 17, due), 1);
	assert_string_equal(due[0].name, "2018-07");
	assert_int_equal(due[0].gaps, 0);
	assert_string_equal(ask(b, "SELECT billing_period, closed_by FROM billing_periods WHERE period_state = 'closed'"), "2018-07 run");
	assert_int_equal(close_due(b, DAY0 + 17, due), 0);
}

static void test_a_gap_keeps_a_period_open(void **state)
{
	struct books *b = *state;
	struct period_due due[STORE_PERIODS_DUE_MAX];
	struct err why = ERR_INIT;

	read_all_of_july(b);
	err_set(&why, ERR_NET, "no answer");
	ok(store_slice_failed(b->s, b->run_id, b->subscription, DAY0 + 2, &why, 1000, &e));
	assert_int_equal(close_due(b, DAY0 + 17, due), 1);
	assert_int_equal(due[0].gaps, 1);
	assert_string_equal(ask(b, "SELECT count(*) FROM billing_periods WHERE period_state = 'closed'"), "0");
	/* also what can't be had any more is for a person to say */
	assert_int_equal(close_due(b, DAY0 + 2 + 400, due), 2);
	assert_string_equal(due[0].name, "2018-07");
	assert_int_equal(due[0].gaps, 1);
	load_slice(b, 2, NULL, 0);
	assert_int_equal(close_due(b, DAY0 + 17, due), 1);
	assert_int_equal(due[0].gaps, 0);
}

static void test_a_month_that_is_read_in_pieces_stays_open(void **state)
{
	struct books *b = *state;
	struct period_due due[STORE_PERIODS_DUE_MAX];

	for (int day = -20; day < 17; day += 2)
		load_slice(b, day, (struct usage_spec[]){ { .day = day - 1, .quantity = "1" } }, 1);
	assert_int_equal(close_due(b, DAY0 + 17, due), 1);
	assert_int_equal(due[0].gaps, 18);
}

static void test_months_that_are_held_for_ever_hold_no_later_one(void **state)
{
	struct period_due due[STORE_PERIODS_DUE_MAX];
	struct books *b = *state;
	int august = 377; /* 2019-08-01 */
	size_t count;

	for (int month = 0; month < 13; month++)
		load_slice(b, -20 + 30 * month, (struct usage_spec[]){ { .day = -20 + 30 * month, .quantity = "1" } }, 1);
	for (int day = august; day < august + 36; day++)
		load_slice(b, day, (struct usage_spec[]){ { .day = day, .quantity = "1" } }, 1);
	count = close_due(b, DAY0 + august + 36, due);
	assert_int_equal(count, STORE_PERIODS_DUE_MAX);
	assert_string_equal(due[count - 1].name, "2019-08");
	assert_int_equal(due[count - 1].gaps, 0);
}

static void test_a_reopened_period_is_not_closed_by_itself(void **state)
{
	struct books *b = *state;
	struct period_due due[STORE_PERIODS_DUE_MAX];
	int64_t revised;
	int32_t period = 0;

	read_all_of_july(b);
	assert_int_equal(close_due(b, DAY0 + 17, due), 1);
	ok(store_period_reopen(b->s, b->run_id, "why not", day_start(DAY0 + 17), &period, &revised, &e));
	assert_int_equal(close_due(b, DAY0 + 18, due), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_restated_usage_of_a_closed_period_is_a_correction, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_correction_read_again_writes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_late_usage_of_a_closed_period_corrects_nothing_and_is_charged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_withdrawn_usage_of_a_closed_period_is_given_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_correction_that_was_closed_in_is_fixed_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(test_corrections_fill_the_tiers_of_their_usage_period, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_rate_seen_after_the_closing_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_version_that_came_back_before_the_closing_is_the_one_of_then, setup, teardown),
		cmocka_unit_test_setup_teardown(test_usage_without_a_price_gets_it_as_a_correction, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_unit_in_a_closed_period_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reopening_takes_the_corrections_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_periods_with_corrections_close_in_their_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_a_period_lacks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_can_be_closed_and_opened, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_whole_period_closes_when_it_has_settled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_gap_keeps_a_period_open, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_month_that_is_read_in_pieces_stays_open, setup, teardown),
		cmocka_unit_test_setup_teardown(test_months_that_are_held_for_ever_hold_no_later_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_reopened_period_is_not_closed_by_itself, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
