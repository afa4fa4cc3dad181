/* SPDX-License-Identifier: MIT */
#include "partner/pc_customers.h"

#include "partner/pc_json.h"
#include "tests/support/decoded.h"
#include "tests/support/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ID "CD3BDDA9-bc0e-4fdc-b858-10b850d7043b"
#define ITEM "{\"id\":\"" ID "\"}"

static int setup(void **state)
{
	(void)state;
	pc_json_setup();
	return 0;
}

static void assert_guid(struct guid g, const char *expected)
{
	char text[GUID_TEXT_MAX];

	guid_print(g, text);
	assert_string_equal(text, expected);
}

static void customers_refused(const char *body, const char *why)
{
	struct pc_customer_list list;
	struct err e = ERR_INIT;

	assert_int_equal(pc_customers_decode(&list, span_of(body), &e), -1);
	assert_string_equal(e.text, why);
	assert_int_equal(e.kind, ERR_FORMAT);
	assert_string_equal(e.code, "E-FORMAT-CUSTOMERS");
}

static void subscriptions_refused(const char *body, const char *why)
{
	struct pc_subscription_list list;
	struct err e = ERR_INIT;

	assert_int_equal(pc_subscriptions_decode(&list, span_of(body), &e), -1);
	assert_string_equal(e.text, why);
	assert_string_equal(e.code, "E-FORMAT-SUBSCRIPTIONS");
}

static void test_recorded_customers_decode(void **state)
{
	struct pc_customer_list list;
	struct err e = ERR_INIT;
	struct buf body;

	(void)state;
	sample_read(&body, "customers-list.recorded.kr2021.json");
	assert_int_equal(pc_customers_decode(&list, buf_span(&body), &e), 0);
	assert_int_equal(list.count, 2);
	assert_guid(list.items[0].id, "cd3bdda9-bc0e-4fdc-b858-10b850d7043b");
	assert_true(span_is(list.items[0].company_name, "Customer One"));
	assert_true(span_is(list.items[0].domain, "customer1.onmicrosoft.com"));
	assert_true(span_is(list.items[0].relationship, "reseller"));
	assert_guid(list.items[1].id, "9478e9f4-fb30-4450-8f05-544ed27c16c4");
	assert_null(list.next.uri);
	pc_customers_fini(&list);
	pc_customers_fini(&list);
	buf_fini(&body);
}

static void test_documented_customers_decode(void **state)
{
	static const struct {
		const char *name;
		size_t count;
		const char *first;
	} samples[] = {
		{ "customers-list.documented.json", 2, "b44bb1fb-c595-45b0-9e09-d657365580bf" },
		{ "customers-list.documented.filter.json", 3, "c5757d70-06f3-4f23-8367-5a9e55019f94" },
	};

	(void)state;
	for (size_t i = 0; i < countof(samples); i++) {
		struct pc_customer_list list;
		struct err e = ERR_INIT;
		struct buf body;

		sample_read(&body, samples[i].name);
		assert_int_equal(pc_customers_decode(&list, buf_span(&body), &e), 0);
		assert_int_equal(list.count, samples[i].count);
		assert_guid(list.items[0].id, samples[i].first);
		pc_customers_fini(&list);
		buf_fini(&body);
	}
}

static void test_recorded_subscriptions_decode(void **state)
{
	struct pc_subscription_list list;
	struct err e = ERR_INIT;
	struct buf body;

	(void)state;
	sample_read(&body, "subscriptions-list.recorded.kr2020.json");
	assert_int_equal(pc_subscriptions_decode(&list, buf_span(&body), &e), 0);
	assert_int_equal(list.count, 2);
	assert_guid(list.items[1].id, "9ebb3d71-c7f7-4152-8337-bdbd743dc17b");
	assert_true(guid_equal(list.items[1].id, list.items[1].entitlement));
	assert_true(span_is(list.items[1].offer_id, "MS-AZR-0145P"));
	assert_true(span_is(list.items[1].offer_name, "Microsoft Azure"));
	assert_true(span_is(list.items[1].friendly_name, "DELETE_\xed\x8c\x8c\xed\x8a\xb8\xeb\x84\x88RBAC"));
	assert_true(span_is(list.items[1].status, "active"));
	assert_true(span_is(list.items[1].billing_type, "usage"));
	assert_true(span_is(list.items[1].unit_type, "Usage-based"));
	assert_true(span_is(list.items[1].creation_date, "2020-12-21T07:03:21.593Z"));
	pc_subscriptions_fini(&list);
	buf_fini(&body);
	sample_read(&body, "subscriptions-list.recorded.ps2018.json");
	assert_int_equal(pc_subscriptions_decode(&list, buf_span(&body), &e), 0);
	assert_int_equal(list.count, 2);
	pc_subscriptions_fini(&list);
	buf_fini(&body);
	sample_read(&body, "subscriptions-list.documented.json");
	assert_int_equal(pc_subscriptions_decode(&list, buf_span(&body), &e), 0);
	assert_int_equal(list.count, 1); /* its totalCount says 37 */
	assert_guid(list.items[0].entitlement, "a356ac8c-e310-44f4-bf85-c7f29044af99");
	pc_subscriptions_fini(&list);
	buf_fini(&body);
}

static void test_next_link_and_bom_are_read(void **state)
{
	static const char body[] = "\xef\xbb\xbf{\"items\":[" ITEM "],\"links\":{\"next\":{\"uri\":\"/customers?size=1&seekOperation=Next\","
				   "\"headers\":[{\"key\":\"ms-continuationtoken\",\"value\":\"AQAAAA==\"}]}}}";
	struct pc_customer_list list;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(pc_customers_decode(&list, span_of(body), &e), 0);
	assert_string_equal(list.next.uri, "/customers?size=1&seekOperation=Next");
	assert_string_equal(next_link_token(&list.next), "AQAAAA==");
	pc_customers_fini(&list);
}

static void test_links_agree_with_those_of_a_stream(void **state)
{
	(void)state;
	customers_refused("{\"items\":[],\"links\":[]}", "links: not an object");
	customers_refused("{\"items\":[],\"links\":{\"next\":7}}", "links.next: not an object");
	customers_refused("{\"items\":[],\"links\":{\"next\":{}}}", "links.next: uri: missing");
	customers_refused("{\"items\":[],\"links\":{\"next\":{\"uri\":\"a\\n\"}}}", "links.next: uri: holds a control character");
	customers_refused("{\"items\":[],\"links\":{\"next\":{\"uri\":\"a\",\"headers\":[{}]}}}",
			  "links.next: headers: a key that is no header name");
	customers_refused("{\"items\":[],\"links\":{\"next\":{\"uri\":\"a\",\"headers\":[{\"key\":\"X\",\"value\":\"a\\r\\nB: c\"}]}}}",
			  "links.next: headers: a value that can't be sent");
}

static void test_item_without_a_valid_id_is_named(void **state)
{
	(void)state;
	customers_refused("{\"items\":[" ITEM ",{}]}", "item 2: id: missing");
	customers_refused("{\"items\":[{\"id\":null}]}", "item 1: id: missing");
	customers_refused("{\"items\":[{\"id\":7}]}", "item 1: id: not a text");
	customers_refused("{\"items\":[[]]}", "item 1: not an object");
	customers_refused("{\"items\":[{\"id\":\"" ID "\",\"companyProfile\":{\"domain\":{}}}]}",
			  "item 1: companyProfile.domain: not a text");
	customers_refused("{\"items\":[{\"id\":\"" ID "\",\"companyProfile\":\"x\"}]}", "item 1: companyProfile: not an object");
	subscriptions_refused("{\"items\":[" ITEM ",{\"entitlementId\":\"" ID "\"}]}", "item 2: id: missing");
	subscriptions_refused("{\"items\":[{\"id\":\"" ID "\",\"status\":[]}]}", "item 1: status: not a text");
}

static void test_odd_entitlement_is_none(void **state)
{
	static const char *const items[] = { "\"\"", "null", "\"CFQ7TTC0LH18:0001\"" };

	(void)state;
	for (size_t i = 0; i < countof(items); i++) {
		struct pc_subscription_list list;
		struct err e = ERR_INIT;
		char body[256];

		snprintf(body, sizeof(body), "{\"items\":[{\"id\":\"" ID "\",\"entitlementId\":%s}]}", items[i]);
		assert_int_equal(pc_subscriptions_decode(&list, span_of(body), &e), 0);
		assert_true(guid_is_zero(list.items[0].entitlement));
		pc_subscriptions_fini(&list);
	}
}

static void test_document_of_another_kind_is_refused(void **state)
{
	(void)state;
	customers_refused("", "byte 0: empty document");
	customers_refused("[]", "not an object");
	customers_refused("{}", "items: missing");
	customers_refused("{\"items\":{}}", "items: not an array");
	customers_refused("{\"items\":[],\"items\":[" ITEM "]}", "byte 19: an object has a name twice");
	customers_refused("{\"items\":[{\"id\":\"\\u0000\"}]}", "byte 24: a text holds the character \\u0000");
	customers_refused("{\"items\":[1e999]}", "byte 15: number too large");
	customers_refused("<html>", "byte 0: expected a value");
}

/* A byte changed, put in, or taken out anywhere: whatever the answer is, memory is sound and the error is one of format. */
static void test_damaged_documents_are_survived(void **state)
{
	struct rng rng = { rng_seed() };
	struct buf body;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)rng.state);
	sample_read(&body, "customers-list.recorded.kr2021.json");
	for (int round = 0; round < 10000; round++) {
		struct pc_customer_list list;
		struct err e = ERR_INIT;
		const size_t at = rng_below(&rng, body.n), cut = rng_one_in(&rng, 4) ? at : body.n;
		const char old = body.p[at];

		body.p[at] = (char)rng_next(&rng);
		if (pc_customers_decode(&list, (struct span){ body.p, cut }, &e) == 0)
			pc_customers_fini(&list);
		else
			assert_int_equal(e.kind, ERR_FORMAT);
		body.p[at] = old;
	}
	buf_fini(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_customers_decode),
		cmocka_unit_test(test_documented_customers_decode),
		cmocka_unit_test(test_recorded_subscriptions_decode),
		cmocka_unit_test(test_next_link_and_bom_are_read),
		cmocka_unit_test(test_links_agree_with_those_of_a_stream),
		cmocka_unit_test(test_item_without_a_valid_id_is_named),
		cmocka_unit_test(test_odd_entitlement_is_none),
		cmocka_unit_test(test_document_of_another_kind_is_refused),
		cmocka_unit_test(test_damaged_documents_are_survived),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
