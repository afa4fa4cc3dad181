/* SPDX-License-Identifier: MIT */
#include "partner/pc_stream.h"

#include "base/mem.h"

#include <string.h>

int pc_stream_text(struct pc_stream *s, struct span *text, struct err *e)
{
	if (!s->r.escaped) {
		*text = s->r.text;
		return 0;
	}
	if (!s->scratch.p) {
		s->scratch.p = xmalloc(s->scratch.max + 1);
		s->scratch.room = s->scratch.max + 1;
	}
	return jread_text(&s->r, &s->scratch, text, e);
}

/* The member of that name, or -1. HINT is the one behind the last found: members keep their order from element to element. */
static int find_member(const struct pc_stream_kind *k, unsigned object, struct span name, size_t hint)
{
	for (size_t n = 0; n < k->member_count; n++) {
		const size_t i = hint + n < k->member_count ? hint + n : hint + n - k->member_count;
		const struct pc_member *m = &k->members[i];

		if (m->quoted_bytes == name.n + 2 && m->object == object && memcmp(m->quoted + 1, name.p, name.n) == 0)
			return (int)i;
	}
	return -1;
}

static enum jread_token skip_value(struct pc_stream *s, enum jread_token t, struct span *raw, struct err *e)
{
	t = jread_skip(&s->r, t, raw);
	if (t == JREAD_ERROR)
		jread_error(&s->r, e);
	return t;
}

/* The value T just read of a known member. The token that ends it, or JREAD_MORE, or JREAD_ERROR with E. */
static enum jread_token take_value(struct pc_stream *s, const struct pc_member *m, enum jread_token t, struct pc_value *v,
				   struct err *e)
{
	if (v->t != JREAD_MORE) {
		err_set(e, ERR_FORMAT, "%s: stands there twice", m->path);
		return JREAD_ERROR;
	}
	v->t = t;
	if (m->kind == PC_OBJECT && t != JREAD_OBJECT && t != JREAD_NULL) {
		err_set(e, ERR_FORMAT, "%s: not an object", m->path);
		return JREAD_ERROR;
	}
	if (m->kind == PC_OBJECT)
		return t;
	if (m->kind == PC_SCALAR && t == JREAD_STRING) {
		if (pc_stream_text(s, &v->text, e) == 0)
			return t;
		err_wrap(e, "%s", m->path);
		return JREAD_ERROR;
	}
	return skip_value(s, t, &v->text, e);
}

/* The next name in OBJECT and its member I, or -1; JREAD_NAME, or what jread_next says, JREAD_ERROR with E. */
static enum jread_token next_name(struct pc_stream *s, unsigned object, size_t hint, int *i, struct err *e)
{
	const struct pc_member *m = &s->kind->members[hint];
	enum jread_token t;
	struct span name;

	if (hint < s->kind->member_count && m->object == object && jread_name_is(&s->r, m->quoted, m->quoted_bytes)) {
		*i = (int)hint;
		return JREAD_NAME;
	}
	t = jread_next(&s->r);
	if (t == JREAD_ERROR)
		jread_error(&s->r, e);
	if (t != JREAD_NAME)
		return t;
	/* a name that can't be decoded is none that we know */
	*i = pc_stream_text(s, &name, e) == 0 ? find_member(s->kind, object, name, hint) : -1;
	return JREAD_NAME;
}

enum jread_token pc_stream_collect(struct pc_stream *s, struct pc_value *values, struct err *e)
{
	const struct pc_stream_kind *k = s->kind;
	unsigned object = 0;
	size_t hint = 0;

	memset(values, 0, k->member_count * sizeof(*values));
	for (;;) {
		int i = -1;
		enum jread_token t = next_name(s, object, hint, &i, e);

		if (t == JREAD_OBJECT_END && object != 0) {
			object = k->members[object - 1].object;
			continue;
		}
		if (t != JREAD_NAME)
			return t;
		t = jread_next(&s->r);
		if (t == JREAD_ERROR)
			jread_error(&s->r, e);
		if (t == JREAD_MORE || t == JREAD_ERROR)
			return t;
		if (i == -1) {
			t = skip_value(s, t, NULL, e);
		} else {
			t = take_value(s, &k->members[i], t, &values[i], e);
			hint = (size_t)i + 1;
			if (k->members[i].kind == PC_OBJECT && t == JREAD_OBJECT)
				object = (unsigned)i + 1;
		}
		if (t == JREAD_MORE || t == JREAD_ERROR)
			return t;
	}
}
