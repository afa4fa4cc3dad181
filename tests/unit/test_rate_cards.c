/* SPDX-License-Identifier: MIT */
/* A rate card beside the newest one: what is unchanged is recognised, what is gone, back or new is not missed. */
#include "store/rate_known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "books_fixture.h"

#define A "22222222-2222-2222-2222-222222222222"
#define B "33333333-3333-3333-3333-333333333333"
#define C "44444444-4444-4444-4444-444444444444"

static struct digest digest_of(uint64_t number)
{
	struct digest d = { { 0 } };

	number *= 0x9e3779b97f4a7c15ULL;
	memcpy(d.b, &number, sizeof(number));
	d.b[15] = 1;
	return d;
}

static void test_known_keeps_what_it_got_and_its_marks(void **state)
{
	struct rate_known known = { .count = 0 };
	const uint64_t n = 5000;
	struct digest d = digest_of(1);

	(void)state;
	assert_false(rate_known_mark(&known, &d));
	rate_known_init(&known, 0);
	for (uint64_t i = 0; i < n; i++) {
		d = digest_of(i);
		rate_known_add(&known, &d);
		rate_known_add(&known, &d);
		if (i % 3 == 0) /* while it grows */
			assert_true(rate_known_mark(&known, &d));
	}
	assert_int_equal(known.count, n);
	assert_int_equal(known.marked, (n + 2) / 3);
	for (uint64_t i = 0; i < 2 * n; i++) {
		d = digest_of(i);
		assert_int_equal(rate_known_mark(&known, &d), i < n);
	}
	assert_int_equal(known.marked, n);
	rate_known_fini(&known);
}

/* Some have neighbours, also around the end of the table. */
static void test_known_tells_digests_with_one_place_apart(void **state)
{
	struct rate_known known;

	(void)state;
	rate_known_init(&known, 10);
	for (int i = 0; i < 40; i++) {
		struct digest d = { { 0 } };

		memset(d.b, 0xff, 8);
		d.b[15] = (unsigned char)i;
		assert_false(rate_known_mark(&known, &d));
		rate_known_add(&known, &d);
		if (i % 2)
			assert_true(rate_known_mark(&known, &d));
	}
	assert_int_equal(known.count, 40);
	assert_int_equal(known.marked, 20);
	rate_known_fini(&known);
}

static void test_known_takes_at_most_40_bytes_a_price(void **state)
{
	struct rate_known known;

	(void)state;
	rate_known_init(&known, 750000);
	assert_true(known.places * sizeof(*known.digests) + known.places / 8 < 40 * 750000u);
	rate_known_fini(&known);
}

/* Frozen: a database finds its prices again by their digests. What goes in: meter, unit, tags, included, tiers, effective date. */
static void test_digest_of_a_price_is_frozen(void **state)
{
	struct books *b = *state;

	load_rates(b, (struct rate_spec[]){ { .meter = "99546eb4-52fb-7d15-04fc-edd91ca35cfb", .unit = "1 Hour",
					      .effective = "2024-02-01T00:00:00Z", .included = "0.0",
					      .tiers = { "0", "1.0889423", "100", "0.50", "1000", "25e-2" } } }, 1);
	assert_string_equal(ask(b, "SELECT hex(digest) FROM rate"), "979A5E951C2266DCC1E37C9B2E64FA05");
}

static void test_unchanged_card_writes_not_even_to_a_temporary_table(void **state)
{
	const struct rate_spec rates[] = { { .meter = A, .tiers = { "0", "1" } }, { .meter = B, .tiers = { "0", "2", "5", "1" } },
					   { .meter = A, .effective = "2018-01-01T00:00:00Z", .tiers = { "0", "3" } } };
	struct books *b = *state;
	char before[40];

	load_rates(b, rates, 3);
	load_rates(b, rates, 3); /* this one clears away what the first has left */
	snprintf(before, sizeof(before), "%s", ask(b, "SELECT total_changes()"));
	assert_true(load_rates(b, rates, 3).same_card);
	assert_string_equal(ask(b, "SELECT total_changes()"), before);
}

static void test_entry_that_stands_in_a_card_twice_is_one_price(void **state)
{
	const struct rate_spec rates[] = { { .meter = A, .tiers = { "0", "1" } }, { .meter = A, .tiers = { "0", "1" } } };
	struct books *b = *state;
	struct rates_change change = load_rates(b, rates, 2);

	assert_int_equal(change.added, 1);
	assert_int_equal(change.changed, 0);
	change = load_rates(b, rates, 2);
	assert_true(change.same_card);
	assert_int_equal(load_rates(b, rates, 1).removed, 0);
	assert_string_equal(ask(b, "SELECT count(*) FROM rate WHERE last_card_id IS NULL"), "1");
}

static void test_prices_that_are_gone_are_closed_and_opened_again(void **state)
{
	const struct rate_spec all[] = { { .meter = A, .tiers = { "0", "1" } }, { .meter = B, .tiers = { "0", "2" } },
					 { .meter = A, .effective = "2018-01-01T00:00:00Z", .tiers = { "0", "3" } } };
	const struct rate_spec some[] = { { .meter = C, .tiers = { "0", "4" } }, all[0] };
	struct books *b = *state;
	struct rates_change change;

	load_rates(b, all, 3);
	change = load_rates(b, some, 2);
	assert_int_equal(change.added, 1);
	assert_int_equal(change.changed, 0);
	assert_int_equal(change.removed, 1); /* of A one price is left */
	assert_string_equal(ask(b, "SELECT unit_price, last_card_id FROM rate ORDER BY id"), "1 NULL 2 1 3 1 4 NULL");
	change = load_rates(b, all, 3);
	assert_int_equal(change.added, 0);
	assert_int_equal(change.changed, 2);
	assert_int_equal(change.removed, 1);
	assert_string_equal(ask(b, "SELECT unit_price, seen_order, last_card_id FROM rate ORDER BY id"),
			    "1 1 NULL 2 3 NULL 3 3 NULL 4 2 2");
	assert_string_equal(ask(b, "SELECT rate_id, first_card_id, last_card_id FROM rate_range ORDER BY 1"), "2 1 1 3 1 1");
}

/* As after a connection that broke: only what comes behind the new beginning counts. */
static void test_card_that_begins_again_forgets_what_it_had_seen(void **state)
{
	const struct rate_spec rates[] = { { .meter = A, .tiers = { "0", "1" } }, { .meter = B, .tiers = { "0", "2" } } };
	struct books *b = *state;
	struct rates_change change;
	struct rates_load *load;
	struct rate r;

	load_rates(b, rates, 2);
	ok(rates_load_new(&load, b->s, b->run_id, 1000, &e));
	for (int i = 0; i < 2; i++) {
		ok(rates_load_start(load, &e));
		fill_rate(&r, &rates[i]);
		ok(rates_load_add(load, &r, &e));
	}
	ok(rates_load_commit(load, "en-US", "EUR", false, "[]", &change, &e));
	rates_load_free(load);
	assert_int_equal(change.removed, 1);
	assert_string_equal(ask(b, "SELECT unit_price FROM rate WHERE last_card_id IS NULL"), "2");
}

/* One card with several prices of one date: the last of them counts, however their digests are ordered. */
static void test_last_price_of_a_date_counts(void **state)
{
	const char *const prices[] = { "1", "2", "3", "4", "5", "6", "7" };
	struct usage_spec usage = { .quantity = "1" };
	struct rate_spec rates[7];
	struct books *b = *state;

	for (int i = 0; i < 7; i++)
		rates[i] = (struct rate_spec){ .tiers = { "0", prices[i] } };
	for (int n = 1; n <= 7; n++) {
		load_rates(b, rates, (size_t)n);
		load_slice(b, n, &usage, 1);
	}
	assert_string_equal(ask(b, "SELECT group_concat(unit_price, ' ') FROM purchases"), "7.0 7.0 7.0 7.0 7.0 7.0 7.0");
}

/* Of few meters each is searched, of many the purchases are looked through. */
static void test_many_prices_change_as_few_do(void **state)
{
	static char meters[40][40];
	struct usage_spec usage = { .quantity = "2" };
	struct rate_spec rates[40];
	struct books *b = *state;
	struct slice_change stored;
	struct slice_load *load;

	for (int i = 0; i < 40; i++) {
		snprintf(meters[i], sizeof(meters[i]), "%08d-1111-1111-1111-111111111111", i);
		rates[i] = (struct rate_spec){ .meter = meters[i], .tiers = { "0", "1" } };
	}
	load_rates(b, rates, 40);
	ok(slice_load_new(&load, b->s, b->subscription, DAY0 + 1, &e));
	ok(record_page_start(load, &e));
	for (int i = 0; i < 30; i++)
		add_usage(load, meters[i], &usage);
	ok(record_page_end(load, &e));
	ok(slice_load_commit(load, b->run_id, false, &stored, &e));
	slice_load_free(load);
	begin_run(b);
	for (int i = 5; i < 40; i++)
		rates[i].tiers[1] = "3";
	assert_int_equal(load_rates(b, rates, 40).priced, 25);
	assert_string_equal(ask(b, "SELECT sum(amount_nanos) / 1000000000 FROM purchases"), "160");
	begin_run(b);
	for (int i = 25; i < 40; i++)
		rates[i].tiers[1] = "5";
	assert_int_equal(load_rates(b, rates, 40).priced, 5);
	assert_string_equal(ask(b, "SELECT sum(amount_nanos) / 1000000000 FROM purchases"), "180");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_keeps_what_it_got_and_its_marks),
		cmocka_unit_test(test_known_tells_digests_with_one_place_apart),
		cmocka_unit_test(test_known_takes_at_most_40_bytes_a_price),
		cmocka_unit_test_setup_teardown(test_digest_of_a_price_is_frozen, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unchanged_card_writes_not_even_to_a_temporary_table, setup, teardown),
		cmocka_unit_test_setup_teardown(test_entry_that_stands_in_a_card_twice_is_one_price, setup, teardown),
		cmocka_unit_test_setup_teardown(test_prices_that_are_gone_are_closed_and_opened_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_card_that_begins_again_forgets_what_it_had_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(test_last_price_of_a_date_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_prices_change_as_few_do, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
