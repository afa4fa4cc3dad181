/* SPDX-License-Identifier: MIT */
#include "store/intern.h"

#include "base/buf.h"
#include "base/mem.h"
#include "json/canonical.h"
#include "store/books.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What was seen lately, found again by its own bytes: a fixed number of places, the newer one wins. A hash only picks the place, so
 * two that differ are never taken for one another. */
#define METER_PLACES 32768
#define PRODUCT_PLACES 32768
#define RESOURCE_PLACES 16384 /* some 400 bytes each */

struct place {
	char *bytes; /* NULL: free */
	size_t n;
	int64_t id;
};

struct intern {
	struct guid partner;
	struct digester *digester;
	struct buf fields; /* of the record at hand, as received */
	struct buf compact; /* its JSON texts without white space */
	struct buf scratch;
	struct place meters[METER_PLACES], products[PRODUCT_PLACES], resources[RESOURCE_PLACES];
};

/* A record's texts with their lengths: LIMIT_TEXT_BYTES bounds each of them. */
#define FIELDS_MAX (10 * (LIMIT_TEXT_BYTES + 8))

struct intern *intern_new(struct guid partner)
{
	struct intern *in = xcalloc(1, sizeof(*in));

	in->partner = partner;
	in->digester = digester_new();
	buf_init(&in->fields, FIELDS_MAX);
	buf_init(&in->compact, FIELDS_MAX);
	buf_init(&in->scratch, FIELDS_MAX);
	return in;
}

static void forget_places(struct place *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(places[i].bytes);
		places[i] = (struct place){ .id = 0 };
	}
}

void intern_forget(struct intern *in)
{
	forget_places(in->meters, METER_PLACES);
	forget_places(in->products, PRODUCT_PLACES);
	forget_places(in->resources, RESOURCE_PLACES);
}

void intern_free(struct intern *in)
{
	if (!in)
		return;
	intern_forget(in);
	digester_free(in->digester);
	buf_fini(&in->fields);
	buf_fini(&in->compact);
	buf_fini(&in->scratch);
	free(in);
}

static struct place *place_of(struct place *places, size_t count, struct span bytes)
{
	uint64_t h = bytes.n, word;
	size_t at = 0;

	for (; at + sizeof(word) <= bytes.n; at += sizeof(word)) {
		memcpy(&word, bytes.p + at, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 32;
	}
	word = 0;
	memcpy(&word, bytes.p + at, bytes.n - at);
	h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
	return &places[(h >> 32) % count];
}

static bool place_holds(const struct place *place, struct span bytes)
{
	return place->bytes && span_equal((struct span){ place->bytes, place->n }, bytes);
}

static void place_set(struct place *place, struct span bytes, int64_t id)
{
	free(place->bytes);
	*place = (struct place){ .bytes = xstrndup(bytes.p, bytes.n), .n = bytes.n, .id = id };
}

/* Each text with its length in front, so that no two lists of texts give the same bytes. */
static int put_fields(struct buf *b, const struct span *fields, size_t count, struct err *e)
{
	buf_clear(b);
	for (size_t i = 0; i < count; i++) {
		uint64_t n = fields[i].n;

		if (buf_add(b, &n, sizeof(n)) == -1 || buf_add_span(b, fields[i]) == -1)
			return err_set(e, ERR_FORMAT, "a record with texts of more than %zu bytes", (size_t)FIELDS_MAX);
	}
	return 0;
}

static struct span guid_bytes(const struct guid *guid)
{
	return (struct span){ (const char *)guid->b, sizeof(guid->b) };
}

int intern_meter(struct store *s, struct guid guid, int64_t *id, struct err *e)
{
	struct place *place = place_of(s->intern->meters, METER_PLACES, guid_bytes(&guid));
	char text[GUID_TEXT_MAX];
	struct sqlite3_stmt *q;
	int rc;

	if (place_holds(place, guid_bytes(&guid))) {
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
	place_set(place, guid_bytes(&guid), *id);
	return 0;
}

/* The id of DIGEST in a dimension (of the subscription, where that is part of the key): 1 found, 0 not yet there, -1 error. */
static int find(struct store *s, enum sql_statement n, const struct digest *digest, int64_t subscription_id, int64_t *id, struct err *e)
{
	struct sqlite3_stmt *q;
	int rc;

	if (store_write(s, e) == -1 || !(q = db_query(s->db, n, e)))
		return -1;
	db_bind_blob(q, 1, digest->b, sizeof(digest->b));
	if (subscription_id)
		db_bind_int(q, 2, subscription_id);
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
	const struct span fields[] = { guid_bytes(&u->meter),  u->meter_name,   u->meter_category,
				       u->meter_subcategory, u->meter_region, u->unit };
	struct intern *in = s->intern;
	struct place *place;
	struct digest digest;
	int rc;

	if (put_fields(&in->fields, fields, countof(fields), e) == -1)
		return -1;
	place = place_of(in->products, PRODUCT_PLACES, buf_span(&in->fields));
	if (place_holds(place, buf_span(&in->fields))) {
		*id = place->id;
		return 0;
	}
	digester_start(in->digester);
	digester_field(in->digester, buf_span(&in->fields));
	digest = digester_finish(in->digester);
	rc = find(s, SQL_PRODUCT_FIND, &digest, 0, id, e);
	if (rc == 0) {
		rc = insert_product(s, &digest, meter_id, u, e);
		*id = db_last_id(s->db);
	}
	if (rc == -1)
		return -1;
	place_set(place, buf_span(&in->fields), *id);
	return 0;
}

/* The record with its JSON texts compact, in place of those received; valid until the next record. */
static int compact_record(struct intern *in, const struct usage *u, struct usage *compact, struct err *e)
{
	const struct span raw[] = { u->tags, u->additional_info, u->info_fields };
	struct span *texts[] = { &compact->tags, &compact->additional_info, &compact->info_fields };
	size_t ends[countof(raw)];

	*compact = *u;
	buf_clear(&in->compact);
	for (size_t i = 0; i < countof(raw); i++) {
		if (compact_json(&in->compact, raw[i]) == -1)
			return err_set(e, ERR_FORMAT, "a record with texts of more than %zu bytes", (size_t)FIELDS_MAX);
		ends[i] = in->compact.n;
	}
	for (size_t i = 0; i < countof(raw); i++) {
		size_t from = i ? ends[i - 1] : 0;

		*texts[i] = (struct span){ buf_text(&in->compact) + from, ends[i] - from };
	}
	return 0;
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
	digester_start(in->digester);
	digester_field(in->digester, guid_bytes(&in->partner));
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

static int insert_resource(struct store *s, int64_t subscription_id, const struct digest *digest, const struct usage *u, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RESOURCE_INSERT, e);
	struct span group, name;

	if (!q)
		return -1;
	resource_parts(u->resource_uri, &group, &name);
	db_bind_blob(q, 1, digest->b, sizeof(digest->b));
	db_bind_int(q, 2, subscription_id);
	db_bind_span(q, 3, u->resource_uri);
	db_bind_span(q, 4, group);
	db_bind_span(q, 5, name);
	db_bind_span(q, 6, u->location);
	db_bind_span(q, 7, u->part_number);
	db_bind_span(q, 8, u->order_number);
	db_bind_span(q, 9, u->tags);
	db_bind_span(q, 10, u->additional_info);
	db_bind_span(q, 11, u->info_fields);
	return db_run(s->db, q, e);
}

int intern_resource(struct store *s, int64_t subscription_id, const struct usage *u, int64_t *id, struct err *e)
{
	const struct span fields[] = { { (const char *)&subscription_id, sizeof(subscription_id) },
				       u->resource_uri, u->location,        u->part_number, u->order_number,
				       u->tags,         u->additional_info, u->info_fields };
	struct intern *in = s->intern;
	struct usage compact;
	struct digest identity;
	struct place *place;
	int rc;

	if (put_fields(&in->fields, fields, countof(fields), e) == -1)
		return -1;
	place = place_of(in->resources, RESOURCE_PLACES, buf_span(&in->fields));
	if (place_holds(place, buf_span(&in->fields))) {
		*id = place->id;
		return 0;
	}
	if (compact_record(in, u, &compact, e) == -1)
		return -1;
	identity = digest_identity(in, &compact);
	rc = find(s, SQL_RESOURCE_FIND, &identity, subscription_id, id, e);
	if (rc == 0) {
		rc = insert_resource(s, subscription_id, &identity, &compact, e);
		*id = db_last_id(s->db);
	}
	if (rc == -1)
		return -1;
	place_set(place, buf_span(&in->fields), *id);
	return 0;
}
