/* SPDX-License-Identifier: MIT */
/* decoded.h - what a decoder made of a body, as one text: two equal texts are two equal decodings. */
#ifndef TESTS_SUPPORT_DECODED_H
#define TESTS_SUPPORT_DECODED_H

#include "base/buf.h"
#include "base/err.h"
#include "value/decimal.h"

#include <stdint.h>

struct decoded {
	struct buf text;    /* a line per record with all its fields, then the next link or the card's head */
	int result;         /* 0: the document was accepted */
	struct err err;
	uint64_t count;     /* records handed out */
	struct decimal sum; /* of quantities, or of the prices of all tiers */
};

/* How the body is cut: the first piece has FIRST bytes (0: no such piece), the others EACH (0: all the rest), or with a SEED
 * random ones of 1..EACH. Each piece is a copy in memory of its exact size, so that a sanitizer sees any reading beyond. */
struct split {
	size_t first, each;
	uint64_t seed;
};

#define SPLIT_NONE ((struct split){ 0, 0, 0 })

/* D is initialised by these and freed by decoded_fini. */
void decoded_usage(struct decoded *d, struct span body, struct split split);
void decoded_rates(struct decoded *d, struct span body, struct split split);
void decoded_fini(struct decoded *d);
/* Whether both came to the same end: same text, same acceptance, same error. */
int decoded_same(const struct decoded *a, const struct decoded *b);

/* tests/fixtures/samples/NAME, whole; aborts when it can't be read. */
void sample_read(struct buf *b, const char *name);

#endif
