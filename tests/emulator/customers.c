/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "partner.h"
#include "recorded.h"

static const char *const names[] = {"Contoso", "Fabrikam", "Adventure Works", "Bäckerei Müller & Söhne", "한국 상사",
    "Wide World \\\"Importers\\\"",
    "Northwind", "Société Générale d'Énergie", "Tailspin 🚀 Toys", "Proseware"};

/* The token is opaque: a start row, a page number and a digest of both. */
static void
put_token(const struct world *w, uint32_t start, uint32_t page, struct text *out)
{
	uint32_t parts[4] = {start, page, (uint32_t)hash_three((uint64_t)w->s.generate.seed, start, page), 0};

	text_base64(out, parts, 14, 0);
}

static int
read_token(const struct world *w, const char *token, uint32_t parts[4])
{
	struct text again = {0};
	int same;

	if (parse_base64(token, strlen(token), (unsigned char *)parts, 16) != 14)
		return -1;
	put_token(w, parts[0], parts[1], &again);
	same = strcmp(again.p, token) == 0;
	text_fini(&again);
	return same ? 0 : -1;
}

int64_t
customers_page(const struct request *r)
{
	const char *token = request_header(r, "MS-ContinuationToken");
	uint32_t parts[4] = {0};

	return token != NULL && read_token(r->world, token, parts) == 0 ? (int64_t)parts[1] : 1;
}

static void
put_customer(const struct world *w, size_t index, struct text *out)
{
	const struct customer *c = &w->customers[index];
	char id[37];

	world_guid(w, c->id, 0, id);
	text_printf(out,
	    "{\"id\":\"%s\",\"companyProfile\":{\"tenantId\":\"%s\",\"domain\":\"customer%zu.onmicrosoft.com\",\"companyName\":\"%s %zu\","
	    "\"links\":{\"self\":{\"uri\":\"/customers/%s/profiles/company\",\"method\":\"GET\",\"headers\":[]}},"
	    "\"attributes\":{\"objectType\":\"CustomerCompanyProfile\"}},\"relationshipToPartner\":\"%s\","
	    "\"links\":{\"self\":{\"uri\":\"/customers/%s\",\"method\":\"GET\",\"headers\":[]}},\"attributes\":{\"objectType\":\"Customer\"}}",
	    id, id, index + 1, names[c->hash % (sizeof(names) / sizeof(names[0]))], index + 1, id,
	    c->advisor ? "advisor" : "reseller", id);
}

static void
put_page(struct request *r, uint32_t start, uint32_t page, int64_t size)
{
	const struct world *w = r->world;
	size_t all = (size_t)w->s.generate.customers, end = all - start < (size_t)size ? all : start + (size_t)size;
	struct text *out = &r->reply.body, token = {0}, path = {0};

	reply_json(r, 200);
	text_printf(out, "{\"totalCount\":%zu,\"items\":[", end - start);
	for (size_t i = start; i < end; i++) {
		text_puts(out, i > start ? "," : "");
		put_customer(w, i, out);
	}
	text_printf(out, "],\"links\":{\"self\":{\"uri\":\"/customers?size=%lld\",\"method\":\"GET\",\"headers\":[]}", (long long)size);
	if (end < all) {
		put_token(w, request_fault_is(r, FAULT_REPEAT_TOKEN) ? start : (uint32_t)end,
		    request_fault_is(r, FAULT_REPEAT_TOKEN) ? page : page + 1, &token);
		text_printf(&path, "customers?size=%lld&seekOperation=Next", (long long)size);
		partner_next_link(r, path.p, token.p);
	}
	text_puts(out, "},\"attributes\":{\"objectType\":\"Collection\"}}");
	text_fini(&token);
	text_fini(&path);
}

void
customers_answer(struct request *r)
{
	const struct recorded_doc *doc = recorded_find(r->world, RECORDED_CUSTOMERS, "", 0, 0);
	const char *token = request_header(r, "MS-ContinuationToken"), *asked = request_query(r, "size");
	int64_t size = 0, cap = r->world->s.page.customers_size;
	uint32_t parts[4] = {0, 1, 0, 0};

	if (doc != NULL) {
		reply_copy(r, &doc->body);
		r->reply.as_is = 1;
	} else if (asked != NULL && parse_int(asked, 0, INT32_MAX, &size) != 0) {
		reply_error(r, 400, "3000", "The property size is not valid.");
	} else if (token != NULL && (read_token(r->world, token, parts) != 0 || parts[0] > r->world->s.generate.customers)) {
		reply_error(r, 400, "3000", "The continuation token is not valid.");
	} else {
		put_page(r, parts[0], parts[1], size == 0 || size > cap ? cap : size);
	}
}

void
customer_answer(struct request *r)
{
	const struct customer *c;
	char id[37];

	if (partner_customer(r, id, &c) != 0)
		return;
	if (c == NULL) {
		reply_error(r, 404, "1000", "The emulator has no recorded document of this customer alone.");
		return;
	}
	reply_json(r, 200);
	put_customer(r->world, (size_t)(c - r->world->customers), &r->reply.body);
}
