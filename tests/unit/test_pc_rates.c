/* SPDX-License-Identifier: MIT */
#include "partner/pc_rates.h"

#include "tests/support/decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SPRING "ratecard-azure.recorded.spring2017.json"
#define RECORDED "ratecard-azure.recorded.ps2018.json"
#define SHARED "ratecard-azure-shared.recorded.ps2018.json"
#define TERMS "ratecard-azure.documented.offerterms.json"
#define SHARED_TERMS "ratecard-azure-shared.documented.json"

#define HEAD "\"id\":\"1EB7EE6C-d83c-4407-b078-bb05ce63c5ad\",\"effectiveDate\":\"2017-02-01T00:00:00Z\""
#define CARD(meter) "{\"locale\":\"en\",\"currency\":\"EUR\",\"meters\":[" meter "]}"

static void assert_decimal(struct decimal d, const char *expected)
{
	char text[DECIMAL_TEXT_MAX];

	decimal_print(d, text);
	assert_string_equal(text, expected);
}

static void accepted(const char *body, const char *expected)
{
	struct decoded d;

	decoded_rates(&d, span_of(body), SPLIT_NONE);
	assert_string_equal(d.err.text, "");
	assert_int_equal(d.result, 0);
	assert_non_null(strstr(buf_text(&d.text), expected));
	decoded_fini(&d);
}

static void refused(const char *body, const char *why)
{
	const struct split splits[] = { SPLIT_NONE, { 0, 1, 0 } };

	for (size_t i = 0; i < countof(splits); i++) {
		struct decoded d;

		decoded_rates(&d, span_of(body), splits[i]);
		assert_int_equal(d.result, -1);
		assert_string_equal(d.err.text, why);
		assert_int_equal(d.err.kind, ERR_FORMAT);
		assert_string_equal(d.err.code, "E-FORMAT-RATES");
		decoded_fini(&d);
	}
}

static void meter_refused(const char *meter, const char *why)
{
	char body[1024];
	char text[256];

	snprintf(body, sizeof(body), CARD("{" HEAD ",\"rates\":{}},%s"), meter);
	snprintf(text, sizeof(text), "meter 2: %s", why);
	refused(body, text);
}

static void sample_is(const char *name, uint64_t meters, const char *sum, const char *expected)
{
	struct decoded d;
	struct buf body;

	sample_read(&body, name);
	decoded_rates(&d, buf_span(&body), SPLIT_NONE);
	assert_string_equal(d.err.text, "");
	assert_int_equal(d.count, meters);
	assert_decimal(d.sum, sum);
	assert_non_null(strstr(buf_text(&d.text), expected));
	decoded_fini(&d);
	buf_fini(&body);
}

static void test_recorded_cards_decode_to_their_meters_and_sums(void **state)
{
	(void)state;
	sample_is(SPRING, 72, "70297.966244",
		  " meter=1eb7ee6c-d83c-4407-b078-bb05ce63c5ad name=33:Standard IO - Hot Block Blob (GB) category=7:Storage"
		  " subcategory=17:Locally Redundant region=8:KR South unit=2:GB tags=2:[] included=0 printed=1:0"
		  " effective=2017-02-01T00:00:00Z from=0 price=0.017 printed=5:0.017 from=51200 price=0.01632 printed=7:0.01632"
		  " from=512000 price=0.01564 printed=7:0.01564\n");
	sample_is(SPRING, 72, "70297.966244", " effective=0001-01-01T00:00:00Z ");
	sample_is(SPRING, 72, "70297.966244", "\n locale=5:en-US currency=3:USD terms=");
	sample_is(RECORDED, 2, "3.480495", " price=3.415045 ");
	sample_is(SHARED, 2, "4.0947", " price=4.0177 ");
	sample_is(TERMS, 3, "7399.0851", " from=0 price=7395.0 printed=6:7395.0\n");
	sample_is(TERMS, 3, "7399.0851", "\"effectiveDate\": \"2014-01-01T00:00:00\"\n        }\n    ] tax=0");
	sample_is(SHARED_TERMS, 3, "7399.0851", " currency=3:USD ");
}

static void test_every_split_decodes_the_same(void **state)
{
	static const char *const samples[] = { SPRING, RECORDED, SHARED, TERMS, SHARED_TERMS };

	(void)state;
	for (size_t k = 0; k < countof(samples); k++) {
		struct decoded whole, d;
		struct buf body;

		sample_read(&body, samples[k]);
		decoded_rates(&whole, buf_span(&body), SPLIT_NONE);
		for (size_t at = 1; at < body.n; at += body.n > 4096 ? 17 : 1) {
			decoded_rates(&d, buf_span(&body), (struct split){ .first = at });
			assert_true(decoded_same(&whole, &d));
			decoded_fini(&d);
		}
		for (size_t i = 1; i < 100; i++) {
			decoded_rates(&d, buf_span(&body), (struct split){ .each = i, .seed = i % 2 ? 0 : i });
			assert_true(decoded_same(&whole, &d));
			decoded_fini(&d);
		}
		decoded_fini(&whole);
		buf_fini(&body);
	}
}

static void test_truncated_anywhere_is_refused(void **state)
{
	struct buf body;
	struct decoded d;
	size_t end;

	(void)state;
	sample_read(&body, TERMS);
	end = (size_t)(strrchr(body.p, '}') - body.p);
	for (size_t n = 0; n <= end; n++) {
		decoded_rates(&d, (struct span){ body.p, n }, SPLIT_NONE);
		assert_int_equal(d.result, -1);
		assert_int_equal(d.err.kind, ERR_FORMAT);
		decoded_fini(&d);
	}
	buf_fini(&body);
}

static void test_tiers_are_sorted_by_number_not_by_text(void **state)
{
	(void)state;
	accepted(CARD("{" HEAD ",\"rates\":{\"1000\":3,\"5\":1e-3,\"90\":\"2.50\"}}"),
		 " from=5 price=0.001 printed=4:1e-3 from=90 price=2.50 printed=4:2.50 from=1000 price=3 printed=1:3\n");
	accepted(CARD("{" HEAD ",\"rates\":{\"0.5\":1,\"0.0000000\":2}}"), " from=0.0000000 price=2 printed=1:2 from=0.5 ");
}

static void test_meter_without_prices_has_no_tiers(void **state)
{
	(void)state;
	accepted(CARD("{" HEAD ",\"rates\":{}}"), " included=0 printed=1:0 effective=2017-02-01T00:00:00Z\n");
}

static void test_head_may_stand_behind_the_meters(void **state)
{
	(void)state;
	accepted("{\"offerTerms\":[ 1 ],\"meters\":[],\"taxIncluded\":true,\"currency\":\"\\u0045UR\"}",
		 " locale=0: currency=3:EUR terms=5:[ 1 ] tax=1");
	accepted("\xef\xbb\xbf{\"meters\":[],\"offerTerms\":null,\"isTaxIncluded\":false,\"currency\":\"EUR\"}", " terms=0: tax=0");
}

static void test_meter_that_lacks_or_spoils_what_matters_is_named(void **state)
{
	(void)state;
	meter_refused("{" HEAD "}", "rates: missing");
	meter_refused("{" HEAD ",\"rates\":null}", "rates: missing");
	meter_refused("{" HEAD ",\"rates\":[]}", "rates: not an object");
	meter_refused("{" HEAD ",\"rates\":{\"0\":null}}", "rates: price: missing");
	meter_refused("{" HEAD ",\"rates\":{\"0\":[1]}}", "rates: price: not a number");
	meter_refused("{" HEAD ",\"rates\":{\"0\":1,\"0.0\":1}}", "rates: the same threshold twice");
	meter_refused("{" HEAD ",\"rates\":{\"-1\":1}}", "rates: threshold: negative");
	meter_refused("{" HEAD ",\"rates\":{},\"rates\":{}}", "rates: stands there twice");
	meter_refused("{" HEAD ",\"rates\":{},\"includedQuantity\":-1}", "includedQuantity: negative");
	meter_refused("{" HEAD ",\"rates\":{},\"includedQuantity\":[]}", "includedQuantity: not a number");
	meter_refused("{" HEAD ",\"rates\":{},\"name\":false}", "name: not a text");
	meter_refused("{\"rates\":{},\"effectiveDate\":\"2017-02-01T00:00:00Z\"}", "id: missing");
	meter_refused("{\"id\":\"1eb7ee6c-d83c-4407-b078-bb05ce63c5ad\",\"rates\":{}}", "effectiveDate: missing");
}

static void test_more_tiers_than_the_limit_are_refused(void **state)
{
	char body[4096];
	int n = snprintf(body, sizeof(body), "{\"currency\":\"EUR\",\"meters\":[{" HEAD ",\"rates\":{\"0\":1");

	(void)state;
	for (int i = 1; i < LIMIT_TIERS; i++)
		n += snprintf(body + n, sizeof(body) - (size_t)n, ",\"%d\":1", i * 10);
	snprintf(body + n, sizeof(body) - (size_t)n, "}}]}");
	accepted(body, " from=630 price=1 ");
	snprintf(body + n, sizeof(body) - (size_t)n, ",\"5\":1}}]}");
	refused(body, "meter 1: rates: more than 64 tiers");
}

static void test_card_of_another_kind_is_refused(void **state)
{
	(void)state;
	refused("", "empty document");
	refused("{}", "meters: missing");
	refused("{\"meters\":[]}", "currency: missing");
	refused("{\"meters\":[],\"currency\":\"EURO-EURO\"}", "currency: longer than 7 bytes");
	refused("{\"currency\":\"EUR\",\"currency\":\"USD\",\"meters\":[]}", "currency: stands there twice");
	refused("{\"currency\":\"EUR\",\"offerTerms\":7,\"meters\":[]}", "offerTerms: not an array");
	refused("{\"currency\":\"EUR\",\"isTaxIncluded\":0,\"meters\":[]}", "isTaxIncluded: not true or false");
}

static int count_rate(struct pc_rates *d, const struct rate *rate, struct err *e)
{
	(void)rate;
	return d->meters == 1 ? err_set(e, ERR_STORE, "disk full") : 0;
}

static void test_refusal_of_the_caller_ends_the_card_and_reset_begins_anew(void **state)
{
	static const char card[] = CARD("{" HEAD ",\"rates\":{}},{" HEAD ",\"rates\":{}}");
	struct err e = ERR_INIT;
	struct pc_rates d;

	(void)state;
	pc_rates_init(&d, count_rate);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(pc_rates_feed(&d, span_of(card), &e), -1);
		assert_string_equal(e.text, "disk full");
		err_clear(&e);
		assert_int_equal(pc_rates_end(&d, &e), -1);
		assert_int_equal(e.kind, ERR_STORE);
		assert_int_equal(d.meters, 1);
		pc_rates_reset(&d);
	}
	pc_rates_fini(&d);
	pc_rates_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_cards_decode_to_their_meters_and_sums),
		cmocka_unit_test(test_every_split_decodes_the_same),
		cmocka_unit_test(test_truncated_anywhere_is_refused),
		cmocka_unit_test(test_tiers_are_sorted_by_number_not_by_text),
		cmocka_unit_test(test_meter_without_prices_has_no_tiers),
		cmocka_unit_test(test_head_may_stand_behind_the_meters),
		cmocka_unit_test(test_meter_that_lacks_or_spoils_what_matters_is_named),
		cmocka_unit_test(test_more_tiers_than_the_limit_are_refused),
		cmocka_unit_test(test_card_of_another_kind_is_refused),
		cmocka_unit_test(test_refusal_of_the_caller_ends_the_card_and_reset_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
