/* SPDX-License-Identifier: MIT */
#include "auth/redirect.h"

#include "base/limits.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Appends TEXT with "+" and %XX undone. */
static int decode(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i] == '+' ? ' ' : text.p[i];

		if (c == '%') {
			int high = i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
			int low = high < 0 ? -1 : hex_digit(text.p[i + 2]);

			if (low < 0)
				return -1;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (buf_add(out, &c, 1) == -1)
			return -1;
	}
	return 0;
}

static bool is_visible(const struct buf *text)
{
	for (size_t i = 0; i < text->n; i++)
		if (text->p[i] <= ' ' || text->p[i] > '~')
			return false;
	return true;
}

/* Cuts what stands before the first SEPARATOR, or all of it, off the front of REST. */
static struct span cut(struct span *rest, char separator)
{
	const char *at = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
	struct span part = { rest->p, at ? (size_t)(at - rest->p) : rest->n };

	*rest = at ? (struct span){ at + 1, rest->n - part.n - 1 } : (struct span){ rest->p + rest->n, 0 };
	return part;
}

static int take(struct redirect *r, struct span name, struct span value, struct err *e)
{
	const struct {
		const char *name;
		struct buf *to;
	} ours[] = { { "code", &r->code }, { "state", &r->state }, { "error", &r->error }, { "error_description", &r->description } };

	for (size_t i = 0; i < countof(ours); i++) {
		if (!span_is(name, ours[i].name))
			continue;
		if (ours[i].to->p)
			return err_set(e, ERR_FORMAT, "%s is there twice", ours[i].name);
		if (buf_add_text(ours[i].to, "") == -1 || decode(ours[i].to, value) == -1)
			return err_set(e, ERR_FORMAT, "%s is cut off, wrongly encoded or too long", ours[i].name);
	}
	return 0;
}

int redirect_parse(struct redirect *r, struct span query, struct err *e)
{
	struct span rest = query;

	buf_init(&r->code, LIMIT_REDIRECT_BYTES);
	buf_init(&r->state, LIMIT_REDIRECT_BYTES);
	buf_init(&r->error, LIMIT_REDIRECT_BYTES);
	buf_init(&r->description, LIMIT_REDIRECT_BYTES);
	while (rest.n) {
		struct span value = cut(&rest, '&'), name = cut(&value, '=');

		if (take(r, name, value, e) == -1)
			return -1;
	}
	if (!is_visible(&r->code) || !is_visible(&r->state))
		return err_set(e, ERR_FORMAT, "code or state hold a character that they never have");
	if ((r->code.n != 0) == (r->error.n != 0))
		return err_set(e, ERR_FORMAT, "expected a code or an error, found %s", r->code.n ? "both" : "neither");
	return 0;
}

void redirect_fini(struct redirect *r)
{
	buf_fini_secret(&r->code);
	buf_fini_secret(&r->state);
	buf_fini_secret(&r->error);
	buf_fini_secret(&r->description);
}

static bool is_around(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"' || c == '\'' || c == '<' || c == '>';
}

struct span redirect_query_of(struct span pasted)
{
	const char *mark;

	while (pasted.n && is_around(pasted.p[0]))
		pasted = (struct span){ pasted.p + 1, pasted.n - 1 };
	while (pasted.n && is_around(pasted.p[pasted.n - 1]))
		pasted.n--;
	mark = pasted.n ? memchr(pasted.p, '#', pasted.n) : NULL;
	if (mark)
		pasted.n = (size_t)(mark - pasted.p);
	mark = pasted.n ? memchr(pasted.p, '?', pasted.n) : NULL;
	if (!mark)
		return pasted;
	return (struct span){ mark + 1, pasted.n - (size_t)(mark + 1 - pasted.p) };
}
