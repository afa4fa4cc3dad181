/* SPDX-License-Identifier: MIT */
#include "store/intern.h"

#include "base/buf.h"
#include "base/mem.h"
#include "json/canonical.h"
#include "store/books.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What was seen lately, found again by its own bytes. A hash only picks the places (a few beside each other, the one that came first
 * goes), so two texts that differ are never taken for one another. */
#define WAYS 4
#define METER_SETS 8192
#define PRODUCT_SETS 8192
#define RESOURCE_SETS 4096 /* some 400 bytes a place */

struct place {
	uint64_t hash;
	char *bytes; /* NULL: free */
	size_t n;
	int64_t id, owner; /* owner: subscription of a resource, meter of a product */
};

struct set {
	struct place ways[WAYS]; /* the newest first */
};

struct intern {
	struct guid partner;
	struct digester *digester;
	struct buf compact; /* JSON texts of the record at hand without white space */
	struct buf scratch;
	struct set meters[METER_SETS], products[PRODUCT_SETS], resources[RESOURCE_SETS];
};

#define COMPACT_MAX (10 * (LIMIT_TEXT_BYTES + 8))

struct intern *intern_new(struct guid partner)
{
	struct intern *in = xcalloc(1, sizeof(*in));

	in->partner = partner;
	in->digester = digester_new();
	buf_init(&in->compact, COMPACT_MAX);
	buf_init(&in->scratch, COMPACT_MAX);
	return in;
}

static void forget_places(struct set *sets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t way = 0; way < WAYS && sets[i].ways[way].bytes; way++) { /* taken from the first on */
			free(sets[i].ways[way].bytes);
			sets[i].ways[way] = (struct place){ .id = 0 };
		}
}

void intern_forget(struct intern *in)
{
	forget_places(in->meters, METER_SETS);
	forget_places(in->products, PRODUCT_SETS);
	forget_places(in->resources, RESOURCE_SETS);
}

void intern_free(struct intern *in)
{
	if (!in)
		return;
	intern_forget(in);
	digester_free(in->digester);
	buf_fini(&in->compact);
	buf_fini(&in->scratch);
	free(in);
}

/* The place that holds BYTES, or NULL. */
static const struct place *set_find(const struct set *set, uint64_t hash, struct span bytes)
{
	for (size_t way = 0; way < WAYS; way++) {
		const struct place *place = &set->ways[way];

		if (place->hash == hash && place->n == bytes.n && place->bytes && memcmp(place->bytes, bytes.p, bytes.n) == 0)
			return place;
	}
	return NULL;
}

static void set_add(struct set *set, uint64_t hash, struct span bytes, int64_t id, int64_t owner)
{
	free(set->ways[WAYS - 1].bytes);
	memmove(&set->ways[1], &set->ways[0], (WAYS - 1) * sizeof(set->ways[0]));
	set->ways[0] = (struct place){ .hash = hash, .bytes = xstrndup(bytes.p, bytes.n), .n = bytes.n, .id = id, .owner = owner };
}

static struct span guid_bytes(const struct guid *guid)
{
	return (struct span){ (const char *)guid->b, sizeof(guid->b) };
}

static uint64_t guid_hash(const struct guid *guid)
{
	uint64_t half[2];

	memcpy(half, guid->b, sizeof(half));
	return (half[0] ^ (half[1] >> 7)) * 0x9e3779b97f4a7c15ULL >> 20;
}

int intern_meter(struct store *s, struct guid guid, int64_t *id, struct err *e)
{
	const uint64_t hash = guid_hash(&guid);
	struct set *set = &s->intern->meters[hash % METER_SETS];
	const struct place *place = set_find(set, hash, guid_bytes(&guid));
	char text[GUID_TEXT_MAX];
	struct sqlite3_stmt *q;
	int rc;

	if (place) {
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
	set_add(set, hash, guid_bytes(&guid), *id, 0);
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

/* BYTES are the texts of the product, HASH theirs. Its stored digest is that of these bytes: never change their form. */
static int find_product(struct store *s, struct span bytes, struct interned *ids, struct err *e)
{
	struct digester *digester = s->intern->digester;
	struct usage u;
	struct digest digest;
	int rc;

	usage_batch_product(bytes, &u);
	if (intern_meter(s, u.meter, &ids->meter, e) == -1)
		return -1;
	digester_start(digester);
	digester_field(digester, bytes);
	digest = digester_finish(digester);
	rc = find(s, SQL_PRODUCT_FIND, &digest, 0, &ids->product, e);
	if (rc == 0) {
		rc = insert_product(s, &digest, ids->meter, &u, e);
		ids->product = db_last_id(s->db);
	}
	return rc == -1 ? -1 : 0;
}

static int intern_product(struct store *s, struct span bytes, uint64_t hash, struct interned *ids, struct err *e)
{
	struct set *set = &s->intern->products[hash % PRODUCT_SETS];
	const struct place *place = set_find(set, hash, bytes);

	if (place) {
		ids->product = place->id;
		ids->meter = place->owner;
		return 0;
	}
	if (find_product(s, bytes, ids, e) == -1)
		return -1;
	set_add(set, hash, bytes, ids->product, ids->meter);
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
			return err_set(e, ERR_FORMAT, "a record with texts of more than %zu bytes", (size_t)COMPACT_MAX);
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

static int find_resource(struct store *s, int64_t subscription_id, struct span bytes, int64_t *id, struct err *e)
{
	struct intern *in = s->intern;
	struct usage u, compact;
	struct digest identity;
	int rc;

	usage_batch_resource(bytes, &u);
	if (compact_record(in, &u, &compact, e) == -1)
		return -1;
	identity = digest_identity(in, &compact);
	rc = find(s, SQL_RESOURCE_FIND, &identity, subscription_id, id, e);
	if (rc == 0) {
		rc = insert_resource(s, subscription_id, &identity, &compact, e);
		*id = db_last_id(s->db);
	}
	return rc == -1 ? -1 : 0;
}

/* The same resource of two subscriptions is two: the subscription is part of its hash, and looked at besides. */
static int intern_resource(struct store *s, int64_t subscription_id, struct span bytes, uint64_t hash, int64_t *id, struct err *e)
{
	const uint64_t own = hash ^ (uint64_t)subscription_id * 0x9e3779b97f4a7c15ULL;
	struct set *set = &s->intern->resources[(own >> 32) % RESOURCE_SETS];
	const struct place *place = set_find(set, own, bytes);

	if (place && place->owner == subscription_id) {
		*id = place->id;
		return 0;
	}
	if (find_resource(s, subscription_id, bytes, id, e) == -1)
		return -1;
	set_add(set, own, bytes, *id, subscription_id);
	return 0;
}

int intern_entry(struct store *s, int64_t subscription_id, const struct usage_batch *b, const struct usage_entry *entry,
		 struct interned *ids, struct err *e)
{
	if (intern_product(s, usage_batch_text(b, &entry->product), entry->product.hash, ids, e) == -1)
		return -1;
	return intern_resource(s, subscription_id, usage_batch_text(b, &entry->resource), entry->resource.hash, &ids->resource, e);
}
