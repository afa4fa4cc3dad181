/* SPDX-License-Identifier: MIT */
#include "store/intern.h"

#include "base/buf.h"
#include "base/mem.h"
#include "json/canonical.h"
#include "store/books.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Ids of what was seen lately, by digest: a fixed number of places, the newer one wins. 24 bytes a place. */
#define CACHE_PLACES (1u << 15)

struct cache_place {
	unsigned char key[16];
	int64_t id; /* 0: free */
};

struct intern {
	struct guid partner;
	struct digester *digester;
	struct buf scratch;
	struct cache_place meters[CACHE_PLACES], products[CACHE_PLACES], resources[CACHE_PLACES];
};

struct intern *intern_new(struct guid partner)
{
	struct intern *in = xcalloc(1, sizeof(*in));

	in->partner = partner;
	in->digester = digester_new();
	buf_init(&in->scratch, 4 * LIMIT_TEXT_BYTES);
	return in;
}

void intern_free(struct intern *in)
{
	if (!in)
		return;
	digester_free(in->digester);
	buf_fini(&in->scratch);
	free(in);
}

void intern_forget(struct intern *in)
{
	memset(in->meters, 0, sizeof(in->meters));
	memset(in->products, 0, sizeof(in->products));
	memset(in->resources, 0, sizeof(in->resources));
}

static struct cache_place *place_of(struct cache_place *cache, const unsigned char key[16])
{
	uint32_t h;

	memcpy(&h, key, sizeof(h));
	return &cache[h % CACHE_PLACES];
}

static bool place_holds(const struct cache_place *place, const unsigned char key[16])
{
	return place->id && memcmp(place->key, key, 16) == 0;
}

static void place_set(struct cache_place *place, const unsigned char key[16], int64_t id)
{
	memcpy(place->key, key, 16);
	place->id = id;
}

int intern_meter(struct store *s, struct guid guid, int64_t *id, struct err *e)
{
	struct cache_place *place = place_of(s->intern->meters, guid.b);
	char text[GUID_TEXT_MAX];
	struct sqlite3_stmt *q;
	int rc;

	if (place_holds(place, guid.b)) {
		*id = place->id;
		return 0;
	}
	guid_print(guid, text);
	if (store_write(s, e) == -1 || !(q = db_query(s->db, SQL_METER_FIND, e)))
		return -1;
	db_bind_text(q, 1, text);
	rc = db_step(s->db, q, e);
	if (rc == 1)
		*id = db_int(q, 0);
	db_reset(q);
	if (rc == 0) {
		if (!(q = db_query(s->db, SQL_METER_INSERT, e)))
			return -1;
		db_bind_text(q, 1, text);
		rc = db_run(s->db, q, e);
		*id = db_last_id(s->db);
	}
	if (rc == -1)
		return -1;
	place_set(place, guid.b, *id);
	return 0;
}

/* The id of DIGEST in a dimension: 1 found, 0 not yet there, -1 error. */
static int find(struct store *s, enum sql_statement n, const struct digest *digest, int64_t *id, struct err *e)
{
	struct sqlite3_stmt *q;
	int rc;

	if (store_write(s, e) == -1 || !(q = db_query(s->db, n, e)))
		return -1;
	db_bind_blob(q, 1, digest->b, sizeof(digest->b));
	rc = db_step(s->db, q, e);
	if (rc == 1)
		*id = db_int(q, 0);
	db_reset(q);
	return rc;
}

static int insert_product(struct store *s, const struct digest *digest, int64_t meter_id, const struct usage *u, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_PRODUCT_INSERT, e);

	if (!q)
		return -1;
	db_bind_blob(q, 1, digest->b, sizeof(digest->b));
	db_bind_int(q, 2, meter_id);
	db_bind_span(q, 3, u->meter_name);
	db_bind_span(q, 4, u->meter_category);
	db_bind_span(q, 5, u->meter_subcategory);
	db_bind_span(q, 6, u->meter_region);
	db_bind_span(q, 7, u->unit);
	return db_run(s->db, q, e);
}

int intern_product(struct store *s, int64_t meter_id, const struct usage *u, int64_t *id, struct err *e)
{
	struct digester *d = s->intern->digester;
	struct cache_place *place;
	struct digest digest;
	int rc;

	digester_start(d);
	digester_field(d, (struct span){ (const char *)u->meter.b, sizeof(u->meter.b) });
	digester_field(d, u->meter_name);
	digester_field(d, u->meter_category);
	digester_field(d, u->meter_subcategory);
	digester_field(d, u->meter_region);
	digester_field(d, u->unit);
	digest = digester_finish(d);
	place = place_of(s->intern->products, digest.b);
	if (place_holds(place, digest.b)) {
		*id = place->id;
		return 0;
	}
	rc = find(s, SQL_PRODUCT_FIND, &digest, id, e);
	if (rc == 0) {
		rc = insert_product(s, &digest, meter_id, u, e);
		*id = db_last_id(s->db);
	}
	if (rc == -1)
		return -1;
	place_set(place, digest.b, *id);
	return 0;
}

static void digest_partner(struct intern *in)
{
	digester_start(in->digester);
	digester_field(in->digester, (struct span){ (const char *)in->partner.b, sizeof(in->partner.b) });
}

/* Over the bytes as received: finds again what came before in the same form. */
static struct digest digest_received(struct intern *in, const struct usage *u)
{
	const struct span fields[] = { u->resource_uri, u->location,        u->part_number, u->order_number,
				       u->tags,         u->additional_info, u->info_fields };

	digest_partner(in);
	for (size_t i = 0; i < countof(fields); i++)
		digester_field(in->digester, fields[i]);
	return digester_finish(in->digester);
}

static void digest_json(struct intern *in, struct span raw)
{
	buf_clear(&in->scratch);
	canonical_json(&in->scratch, raw);
	digester_field(in->digester, buf_span(&in->scratch));
}

/* The identity of a resource, which goes into purchase references: never change what it covers. */
static struct digest digest_identity(struct intern *in, const struct usage *u)
{
	digest_partner(in);
	digester_field(in->digester, u->resource_uri);
	digester_field(in->digester, u->location);
	digester_field(in->digester, u->part_number);
	digester_field(in->digester, u->order_number);
	digest_json(in, u->tags);
	digest_json(in, u->additional_info);
	digest_json(in, u->info_fields);
	return digester_finish(in->digester);
}

/* Takes the next part of a path. */
static struct span next_part(struct span *rest)
{
	struct span part = { rest->p, 0 };

	while (part.n < rest->n && rest->p[part.n] != '/')
		part.n++;
	rest->p += part.n;
	rest->n -= part.n;
	if (rest->n) {
		rest->p++;
		rest->n--;
	}
	return part;
}

void resource_parts(struct span uri, struct span *group, struct span *name)
{
	static const char key[] = "resourceGroups";
	struct span part = { NULL, 0 };
	bool in_group = false;

	*group = *name = (struct span){ NULL, 0 };
	if (uri.n == 0 || uri.p[0] != '/')
		return;
	while (uri.n) {
		part = next_part(&uri);
		if (in_group && !group->n)
			*group = part;
		in_group = in_group || (part.n == sizeof(key) - 1 && strncasecmp(part.p, key, part.n) == 0);
	}
	*name = part;
}

static int insert_resource(struct store *s, const struct digest *digest, const struct usage *u, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RESOURCE_INSERT, e);
	struct span group, name;

	if (!q)
		return -1;
	resource_parts(u->resource_uri, &group, &name);
	db_bind_blob(q, 1, digest->b, sizeof(digest->b));
	db_bind_span(q, 2, u->resource_uri);
	db_bind_span(q, 3, group);
	db_bind_span(q, 4, name);
	db_bind_span(q, 5, u->location);
	db_bind_span(q, 6, u->part_number);
	db_bind_span(q, 7, u->order_number);
	db_bind_span(q, 8, u->tags);
	db_bind_span(q, 9, u->additional_info);
	db_bind_span(q, 10, u->info_fields);
	return db_run(s->db, q, e);
}

int intern_resource(struct store *s, const struct usage *u, int64_t *id, struct err *e)
{
	struct digest received = digest_received(s->intern, u), identity;
	struct cache_place *place = place_of(s->intern->resources, received.b);
	int rc;

	if (place_holds(place, received.b)) {
		*id = place->id;
		return 0;
	}
	identity = digest_identity(s->intern, u);
	rc = find(s, SQL_RESOURCE_FIND, &identity, id, e);
	if (rc == 0) {
		rc = insert_resource(s, &identity, u, e);
		*id = db_last_id(s->db);
	}
	if (rc == -1)
		return -1;
	place_set(place, received.b, *id);
	return 0;
}
