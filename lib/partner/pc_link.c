/* SPDX-License-Identifier: MIT */
#include "partner/pc_stream.h"

/* A string value, copied nowhere yet; anything else is no text, null is an empty one. T begins it. */
static int read_text(struct jread *r, struct buf *scratch, enum jread_token t, struct span *text, struct err *e)
{
	*text = (struct span){ NULL, 0 };
	if (t == JREAD_NULL)
		return 0;
	if (t != JREAD_STRING)
		return err_set(e, ERR_FORMAT, "not a text");
	return jread_text(r, scratch, text, e);
}

/* The next member of an object: its name decoded, its value's first token T. 0 at the object's end, -1 on error. */
static int next_member(struct jread *r, struct buf *scratch, struct span *name, enum jread_token *t, struct err *e)
{
	*t = jread_next(r);
	if (*t == JREAD_OBJECT_END)
		return 0;
	if (*t == JREAD_NAME) {
		if (jread_text(r, scratch, name, e) == -1)
			*name = (struct span){ NULL, 0 }; /* none that we know */
		*t = jread_next(r);
	}
	return *t == JREAD_ERROR ? jread_error(r, e) : 1;
}

/* One of the headers: {"key": ..., "value": ...}. The scratch holds both texts: its memory was reserved. */
static int read_header(struct jread *r, struct buf *scratch, struct next_link *next, struct err *e)
{
	struct span name = { NULL, 0 }, key = { NULL, 0 }, value = { NULL, 0 };
	enum jread_token t;
	int more;

	while ((more = next_member(r, scratch, &name, &t, e)) == 1) {
		struct span *text = span_is(name, "key") ? &key : span_is(name, "value") ? &value : NULL;

		if (!text)
			t = jread_skip(r, t, NULL);
		else if (text->p)
			return err_set(e, ERR_FORMAT, "headers: a header with two keys or values");
		else if (read_text(r, scratch, t, text, e) == -1)
			return err_wrap(e, "headers");
		if (t == JREAD_ERROR)
			return jread_error(r, e);
	}
	return more == 0 ? next_link_add_header(next, key, value, e) : -1;
}

static int read_headers(struct jread *r, struct buf *scratch, struct next_link *next, enum jread_token t, struct err *e)
{
	if (t == JREAD_NULL)
		return 0;
	if (t != JREAD_ARRAY)
		return err_set(e, ERR_FORMAT, "headers: not an array");
	while ((t = jread_next(r)) != JREAD_ARRAY_END) {
		if (t == JREAD_ERROR)
			return jread_error(r, e);
		if (t != JREAD_OBJECT)
			return err_set(e, ERR_FORMAT, "headers: not an object");
		if (read_header(r, scratch, next, e) == -1)
			return -1;
	}
	return 0;
}

/* The object of `next`, whose brace was just read. */
static int read_next(struct jread *r, struct buf *scratch, struct next_link *next, struct err *e)
{
	bool uri_seen = false, headers_seen = false;
	struct span name = { NULL, 0 }, uri;
	enum jread_token t;
	int more;

	while ((more = next_member(r, scratch, &name, &t, e)) == 1) {
		if (span_is(name, "uri") && !uri_seen) {
			uri_seen = true;
			if (read_text(r, scratch, t, &uri, e) == -1)
				return err_wrap(e, "uri");
			if (next_link_set_uri(next, uri, e) == -1)
				return -1;
		} else if (span_is(name, "headers") && !headers_seen) {
			headers_seen = true;
			if (read_headers(r, scratch, next, t, e) == -1)
				return -1;
		} else if (span_is(name, "uri") || span_is(name, "headers")) {
			return err_set(e, ERR_FORMAT, "stands there twice");
		} else if (jread_skip(r, t, NULL) == JREAD_ERROR) {
			return jread_error(r, e);
		}
	}
	if (more == 0 && !uri_seen)
		return err_set(e, ERR_FORMAT, "uri: missing");
	return more;
}

/* The members of the links object, whose brace was just read. */
static int read_links(struct jread *r, struct buf *scratch, struct next_link *next, struct err *e)
{
	struct span name = { NULL, 0 };
	bool next_seen = false;
	enum jread_token t;
	int more;

	while ((more = next_member(r, scratch, &name, &t, e)) == 1) {
		if (!span_is(name, "next")) {
			if (jread_skip(r, t, NULL) == JREAD_ERROR)
				return jread_error(r, e);
			continue;
		}
		if (next_seen)
			return err_set(e, ERR_FORMAT, "links.next: stands there twice");
		next_seen = true;
		if (t == JREAD_NULL)
			continue;
		if (t != JREAD_OBJECT)
			return err_set(e, ERR_FORMAT, "links.next: not an object");
		if (read_next(r, scratch, next, e) == -1)
			return err_wrap(e, "links.next");
	}
	return more;
}

int pc_links_read(struct next_link *next, struct span raw, struct err *e)
{
	struct next_link link = { .uri = NULL };
	struct buf scratch;
	enum jread_token t;
	struct jread r;
	int result = -1;

	buf_init(&scratch, raw.n);
	jread_init(&r);
	jread_window(&r, raw.p, raw.n, true);
	/* undone escapes are shorter than the escapes, so this memory is enough and no text moves */
	if (buf_add_span(&scratch, raw) == -1)
		goto out;
	buf_clear(&scratch);
	t = jread_next(&r);
	if (t == JREAD_OBJECT)
		result = read_links(&r, &scratch, &link, e);
	else if (t == JREAD_NULL)
		result = 0;
	else
		err_set(e, ERR_FORMAT, "links: not an object");
	if (result == 0)
		next_link_take(next, &link);
out:
	next_link_fini(&link);
	buf_fini(&scratch);
	return result;
}
