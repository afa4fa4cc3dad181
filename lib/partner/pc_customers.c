/* SPDX-License-Identifier: MIT */
#include "partner/pc_customers.h"

#include "base/mem.h"
#include "partner/pc_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static int bad(struct err *e, const char *code)
{
	e->kind = ERR_FORMAT;
	return err_advise(e, code, "the answer is not as Microsoft documents it: it is asked for again; if this stays, report this line");
}

/* An optional text of OBJECT; PATH is its name in errors. */
static int read_text(const json_t *object, const char *name, const char *path, struct span *text, struct err *e)
{
	const json_t *value = json_object_get(object, name);

	*text = (struct span){ NULL, 0 };
	if (!value || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return err_set(e, ERR_FORMAT, "%s: not a text", path);
	*text = pc_json_text(object, name);
	if (text->n > LIMIT_TEXT_BYTES)
		return err_set(e, ERR_FORMAT, "%s: longer than %zu bytes", path, LIMIT_TEXT_BYTES);
	return 0;
}

static int read_id(const json_t *item, struct guid *id, struct err *e)
{
	struct span text;

	if (!json_is_object(item))
		return err_set(e, ERR_FORMAT, "not an object");
	if (read_text(item, "id", "id", &text, e) == -1)
		return -1;
	if (!text.p)
		return err_set(e, ERR_FORMAT, "id: missing");
	if (guid_parse(id, text, e) == -1)
		return err_wrap(e, "id");
	return 0;
}

static int read_header(const json_t *header, struct next_link *next, struct err *e)
{
	struct span key, value;

	if (!json_is_object(header))
		return err_set(e, ERR_FORMAT, "headers: not an object");
	if (read_text(header, "key", "headers: key", &key, e) == -1 || read_text(header, "value", "headers: value", &value, e) == -1)
		return -1;
	return next_link_add_header(next, key, value, e);
}

/* The same rules as pc_links_read, over a document that jansson has read. */
static int read_next(const json_t *next, struct next_link *link, struct err *e)
{
	const json_t *headers = json_object_get(next, "headers");
	struct span uri;

	if (!json_is_object(next))
		return err_set(e, ERR_FORMAT, "not an object");
	if (read_text(next, "uri", "uri", &uri, e) == -1 || next_link_set_uri(link, uri, e) == -1)
		return -1;
	if (headers && !json_is_null(headers) && !json_is_array(headers))
		return err_set(e, ERR_FORMAT, "headers: not an array");
	for (size_t i = 0; i < json_array_size(headers); i++)
		if (read_header(json_array_get(headers, i), link, e) == -1)
			return -1;
	return 0;
}

static int read_links(const json_t *document, struct next_link *link, struct err *e)
{
	const json_t *links = json_object_get(document, "links");
	const json_t *next = json_object_get(links, "next");

	if (links && !json_is_null(links) && !json_is_object(links))
		return err_set(e, ERR_FORMAT, "links: not an object");
	if (!next || json_is_null(next))
		return 0;
	if (read_next(next, link, e) == -1)
		return err_wrap(e, "links.next");
	return 0;
}

/* The document of a collection, its items (borrowed from it, at most MAX) and its next link. */
static int read_collection(struct span body, size_t max, json_t **document, const json_t **items, struct next_link *next, struct err *e)
{
	*document = pc_json_load(body, e);
	if (!*document)
		return -1;
	if (!json_is_object(*document))
		return err_set(e, ERR_FORMAT, "not an object");
	*items = json_object_get(*document, "items");
	if (!json_is_array(*items))
		return err_set(e, ERR_FORMAT, "items: %s", *items ? "not an array" : "missing");
	if (json_array_size(*items) > max)
		return err_set(e, ERR_FORMAT, "items: more than %zu", max);
	return read_links(*document, next, e);
}

static int read_customer(const json_t *item, struct customer *c, struct err *e)
{
	const json_t *profile = json_object_get(item, "companyProfile");

	if (read_id(item, &c->id, e) == -1)
		return -1;
	if (profile && !json_is_null(profile) && !json_is_object(profile))
		return err_set(e, ERR_FORMAT, "companyProfile: not an object");
	if (read_text(profile, "companyName", "companyProfile.companyName", &c->company_name, e) == -1)
		return -1;
	if (read_text(profile, "domain", "companyProfile.domain", &c->domain, e) == -1)
		return -1;
	return read_text(item, "relationshipToPartner", "relationshipToPartner", &c->relationship, e);
}

static int read_subscription(const json_t *item, struct subscription *s, struct err *e)
{
	const struct {
		const char *name;
		struct span *to;
	} texts[] = {
		{ "offerId", &s->offer_id },         { "offerName", &s->offer_name },
		{ "friendlyName", &s->friendly_name }, { "status", &s->status },
		{ "billingType", &s->billing_type }, { "unitType", &s->unit_type },
		{ "creationDate", &s->creation_date },
	};
	struct span entitlement;
	struct err ignored;

	if (read_id(item, &s->id, e) == -1)
		return -1;
	for (size_t i = 0; i < countof(texts); i++)
		if (read_text(item, texts[i].name, texts[i].name, texts[i].to, e) == -1)
			return -1;
	if (read_text(item, "entitlementId", "entitlementId", &entitlement, e) == -1)
		return -1;
	/* a licence may have another kind of id there; it must not cost the customer's Azure subscriptions their usage */
	if (guid_parse(&s->entitlement, entitlement, &ignored) == -1)
		memset(&s->entitlement, 0, sizeof(s->entitlement));
	return 0;
}

int pc_customers_decode(struct pc_customer_list *list, struct span body, struct err *e)
{
	struct pc_customer_list new = { .count = 0 };
	const json_t *items = NULL;

	if (read_collection(body, LIMIT_CUSTOMERS, &new.document, &items, &new.next, e) == -1)
		goto failed;
	new.items = xcalloc(json_array_size(items), sizeof(*new.items));
	while (new.count < json_array_size(items)) {
		if (read_customer(json_array_get(items, new.count), &new.items[new.count], e) == -1) {
			err_wrap(e, "item %zu", new.count + 1);
			goto failed;
		}
		new.count++;
	}
	*list = new;
	return 0;
failed:
	pc_customers_fini(&new);
	return bad(e, "E-FORMAT-CUSTOMERS");
}

void pc_customers_fini(struct pc_customer_list *list)
{
	free(list->items);
	next_link_fini(&list->next);
	json_decref(list->document);
	memset(list, 0, sizeof(*list));
}

int pc_subscriptions_decode(struct pc_subscription_list *list, struct span body, struct err *e)
{
	struct pc_subscription_list new = { .count = 0 };
	const json_t *items = NULL;

	if (read_collection(body, LIMIT_SUBSCRIPTIONS, &new.document, &items, &new.next, e) == -1)
		goto failed;
	new.items = xcalloc(json_array_size(items), sizeof(*new.items));
	while (new.count < json_array_size(items)) {
		if (read_subscription(json_array_get(items, new.count), &new.items[new.count], e) == -1) {
			err_wrap(e, "item %zu", new.count + 1);
			goto failed;
		}
		new.count++;
	}
	*list = new;
	return 0;
failed:
	pc_subscriptions_fini(&new);
	return bad(e, "E-FORMAT-SUBSCRIPTIONS");
}

void pc_subscriptions_fini(struct pc_subscription_list *list)
{
	free(list->items);
	next_link_fini(&list->next);
	json_decref(list->document);
	memset(list, 0, sizeof(*list));
}
