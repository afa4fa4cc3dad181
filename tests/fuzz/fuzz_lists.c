/* SPDX-License-Identifier: MIT */
/* The lists that are read whole, customers and subscriptions: what they take is in jansson's document; and their next link is read as the
 * streaming reader of usage reads it. */
#include "partner/pc_customers.h"
#include "partner/pc_json.h"
#include "partner/pc_usage.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/fuzz.h"

static bool is_item(const json_t *item)
{
	return json_is_object(item) && document_is_guid(item, "id");
}

static bool is_customer(const json_t *item)
{
	const json_t *profile = json_object_get(item, "companyProfile");

	return is_item(item) && document_is_object(item, "companyProfile") && document_is_text(profile, "companyName") &&
	       document_is_text(profile, "domain") && document_is_text(item, "relationshipToPartner");
}

static bool is_subscription(const json_t *item)
{
	static const char *const names[] = { "offerId", "offerName", "friendlyName", "status", "billingType", "unitType", "creationDate",
					     "entitlementId" };

	for (size_t i = 0; i < countof(names); i++)
		if (!document_is_text(item, names[i]))
			return false;
	return is_item(item);
}

/* Whether the DOCUMENT is a list of such items. */
static bool is_list(const json_t *document, bool (*is_one)(const json_t *item))
{
	const json_t *items = json_object_get(document, "items");

	if (!json_is_array(items) || !document_is_next(document) || document_depth(document) > LIMIT_JSON_DEPTH)
		return false;
	for (size_t i = 0; i < json_array_size(items); i++)
		if (!is_one(json_array_get(items, i)))
			return false;
	return true;
}

static void check_customers(struct span input, const json_t *document, bool silent)
{
	struct pc_customer_list list;
	struct err e = ERR_INIT;
	const int result = pc_customers_decode(&list, input, &e);

	FUZZ_REQUIRE(silent || (result == 0) == is_list(document, is_customer), "%s", result ? e.text : "accepted");
	if (result == -1) {
		fuzz_check_err(&e);
		FUZZ_REQUIRE(strcmp(e.code, "E-FORMAT-CUSTOMERS") == 0, "%s", e.code);
		return;
	}
	for (size_t i = 0; i < list.count && document; i++) {
		const json_t *item = json_array_get(json_object_get(document, "items"), i), *profile = json_object_get(item, "companyProfile");

		document_check_guid(item, "id", list.items[i].id);
		document_check_text(profile, "companyName", list.items[i].company_name);
		document_check_text(profile, "domain", list.items[i].domain);
		document_check_text(item, "relationshipToPartner", list.items[i].relationship);
	}
	if (document)
		document_check_next(document, &list.next);
	pc_customers_fini(&list);
}

static void check_subscriptions(struct span input, const json_t *document, bool silent)
{
	struct pc_subscription_list list;
	struct err e = ERR_INIT;
	const int result = pc_subscriptions_decode(&list, input, &e);

	FUZZ_REQUIRE(silent || (result == 0) == is_list(document, is_subscription), "%s", result ? e.text : "accepted");
	if (result == -1) {
		fuzz_check_err(&e);
		FUZZ_REQUIRE(strcmp(e.code, "E-FORMAT-SUBSCRIPTIONS") == 0, "%s", e.code);
		return;
	}
	for (size_t i = 0; i < list.count && document; i++) {
		const json_t *item = json_array_get(json_object_get(document, "items"), i);

		document_check_guid(item, "id", list.items[i].id);
		document_check_text(item, "offerName", list.items[i].offer_name);
		document_check_text(item, "friendlyName", list.items[i].friendly_name);
		document_check_text(item, "billingType", list.items[i].billing_type);
		FUZZ_REQUIRE(guid_is_zero(list.items[i].entitlement) || document_is_guid(item, "entitlementId"), "entitlement");
	}
	pc_subscriptions_fini(&list);
}

static int on_record(struct pc_usage *d, const struct usage *record, struct err *e)
{
	(void)d;
	(void)record;
	(void)e;
	return 0;
}

static bool same_link(const struct next_link *a, const struct next_link *b)
{
	bool same = span_equal(span_of(a->uri), span_of(b->uri)) && a->header_count == b->header_count;

	for (size_t i = 0; same && i < a->header_count; i++)
		same = strcmp(a->headers[i].key, b->headers[i].key) == 0 && strcmp(a->headers[i].value, b->headers[i].value) == 0;
	return same;
}

/* The input as the `links` of an empty collection: both readers must find the same there, unless jansson has no say. */
static void check_links(struct span input)
{
	struct pc_customer_list list;
	struct pc_usage usage;
	struct err whole = ERR_INIT, streamed = ERR_INIT;
	int whole_result, streamed_result;
	json_t *document;
	struct buf body;

	buf_init(&body, (size_t)1 << 20);
	if (buf_add_text(&body, "{\"items\":[],\"links\":") == -1 || buf_add_span(&body, input) == -1 || buf_add_text(&body, "}") == -1)
		abort();
	if (oracle_read(buf_span(&body), &document) == ORACLE_ACCEPTS) {
		pc_usage_init(&usage, on_record);
		whole_result = pc_customers_decode(&list, buf_span(&body), &whole);
		streamed_result = pc_usage_feed(&usage, buf_span(&body), &streamed);
		if (streamed_result == 0)
			streamed_result = pc_usage_end(&usage, &streamed);
		FUZZ_REQUIRE(whole_result == streamed_result || memmem(input.p, input.n, "\\u0000", 6), "whole: %s\nstreamed: %s", whole.text,
			     streamed.text);
		FUZZ_REQUIRE(whole_result || streamed_result || same_link(&list.next, &usage.next), "other links");
		if (whole_result == 0)
			pc_customers_fini(&list);
		pc_usage_fini(&usage);
	}
	json_decref(document);
	buf_fini(&body);
}

void fuzz_input(struct span input)
{
	json_t *document = NULL;
	bool silent = oracle_read_exact(document_body(input), &document) == ORACLE_SILENT;

	/* jansson's number limits hold here, and a text may not have a NUL anywhere: these documents are read by jansson itself */
	if (!silent) {
		json_t *plain;

		silent = oracle_read(document_body(input), &plain) == ORACLE_SILENT || memmem(input.p, input.n, "\\u0000", 6);
		json_decref(plain);
	}
	check_customers(input, document, silent);
	check_subscriptions(input, document, silent);
	json_decref(document);
	if (input.n <= 512)
		check_links(input);
}
