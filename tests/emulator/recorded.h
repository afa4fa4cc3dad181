/* SPDX-License-Identifier: MIT */
/* recorded.h - the [recorded] documents of a scenario, served byte for byte. */
#ifndef EMU_RECORDED_H
#define EMU_RECORDED_H

#include "world.h"

/* Reads all documents; lists must be JSON with items, so that the emulator knows which ids exist. */
int recorded_load(struct world *w, struct err *e) MUST_CHECK;
void recorded_free(struct world *w);
/* The document of this kind for who (lower case, "" for the kinds without), covering any day of [from, to]; NULL if none. */
const struct recorded_doc *recorded_find(const struct world *w, enum recorded_kind kind, const char *who, int32_t from, int32_t to);
/* Whether a recorded list of this kind has the id. *azure: whether it is a MS-AZR- offer. */
int recorded_has(const struct world *w, enum recorded_kind kind, const char *id, int *azure);

#endif
