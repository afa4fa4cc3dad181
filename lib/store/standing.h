/* SPDX-License-Identifier: MIT */
/* standing.h - what stands in the books of a key whose usage period is closed (correction.h has the words). Inside the store. */
#ifndef STORE_STANDING_H
#define STORE_STANDING_H

#include "store/row.h"

struct standing {
	struct decimal fixed;  /* the quantity of the fixed rows */
	struct decimal priced; /* of that, what has an amount */
	int64_t product;       /* of the last fixed row that is active, 0: there is none */
	struct decimal open;   /* the quantity of the others */
	bool has_live;
	struct row live;       /* the first of the others; its key with the period in which it is booked */
};

/* KEY: with the usage period. */
int standing_read(struct store *s, const struct row_key *key, struct standing *standing, struct err *e) MUST_CHECK;
/* The quantity that a correction with an amount has priced: that of its bands. */
int standing_priced(struct store *s, const struct row *correction, struct decimal *quantity, struct err *e) MUST_CHECK;
/* The key of a correction with the period of its usage. */
struct row_key standing_key(const struct store *s, const struct row *correction);

#endif
