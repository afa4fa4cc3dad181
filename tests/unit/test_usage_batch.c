/* SPDX-License-Identifier: MIT */
#include "store/usage_batch.h"
#include "value/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct err e;

static struct usage record(const char *quantity)
{
	struct usage u = {
		.start = 1532044800, .end = 1532048400,
		.meter = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } },
		.meter_name = span_of("Compute Hours"), .meter_category = span_of("Virtual Machines"), .meter_region = span_of("EU West"),
		.unit = span_of("Hours"), .quantity_text = span_of(quantity),
		.resource_uri = span_of("/subscriptions/s/resourceGroups/g/providers/p/t/n"), .location = span_of("westeurope"),
		.part_number = span_of("AAD-1"), .order_number = span_of("7"), .tags = span_of("{\"a\":\"b\"}"),
		.additional_info = span_of("{}"), .info_fields = span_of("{\"x\": 1}"),
	};

	assert_int_equal(decimal_parse(&u.quantity, u.quantity_text, &e), 0);
	return u;
}

static void assert_span(struct span have, struct span want)
{
	assert_int_equal(have.n, want.n);
	assert_true(span_equal(have, want));
}

static struct span product_of(const struct usage_batch *b, size_t i)
{
	return usage_batch_text(b, &b->entries[i].product);
}

static struct span resource_of(const struct usage_batch *b, size_t i)
{
	return usage_batch_text(b, &b->entries[i].resource);
}

static void test_add_keeps_every_field(void **state)
{
	struct usage_batch *b = usage_batch_new();
	struct usage u = record("12.5"), back = { .start = 0 };

	(void)state;
	assert_int_equal(usage_batch_add(b, &u, &e), 0);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->entries[0].start, u.start);
	assert_int_equal(b->entries[0].end, u.end);
	assert_span((struct span){ b->bytes + b->entries[0].quantity_at, b->entries[0].quantity_n }, u.quantity_text);
	usage_batch_product(product_of(b, 0), &back);
	usage_batch_resource(resource_of(b, 0), &back);
	assert_memory_equal(back.meter.b, u.meter.b, sizeof(u.meter.b));
	assert_span(back.meter_name, u.meter_name);
	assert_span(back.meter_category, u.meter_category);
	assert_span(back.meter_subcategory, u.meter_subcategory);
	assert_span(back.meter_region, u.meter_region);
	assert_span(back.unit, u.unit);
	assert_span(back.resource_uri, u.resource_uri);
	assert_span(back.location, u.location);
	assert_span(back.part_number, u.part_number);
	assert_span(back.order_number, u.order_number);
	assert_span(back.tags, u.tags);
	assert_span(back.additional_info, u.additional_info);
	assert_span(back.info_fields, u.info_fields);
	usage_batch_free(b);
}

static void test_add_grows_and_moves_nothing_that_is_there(void **state)
{
	struct usage_batch *b = usage_batch_new();
	char order[16];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct usage u = record("1");

		snprintf(order, sizeof(order), "%d", i);
		u.order_number = span_of(order);
		assert_int_equal(usage_batch_add(b, &u, &e), 0);
	}
	for (int i = 0; i < 20000; i++) {
		struct usage back;

		snprintf(order, sizeof(order), "%d", i);
		usage_batch_resource(resource_of(b, (size_t)i), &back);
		assert_span(back.order_number, span_of(order));
	}
	usage_batch_free(b);
}

/* Texts that run together the same way, and those that differ in one byte at any place of every length. */
static void test_texts_are_equal_for_equal_fields_alone(void **state)
{
	struct usage_batch *b = usage_batch_new();
	struct usage one = record("1"), two = record("1"), three = record("1");

	(void)state;
	one.location = span_of("ab"), one.part_number = span_of("c");
	two.location = span_of("a"), two.part_number = span_of("bc");
	three.location = span_of("ab"), three.part_number = span_of("c");
	assert_int_equal(usage_batch_add(b, &one, &e) | usage_batch_add(b, &two, &e) | usage_batch_add(b, &three, &e), 0);
	assert_false(span_equal(resource_of(b, 0), resource_of(b, 1)));
	assert_true(span_equal(resource_of(b, 0), resource_of(b, 2)));
	assert_true(b->entries[0].resource.hash == b->entries[2].resource.hash);
	assert_true(b->entries[0].product.hash == b->entries[1].product.hash);
	usage_batch_free(b);
}

static void test_hash_sees_every_byte(void **state)
{
	char text[100];

	(void)state;
	for (size_t n = 1; n < sizeof(text); n++)
		for (size_t at = 0; at < n; at++) {
			struct usage_batch *b = usage_batch_new();
			struct usage u = { .tags = { text, n }, .quantity_text = span_of("1") };

			memset(text, 'x', sizeof(text));
			assert_int_equal(usage_batch_add(b, &u, &e), 0);
			text[at] = 'y';
			assert_int_equal(usage_batch_add(b, &u, &e), 0);
			assert_true(b->entries[0].resource.hash != b->entries[1].resource.hash);
			usage_batch_free(b);
		}
}

static void test_exponent_is_written_out(void **state)
{
	struct usage_batch *b = usage_batch_new();
	struct usage u = record("1.25E-3");

	(void)state;
	assert_int_equal(usage_batch_add(b, &u, &e), 0);
	assert_span((struct span){ b->bytes + b->entries[0].quantity_at, b->entries[0].quantity_n }, span_of("0.00125"));
	usage_batch_free(b);
}

static void test_quantity_too_long_is_refused(void **state)
{
	struct usage_batch *b = usage_batch_new();
	char zeros[200];
	struct usage u = record("1");

	(void)state;
	memset(zeros, '0', sizeof(zeros));
	zeros[0] = '1', zeros[1] = '.';
	u.quantity_text = (struct span){ zeros, sizeof(zeros) };
	assert_int_equal(usage_batch_add(b, &u, &e), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
	assert_int_equal(b->count, 0);
	assert_int_equal(b->byte_count, 0);
	usage_batch_free(b);
}

static void test_clear_empties(void **state)
{
	struct usage_batch *b = usage_batch_new();
	struct usage u = record("1");

	(void)state;
	assert_int_equal(usage_batch_add(b, &u, &e), 0);
	b->begins_page = b->ends_page = true;
	usage_batch_clear(b);
	assert_int_equal(b->count, 0);
	assert_false(b->begins_page || b->ends_page);
	assert_int_equal(usage_batch_add(b, &u, &e), 0);
	assert_int_equal(b->entries[0].product.at, 0);
	usage_batch_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_keeps_every_field),
		cmocka_unit_test(test_add_grows_and_moves_nothing_that_is_there),
		cmocka_unit_test(test_texts_are_equal_for_equal_fields_alone),
		cmocka_unit_test(test_hash_sees_every_byte),
		cmocka_unit_test(test_exponent_is_written_out),
		cmocka_unit_test(test_quantity_too_long_is_refused),
		cmocka_unit_test(test_clear_empties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
