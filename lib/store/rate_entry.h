/* SPDX-License-Identifier: MIT */
/* rate_entry.h - one version of a meter's price in the database: found by its digest, inserted with its tiers. Inside the store. */
#ifndef STORE_RATE_ENTRY_H
#define STORE_RATE_ENTRY_H

#include "partner/model.h"
#include "store/books.h"

/* TAGS: the rate's, compact. Over what makes a price another one: meter, unit, included quantity, tags, tiers, effective date. Names do not count. */
struct digest rate_entry_digest(struct digester *d, const struct rate *rate, struct span tags);
/* The stored version with that digest: 1 found (OPEN: the newest card has it), 0 not, -1. */
int rate_entry_find(struct store *s, int64_t meter, int64_t effective, const struct digest *digest, int64_t *id, bool *open,
		    struct err *e) MUST_CHECK;
/* A new version, first seen in card CARD_ID. */
int rate_entry_insert(struct store *s, int64_t card_id, int64_t meter, const struct rate *rate, struct span tags,
		      const struct digest *digest, const char *included, int64_t *id, struct err *e) MUST_CHECK;

#endif
