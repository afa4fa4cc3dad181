/* SPDX-License-Identifier: MIT */
/* gen_json.h - pages of usage and rate cards by chance: valid ones with what must be decoded from them, or ones with exactly one
 * defect. Members come in any order, with any white space, with members that nobody knows between them. */
#ifndef TESTS_SUPPORT_GEN_JSON_H
#define TESTS_SUPPORT_GEN_JSON_H

#include "base/buf.h"
#include "tests/support/rng.h"

#include <stdbool.h>
#include <stdint.h>

struct gen {
	struct rng rng;
	struct buf json;
	struct buf expected; /* what decoded.h must say of the document; only when it is valid */
	const char *defect;  /* NULL: valid */
	const char *says;    /* a piece of the error that the defect must give; NULL: it is not JSON any more */
	size_t items;
};

void gen_init(struct gen *g, uint64_t seed);
void gen_fini(struct gen *g);
/* A new document in place of the old one. */
void gen_usage(struct gen *g, bool valid);
void gen_rates(struct gen *g, bool valid);

/* Breaks the grammar of a JSON document for certain: cuts it, drops or doubles a structural byte, or puts something behind it.
 * Returns what was done. */
const char *gen_break(struct rng *rng, struct buf *json);

#endif
