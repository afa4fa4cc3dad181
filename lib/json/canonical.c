/* SPDX-License-Identifier: MIT */
#include "json/canonical.h"

#include "json/jread.h"

#include <stdlib.h>

struct member {
	struct span name, value; /* as received, the name without its quotes */
};

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
	int c = n ? memcmp(a->name.p, b->name.p, n) : 0;

	return c ? c : (a->name.n > b->name.n) - (a->name.n < b->name.n);
}

/* The members of the object RAW; -1 when it is none, or has too many. */
static int read_members(struct span raw, struct member *members, size_t *count)
{
	struct jread r;
	enum jread_token t;

	*count = 0;
	jread_init(&r);
	jread_window(&r, raw.p, raw.n, true);
	if (jread_next(&r) != JREAD_OBJECT)
		return -1;
	while ((t = jread_next(&r)) == JREAD_NAME) {
		struct member *m = &members[*count];

		if (*count == CANONICAL_MEMBERS_MAX)
			return -1;
		m->name = r.text;
		t = jread_skip(&r, jread_next(&r), &m->value);
		if (t == JREAD_ERROR || t == JREAD_MORE)
			return -1;
		++*count;
	}
	return t == JREAD_OBJECT_END ? 0 : -1;
}

static int add_member(struct buf *out, const struct member *m)
{
	if (buf_add_text(out, "\"") == -1 || buf_add_span(out, m->name) == -1 || buf_add_text(out, "\":") == -1)
		return -1;
	return buf_add_span(out, m->value) == -1 ? -1 : buf_add_text(out, ",");
}

static bool is_white(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

int compact_json(struct buf *out, struct span raw)
{
	bool in_string = false;
	size_t from = 0; /* of the bytes not yet copied */

	for (size_t i = 0; i < raw.n; i++) {
		if (in_string && raw.p[i] == '\\') {
			i++; /* whatever is escaped */
		} else if (in_string) {
			in_string = raw.p[i] != '"';
		} else if (is_white(raw.p[i])) {
			if (buf_add(out, raw.p + from, i - from) == -1)
				return -1;
			from = i + 1;
		} else {
			in_string = raw.p[i] == '"';
		}
	}
	return buf_add(out, raw.p + from, raw.n - from);
}

static int add_members(struct buf *out, struct span raw)
{
	struct member members[CANONICAL_MEMBERS_MAX];
	size_t count;

	if (read_members(raw, members, &count) == -1)
		return -1;
	if (count)
		qsort(members, count, sizeof(*members), compare_members);
	for (size_t i = 0; i < count; i++)
		if (add_member(out, &members[i]) == -1)
			return -1;
	return 0;
}

void canonical_json(struct buf *out, struct span raw)
{
	size_t before = out->n;

	if (add_members(out, raw) == 0)
		return;
	out->n = before;
	if (buf_add_span(out, raw) == -1)
		out->n = before; /* cannot be: the caller's buffer holds what a record may have */
}
