/* SPDX-License-Identifier: MIT */
#include "partner/pc_stream.h"

#include <string.h>

#define PIECE_BYTES 4096 /* first piece of the caller's bytes to put behind kept ones: most elements end within it */

enum place {
	PLACE_START, /* before the first byte of the document: a BOM may stand there */
	PLACE_ROOT,  /* before the outer object */
	PLACE_OUTER, /* in the outer object, before a member */
	PLACE_ARRAY, /* in the array, before an element */
	PLACE_DONE,  /* behind the outer object */
};

enum step { STEP_ON, STEP_MORE, STEP_FAILED, STEP_END };

void pc_stream_init(struct pc_stream *s, const struct pc_stream_kind *kind)
{
	memset(s, 0, sizeof(*s));
	s->kind = kind;
	buf_init_plain(&s->kept, LIMIT_ITEM_BYTES + LIMIT_CHUNK_BYTES);
	buf_init_plain(&s->scratch, LIMIT_ITEM_BYTES);
}

void pc_stream_fini(struct pc_stream *s)
{
	buf_fini(&s->kept);
	buf_fini(&s->scratch);
}

void pc_stream_reset(struct pc_stream *s)
{
	const struct buf kept = s->kept, scratch = s->scratch;
	const struct pc_stream_kind *kind = s->kind;

	memset(s, 0, sizeof(*s));
	s->kind = kind;
	s->kept = kept;
	s->scratch = scratch;
	buf_clear(&s->kept);
	buf_clear(&s->scratch);
}

int pc_stream_bad(struct pc_stream *s, struct err *e)
{
	if (s->place == PLACE_ARRAY)
		err_wrap(e, "%s %llu", s->kind->element, (unsigned long long)s->elements + 1);
	e->kind = ERR_FORMAT;
	return err_advise(e, s->kind->code,
			  "the answer is not as Microsoft documents it: it is asked for again; if this stays, report this line");
}

static int too_large(struct pc_stream *s, struct err *e)
{
	err_set(e, ERR_FORMAT, "larger than %zu bytes", LIMIT_ITEM_BYTES);
	return pc_stream_bad(s, e);
}

static enum step bad(struct pc_stream *s, struct err *e)
{
	pc_stream_bad(s, e);
	return STEP_FAILED;
}

/* The token is none that the grammar of this place allows; MORE and ERROR among them. */
static enum step unexpected(struct pc_stream *s, enum jread_token t, const char *what, struct err *e)
{
	if (t == JREAD_MORE)
		return STEP_MORE;
	if (t == JREAD_ERROR)
		jread_error(&s->r, e);
	else
		err_set(e, ERR_FORMAT, "%s", what);
	return bad(s, e);
}

static enum step step_element(struct pc_stream *s, size_t start, struct err *e)
{
	struct pc_value values[PC_VALUES_MAX];
	enum jread_token t = jread_next(&s->r);

	if (t == JREAD_ARRAY_END) {
		s->place = PLACE_OUTER;
		s->array_to = s->r.base + s->r.at - 1;
		return STEP_ON;
	}
	if (t != JREAD_OBJECT)
		return unexpected(s, t, "not an object", e);
	t = pc_stream_collect(s, values, e);
	if (t == JREAD_MORE)
		return STEP_MORE;
	if (t == JREAD_ERROR)
		return bad(s, e);
	if (s->r.at - start > LIMIT_ITEM_BYTES) {
		too_large(s, e);
		return STEP_FAILED;
	}
	if (s->kind->on_element(s, values, e) == -1)
		return STEP_FAILED;
	s->elements++;
	return STEP_ON;
}

/* A member of the outer object other than the array. T begins its value. */
static enum step take_member(struct pc_stream *s, struct span name, enum jread_token t, size_t start, struct err *e)
{
	struct pc_value v = { .t = t };
	enum jread_token last = t;

	if (t == JREAD_STRING) {
		if (pc_stream_text(s, &v.text, e) == -1)
			v.t = JREAD_ERROR; /* whoever knows the member refuses it: it is no text */
	} else {
		last = jread_skip(&s->r, t, &v.text);
	}
	if (last == JREAD_MORE || last == JREAD_ERROR)
		return unexpected(s, last, "", e);
	if (s->r.at - start > LIMIT_ITEM_BYTES) {
		too_large(s, e);
		return STEP_FAILED;
	}
	return s->kind->on_member(s, name, &v, e) == -1 ? STEP_FAILED : STEP_ON;
}

static enum step step_outer(struct pc_stream *s, size_t start, struct err *e)
{
	enum jread_token t = jread_next(&s->r);
	struct span name;

	if (t == JREAD_OBJECT_END) {
		s->place = PLACE_DONE;
		return STEP_ON;
	}
	if (t != JREAD_NAME)
		return unexpected(s, t, "", e);
	if (pc_stream_text(s, &name, e) == -1)
		name = (struct span){ NULL, 0 }; /* none that we know */
	t = jread_next(&s->r);
	if (t == JREAD_MORE || t == JREAD_ERROR)
		return unexpected(s, t, "", e);
	if (!span_is(name, s->kind->array))
		return take_member(s, name, t, start, e);
	if (t != JREAD_ARRAY || s->array_seen) {
		err_set(e, ERR_FORMAT, "%s: %s", s->kind->array, t == JREAD_ARRAY ? "stands there twice" : "not an array");
		return bad(s, e);
	}
	s->array_seen = true;
	s->array_from = s->r.base + s->r.at;
	s->place = PLACE_ARRAY;
	return STEP_ON;
}

static enum step step_start(struct pc_stream *s, struct err *e)
{
	size_t skip;

	if (s->r.n < 3 && !s->r.final)
		return STEP_MORE;
	if (pc_document_start((struct span){ s->r.p, s->r.n }, &skip, e) == -1)
		return bad(s, e);
	s->r.at += skip;
	s->place = PLACE_ROOT;
	return STEP_ON;
}

static enum step step(struct pc_stream *s, struct err *e)
{
	const size_t start = s->r.at;
	enum jread_token t;

	s->scratch.n = 0;
	switch ((enum place)s->place) {
	case PLACE_START:
		return step_start(s, e);
	case PLACE_ROOT:
		t = jread_next(&s->r);
		if (t != JREAD_OBJECT)
			return unexpected(s, t, "not an object", e);
		s->place = PLACE_OUTER;
		return STEP_ON;
	case PLACE_OUTER:
		return step_outer(s, start, e);
	case PLACE_ARRAY:
		return step_element(s, start, e);
	case PLACE_DONE:
		break;
	}
	t = jread_next(&s->r);
	return t == JREAD_END ? STEP_END : unexpected(s, t, "", e);
}

/* Moves over what is known of the array; STEP_MORE when the window has no more. */
static enum step step_pass(struct pc_stream *s)
{
	const uint64_t left = s->r.n - s->r.at, n = s->pass < left ? s->pass : left;

	if (n == 0)
		return STEP_MORE;
	jread_pass(&s->r, (size_t)n);
	s->pass -= n;
	return STEP_ON;
}

/* The part of the window that was read and is the array's. */
static void show_array(struct pc_stream *s)
{
	uint64_t from = s->array_from, to = s->r.base + s->r.at;

	if (!s->kind->on_array_bytes || !from)
		return;
	if (from < s->r.base)
		from = s->r.base;
	if (s->array_to && to > s->array_to)
		to = s->array_to;
	if (from < to)
		s->kind->on_array_bytes(s, (struct span){ s->r.p + (from - s->r.base), (size_t)(to - from) });
}

static int read_steps(struct pc_stream *s, struct err *e)
{
	for (;;) {
		const struct jread mark = s->r;

		switch (s->pass && s->place == PLACE_ARRAY ? step_pass(s) : step(s, e)) {
		case STEP_ON:
			continue;
		case STEP_MORE:
			s->r = mark;
			return 0;
		case STEP_FAILED:
			return -1;
		case STEP_END:
			return 0;
		}
	}
}

/* Reads all that is complete in the window; s->r.at tells how far. */
static int read_window(struct pc_stream *s, struct span bytes, bool final, struct err *e)
{
	int rc;

	jread_window(&s->r, bytes.p, bytes.n, final);
	rc = read_steps(s, e);
	show_array(s);
	return rc;
}

/* What is kept was read in vain: with each byte that dribbles in, reading it all again would cost the square of its size. */
static int wait_for_more(struct pc_stream *s, struct err *e)
{
	if (s->kept.n > LIMIT_ITEM_BYTES)
		return too_large(s, e);
	s->retry_at = s->kept.n * 2;
	if (s->retry_at > LIMIT_ITEM_BYTES)
		s->retry_at = LIMIT_ITEM_BYTES + 1;
	return 0;
}

static int feed_direct(struct pc_stream *s, struct span bytes, struct err *e)
{
	struct span rest;

	if (read_window(s, bytes, false, e) == -1)
		return -1;
	rest = (struct span){ bytes.p + s->r.at, bytes.n - s->r.at };
	if (rest.n > LIMIT_ITEM_BYTES || buf_add_span(&s->kept, rest) == -1)
		return too_large(s, e);
	return wait_for_more(s, e);
}

/* Completes what is kept with the beginning of BYTES; as soon as all that is unread are the caller's bytes, they are read there. */
static int feed_kept(struct pc_stream *s, struct span bytes, size_t *used, struct err *e)
{
	size_t piece = s->kept.n > PIECE_BYTES ? s->kept.n : PIECE_BYTES, rest;

	if (piece > LIMIT_CHUNK_BYTES)
		piece = LIMIT_CHUNK_BYTES;
	if (piece > bytes.n)
		piece = bytes.n;
	*used = piece;
	if (buf_add(&s->kept, bytes.p, piece) == -1)
		return too_large(s, e);
	if (s->kept.n < s->retry_at)
		return 0;
	if (read_window(s, buf_span(&s->kept), false, e) == -1)
		return -1;
	rest = s->kept.n - s->r.at;
	if (rest <= piece) {
		*used = piece - rest;
		buf_clear(&s->kept);
		return 0;
	}
	buf_consume(&s->kept, s->r.at);
	return wait_for_more(s, e);
}

int pc_stream_feed(struct pc_stream *s, struct span bytes, struct err *e)
{
	s->received += bytes.n;
	while (bytes.n && s->failed.kind == ERR_NONE) {
		size_t used = bytes.n;

		if ((s->kept.n ? feed_kept(s, bytes, &used, e) : feed_direct(s, bytes, e)) == -1)
			s->failed = *e;
		bytes.p += used;
		bytes.n -= used;
	}
	if (s->failed.kind == ERR_NONE)
		return 0;
	*e = s->failed;
	return -1;
}

int pc_stream_end(struct pc_stream *s, struct err *e)
{
	if (s->failed.kind == ERR_NONE) {
		int result = -1;

		if (s->received == 0) {
			err_set(e, ERR_FORMAT, "empty document");
			pc_stream_bad(s, e);
		} else if (read_window(s, buf_span(&s->kept), true, e) == 0) {
			buf_clear(&s->kept);
			result = 0;
		}
		if (result == 0 && s->pass) {
			err_set(e, ERR_FORMAT, "%s: shorter than they were", s->kind->array);
			result = pc_stream_bad(s, e);
		}
		if (result == 0 && !s->array_seen) {
			err_set(e, ERR_FORMAT, "%s: missing", s->kind->array);
			result = pc_stream_bad(s, e);
		}
		if (result == 0)
			return 0;
		s->failed = *e;
	}
	*e = s->failed;
	return -1;
}
