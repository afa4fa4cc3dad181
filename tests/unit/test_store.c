/* SPDX-License-Identifier: MIT */
/* The books: a slice is replaced as a whole, nothing is written twice, tiers fill over the period, prices are found by date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/books_fixture.h"
#include "value/slice_state.h"

static void test_slice_first_read_adds_priced_purchases(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .day = 0, .quantity = "745" } };
	struct slice_change c;

	load_rates(b, &flat, 1);
	c = load_slice(b, 0, specs, 1);
	assert_int_equal(c.added, 1);
	assert_string_equal(ask(b, "SELECT amount_nanos, currency, rating_status, resource_group, resource_name, unit_price FROM purchases"),
			    "63325000000 EUR rated web vm1 0.085");
	assert_string_equal(ask(b, "SELECT amount_exact, currency, purchases, unpriced FROM customer_months"), "63.325000000 EUR 1 0");
}

static void test_slice_read_again_writes_nothing(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .day = 0, .quantity = "1.50" }, { .day = 0, .quantity = "1.50" }, { .day = -1, .quantity = "2" } };
	struct usage_spec other_order[] = { specs[2], { .day = 0, .quantity = "1.5" }, specs[0] };
	struct slice_change c;

	load_rates(b, &flat, 1);
	c = load_slice(b, 0, specs, 3);
	assert_int_equal(c.added, 3);
	c = load_slice(b, 0, other_order, 3);
	assert_int_equal(c.added + c.changed + c.withdrawn, 0);
	assert_false(c.wrote);
	assert_string_equal(ask(b, "SELECT count(DISTINCT purchase_reference), max(revision), max(seq) FROM purchases"), "3 1 3");
}

static void test_slice_with_equal_rows_in_two_units_read_again_writes_nothing(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "1.50" }, { .quantity = "1.5", .unit = "100 Hours" } };
	struct usage_spec turned[] = { specs[1], specs[0] };

	load_rates(b, &flat, 1);
	load_slice(b, 0, specs, 2);
	assert_string_equal(ask(b, "SELECT unit, rating_status FROM purchases ORDER BY purchase_reference"), "100 Hours unit_mismatch Hours rated");
	assert_false(load_slice(b, 0, turned, 2).wrote);
	turned[1].quantity = "1.500";
	assert_false(load_slice(b, 0, turned, 2).wrote);
}

static void test_tags_in_another_order_are_the_same_purchase(void **state)
{
	struct books *b = *state;
	struct usage_spec first[] = { { .quantity = "1", .tags = "{\"a\":\"1\",\"b\":\"2\"}" } };
	struct usage_spec second[] = { { .quantity = "1", .tags = "{ \"b\": \"2\", \"a\": \"1\" }" } };
	struct slice_change c;

	load_slice(b, 0, first, 1);
	c = load_slice(b, 0, second, 1);
	assert_false(c.wrote);
}

static const char *net_amount(struct books *b)
{
	static char text[100];

	store_run_amount(b->s, text, sizeof(text));
	return text;
}

static void test_slice_restated_changes_adds_and_withdraws(void **state)
{
	struct books *b = *state;
	struct usage_spec before[] = { { .quantity = "1", .uri = "/a" }, { .quantity = "2", .uri = "/b" } };
	struct usage_spec after[] = { { .quantity = "1.25", .uri = "/a" }, { .quantity = "3", .uri = "/c" } };
	struct slice_change c;

	load_rates(b, &flat, 1);
	load_slice(b, 0, before, 2);
	begin_run(b);
	c = load_slice(b, 0, after, 2);
	assert_int_equal(c.added, 1);
	assert_int_equal(c.changed, 1);
	assert_int_equal(c.withdrawn, 1);
	assert_string_equal(ask(b, "SELECT resource_uri, status, revision, quantity_exact, amount_nanos FROM purchases ORDER BY resource_uri"),
			    "/a active 2 1.25 106250000 /b withdrawn 2 0 0 /c active 1 3 255000000");
	assert_string_equal(ask(b, "SELECT change, reason, old_quantity_exact, new_quantity_exact FROM purchase_changes WHERE run_id = 2 ORDER BY seq"),
			    "changed restated 1 1.25 withdrawn withdrawn 2 0 added late_usage NULL 3");
	assert_string_equal(net_amount(b), "EUR 0.106250000");
	c = load_slice(b, 0, before, 2);
	assert_int_equal(c.changed, 2);
	assert_int_equal(c.withdrawn, 1);
	assert_string_equal(net_amount(b), "EUR 0.000000000");
	assert_string_equal(ask(b, "SELECT amount_exact FROM customer_months"), "0.255000000");
}

static void test_pieces_of_a_day_over_slices_sum(void **state)
{
	struct books *b = *state;
	struct usage_spec pieces[] = { { .quantity = "0.001344" }, { .quantity = "0.032256" }, { .quantity = "0.030912" } };

	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1" } } }, 1);
	for (int i = 0; i < 3; i++)
		load_slice(b, i, &pieces[i], 1);
	assert_string_equal(ask(b, "SELECT amount_exact FROM daily_costs"), "0.064512000");
}

static void test_tiers_fill_over_the_period_whatever_the_order_of_arrival(void **state)
{
	struct books *b = *state;
	const struct rate_spec tiered = { .tiers = { "0", "0.5", "1024", "0.25" } };
	struct usage_spec late[] = { { .day = 0, .quantity = "1000" } }, first[] = { { .day = 1, .quantity = "338" } };

	load_rates(b, &tiered, 1);
	load_slice(b, 1, first, 1);
	assert_string_equal(ask(b, "SELECT amount_exact FROM customer_months"), "169.000000000");
	load_slice(b, 2, late, 1);
	/* 1024 at the first price, 314 at the second */
	assert_string_equal(ask(b, "SELECT amount_exact FROM customer_months"), "590.500000000");
	assert_string_equal(ask(b, "SELECT b.band_no, b.quantity_exact, b.amount_nanos FROM purchase_bands b JOIN purchases p"
				   " USING (purchase_reference) ORDER BY p.usage_start, b.band_no"),
			    "1 1000 500000000000 1 24 12000000000 2 314 78500000000");
	assert_string_equal(ask(b, "SELECT reason FROM purchase_changes WHERE change = 'changed'"), "rerated_tier");
}

static void test_tiers_fill_in_the_order_of_the_references_not_of_arrival(void **state)
{
	static const char query[] = "SELECT sum(amount_nanos = CASE WHEN reference_no = 1 THEN 1500000000 ELSE 1000000000 END) FROM (SELECT"
				    " amount_nanos, row_number() OVER (ORDER BY purchase_reference) AS reference_no FROM purchases)";
	struct books *b = *state;
	struct usage_spec specs[12];
	char uris[12][16];

	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1.5", "1", "1" } } }, 1);
	for (int i = 0; i < 12; i++) {
		snprintf(uris[i], sizeof(uris[i]), "/%d", i);
		specs[i] = (struct usage_spec){ .quantity = "1", .uri = uris[i] };
		load_slice(b, 0, specs, (size_t)i + 1);
	}
	assert_string_equal(ask(b, query), "12");
	assert_string_equal(ask(b, "SELECT amount_exact FROM customer_months"), "12.500000000");
}

static void test_included_quantity_is_free_and_first(void **state)
{
	struct books *b = *state;
	const struct rate_spec included = { .included = "10", .tiers = { "0", "2" } };
	struct usage_spec specs[] = { { .day = 0, .quantity = "4" }, { .day = 1, .quantity = "9" } };

	load_rates(b, &included, 1);
	load_slice(b, 2, specs, 2);
	assert_string_equal(ask(b, "SELECT quantity_exact, unit_price_exact, amount_nanos FROM purchase_bands ORDER BY quantity, unit_price"),
			    "3 2 6000000000 4 0 0 6 0 0");
	assert_string_equal(ask(b, "SELECT amount_exact FROM subscription_months"), "6.000000000");
}

static void test_totals_of_both_signs_are_exact(void **state)
{
	static const struct {
		const char *first, *second, *total;
	} cases[] = { { "100.2", "-0.9", "99.300000000" }, { "-100.2", "0.9", "-99.300000000" },  { "0.2", "-0.9", "-0.700000000" },
		      { "-0.2", "0.9", "0.700000000" },    { "-1.5", "-1.5", "-3.000000000" },    { "1.5", "-1.5", "0.000000000" },
		      { "-3", "0.1", "-2.900000000" },     { "3", "-0.000000001", "2.999999999" }, { "1", "-1.000000001", "-0.000000001" } };
	struct books *b = *state;

	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1" } } }, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct usage_spec specs[] = { { .quantity = cases[i].first, .uri = "/a" }, { .quantity = cases[i].second, .uri = "/b" } };

		load_slice(b, 0, specs, 2);
		assert_string_equal(ask(b, "SELECT amount_exact FROM customer_months"), cases[i].total);
	}
}

static void test_without_a_price_the_amount_is_null_and_comes_with_the_price(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "2" } };
	struct rates_change change;

	load_slice(b, 0, specs, 1);
	assert_string_equal(ask(b, "SELECT amount_nanos, currency, rating_status FROM purchases"), "NULL NULL unpriced");
	assert_string_equal(ask(b, "SELECT purchases, quantity, customers FROM unpriced"), "1 2.0 1");
	assert_string_equal(ask(b, "SELECT amount, amount_exact, purchases, unpriced FROM customer_months"), "NULL NULL 1 1");
	begin_run(b);
	change = load_rates(b, &flat, 1);
	assert_int_equal(change.priced, 1);
	assert_string_equal(ask(b, "SELECT amount_nanos, revision FROM purchases"), "170000000 2");
	assert_string_equal(ask(b, "SELECT reason FROM purchase_changes WHERE revision = 2"), "priced");
}

static void test_unit_mismatch_and_future_price_are_not_priced(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "2", .unit = "100 Hours" } };

	load_rates(b, &flat, 1);
	load_slice(b, 0, specs, 1);
	assert_string_equal(ask(b, "SELECT rating_status, amount_nanos FROM purchases"), "unit_mismatch NULL");
	load_rates(b, (struct rate_spec[]){ { .meter = "22222222-2222-2222-2222-222222222222", .tiers = { "0", "1" } },
					    { .effective = "2018-07-21T00:00:00Z", .tiers = { "0", "1" } } }, 2);
	specs[0].unit = "Hours";
	load_slice(b, 0, specs, 1);
	assert_string_equal(ask(b, "SELECT rating_status, amount_nanos FROM purchases"), "rated 170000000");
}

static void test_first_price_of_a_meter_is_a_future_one_of_usage_long_before(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "2" } };

	load_slice(b, 0, specs, 1);
	load_rates(b, (struct rate_spec[]){ { .effective = "2019-01-01T00:00:00Z", .tiers = { "0", "1" } } }, 1);
	assert_string_equal(ask(b, "SELECT rating_status, amount_nanos FROM purchases"), "future_price NULL");
	assert_string_equal(ask(b, "SELECT count(*) FROM purchase_changes WHERE reason = 'priced'"), "0");
	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1" }, .unit = "100 Hours" } }, 1);
	assert_string_equal(ask(b, "SELECT rating_status, amount_nanos FROM purchases"), "unit_mismatch NULL");
	assert_string_equal(ask(b, "SELECT count(*) FROM purchase_changes WHERE reason = 'priced'"), "0");
}

static void test_price_is_the_newest_not_after_the_usage_day(void **state)
{
	struct books *b = *state;
	const struct rate_spec rates[] = { { .effective = "2018-07-21T00:00:00Z", .tiers = { "0", "3" } },
					   { .effective = "2018-06-01T00:00:00Z", .tiers = { "0", "2" } } };
	struct usage_spec specs[] = { { .day = 0, .quantity = "1" }, { .day = 1, .quantity = "1" } };

	load_rates(b, rates, 2);
	load_slice(b, 2, specs, 2);
	assert_string_equal(ask(b, "SELECT amount_nanos FROM purchases ORDER BY usage_start"), "2000000000 3000000000");
}

static void test_same_rate_card_again_writes_nothing(void **state)
{
	struct books *b = *state;
	const struct rate_spec two[] = { { .tiers = { "0", "1" } },
					 { .meter = "22222222-2222-2222-2222-222222222222", .tiers = { "0", "1" } } };
	const struct rate_spec turned[] = { two[1], two[0] };
	struct rates_change change;

	change = load_rates(b, two, 2);
	assert_int_equal(change.added, 2);
	assert_false(change.same_card);
	change = load_rates(b, turned, 2);
	assert_true(change.same_card);
	assert_int_equal(change.added + change.changed + change.removed, 0);
	assert_string_equal(ask(b, "SELECT count(*) FROM rate_cards"), "1");
}

static void test_price_written_otherwise_is_the_same_price(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "10" } };

	load_rates(b, (struct rate_spec[]){ { .included = "0", .tiers = { "0", "0.5", "10", "0.25" } } }, 1);
	load_slice(b, 0, specs, 1);
	assert_true(load_rates(b, (struct rate_spec[]){ { .included = "0.00", .tiers = { "0", "0.50", "1e1", "25e-2" } } }, 1).same_card);
	assert_string_equal(ask(b, "SELECT max(revision), (SELECT count(*) FROM rate_cards) FROM purchases"), "1 1");
}

static void test_price_corrected_for_the_same_date_reprices(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "10" } };
	struct rates_change change;

	load_rates(b, &flat, 1);
	load_slice(b, 0, specs, 1);
	begin_run(b);
	change = load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "0.09" } } }, 1);
	assert_int_equal(change.changed, 1);
	assert_int_equal(change.priced, 1);
	assert_string_equal(ask(b, "SELECT amount_nanos FROM purchases"), "900000000");
	assert_string_equal(ask(b, "SELECT reason, old_amount_nanos, new_amount_nanos FROM purchase_changes WHERE revision = 2"),
			    "rerated_price 850000000 900000000");
	load_rates(b, &flat, 1);
	assert_string_equal(ask(b, "SELECT amount_nanos FROM purchases"), "850000000");
}

static void test_meter_that_gets_tiers_later_is_priced_by_them(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .day = 0, .quantity = "6" }, { .day = 1, .quantity = "6" } };

	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1" } } }, 1);
	load_slice(b, 1, specs, 2);
	begin_run(b);
	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1", "10", "0.5" } } }, 1);
	assert_string_equal(ask(b, "SELECT amount_exact FROM customer_months"), "11.000000000");
}

static void test_bands_follow_a_threshold_that_leaves_the_amount(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "6" } };

	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1", "10", "0.5" } } }, 1);
	load_slice(b, 1, specs, 1);
	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1", "20", "0.5" } } }, 1);
	assert_string_equal(ask(b, "SELECT from_quantity_exact, to_quantity_exact, quantity_exact, amount_nanos FROM purchase_bands"),
			    "0 20 6 6000000000");
	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1" } } }, 1);
	assert_string_equal(ask(b, "SELECT to_quantity_exact, amount_nanos FROM purchase_bands"), "NULL 6000000000");
}

static void test_page_tried_again_counts_once(void **state)
{
	struct books *b = *state;
	struct usage_spec spec = { .quantity = "1" };
	struct slice_change change;
	struct slice_load *load;

	ok(slice_load_new(&load, b->s, b->subscription, DAY0, &e));
	ok(record_page_start(load, &e));
	add_usage(load, METER, &spec);
	ok(record_page_end(load, &e));
	for (int i = 0; i < 3; i++) {
		ok(record_page_start(load, &e));
		add_usage(load, METER, &spec);
	}
	ok(record_page_end(load, &e));
	ok(slice_load_commit(load, b->run_id, false, &change, &e));
	slice_load_free(load);
	assert_int_equal(change.rows, 2);
}

static void add_many(struct books *b, int reported, int count, struct slice_change *change)
{
	struct slice_load *load;
	char uri[40];

	ok(slice_load_new(&load, b->s, b->subscription, DAY0 + reported, &e));
	for (int i = 0; i < count; i++) {
		struct usage_spec spec = { .day = i % 3 - 2, .quantity = i % 2 ? "0.25" : "1e-3", .uri = uri };

		if (i % 1000 == 0)
			ok(record_page_start(load, &e));
		snprintf(uri, sizeof(uri), "/r%d", i / 4);
		add_usage(load, METER, &spec);
		if (i % 1000 == 999)
			ok(record_page_end(load, &e));
	}
	ok(slice_load_commit(load, b->run_id, false, change, &e));
	slice_load_free(load);
}

static void test_slice_larger_than_memory_is_the_same(void **state)
{
	struct books *b = *state;
	struct slice_change change;

	load_rates(b, &flat, 1);
	add_many(b, 1, 40000, &change);
	assert_int_equal(change.added, 40000);
	assert_string_equal(ask(b, "SELECT count(DISTINCT purchase_reference), sum(quantity_exact = '0.001') FROM purchases"), "40000 20000");
	add_many(b, 1, 40000, &change);
	assert_int_equal(change.rows, 40000);
	assert_false(change.wrote);
}

static void test_failed_slice_keeps_what_was_stored(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "1" } };
	unsigned char states[3];
	struct slice_facts facts;
	struct err why;

	load_slice(b, 0, specs, 1);
	err_set(&why, ERR_NET, "page 1: no answer");
	ok(store_slice_failed(b->s, b->run_id, b->subscription, DAY0, &why, 5000, &e));
	ok(store_slice_states(b->s, b->subscription, DAY0 - 1, 3, states, &e));
	assert_int_equal(states[0], SLICE_UNKNOWN);
	assert_int_equal(states[1], SLICE_FAILED);
	ok(store_slice_facts(b->s, b->subscription, DAY0, DAY0 + 1, &facts, &e));
	assert_int_equal(facts.oldest, DAY0);
	assert_int_equal(facts.good, 0);
	assert_string_equal(ask(b, "SELECT count(*) FROM purchases"), "1");
	assert_string_equal(ask(b, "SELECT state, error FROM slices"), "failed page 1: no answer");
	load_slice(b, 0, specs, 1);
	assert_string_equal(ask(b, "SELECT state, error FROM slices"), "complete NULL");
	ok(store_slice_facts(b->s, b->subscription, DAY0, DAY0 + 1, &facts, &e));
	assert_int_equal(facts.good, 1);
	assert_int_equal(facts.rows, 1);
	ok(store_slice_facts(b->s, b->subscription + 1, DAY0, DAY0 + 1, &facts, &e));
	assert_int_equal(facts.oldest, INT32_MAX);
}

static void test_amount_out_of_range_refuses_the_slice_alone(void **state)
{
	struct books *b = *state;
	struct usage_spec good = { .quantity = "1" }, bad = { .quantity = "9000000000000000000" };
	struct slice_change change;
	struct slice_load *load;

	load_rates(b, &flat, 1);
	load_slice(b, 0, &good, 1);
	ok(slice_load_new(&load, b->s, b->subscription, DAY0 + 1, &e));
	ok(record_page_start(load, &e));
	add_usage(load, METER, &good);
	add_usage(load, METER, &bad);
	ok(record_page_end(load, &e));
	assert_int_equal(slice_load_commit(load, b->run_id, false, &change, &e), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
	slice_load_free(load);
	assert_string_equal(ask(b, "SELECT count(*) FROM purchases"), "1");
	load_slice(b, 2, &good, 1);
	assert_string_equal(ask(b, "SELECT count(*), max(seq) FROM purchases"), "2 2");
}

static void test_slice_begun_before_a_rollback_is_refused(void **state)
{
	struct books *b = *state;
	struct usage_spec spec = { .quantity = "1" };
	struct slice_change change;
	struct slice_load *load;

	ok(store_flush(b->s, &e));
	ok(slice_load_new(&load, b->s, b->subscription, DAY0, &e));
	ok(record_page_start(load, &e));
	add_usage(load, METER, &spec);
	ok(record_page_end(load, &e));
	store_rollback(b->s);
	assert_int_equal(slice_load_commit(load, b->run_id, false, &change, &e), -1);
	assert_int_equal(e.kind, ERR_STORE);
	slice_load_free(load);
	assert_string_equal(ask(b, "SELECT count(*) FROM purchases"), "0");
	load_slice(b, 0, &spec, 1);
	assert_string_equal(ask(b, "SELECT count(*) FROM purchases"), "1");
}

static void test_number_that_could_not_be_read_again_is_refused(void **state)
{
	struct books *b = *state;
	struct rate_spec specs[] = { { .tiers = { "0", "1", "1e30", "0.5" } }, { .tiers = { "0", "1e30" } }, { .included = "1e30", .tiers = { "0", "1" } } };
	struct usage u = { .quantity_text = SPAN_LITERAL("1e30"), .meter = guid(METER), .end = 3600 };
	struct slice_load *load;

	ok(slice_load_new(&load, b->s, b->subscription, DAY0, &e));
	ok(record_page_start(load, &e));
	ok(decimal_parse(&u.quantity, u.quantity_text, &e));
	assert_int_equal(record_add(load, &u, &e), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
	slice_load_free(load);
	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
		struct rates_load *card;
		struct rate r;

		fill_rate(&r, &specs[i]);
		ok(rates_load_new(&card, b->s, b->run_id, 1000, &e));
		ok(rates_load_start(card, &e));
		assert_int_equal(rates_load_add(card, &r, &e), -1);
		assert_int_equal(e.kind, ERR_FORMAT);
		rates_load_free(card);
	}
	load_rates(b, &flat, 1);
	load_slice(b, 0, (struct usage_spec[]){ { .quantity = "1" } }, 1);
	assert_string_equal(ask(b, "SELECT amount_nanos FROM purchases"), "85000000");
}

static void test_amount_out_of_range_keeps_no_card_out(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .day = 0, .quantity = "9000000000000000000", .uri = "/a" },
				      { .day = 0, .quantity = "2", .uri = "/b" } };

	load_slice(b, 0, specs, 2);
	begin_run(b);
	load_rates(b, &flat, 1);
	assert_string_equal(ask(b, "SELECT rating_status, amount_nanos FROM purchases ORDER BY resource_uri"),
			    "unpriced NULL rated 170000000");
	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "1", "10", "0.5" } } }, 1);
	assert_string_equal(ask(b, "SELECT rating_status, amount_nanos FROM purchases ORDER BY resource_uri"),
			    "unpriced NULL rated 2000000000");
}

static void test_run_ledger_marks_an_unended_run_aborted(void **state)
{
	struct books *b = *state;
	struct run_counts counts = { .slices = 3 };
	struct run_row row;
	int64_t aborted;

	ok(store_run_begin(b->s, "schedule", 7200, 8000, guid(METER), &b->run_id, &aborted, &e));
	assert_int_equal(aborted, 1);
	ok(store_run_end(b->s, b->run_id, RUN_OK, &counts, NULL, 9000, &e));
	ok(store_last_run(b->s, &row, &e));
	assert_true(row.found);
	assert_int_equal(row.status, RUN_OK);
	assert_int_equal(row.counts.slices, 3);
	ok(store_last_slot(b->s, &aborted, &e));
	assert_int_equal(aborted, 7200);
}

static void test_a_clock_set_back_makes_no_purchase_older(void **state)
{
	struct books *b = *state;
	struct usage_spec specs[] = { { .quantity = "1" } };

	begin_run_on(b, DAY0 + 9);
	load_slice(b, 0, specs, 1);
	begin_run_on(b, DAY0 + 4);
	specs[0].quantity = "2";
	load_slice(b, 0, specs, 1);
	assert_string_equal(ask(b, "SELECT revision, source_update_date FROM purchases"), "2 2018-07-29T00:00:01Z");
	assert_string_equal(ask(b, "SELECT started FROM runs ORDER BY run_id DESC LIMIT 1"), "2018-07-24T00:00:00Z");
}

static void test_subscription_that_moved_has_references_of_its_own(void **state)
{
	struct books *b = *state;
	struct customer other = { .id = guid("dddddddd-dddd-dddd-dddd-dddddddddddd"), .company_name = span_of("Fabrikam") };
	struct subscription sub = { .id = guid("bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"), .offer_id = span_of("MS-AZR-0145P"),
				    .billing_type = span_of("usage") };
	struct usage_spec spec = { .quantity = "1" };
	enum usage_source source;
	int64_t customer_id;

	load_slice(b, 0, &spec, 1);
	ok(store_customer_put(b->s, &other, 1000, &customer_id, &e));
	ok(store_subscription_put(b->s, customer_id, &sub, 1000, &b->subscription, &source, &e));
	load_slice(b, 0, &spec, 1);
	assert_string_equal(ask(b, "SELECT customer_name, substr(purchase_reference, 1, 83) FROM purchases ORDER BY seq"),
			    "Contoso bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb:20180720:20180720T000000Z+86400:11111111-1111- "
			    "Fabrikam bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb~dddddddd-dddd-dddd-dddd-dddddddddddd:20180720:");
}

static void test_another_partner_or_period_is_refused(void **state)
{
	struct books *b = *state;
	struct store_options options = { .path = b->path, .partner = guid(METER), .currency = "EUR", .region = "NL",
					 .period_start_day = 1 };
	struct store *other;

	ok(store_flush(b->s, &e));
	assert_int_equal(store_open(&other, &options, &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_non_null(strstr(e.remedy, "another file"));
	options.partner = guid("99999999-9999-9999-9999-999999999999");
	options.currency = "USD";
	assert_int_equal(store_open(&other, &options, &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
	options.currency = "EUR";
	options.period_start_day = 15;
	assert_int_equal(store_open(&other, &options, &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
}

static void test_published_copy_is_one_readable_file(void **state)
{
	struct books *b = *state;
	atomic_bool stop = false;
	struct usage_spec specs[] = { { .quantity = "1" } };
	char copy[120], wal[140];
	struct store_options options = { .path = copy, .partner = guid("99999999-9999-9999-9999-999999999999"), .period_start_day = 1,
					 .read_only = true };
	struct store *reader;
	struct status_facts facts;

	load_slice(b, 0, specs, 1);
	ok(store_flush(b->s, &e));
	snprintf(copy, sizeof(copy), "%s/copy.db", b->folder);
	snprintf(wal, sizeof(wal), "%s-wal", copy);
	ok(store_publish(b->path, copy, &stop, &e));
	ok(store_publish(b->path, copy, &stop, &e));
	assert_int_equal(access(wal, F_OK), -1);
	ok(store_open(&reader, &options, &e));
	ok(store_status(reader, &facts, &e));
	assert_int_equal(facts.purchases, 1);
	assert_int_equal(facts.unpriced, 1);
	store_close(reader);
}

static void test_publishing_that_is_stopped_leaves_the_old_copy(void **state)
{
	struct books *b = *state;
	atomic_bool stop = true;
	struct slice_change change;
	char copy[120], half[130];

	add_many(b, 1, 20000, &change);
	ok(store_flush(b->s, &e));
	snprintf(copy, sizeof(copy), "%s/copy.db", b->folder);
	snprintf(half, sizeof(half), "%s.new", copy);
	assert_int_equal(store_publish(b->path, copy, &stop, &e), -1);
	assert_int_equal(e.kind, ERR_CANCELLED);
	assert_int_equal(access(copy, F_OK), -1);
	assert_int_equal(access(half, F_OK), -1);
}

static void test_dry_run_leaves_nothing(void **state)
{
	struct books *b = *state;
	struct store_options options = { .path = b->path, .partner = guid("99999999-9999-9999-9999-999999999999"), .currency = "EUR",
					 .region = "NL", .period_start_day = 1, .dry = true };
	struct usage_spec specs[] = { { .quantity = "1" } };
	struct slice_change change;

	ok(store_flush(b->s, &e));
	store_close(b->s);
	ok(store_open(&b->s, &options, &e));
	change = load_slice(b, 0, specs, 1);
	assert_int_equal(change.added, 1);
	assert_string_equal(ask(b, "SELECT count(*) FROM purchases"), "1");
	store_close(b->s);
	open_books(b);
	assert_string_equal(ask(b, "SELECT count(*) FROM purchases"), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_slice_first_read_adds_priced_purchases),
		TEST(test_slice_read_again_writes_nothing),
		TEST(test_slice_with_equal_rows_in_two_units_read_again_writes_nothing),
		TEST(test_tags_in_another_order_are_the_same_purchase),
		TEST(test_slice_restated_changes_adds_and_withdraws),
		TEST(test_pieces_of_a_day_over_slices_sum),
		TEST(test_tiers_fill_over_the_period_whatever_the_order_of_arrival),
		TEST(test_tiers_fill_in_the_order_of_the_references_not_of_arrival),
		TEST(test_included_quantity_is_free_and_first),
		TEST(test_totals_of_both_signs_are_exact),
		TEST(test_without_a_price_the_amount_is_null_and_comes_with_the_price),
		TEST(test_unit_mismatch_and_future_price_are_not_priced),
		TEST(test_first_price_of_a_meter_is_a_future_one_of_usage_long_before),
		TEST(test_price_is_the_newest_not_after_the_usage_day),
		TEST(test_same_rate_card_again_writes_nothing),
		TEST(test_price_written_otherwise_is_the_same_price),
		TEST(test_price_corrected_for_the_same_date_reprices),
		TEST(test_meter_that_gets_tiers_later_is_priced_by_them),
		TEST(test_bands_follow_a_threshold_that_leaves_the_amount),
		TEST(test_page_tried_again_counts_once),
		TEST(test_slice_larger_than_memory_is_the_same),
		TEST(test_failed_slice_keeps_what_was_stored),
		TEST(test_amount_out_of_range_refuses_the_slice_alone),
		TEST(test_slice_begun_before_a_rollback_is_refused),
		TEST(test_number_that_could_not_be_read_again_is_refused),
		TEST(test_amount_out_of_range_keeps_no_card_out),
		TEST(test_run_ledger_marks_an_unended_run_aborted),
		TEST(test_a_clock_set_back_makes_no_purchase_older),
		TEST(test_subscription_that_moved_has_references_of_its_own),
		TEST(test_another_partner_or_period_is_refused),
		TEST(test_published_copy_is_one_readable_file),
		TEST(test_publishing_that_is_stopped_leaves_the_old_copy),
		TEST(test_dry_run_leaves_nothing),
#undef TEST
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
