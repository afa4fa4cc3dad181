/* SPDX-License-Identifier: MIT */
/* A rate card, as fuzz_usage.c does a page. */
#include "partner/pc_rates.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/decoded.h"
#include "value/day.h"

struct probe {
	struct pc_rates d;
	const json_t *meters;
	size_t count;
};

/* Each tier is a member of the object, and they are in order. */
static void check_tiers(const json_t *rates, const struct rate *r)
{
	struct err ignored;
	const char *threshold;
	json_t *price;
	struct decimal from;
	size_t i;

	FUZZ_REQUIRE(r->tier_count == json_object_size(rates), "%zu tiers", r->tier_count);
	for (i = 1; i < r->tier_count; i++)
		FUZZ_REQUIRE(decimal_compare(r->tiers[i - 1].from, r->tiers[i].from) < 0, "tier %zu", i);
	json_object_foreach((json_t *)(uintptr_t)rates, threshold, price) {
		FUZZ_REQUIRE(decimal_parse(&from, span_of(threshold), &ignored) == 0, "%s", threshold);
		for (i = 0; i < r->tier_count && decimal_compare(r->tiers[i].from, from) != 0; i++)
			continue;
		FUZZ_REQUIRE(i < r->tier_count, "%s", threshold);
		document_check_printed(rates, threshold, r->tiers[i].price_text);
	}
}

static void check_meter(const json_t *meter, const struct rate *r)
{
	int64_t effective = 0;

	FUZZ_REQUIRE(document_is_instant(meter, "effectiveDate", &effective) && effective == r->effective, "%lld", (long long)r->effective);
	document_check_guid(meter, "id", r->meter);
	document_check_text(meter, "name", r->name);
	document_check_text(meter, "category", r->category);
	document_check_text(meter, "subcategory", r->subcategory);
	document_check_text(meter, "region", r->region);
	document_check_text(meter, "unit", r->unit);
	document_check_raw(meter, "tags", r->tags);
	if (document_has(meter, "includedQuantity"))
		document_check_printed(meter, "includedQuantity", r->included_text);
	check_tiers(json_object_get(meter, "rates"), r);
}

static int on_rate(struct pc_rates *d, const struct rate *r, struct err *e)
{
	struct probe *p = container_of(d, struct probe, d);

	(void)e;
	if (p->meters)
		check_meter(json_array_get(p->meters, p->count), r);
	p->count++;
	return 0;
}

static bool is_not_negative(struct span text, struct decimal *d)
{
	struct err ignored;

	return decimal_parse(d, text, &ignored) == 0 && !d->negative;
}

static bool are_tiers(const json_t *rates)
{
	struct decimal seen[LIMIT_TIERS];
	const char *threshold;
	size_t count = 0;
	json_t *price;

	json_object_foreach((json_t *)(uintptr_t)rates, threshold, price) {
		if (count == LIMIT_TIERS || !is_not_negative(span_of(threshold), &seen[count]) || !document_is_decimal(rates, threshold))
			return false;
		for (size_t i = 0; i < count; i++)
			if (decimal_compare(seen[i], seen[count]) == 0)
				return false;
		count++;
	}
	return json_is_object(rates);
}

static bool is_included(const json_t *meter)
{
	struct decimal d;
	struct span text;

	if (!document_has(meter, "includedQuantity"))
		return true;
	(void)oracle_is_number(json_object_get(meter, "includedQuantity"), &text);
	return document_is_decimal(meter, "includedQuantity") && is_not_negative(text, &d);
}

static bool is_meter(const json_t *meter)
{
	int64_t effective;

	return json_is_object(meter) && document_is_guid(meter, "id") && are_tiers(json_object_get(meter, "rates")) && is_included(meter) &&
	       document_is_instant(meter, "effectiveDate", &effective) && document_is_text(meter, "name") &&
	       document_is_text(meter, "category") && document_is_text(meter, "subcategory") && document_is_text(meter, "region") &&
	       document_is_text(meter, "unit");
}

static bool is_short(const json_t *card, const char *name, size_t size)
{
	return document_is_text(card, name) && (!document_has(card, name) || json_string_length(json_object_get(card, name)) < size);
}

static bool is_truth(const json_t *card, const char *name)
{
	return !document_has(card, name) || json_is_boolean(json_object_get(card, name));
}

static bool is_card(const json_t *card)
{
	const json_t *meters = json_object_get(card, "meters"), *terms = json_object_get(card, "offerTerms");
	const struct pc_rates *d = NULL;

	if (!json_is_object(card) || !json_is_array(meters) || document_depth(card) > LIMIT_JSON_DEPTH)
		return false;
	if (!is_short(card, "locale", sizeof(d->locale)) || !is_short(card, "currency", sizeof(d->currency)) ||
	    json_string_length(json_object_get(card, "currency")) == 0 || !is_truth(card, "isTaxIncluded") || !is_truth(card, "taxIncluded"))
		return false;
	if (document_has(card, "offerTerms") && !json_is_array(terms) && !json_is_object(terms))
		return false;
	for (size_t i = 0; i < json_array_size(meters); i++)
		if (!is_meter(json_array_get(meters, i)))
			return false;
	return true;
}

static void check_head(const json_t *card, const struct pc_rates *d)
{
	document_check_text(card, "locale", span_of(d->locale));
	document_check_text(card, "currency", span_of(d->currency));
	document_check_raw(card, "offerTerms", span_of(d->offer_terms));
	FUZZ_REQUIRE(d->tax_included == (json_is_true(json_object_get(card, "isTaxIncluded")) || json_is_true(json_object_get(card, "taxIncluded"))),
		     "%d", d->tax_included);
}

static void compare(struct span input)
{
	static struct probe p;
	struct err e = ERR_INIT;
	json_t *document = NULL;
	enum oracle says;
	int result;

	says = oracle_read_exact(document_body(input), &document);
	if (!p.d.stream)
		pc_rates_init(&p.d, on_rate);
	pc_rates_reset(&p.d);
	p.count = 0;
	p.meters = json_object_get(document, "meters");
	result = pc_rates_feed(&p.d, input, &e);
	if (result == 0)
		result = pc_rates_end(&p.d, &e);
	/* thresholds and prices are taken as they stand, so that an escape is no part of a number: jansson undoes it */
	if (says != ORACLE_SILENT && !(result == -1 && memmem(input.p, input.n, "\\u00", 4)))
		FUZZ_REQUIRE((result == 0) == is_card(document), "%s", result == 0 ? "accepted" : e.text);
	if (result == 0 && document) {
		FUZZ_REQUIRE(p.count == json_array_size(p.meters) && p.d.meters == p.count, "%zu meters", p.count);
		check_head(document, &p.d);
	}
	json_decref(document);
}

void fuzz_input(struct span input)
{
	document_check_splits(input, decoded_rates);
	compare(input);
}
