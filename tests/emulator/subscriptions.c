/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "partner.h"
#include "recorded.h"

struct shape {
	const char *offer, *offer_name, *unit, *billing, *cycle, *end;
};

static const struct shape azure = {"MS-AZR-0145P", "Microsoft Azure", "Usage-based", "usage", "monthly", "9999-12-14T00:00:00Z"};
static const struct shape plan = {"DZH318Z0BPS6:0001:DZH318Z0BMTW", "Azure plan", "Usage-based", "usage", "monthly",
    "9999-12-31T00:00:00Z"};
static const struct shape license = {"BD938F12-058F-4927-BBA3-AE36B1D2501C", "Office 365 Business Essentials", "Licenses", "license",
    "monthly", "2030-03-26T00:00:00Z"};

static const char *const friendly[] = {"Microsoft Azure", "Production", "Test \\ud83e\\uddea", "Entwicklung Zürich", 
    "DELETE_파트너RBAC", "\\\"Core\\\" platform", "Büro"};

static const struct shape *
shape_of(enum sub_kind kind)
{
	return kind == SUB_AZURE_PLAN ? &plan : kind == SUB_LICENSE ? &license : &azure;
}

static void
put_link(struct text *out, const char *name, const char *uri)
{
	text_printf(out, "\"%s\":{\"uri\":\"%s\",\"method\":\"GET\",\"headers\":[]}", name, uri);
}

static void
put_links(const struct world *w, const struct subscription *sub, const char *id, struct text *out)
{
	char customer[37], uri[256];

	world_guid(w, w->customers[sub->customer].id, 0, customer);
	text_puts(out, ",\"links\":{");
	snprintf(uri, sizeof(uri), "/offers/%s?country=%s", shape_of(sub->kind)->offer, w->s.generate.region);
	put_link(out, "offer", uri);
	text_puts(out, ",");
	if (sub->kind == SUB_AZURE_PLAN) {
		snprintf(uri, sizeof(uri), "/customers/%s/products/DZH318Z0BPS6", customer);
		put_link(out, "product", uri);
		text_puts(out, ",");
	}
	snprintf(uri, sizeof(uri), "/customers/%s/subscriptions/%s", customer, id);
	put_link(out, "self", uri);
	text_puts(out, "}");
}

static void
put_subscription(const struct world *w, const struct subscription *sub, struct text *out)
{
	const struct shape *s = shape_of(sub->kind);
	int suspended = sub->kind == SUB_USAGE && sub->hash % 16 == 3;
	char id[37], order[37], raw_order[37];
	struct text etag = {0};

	world_guid(w, sub->id, 1, id);
	hash_guid(hash_mix(sub->hash), raw_order);
	world_guid(w, raw_order, 1, order);
	text_printf(out, "{\"id\":\"%s\",\"offerId\":\"%s\",\"entitlementId\":\"%s\",\"offerName\":\"%s\",\"friendlyName\":\"%s\",", id,
	    s->offer, id, s->offer_name, friendly[sub->hash % (sizeof(friendly) / sizeof(friendly[0]))]);
	if (sub->kind == SUB_AZURE_PLAN)
		text_puts(out, "\"productType\":{\"id\":\"Azure\",\"displayName\":\"Azure\"},");
	text_printf(out, "\"quantity\":%d,\"unitType\":\"%s\",\"hasPurchasableAddons\":false,", sub->kind == SUB_LICENSE ? 20 : 1, s->unit);
	text_printf(out, "\"creationDate\":\"2018-04-%02dT17:08:20.71Z\",\"effectiveStartDate\":\"2018-04-%02dT00:00:00Z\",",
	    (int)(sub->hash % 28) + 1, (int)(sub->hash % 28) + 1);
	text_printf(out, "\"commitmentEndDate\":\"%s\",\"status\":\"%s\",\"autoRenewEnabled\":false,\"isTrial\":false,", s->end,
	    suspended ? "suspended" : "active");
	text_printf(out, "\"billingType\":\"%s\",\"billingCycle\":\"%s\",\"actions\":[\"Cancel\",\"Edit\"],", s->billing, s->cycle);
	if (suspended)
		text_puts(out, "\"suspensionReasons\":[\"CustomerCancellation\"],");
	text_puts(out, "\"attentionNeeded\":false,\"actionTaken\":false,\"contractType\":\"subscription\"");
	put_links(w, sub, id, out);
	text_printf(&etag, "{\"id\":\"%s\",\"version\":3}", sub->id);
	text_printf(out, ",\"orderId\":\"%s\",\"attributes\":{\"etag\":\"", order);
	text_base64(out, etag.p, etag.len, 0);
	text_puts(out, "\",\"objectType\":\"Subscription\"}}");
	text_fini(&etag);
}

void
subscriptions_answer(struct request *r)
{
	const struct world *w = r->world;
	const struct recorded_doc *doc;
	const struct customer *c;
	struct text items = {0};
	char id[37];
	size_t count = 0;

	if (partner_customer(r, id, &c) != 0)
		return;
	doc = recorded_find(w, RECORDED_SUBSCRIPTIONS, id, 0, 0);
	if (doc != NULL) {
		reply_copy(r, &doc->body);
		r->reply.as_is = 1;
		return;
	}
	for (size_t i = c != NULL ? (size_t)(c - w->customers) : SIZE_MAX; i < (size_t)w->s.generate.subscriptions;
	    i += (size_t)w->s.generate.customers) {
		text_puts(&items, count++ > 0 ? "," : "");
		put_subscription(w, &w->subs[i], &items);
	}
	reply_json(r, 200);
	text_printf(&r->reply.body, "{\"totalCount\":%zu,\"items\":[", count);
	text_put(&r->reply.body, items.p, items.len);
	text_printf(&r->reply.body, "],\"links\":{\"self\":{\"uri\":\"/customers/%s/subscriptions\",\"method\":\"GET\",\"headers\":[]}},"
	    "\"attributes\":{\"objectType\":\"Collection\"}}", id);
	text_fini(&items);
}

void
subscription_answer(struct request *r)
{
	const struct subscription *sub = NULL;
	const struct customer *c;
	char customer[37], id[37];

	if (partner_customer(r, customer, &c) != 0)
		return;
	if (parse_guid(r->segments[4], id) == 0)
		sub = world_subscription(r->world, id);
	if (sub == NULL || c == NULL || &r->world->customers[sub->customer] != c) {
		reply_error(r, 404, "20003", "Subscription with id %s not found.", r->segments[4]);
		return;
	}
	reply_json(r, 200);
	put_subscription(r->world, sub, &r->reply.body);
}
