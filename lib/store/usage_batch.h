/* SPDX-License-Identifier: MIT */
/* usage_batch.h - usage records on their way from the lane that decodes to the lane that stores: copied out of the page's bytes, in its
 * order, in the form in which the store looks them up. Pure: no database. */
#ifndef STORE_USAGE_BATCH_H
#define STORE_USAGE_BATCH_H

#include "base/span.h"
#include "partner/model.h"

/* Some bytes of the batch, with their hash (of this process alone: never stored). */
struct usage_text {
	uint32_t at, n;
	uint64_t hash;
};

struct usage_entry {
	int64_t start, end;
	struct usage_text product;  /* meter and how it is named: usage_batch_product */
	struct usage_text resource; /* what used it: usage_batch_resource */
	uint32_t quantity_at, quantity_n; /* in plain notation */
};

struct usage_batch {
	struct usage_batch *next; /* the owner's */
	bool begins_page; /* records of this page that came before are void: it begins, or begins again */
	bool ends_page;   /* and is whole with these */
	size_t count, room;
	struct usage_entry *entries;
	char *bytes;
	size_t byte_count, byte_room;
};

struct usage_batch *usage_batch_new(void);
void usage_batch_free(struct usage_batch *b); /* NULL is fine */
/* Empties it, keeps the memory. */
void usage_batch_clear(struct usage_batch *b);
/* ERR_FORMAT: a quantity that can't be stored. The batch is as it was then. */
int usage_batch_add(struct usage_batch *b, const struct usage *u, struct err *e) MUST_CHECK;

/* The bytes of T: equal for records whose texts are equal, and for no others. */
struct span usage_batch_text(const struct usage_batch *b, const struct usage_text *t);
/* What those bytes say again: meter and product fields of U, or its resource fields. Borrowed from BYTES. */
void usage_batch_product(struct span bytes, struct usage *u);
void usage_batch_resource(struct span bytes, struct usage *u);

#endif
