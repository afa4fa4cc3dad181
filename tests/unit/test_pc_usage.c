/* SPDX-License-Identifier: MIT */
#include "partner/pc_usage.h"

#include "tests/support/decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DAILY "utilization.recorded.ps2018.daily.json"
#define NEXT "utilization.documented.2016.next-link.json"
#define STACK "utilization.documented.azurestack.malformed-nesting.json"

#define TIMES "\"usageStartTime\":\"2018-07-20T00:00:00+00:00\",\"usageEndTime\":\"2018-07-21T00:00:00+00:00\","
#define METER "\"resource\":{\"id\":\"923978E1-fd3f-4bd5-a798-f4b533057e46\"}"
#define ITEM "{" TIMES METER ",\"quantity\":1.50}"

static void assert_decimal(struct decimal d, const char *expected)
{
	char text[DECIMAL_TEXT_MAX];

	decimal_print(d, text);
	assert_string_equal(text, expected);
}

/* BODY is accepted and its decoding holds EXPECTED. */
static void accepted(const char *body, const char *expected)
{
	struct decoded d;

	decoded_usage(&d, span_of(body), SPLIT_NONE);
	assert_string_equal(d.err.text, "");
	assert_int_equal(d.result, 0);
	assert_non_null(strstr(buf_text(&d.text), expected));
	decoded_fini(&d);
}

/* BODY is refused with that text, whole and byte by byte. */
static void refused(struct span body, const char *why)
{
	const struct split splits[] = { SPLIT_NONE, { 0, 1, 0 } };

	for (size_t i = 0; i < countof(splits); i++) {
		struct decoded d;

		decoded_usage(&d, body, splits[i]);
		assert_int_equal(d.result, -1);
		assert_string_equal(d.err.text, why);
		assert_int_equal(d.err.kind, ERR_FORMAT);
		assert_string_equal(d.err.code, "E-FORMAT-USAGE");
		assert_true(d.err.remedy[0] != '\0');
		decoded_fini(&d);
	}
}

static void item_refused(const char *item, const char *why)
{
	char body[2048];
	char text[256];

	snprintf(body, sizeof(body), "{\"items\":[" ITEM ",%s]}", item);
	snprintf(text, sizeof(text), "item 2: %s", why);
	refused(span_of(body), text);
}

static void test_recorded_day_decodes_to_its_37_rows(void **state)
{
	struct decoded d;
	struct buf body;

	(void)state;
	sample_read(&body, DAILY);
	decoded_usage(&d, buf_span(&body), SPLIT_NONE);
	assert_int_equal(d.result, 0);
	assert_int_equal(d.count, 37);
	assert_decimal(d.sum, "132.946410129032258");
	assert_non_null(strstr(buf_text(&d.text), " start=2018-07-20T00:00:00Z end=2018-07-21T00:00:00Z"
		" meter=923978e1-fd3f-4bd5-a798-f4b533057e46 name=60:Standard IO - Block Blob Delete Operation Units (in 10,000s)"
		" category=15:Data Management subcategory=0: region=0: unit=7:10,000s quantity=0.0053 printed=6:0.0053"
		" uri=139:/subscriptions/46a62ece-10ad-42e5-b3f1-b2ed53e6fc08/resourceGroups/ASRWest/providers/"
		"Microsoft.Storage/storageAccounts/contosoclubasrwestus location=6:uswest part=0: order=0: tags=0: info=0: fields=2:{}\n"));
	assert_non_null(strstr(buf_text(&d.text), "\n next=0:"));
	decoded_fini(&d);
	buf_fini(&body);
}

static void test_documented_page_has_its_next_link(void **state)
{
	struct decoded d;
	struct buf body;

	(void)state;
	sample_read(&body, NEXT);
	decoded_usage(&d, buf_span(&body), SPLIT_NONE);
	assert_int_equal(d.result, 0);
	assert_int_equal(d.count, 2);
	assert_decimal(d.sum, "2.002688");
	assert_non_null(strstr(buf_text(&d.text), " start=2015-12-01T00:00:00Z end=2015-12-02T00:00:00Z"));
	assert_non_null(strstr(buf_text(&d.text), " next=136:customers/65726577-"));
	assert_non_null(strstr(buf_text(&d.text), "utilizations/azure?seek_operation=Next key=20:MS-ContinuationToken value=485:/1f5ccb06-"));
	assert_non_null(strstr(buf_text(&d.text), "UGVacz0ifQ%3d%3d"));
	decoded_fini(&d);
	buf_fini(&body);
}

static void test_malformed_azure_stack_page_gives_two_items_and_no_next(void **state)
{
	struct decoded d;
	struct buf body;

	(void)state;
	sample_read(&body, STACK);
	decoded_usage(&d, buf_span(&body), SPLIT_NONE);
	assert_int_equal(d.result, 0);
	assert_int_equal(d.count, 2);
	assert_decimal(d.sum, "0.435580654069782");
	assert_non_null(strstr(buf_text(&d.text), "\"azureStack.EventDateTime\": \"06/05/2017 06:00:00\"\n        }"));
	assert_non_null(strstr(buf_text(&d.text), "\n next=0:"));
	decoded_fini(&d);
	buf_fini(&body);
}

static void test_every_split_decodes_the_same(void **state)
{
	static const char *const samples[] = { DAILY, NEXT, STACK };

	(void)state;
	for (size_t k = 0; k < countof(samples); k++) {
		struct decoded whole, d;
		struct buf body;

		sample_read(&body, samples[k]);
		decoded_usage(&whole, buf_span(&body), SPLIT_NONE);
		for (size_t at = 1; at < body.n; at += body.n > 4096 ? 17 : 1) {
			decoded_usage(&d, buf_span(&body), (struct split){ .first = at });
			assert_true(decoded_same(&whole, &d));
			decoded_fini(&d);
		}
		for (size_t i = 1; i < 100; i++) {
			decoded_usage(&d, buf_span(&body), (struct split){ .each = i, .seed = i % 2 ? 0 : i });
			assert_true(decoded_same(&whole, &d));
			decoded_fini(&d);
		}
		decoded_fini(&whole);
		buf_fini(&body);
	}
}

static void test_truncated_anywhere_is_refused(void **state)
{
	static const char *const samples[] = { NEXT, STACK };

	(void)state;
	for (size_t k = 0; k < countof(samples); k++) {
		struct buf body;
		struct decoded d;
		size_t end;

		sample_read(&body, samples[k]);
		end = (size_t)(strrchr(body.p, '}') - body.p);
		for (size_t n = 0; n <= end; n++) {
			decoded_usage(&d, (struct span){ body.p, n }, SPLIT_NONE);
			assert_int_equal(d.result, -1);
			assert_int_equal(d.err.kind, ERR_FORMAT);
			decoded_fini(&d);
		}
		buf_fini(&body);
	}
}

static void test_order_of_members_does_not_matter(void **state)
{
	(void)state;
	accepted("{\"items\":[" ITEM "],\"links\":{\"next\":{\"uri\":\"/a\"}}}", " quantity=1.50 printed=4:1.50");
	accepted("{\"links\":{\"next\":{\"headers\":[{\"value\":\"t\",\"key\":\"K\"}],\"uri\":\"/a\"}},\"items\":[" ITEM "]}",
		 " next=2:/a key=1:K value=1:t");
	accepted("{\"items\":[{\"quantity\":\"1e-05\"," METER "," TIMES "\"instanceData\":null}]}", " quantity=0.00001 printed=5:1e-05");
	accepted("\xef\xbb\xbf{\"items\":[]}", " next=0:");
	accepted("{\"items\":[],\"links\":null} \r\n", " next=0:");
	accepted("{\"items\":[],\"links\":{\"next\":null}}", " next=0:");
	accepted("{\"it\\u0065ms\":[" ITEM "]}", " quantity=1.50");
}

static void test_texts_and_raw_values_arrive_as_they_are(void **state)
{
	(void)state;
	accepted("{\"items\":[{" TIMES METER ",\"quantity\":2,\"unit\":\"\\u20ac\\ud83d\\ude00\\n\",\"infoFields\":\"x\",\"instanceData\":"
		 "{\"tags\":[1, \"a\\u0041\"],\"additionalInfo\":null,\"orderNumber\":17,\"resourceUri\":\"\xec\x84\x9c\\\\\"}}]}",
		 " unit=8:\xe2\x82\xac\xf0\x9f\x98\x80\n quantity=2 printed=1:2 uri=4:\xec\x84\x9c\\ location=0: part=0: order=2:17"
		 " tags=14:[1, \"a\\u0041\"] info=0: fields=3:\"x\"\n");
}

static void test_item_that_lacks_or_spoils_what_matters_is_named(void **state)
{
	(void)state;
	item_refused("{" TIMES METER "}", "quantity: missing");
	item_refused("{" TIMES METER ",\"quantity\":null}", "quantity: missing");
	item_refused("{" TIMES METER ",\"quantity\":true}", "quantity: not a number");
	item_refused("{" TIMES METER ",\"quantity\":{}}", "quantity: not a number");
	item_refused("{" TIMES METER ",\"quantity\":1,\"quantity\":1}", "quantity: stands there twice");
	item_refused("{" TIMES "\"quantity\":1}", "resource.id: missing");
	item_refused("{" TIMES "\"resource\":[],\"quantity\":1}", "resource: not an object");
	item_refused("{" TIMES "\"resource\":{\"id\":7},\"quantity\":1}", "resource.id: not a text");
	item_refused("{" METER ",\"quantity\":1}", "usageStartTime: missing");
	item_refused("{\"usageStartTime\":\"2018-07-20T00:00:00Z\"," METER ",\"quantity\":1}", "usageEndTime: missing");
	item_refused("{" TIMES METER ",\"quantity\":1,\"unit\":[]}", "unit: not a text");
	item_refused("{" TIMES METER ",\"quantity\":1,\"unit\":\"a\\u0000\"}", "unit: a text holds the character \\u0000");
	item_refused("[]", "not an object");
	item_refused("null", "not an object");
}

static void test_times_out_of_order_or_too_far_apart_are_refused(void **state)
{
	(void)state;
	item_refused("{\"usageStartTime\":\"2018-07-20T00:00:00Z\",\"usageEndTime\":\"2018-07-20T00:00:00+00:00\"," METER ",\"quantity\":1}",
		     "usageEndTime: not after usageStartTime");
	item_refused("{\"usageStartTime\":\"2018-07-01T00:00:00Z\",\"usageEndTime\":\"2018-08-02T00:00:01Z\"," METER ",\"quantity\":1}",
		     "usageEndTime: more than 32 days after usageStartTime");
	accepted("{\"items\":[{\"usageStartTime\":\"2018-07-01T00:00:00Z\",\"usageEndTime\":\"2018-08-02T00:00:00Z\"," METER
		 ",\"quantity\":1}]}", " end=2018-08-02T00:00:00Z");
}

static void test_document_of_another_kind_is_refused(void **state)
{
	(void)state;
	refused(span_of(""), "empty document");
	refused(span_of(" \r\n"), "byte 3: the document ends too early");
	refused(span_of("<html>"), "byte 0: expected a value");
	refused(span_of("[]"), "not an object");
	refused(span_of("{}"), "items: missing");
	refused(span_of("{\"items\":null}"), "items: not an array");
	refused(span_of("{\"items\":[],\"items\":[]}"), "items: stands there twice");
	refused(span_of("{\"items\":[]} x"), "byte 13: something follows the document");
	refused(span_of("{\"items\":[" ITEM ",]}"), "item 2: byte 173: expected a value");
	refused(SPAN_LITERAL("\xff\xfe{\0}\0"), "the document is UTF-16, not UTF-8: the service sends that when the request has no "
						"Accept: application/json");
	refused(SPAN_LITERAL("{\0\"\0"), "the document is UTF-16, not UTF-8: the service sends that when the request has no "
					 "Accept: application/json");
}

static void test_broken_next_link_is_refused(void **state)
{
	static const struct {
		const char *links, *why;
	} cases[] = {
		{ "[]", "links: not an object" },
		{ "\"x\"", "links: not an object" },
		{ "{\"next\":[]}", "links.next: not an object" },
		{ "{\"next\":{}}", "links.next: uri: missing" },
		{ "{\"next\":{\"uri\":null}}", "links.next: uri: missing" },
		{ "{\"next\":{\"uri\":5}}", "links.next: uri: not a text" },
		{ "{\"next\":{\"uri\":\"a\\r\\nb\"}}", "links.next: uri: holds a control character" },
		{ "{\"next\":null,\"next\":null}", "links.next: stands there twice" },
		{ "{\"next\":{\"uri\":\"a\",\"headers\":{}}}", "links.next: headers: not an array" },
		{ "{\"next\":{\"uri\":\"a\",\"headers\":[{\"key\":\"a b\",\"value\":\"\"}]}}", "links.next: headers: a key that is no header name" },
		{ "{\"next\":{\"uri\":\"a\",\"headers\":[{\"value\":\"\"}]}}", "links.next: headers: a key that is no header name" },
		{ "{\"next\":{\"uri\":\"a\",\"headers\":[{\"key\":\"a\",\"value\":\"\\n\"}]}}", "links.next: headers: a value that can't be sent" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		char body[512];

		snprintf(body, sizeof(body), "{\"items\":[],\"links\":%s}", cases[i].links);
		refused(span_of(body), cases[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_day_decodes_to_its_37_rows),
		cmocka_unit_test(test_documented_page_has_its_next_link),
		cmocka_unit_test(test_malformed_azure_stack_page_gives_two_items_and_no_next),
		cmocka_unit_test(test_every_split_decodes_the_same),
		cmocka_unit_test(test_truncated_anywhere_is_refused),
		cmocka_unit_test(test_order_of_members_does_not_matter),
		cmocka_unit_test(test_texts_and_raw_values_arrive_as_they_are),
		cmocka_unit_test(test_item_that_lacks_or_spoils_what_matters_is_named),
		cmocka_unit_test(test_times_out_of_order_or_too_far_apart_are_refused),
		cmocka_unit_test(test_document_of_another_kind_is_refused),
		cmocka_unit_test(test_broken_next_link_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
