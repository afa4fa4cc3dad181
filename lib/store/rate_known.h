/* SPDX-License-Identifier: MIT */
/* rate_known.h - the prices that the newest card has, by their digests, and which of them a card being read has as well: what is unchanged
 * costs a look-up here and no statement. 22 bytes a price. Inside the store. */
#ifndef STORE_RATE_KNOWN_H
#define STORE_RATE_KNOWN_H

#include "store/books.h"
#include "value/digest.h"

struct rate_known { /* zeroed: empty */
	size_t count, marked;   /* how many there are, and how many of them have a mark */
	size_t places;
	struct digest *digests; /* a free place is zeros: what has that digest is never known */
	unsigned char *marks;   /* a bit for each place */
};

/* Room for COUNT of them; they may become more. */
void rate_known_init(struct rate_known *known, size_t count);
void rate_known_fini(struct rate_known *known);
void rate_known_add(struct rate_known *known, const struct digest *digest);
/* Whether it is there; then it has its mark from now on. */
bool rate_known_mark(struct rate_known *known, const struct digest *digest);

/* Into KNOWN, which is empty: the prices of the newest card of the store's currency and region, some COUNT. */
int rate_known_read(struct rate_known *known, struct store *s, size_t count, struct err *e) MUST_CHECK;
/* Those of them that nobody marked, into temp.gone_rate. */
int rate_known_note_missed(const struct rate_known *known, struct store *s, struct err *e) MUST_CHECK;

#endif
