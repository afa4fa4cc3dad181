/* SPDX-License-Identifier: MIT */
/* canonical.h - a JSON object in one form: its members sorted by name, no white space between them. For identity only (tags whose
 * keys come in another order are the same tags); what is stored is the text as received. */
#ifndef JSON_CANONICAL_H
#define JSON_CANONICAL_H

#include "base/buf.h"
#include "base/span.h"

/* Appends RAW, valid JSON, without the white space between its tokens: whether a service indents its answers is no part of what it
 * says. -1 when OUT is full. */
int compact_json(struct buf *out, struct span raw) MUST_CHECK;

/* Appends RAW, compact already, in that form: the outermost members in the order of their names, everything as received. What is not
 * an object of at most CANONICAL_MEMBERS_MAX members is appended as it is. */
#define CANONICAL_MEMBERS_MAX 64 /* a resource has at most 50 tags */
void canonical_json(struct buf *out, struct span raw);

#endif
