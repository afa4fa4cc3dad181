/* SPDX-License-Identifier: MIT */
/* books_fixture.h - a database with one customer and one subscription, usage and rates of one meter to put into it, and questions to
 * its views. For the unit tests of the store; include cmocka.h first. */
#ifndef UNIT_BOOKS_FIXTURE_H
#define UNIT_BOOKS_FIXTURE_H

#include "store/store.h"
#include "tests/support/records.h"
#include "value/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURE __attribute__((unused)) static

#define METER "11111111-1111-1111-1111-111111111111"
#define DAY0 17732 /* 2018-07-20 */

struct books {
	char folder[64], path[96];
	struct store *s;
	int64_t subscription, run_id;
};

static struct err e;

FIXTURE void ok(int rc)
{
	if (rc == -1)
		fail_msg("%s", e.text);
}

FIXTURE struct guid guid(const char *text)
{
	struct guid g;

	ok(guid_parse(&g, span_of(text), &e));
	return g;
}

FIXTURE void open_books(struct books *b)
{
	struct store_options options = { .path = b->path, .partner = guid("99999999-9999-9999-9999-999999999999"), .currency = "EUR",
					 .region = "NL", .zone = "CET", .period_start_day = 1, .settle_days = 5, .create = true };

	ok(store_open(&b->s, &options, &e));
}

FIXTURE void begin_run_on(struct books *b, int32_t today)
{
	int64_t aborted;

	ok(store_run_begin(b->s, "sync", 0, day_start(today), guid(METER), &b->run_id, &aborted, &e));
}

FIXTURE void begin_run(struct books *b)
{
	begin_run_on(b, DAY0 + 3);
}

FIXTURE int setup(void **state)
{
	struct books *b = calloc(1, sizeof(*b));
	struct customer customer = { .id = guid("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"), .company_name = span_of("Contoso"),
				     .domain = span_of("contoso.example"), .relationship = span_of("reseller") };
	struct subscription sub = { .id = guid("bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"), .offer_id = span_of("MS-AZR-0145P"),
				    .billing_type = span_of("usage"), .friendly_name = span_of("Azure") };
	enum usage_source source;
	int64_t customer_id;

	snprintf(b->folder, sizeof(b->folder), "/tmp/csp-store-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->path, sizeof(b->path), "%s/usage.db", b->folder);
	open_books(b);
	begin_run(b);
	ok(store_customer_put(b->s, &customer, 1000, &customer_id, &e));
	ok(store_subscription_put(b->s, customer_id, &sub, 1000, &b->subscription, &source, &e));
	assert_int_equal(source, SOURCE_UTILIZATION);
	*state = b;
	return 0;
}

FIXTURE int teardown(void **state)
{
	struct books *b = *state;
	char command[160];

	store_close(b->s);
	snprintf(command, sizeof(command), "rm -rf %s", b->folder);
	if (system(command) != 0)
		return -1;
	free(b);
	return 0;
}

/* What a SELECT of one column and row gives. */
static struct {
	struct store_rows rows;
	char text[2000];
	int count;
} answer;

FIXTURE int keep_answer(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *err)
{
	(void)rows, (void)names, (void)err;
	for (int i = 0; i < columns; i++)
		snprintf(answer.text + strlen(answer.text), sizeof(answer.text) - strlen(answer.text), "%s%s",
			 answer.text[0] ? " " : "", values[i] ? values[i] : "NULL");
	answer.count++;
	return 0;
}

FIXTURE const char *ask(struct books *b, const char *sql)
{
	answer.rows.on_row = keep_answer;
	answer.text[0] = '\0';
	answer.count = 0;
	ok(store_flush(b->s, &e));
	ok(store_select(b->s, sql, NULL, 0, &answer.rows, &e));
	return answer.text;
}

struct usage_spec {
	int day; /* usage day, from DAY0 */
	const char *quantity, *uri, *unit, *tags;
};

FIXTURE void add_usage(struct slice_load *load, const char *meter, const struct usage_spec *spec)
{
	struct usage u = { .start = day_start(DAY0 + spec->day), .end = day_start(DAY0 + spec->day + 1), .meter = guid(meter),
			   .meter_name = span_of("Compute Hours"), .unit = span_of(spec->unit ? spec->unit : "Hours"),
			   .resource_uri = span_of(spec->uri ? spec->uri : "/subscriptions/x/resourceGroups/web/providers/p/t/vm1"),
			   .tags = span_of(spec->tags ? spec->tags : ""), .quantity_text = span_of(spec->quantity) };

	ok(decimal_parse(&u.quantity, u.quantity_text, &e));
	ok(record_add(load, &u, &e));
}

FIXTURE struct slice_change load_slice(struct books *b, int reported, const struct usage_spec *specs, size_t count)
{
	struct slice_change change;
	struct slice_load *load;

	ok(slice_load_new(&load, b->s, b->subscription, DAY0 + reported, &e));
	ok(record_page_start(load, &e));
	for (size_t i = 0; i < count; i++)
		add_usage(load, METER, &specs[i]);
	ok(record_page_end(load, &e));
	ok(slice_load_commit(load, b->run_id, false, &change, &e));
	slice_load_free(load);
	return change;
}

struct rate_spec {
	const char *meter, *effective, *unit, *included;
	const char *tiers[6]; /* from, price, ... */
};

FIXTURE void fill_rate(struct rate *r, const struct rate_spec *spec)
{
	*r = (struct rate){ .meter = guid(spec->meter ? spec->meter : METER), .unit = span_of(spec->unit ? spec->unit : "Hours"),
			    .name = span_of("Compute Hours"), .tags = span_of("[]") };
	ok(instant_parse(&r->effective, span_of(spec->effective ? spec->effective : "2017-01-01T00:00:00Z"), &e));
	ok(decimal_parse(&r->included, span_of(spec->included ? spec->included : "0"), &e));
	for (size_t i = 0; i < 6 && spec->tiers[i]; i += 2) {
		struct tier *t = &r->tiers[r->tier_count++];

		ok(decimal_parse(&t->from, span_of(spec->tiers[i]), &e));
		ok(decimal_parse(&t->price, span_of(spec->tiers[i + 1]), &e));
	}
}

FIXTURE struct rates_change load_rates(struct books *b, const struct rate_spec *specs, size_t count)
{
	struct rates_change change;
	struct rates_load *load;

	ok(rates_load_new(&load, b->s, b->run_id, 1000, &e));
	ok(rates_load_start(load, &e));
	for (size_t i = 0; i < count; i++) {
		struct rate r;

		fill_rate(&r, &specs[i]);
		ok(rates_load_add(load, &r, &e));
	}
	ok(rates_load_commit(load, "en-US", "EUR", false, "[]", &change, &e));
	rates_load_free(load);
	return change;
}

FIXTURE const struct rate_spec flat = { .tiers = { "0", "0.085" } };

#endif
