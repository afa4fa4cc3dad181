/* SPDX-License-Identifier: MIT */
/* How fast may be asked, by a clock of the test's own. */
#include "pull/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000)
#define MINUTE (60 * SECOND)

static struct pace p;

/* Starts what may be started up to END; how many those were. */
static unsigned start_until(uint64_t *now, uint64_t end)
{
	unsigned started = 0;

	while (*now <= end) {
		uint64_t wait = pace_take(&p, *now);

		started += wait == 0;
		*now += wait;
	}
	return started;
}

static void test_bucket_is_exact_over_hours(void **state)
{
	static const unsigned rates[] = { 20, 59, 450, 6000, 77777, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		uint64_t now = 1234567;
		unsigned burst = rates[i] / PACE_BURST_SHARE < 8 ? rates[i] / PACE_BURST_SHARE : 8;

		pace_init(&p, 8, rates[i]);
		/* what the bucket held, and what came into it: not one more, not one less */
		assert_int_equal(start_until(&now, 1234567 + 10 * MINUTE), 10 * rates[i] + (burst ? burst : 1));
	}
}

static void test_bucket_no_minute_sees_a_tenth_more_than_configured(void **state)
{
	uint64_t now = 5, began;

	(void)state;
	pace_init(&p, 128, 450);
	for (int burst = 1; burst < 40; burst++) {
		began = now;
		assert_in_range(start_until(&now, began + MINUTE), 1, 495);
		now += (uint64_t)burst * SECOND / 3; /* idle for a while: the bucket fills, but not beyond its depth */
	}
}

static void test_bucket_tells_how_long_to_wait_to_the_microsecond(void **state)
{
	uint64_t now = 0;

	(void)state;
	pace_init(&p, 1, 7);
	assert_int_equal(pace_take(&p, now), 0);
	assert_int_equal(pace_take(&p, now), 8571429);
	assert_int_equal(pace_take(&p, now + 8571428), 1);
	assert_int_equal(pace_take(&p, now + 8571429), 0);
	assert_int_equal(pace_take(&p, 0), 8571429); /* a clock that goes back gives nothing */
}

static void test_bucket_of_any_number_never_waits(void **state)
{
	(void)state;
	pace_init(&p, 0, 0);
	assert_int_equal(p.limit, 1);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(pace_take(&p, 1), 0);
	pace_count(&p, 1);
	assert_int_equal(pace_take(&p, 1), 0);
}

static void test_bucket_what_did_not_ask_is_made_up_for(void **state)
{
	(void)state;
	pace_init(&p, 2, 60);
	for (int i = 0; i < 5; i++)
		pace_count(&p, 0);
	assert_int_equal(pace_take(&p, 0), 4 * SECOND);
	assert_int_equal(pace_take(&p, 4 * SECOND), 0);
}

static void test_refused_halves_once_a_burst_and_good_answers_restore(void **state)
{
	uint64_t epoch;

	(void)state;
	pace_init(&p, 9, 0);
	epoch = p.epoch;
	assert_true(pace_refused(&p, 1, epoch, -1, 0));
	for (int i = 0; i < 8; i++)
		assert_false(pace_refused(&p, 1, epoch, -1, 0));
	assert_int_equal(p.limit, 4);
	for (int i = 0; i < PACE_GROW_AFTER - 1; i++)
		pace_answered(&p);
	assert_int_equal(p.limit, 4);
	pace_answered(&p);
	assert_int_equal(p.limit, 5);
	for (int i = 0; i < 100 * PACE_GROW_AFTER; i++)
		pace_answered(&p);
	assert_int_equal(p.limit, 9);
}

static void test_refused_leaves_one(void **state)
{
	(void)state;
	pace_init(&p, 8, 0);
	assert_true(pace_refused(&p, 1, p.epoch, -1, 0));
	assert_true(pace_refused(&p, 1, p.epoch, -1, 0));
	assert_true(pace_refused(&p, 1, p.epoch, -1, 0));
	assert_int_equal(p.limit, 1);
	assert_false(pace_refused(&p, 1, p.epoch, -1, 0)); /* nothing to tell */
	assert_int_equal(p.limit, 1);
	pace_restore(&p);
	assert_int_equal(p.limit, 8);
}

static void test_told_a_customer_waits_and_the_others_do_not(void **state)
{
	(void)state;
	pace_init(&p, 8, 0);
	pace_refused(&p, 11, 0, 30, 100);
	pace_refused(&p, 11, 0, 10, 100); /* the longest counts */
	assert_int_equal(pace_hold_us(&p, 11, 100), 30 * SECOND);
	assert_int_equal(pace_hold_us(&p, 11, 100 + 30 * SECOND - 1), 1);
	assert_int_equal(pace_hold_us(&p, 11, 100 + 30 * SECOND), 0);
	assert_int_equal(pace_hold_us(&p, 12, 100), 0);
	assert_int_equal(pace_take(&p, 100), 0);
}

static void test_told_by_what_is_about_no_customer_everybody_waits(void **state)
{
	(void)state;
	pace_init(&p, 8, 0);
	pace_refused(&p, 0, 0, 2, 100);
	assert_int_equal(pace_take(&p, 100), 2 * SECOND);
	assert_int_equal(pace_hold_us(&p, 0, 100), 2 * SECOND);
	assert_int_equal(pace_take(&p, 100 + 2 * SECOND), 0);
}

static void test_told_by_several_customers_in_a_row_everybody_waits(void **state)
{
	(void)state;
	pace_init(&p, 8, 0);
	for (uint64_t customer = 1; customer < PACE_UNANIMOUS; customer++)
		for (int i = 0; i < 3; i++) /* many answers to one customer are one voice */
			pace_refused(&p, customer, 0, 5, 100);
	assert_int_equal(pace_take(&p, 100), 0);
	pace_answered(&p);
	pace_refused(&p, PACE_UNANIMOUS, 0, 5, 100);
	assert_int_equal(pace_take(&p, 100), 0);
	for (uint64_t customer = 20; customer < 20 + PACE_UNANIMOUS; customer++)
		pace_refused(&p, customer, 0, 7, 100);
	assert_int_equal(pace_take(&p, 100), 7 * SECOND);
}

static void test_told_by_more_than_there_is_room_for_everybody_waits(void **state)
{
	(void)state;
	pace_init(&p, 8, 0);
	for (uint64_t customer = 1; customer <= PACE_HOLDS; customer++) {
		pace_refused(&p, customer, 0, 9, 0);
		pace_answered(&p);
	}
	assert_int_equal(pace_take(&p, 0), 0);
	pace_refused(&p, PACE_HOLDS + 1, 0, 3, 0);
	assert_int_equal(pace_take(&p, 0), 3 * SECOND);
	assert_int_equal(pace_hold_us(&p, 1, 0), 9 * SECOND);
	/* their time over, their places are free */
	pace_refused(&p, PACE_HOLDS + 1, 0, 3, 10 * SECOND);
	assert_int_equal(pace_take(&p, 10 * SECOND), 0);
	assert_int_equal(pace_hold_us(&p, PACE_HOLDS + 1, 10 * SECOND), 3 * SECOND);
}

static void test_customer_of_a_path(void **state)
{
	uint64_t a = pace_customer("/v1/customers/AB-1/subscriptions");

	(void)state;
	assert_int_not_equal(a, 0);
	assert_int_equal(a, pace_customer("/v1/customers/ab-1/subscriptions/x/utilizations/azure?start_time=1"));
	assert_int_equal(a, pace_customer("/v1/customers/ab-1"));
	assert_int_not_equal(a, pace_customer("/v1/customers/ab-2/subscriptions"));
	assert_int_equal(pace_customer("/v1/customers?size=500"), 0);
	assert_int_equal(pace_customer("/v1/ratecards/azure?currency=EUR"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test(test_##name)
		T(bucket_is_exact_over_hours),
		T(bucket_no_minute_sees_a_tenth_more_than_configured),
		T(bucket_tells_how_long_to_wait_to_the_microsecond),
		T(bucket_of_any_number_never_waits),
		T(bucket_what_did_not_ask_is_made_up_for),
		T(refused_halves_once_a_burst_and_good_answers_restore),
		T(refused_leaves_one),
		T(told_a_customer_waits_and_the_others_do_not),
		T(told_by_what_is_about_no_customer_everybody_waits),
		T(told_by_several_customers_in_a_row_everybody_waits),
		T(told_by_more_than_there_is_room_for_everybody_waits),
		T(customer_of_a_path),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
