/* SPDX-License-Identifier: MIT */
/* model.h - what Partner Center's documents say, as plain structs: one customer, subscription, usage record, meter.
 * Every span is text in UTF-8 with JSON escapes undone, borrowed for the one callback that hands the struct out; "raw" spans are
 * the JSON value as received. Absent and null both give an empty span. */
#ifndef PARTNER_MODEL_H
#define PARTNER_MODEL_H

#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "value/decimal.h"
#include "value/guid.h"

#include <stdbool.h>
#include <stdint.h>

/* GET /v1/customers: an item. */
struct customer {
	struct guid id; /* the customer's tenant */
	struct span company_name, domain, relationship; /* relationshipToPartner: only "reseller" bills */
};

/* GET /v1/customers/{customer}/subscriptions: an item. */
struct subscription {
	struct guid id;          /* the commerce id that utilization wants */
	struct guid entitlement; /* the Azure subscription id; zero when absent or no GUID */
	struct span offer_id, offer_name, friendly_name, status, billing_type, unit_type, creation_date;
};

/* .../utilizations/azure: an item. Times are instants, end exclusive. */
struct usage {
	int64_t start, end;
	struct guid meter;      /* resource.id */
	struct span meter_name, meter_category, meter_subcategory, meter_region, unit;
	struct decimal quantity;
	struct span quantity_text; /* the number as printed */
	struct span resource_uri, location, part_number, order_number;
	struct span tags, additional_info, info_fields; /* raw JSON */
};

/* One price: from this many units of the period on (continuous bands), the price of a unit. */
struct tier {
	struct decimal from, price;
	struct span price_text; /* as printed */
};

/* /v1/ratecards/azure: a meter. Tiers are sorted by `from`. */
struct rate {
	struct guid meter;
	struct span name, category, subcategory, region, unit;
	struct span tags; /* raw JSON */
	struct decimal included;
	struct span included_text;
	int64_t effective; /* instant; the service's null date (0001-01-01) is legal */
	size_t tier_count;
	struct tier tiers[LIMIT_TIERS];
};

/* What stands around the meters of a rate card. */
struct rate_card_head {
	struct span locale, currency, offer_terms; /* offer_terms raw JSON; stored, never applied: it is inside the rates */
	bool tax_included;
};

/* A next link: where the collection goes on. Heap text, freed by next_link_fini. */
struct next_link {
	char *uri; /* as received, JSON escapes undone; NULL when there is no next page */
	size_t header_count;
	struct {
		char *key, *value; /* to be sent byte for byte */
	} headers[LIMIT_LINK_HEADERS];
};

void next_link_fini(struct next_link *link);
/* The decoders fill a zeroed link: copies, refuses what is empty, over its limit, or can't stand in a request (ERR_FORMAT). */
int next_link_set_uri(struct next_link *link, struct span uri, struct err *e) MUST_CHECK;
int next_link_add_header(struct next_link *link, struct span key, struct span value, struct err *e) MUST_CHECK;
/* Moves FROM into TO, which is freed first. */
void next_link_take(struct next_link *to, struct next_link *from);
/* The continuation token among the headers (MS-ContinuationToken, any case), or "". */
const char *next_link_token(const struct next_link *link);

#endif
