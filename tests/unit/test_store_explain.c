/* SPDX-License-Identifier: MIT */
/* Purchase references taken apart; and that what they lead to is found by its key. What is found is tried by the integration tests. */
#include "store/store_explain.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define SUBSCRIPTION "f6379ffd-2c60-431b-8c94-967e15ae5b0a"
#define CUSTOMER "11bd514b-0a92-40a6-b53c-7e071756bc09"
#define METER "c30ebaae-dbfe-46e0-a157-85c12cc3319c"
#define RESOURCE "01d5df62feb6e3a2817cf3115ed3d5df"
#define TAIL ":20180721:20180720T000000Z+86400:" METER ":" RESOURCE

static struct err e;

static void test_the_parts_of_a_reference(void **state)
{
	struct reference r;

	(void)state;
	assert_int_equal(reference_parse(&r, span_of(SUBSCRIPTION TAIL ":12"), &e), 0);
	assert_string_equal(r.subscription, SUBSCRIPTION);
	assert_int_equal(r.reported_day, 17733);
	assert_int_equal(r.usage_start, 1532044800);
	assert_int_equal(r.usage_end, 1532131200);
	assert_string_equal(r.meter, METER);
	assert_int_equal(r.resource[0], 0x01);
	assert_int_equal(r.resource[15], 0xdf);
	assert_int_equal(r.ordinal, 12);
	assert_int_equal(r.booked, 0);
}

static void test_moved_subscriptions_corrections_and_capitals(void **state)
{
	struct reference r;

	(void)state;
	assert_int_equal(reference_parse(&r, span_of(SUBSCRIPTION "~" CUSTOMER TAIL ":1:c201809"), &e), 0);
	assert_string_equal(r.subscription, SUBSCRIPTION "~" CUSTOMER);
	assert_int_equal(r.booked, 201809);
	assert_int_equal(reference_parse(&r, span_of("F6379FFD-2C60-431B-8C94-967E15AE5B0A:20180721:20180720T133000Z+3600:" METER
						     ":01D5DF62FEB6E3A2817CF3115ED3D5DF:1"), &e), 0);
	assert_string_equal(r.subscription, SUBSCRIPTION);
	assert_int_equal(r.resource[1], 0xd5);
	assert_int_equal(r.usage_start, 1532093400);
	assert_int_equal(r.usage_end - r.usage_start, 3600);
}

static void test_what_is_no_reference_is_refused(void **state)
{
	static const char *const bad[] = {
		"", ":", "a:b", SUBSCRIPTION, SUBSCRIPTION TAIL, SUBSCRIPTION TAIL ":", SUBSCRIPTION TAIL ":0", SUBSCRIPTION TAIL ":-1",
		SUBSCRIPTION TAIL ":99999999999999999999", SUBSCRIPTION TAIL ":1:201809", SUBSCRIPTION TAIL ":1:c201813", SUBSCRIPTION TAIL ":1:c2018",
		SUBSCRIPTION TAIL ":1:c201809:", SUBSCRIPTION "~" TAIL ":1", SUBSCRIPTION "~x" TAIL ":1", "~" TAIL ":1",
		SUBSCRIPTION ":20180732:20180720T000000Z+86400:" METER ":" RESOURCE ":1",
		SUBSCRIPTION ":2018-7-2:20180720T000000Z+86400:" METER ":" RESOURCE ":1",
		SUBSCRIPTION ":20180721:20180720T000000Z:" METER ":" RESOURCE ":1",
		SUBSCRIPTION ":20180721:20180720T000000X+86400:" METER ":" RESOURCE ":1",
		SUBSCRIPTION ":20180721:20180720T250000Z+86400:" METER ":" RESOURCE ":1",
		SUBSCRIPTION ":20180721:20180720T000000Z+-1:" METER ":" RESOURCE ":1",
		SUBSCRIPTION ":20180721:20180720T000000Z+99999999999:" METER ":" RESOURCE ":1",
		SUBSCRIPTION ":20180721:20180720T000000Z+86400:x:" RESOURCE ":1",
		SUBSCRIPTION ":20180721:20180720T000000Z+86400:" METER ":01d5:1",
		SUBSCRIPTION ":20180721:20180720T000000Z+86400:" METER ":01d5df62feb6e3a2817cf3115ed3d5dg:1",
	};

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct reference r;

		if (reference_parse(&r, span_of(bad[i]), &e) == 0)
			fail_msg("accepted \"%s\"", bad[i]);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_non_null(strstr(e.text, "is not a purchase reference"));
		assert_non_null(strstr(e.remedy, "32 hexadecimal digits"));
	}
}

static int on_step(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *err)
{
	(void)rows, (void)columns, (void)names, (void)err;
	/* periods are few, and t is what was found; the purchases and what names them are many */
	if (strstr(values[3], "SCAN") && !strstr(values[3], "SCAN period") && !strstr(values[3], "SCAN CONSTANT") && strcmp(values[3], "SCAN t"))
		fail_msg("%s", values[3]);
	return 0;
}

static void test_nothing_is_looked_through(void **state)
{
	static const char *const statements[] = { seq_sql, changes_sql, family_sql, position_sql, correction_position_sql, beside_sql };
	struct store_options options = { .partner = { { 9 } }, .currency = "EUR", .region = "NL", .period_start_day = 1, .create = true };
	struct store_rows rows = { .on_row = on_step };
	char folder[] = "/tmp/csp-explain-XXXXXX", path[64], sql[4000];
	struct store *s;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/usage.db", folder);
	options.path = path;
	assert_int_equal(store_open(&s, &options, &e), 0);
	for (size_t i = 0; i < countof(statements); i++) {
		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", statements[i]);
		if (store_select(s, sql, NULL, 0, &rows, &e) == -1)
			fail_msg("%s", e.text);
	}
	store_close(s);
	snprintf(sql, sizeof(sql), "rm -rf %s", folder);
	assert_int_equal(system(sql), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_parts_of_a_reference),
		cmocka_unit_test(test_moved_subscriptions_corrections_and_capitals),
		cmocka_unit_test(test_what_is_no_reference_is_refused),
		cmocka_unit_test(test_nothing_is_looked_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
