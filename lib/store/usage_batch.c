/* SPDX-License-Identifier: MIT */
#include "store/usage_batch.h"

#include "base/mem.h"
#include "store/row.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ENTRIES 128
#define FIRST_BYTES ((size_t)64 << 10)
#define PRODUCT_FIELDS 6
#define RESOURCE_FIELDS 7

struct usage_batch *usage_batch_new(void)
{
	return xcalloc(1, sizeof(struct usage_batch));
}

void usage_batch_free(struct usage_batch *b)
{
	if (!b)
		return;
	free(b->entries);
	free(b->bytes);
	free(b);
}

void usage_batch_clear(struct usage_batch *b)
{
	b->begins_page = b->ends_page = false;
	b->count = b->byte_count = 0;
}

static size_t grown(size_t room, size_t first, size_t wanted)
{
	if (room < first)
		room = first;
	while (room < wanted)
		room *= 2;
	return room;
}

/* Room for N more bytes and one more entry. A record's texts are bounded by LIMIT_TEXT_BYTES each, a batch by the piece of a page. */
static void reserve(struct usage_batch *b, size_t n)
{
	if (b->count == b->room) {
		b->room = grown(b->room, FIRST_ENTRIES, b->count + 1);
		b->entries = xreallocarray(b->entries, b->room, sizeof(*b->entries));
	}
	if (b->byte_room - b->byte_count < n) {
		b->byte_room = grown(b->byte_room, FIRST_BYTES, b->byte_count + n);
		b->bytes = xreallocarray(b->bytes, b->byte_room, 1);
	}
}

/* -- hash -------------------------------------------------------------------------------------------------------------------------- */

__extension__ typedef unsigned __int128 wide_word;

static inline uint64_t word_at(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	wide_word product = (wide_word)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define KEY_A 0x9e3779b97f4a7c15ULL
#define KEY_B 0xe7037ed1a0b428dbULL

/* N is 8 or more: every text begins with a length. Two products at a time, for a processor that can do that. */
static uint64_t hash_of(const char *p, size_t n)
{
	const char *end = p + n;
	uint64_t a = KEY_A ^ n, b = KEY_B;

	for (; end - p > 32; p += 32) {
		a = mix(word_at(p) ^ KEY_A, word_at(p + 8) ^ a);
		b = mix(word_at(p + 16) ^ KEY_B, word_at(p + 24) ^ b);
	}
	for (; end - p > 8; p += 8)
		a = mix(word_at(p) ^ KEY_A, a ^ KEY_B);
	return mix(a ^ word_at(end - 8), b ^ KEY_A); /* the last eight bytes, whichever were hashed before */
}

/* -- texts ------------------------------------------------------------------------------------------------------------------------- */

/* Each field with its length in front, so that no two lists of fields give the same bytes. */
static size_t size_of(const struct span *fields, size_t count)
{
	size_t n = count * sizeof(uint64_t);

	for (size_t i = 0; i < count; i++)
		n += fields[i].n;
	return n;
}

static void put(struct usage_batch *b, const struct span *fields, size_t count, struct usage_text *text)
{
	char *start = b->bytes + b->byte_count, *at = start;

	for (size_t i = 0; i < count; i++) {
		uint64_t n = fields[i].n;

		memcpy(at, &n, sizeof(n));
		at += sizeof(n);
		if (n)
			memcpy(at, fields[i].p, n);
		at += n;
	}
	*text = (struct usage_text){ (uint32_t)b->byte_count, (uint32_t)(at - start), hash_of(start, (size_t)(at - start)) };
	b->byte_count += (size_t)(at - start);
}

static void get(struct span bytes, struct span *const *fields, size_t count)
{
	const char *at = bytes.p;

	for (size_t i = 0; i < count; i++) {
		uint64_t n;

		memcpy(&n, at, sizeof(n));
		at += sizeof(n);
		*fields[i] = (struct span){ at, n };
		at += n;
	}
}

struct span usage_batch_text(const struct usage_batch *b, const struct usage_text *t)
{
	return (struct span){ b->bytes + t->at, t->n };
}

void usage_batch_product(struct span bytes, struct usage *u)
{
	struct span meter;
	struct span *const fields[PRODUCT_FIELDS] = { &meter,           &u->meter_name, &u->meter_category, &u->meter_subcategory,
						      &u->meter_region, &u->unit };

	get(bytes, fields, PRODUCT_FIELDS);
	memcpy(u->meter.b, meter.p, sizeof(u->meter.b));
}

void usage_batch_resource(struct span bytes, struct usage *u)
{
	struct span *const fields[RESOURCE_FIELDS] = { &u->resource_uri, &u->location,        &u->part_number, &u->order_number,
						       &u->tags,         &u->additional_info, &u->info_fields };

	get(bytes, fields, RESOURCE_FIELDS);
}

/* -- records ----------------------------------------------------------------------------------------------------------------------- */

/* The quantity as printed; an exponent is written out (into TEXT), so that every SQL tool reads the same number. */
static int quantity_of(const struct usage *u, char text[QUANTITY_TEXT_MAX], struct span *quantity, struct err *e)
{
	const struct span t = u->quantity_text;

	*quantity = t;
	if (t.n == 0 || memchr(t.p, 'e', t.n) || memchr(t.p, 'E', t.n)) {
		if (row_number_text(u->quantity, text, e) == -1)
			return -1;
		*quantity = span_of(text);
	}
	if (quantity->n >= QUANTITY_TEXT_MAX)
		return err_set(e, ERR_FORMAT, "quantity: longer than %d characters", QUANTITY_TEXT_MAX - 1);
	return 0;
}

int usage_batch_add(struct usage_batch *b, const struct usage *u, struct err *e)
{
	const struct span product[PRODUCT_FIELDS] = {
		{ (const char *)u->meter.b, sizeof(u->meter.b) }, u->meter_name, u->meter_category, u->meter_subcategory,
		u->meter_region, u->unit
	}, resource[RESOURCE_FIELDS] = {
		u->resource_uri, u->location, u->part_number, u->order_number, u->tags, u->additional_info, u->info_fields
	};
	char text[QUANTITY_TEXT_MAX];
	struct usage_entry *entry;
	struct span quantity;

	if (quantity_of(u, text, &quantity, e) == -1)
		return -1;
	reserve(b, size_of(product, PRODUCT_FIELDS) + size_of(resource, RESOURCE_FIELDS) + quantity.n);
	entry = &b->entries[b->count++];
	entry->start = u->start;
	entry->end = u->end;
	put(b, product, PRODUCT_FIELDS, &entry->product);
	put(b, resource, RESOURCE_FIELDS, &entry->resource);
	entry->quantity_at = (uint32_t)b->byte_count;
	entry->quantity_n = (uint32_t)quantity.n;
	memcpy(b->bytes + b->byte_count, quantity.p, quantity.n);
	b->byte_count += quantity.n;
	return 0;
}
