/* SPDX-License-Identifier: MIT */
#include "json/canonical.h"

#include <jansson.h>

static int append(const char *bytes, size_t n, void *out)
{
	return buf_add(out, bytes, n);
}

void canonical_json(struct buf *out, struct span raw)
{
	size_t before = out->n;
	json_t *value;

	if (raw.n == 0)
		return;
	value = json_loadb(raw.p, raw.n, JSON_DECODE_ANY, NULL);
	if (!value || json_dump_callback(value, append, out, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY) == -1) {
		out->n = before;
		if (buf_add_span(out, raw) == -1)
			out->n = before; /* more than the record's limit: cannot be, its texts are capped */
	}
	json_decref(value);
}
