/* SPDX-License-Identifier: MIT */
/* canonical.h - JSON in one form: keys sorted, no white space. For identity only (tags whose keys come in another order are the same
 * tags); what is stored is the text as received. */
#ifndef JSON_CANONICAL_H
#define JSON_CANONICAL_H

#include "base/buf.h"
#include "base/span.h"

/* Appends the canonical form of RAW, or RAW itself when it can't be read as JSON. */
void canonical_json(struct buf *out, struct span raw);

#endif
