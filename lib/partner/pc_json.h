/* SPDX-License-Identifier: MIT */
/* pc_json.h - small documents read whole by jansson, as the decoders of lib/partner want them. */
#ifndef PARTNER_PC_JSON_H
#define PARTNER_PC_JSON_H

#include "base/err.h"
#include "base/span.h"

struct json_t;

/* Once, before the first document and before any thread: jansson's memory comes from an allocator that aborts (it would go on with
 * texts cut short after a failed allocation) and is wiped when it is freed (tokens pass through it). */
void pc_json_setup(void);

/* The document of BODY, for json_decref; NULL with ERR_FORMAT. As strict as jread.h (BOM stripped, UTF-16 refused, depth limited,
 * which also bounds jansson's recursion), and no object may have a name twice. The error holds no byte of BODY: it may be secret. */
struct json_t *pc_json_load(struct span body, struct err *e);

/* The text at NAME of OBJECT (anything, NULL too), borrowed from it; an empty span when there is none. */
struct span pc_json_text(const struct json_t *object, const char *name);

#endif
