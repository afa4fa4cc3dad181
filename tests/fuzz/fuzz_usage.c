/* SPDX-License-Identifier: MIT */
/* A page of utilizations/azure: the same records and the same error however its bytes are split, and those that jansson's document has. */
#include "partner/pc_usage.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/decoded.h"
#include "value/day.h"

#define SPAN_MAX_S ((int64_t)32 * DAY_SECONDS)

struct probe {
	struct pc_usage d;
	const json_t *items;
	size_t count;
};

static void check_record(const json_t *item, const struct usage *u)
{
	const json_t *resource = json_object_get(item, "resource"), *instance = json_object_get(item, "instanceData");
	int64_t start = 0, end = 0;

	FUZZ_REQUIRE(document_is_instant(item, "usageStartTime", &start) && start == u->start, "%lld", (long long)u->start);
	FUZZ_REQUIRE(document_is_instant(item, "usageEndTime", &end) && end == u->end, "%lld", (long long)u->end);
	document_check_guid(resource, "id", u->meter);
	document_check_text(resource, "name", u->meter_name);
	document_check_text(resource, "category", u->meter_category);
	document_check_text(resource, "subcategory", u->meter_subcategory);
	document_check_text(resource, "region", u->meter_region);
	document_check_text(item, "unit", u->unit);
	document_check_printed(item, "quantity", u->quantity_text);
	document_check_text(instance, "resourceUri", u->resource_uri);
	document_check_text(instance, "location", u->location);
	document_check_printed(instance, "partNumber", u->part_number);
	document_check_printed(instance, "orderNumber", u->order_number);
	document_check_raw(instance, "tags", u->tags);
	document_check_raw(instance, "additionalInfo", u->additional_info);
	document_check_raw(item, "infoFields", u->info_fields);
}

static int on_record(struct pc_usage *d, const struct usage *u, struct err *e)
{
	struct probe *p = container_of(d, struct probe, d);

	(void)e;
	if (p->items)
		check_record(json_array_get(p->items, p->count), u);
	p->count++;
	return 0;
}

/* A label may be a number; a text otherwise. */
static bool is_label(const json_t *object, const char *name)
{
	struct span text;

	return document_is_text(object, name) || oracle_is_number(json_object_get(object, name), &text);
}

static bool is_record(const json_t *item)
{
	const json_t *resource = json_object_get(item, "resource"), *instance = json_object_get(item, "instanceData");
	int64_t start, end;

	return json_is_object(item) && document_is_object(item, "resource") && document_is_object(item, "instanceData") &&
	       document_is_instant(item, "usageStartTime", &start) && document_is_instant(item, "usageEndTime", &end) && end > start &&
	       end - start <= SPAN_MAX_S && document_is_guid(resource, "id") && document_is_decimal(item, "quantity") &&
	       document_is_text(resource, "name") && document_is_text(resource, "category") && document_is_text(resource, "subcategory") &&
	       document_is_text(resource, "region") && document_is_text(item, "unit") && document_is_text(instance, "resourceUri") &&
	       document_is_text(instance, "location") && is_label(instance, "partNumber") && is_label(instance, "orderNumber");
}

static bool is_page(const json_t *document)
{
	const json_t *items = json_object_get(document, "items");

	if (!json_is_object(document) || !json_is_array(items) || !document_is_next(document) || document_depth(document) > LIMIT_JSON_DEPTH)
		return false;
	for (size_t i = 0; i < json_array_size(items); i++)
		if (!is_record(json_array_get(items, i)))
			return false;
	return true;
}

static void compare(struct span input)
{
	static struct probe p; /* one decoder for all: what is left of a page must not be seen in the next */
	struct err e = ERR_INIT;
	json_t *document = NULL;
	enum oracle says;
	int result;

	says = oracle_read_exact(document_body(input), &document);
	if (!p.d.stream)
		pc_usage_init(&p.d, on_record);
	pc_usage_reset(&p.d);
	p.count = 0;
	p.items = json_object_get(document, "items");
	result = pc_usage_feed(&p.d, input, &e);
	if (result == 0)
		result = pc_usage_end(&p.d, &e);
	if (says != ORACLE_SILENT)
		FUZZ_REQUIRE((result == 0) == is_page(document), "%s", result == 0 ? "accepted" : e.text);
	FUZZ_REQUIRE(result == -1 || p.d.items == p.count, "%zu records", p.count);
	if (result == 0 && document) {
		FUZZ_REQUIRE(p.count == json_array_size(p.items), "%zu records", p.count);
		document_check_next(document, &p.d.next);
	}
	json_decref(document);
}

void fuzz_input(struct span input)
{
	document_check_splits(input, decoded_usage);
	compare(input);
}
