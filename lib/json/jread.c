/* SPDX-License-Identifier: MIT */
#include "json/jread.h"

#include "json/jscan.h"
#include "json/jtext.h"

#include <stdio.h>
#include <string.h>

/* A token costs a few dozen cycles, so a call or a spilled register shows. */
#define INLINE inline __attribute__((always_inline))
#define SELDOM __attribute__((noinline, cold))

enum want {
	WANT_VALUE,   /* at the start, behind a name, behind a comma in an array */
	WANT_FIRST,   /* behind "[" or "{": a value or a name, or the end */
	WANT_NEXT,    /* behind a value in a container: a comma or the end */
	WANT_NOTHING, /* behind the document */
};

static SELDOM enum jread_token fail(struct jread *r, const char *at, const char *why)
{
	snprintf(r->why, sizeof(r->why), "%s", why);
	r->why_at = r->base + (uint64_t)(at - r->p);
	return JREAD_ERROR;
}

/* The window's end inside a token. */
static SELDOM enum jread_token at_end(struct jread *r)
{
	if (!r->final)
		return JREAD_MORE;
	return fail(r, r->p + r->n, r->base + r->n == 0 ? "empty document" : "the document ends too early");
}

/* What stopped the scan of a string at P, not a quote: checks it and says how long it is; JTEXT_WRONG is explained in R. */
static int odd_length(struct jread *r, const char *p, const char *end)
{
	unsigned code;
	int length;

	if (*p == '\\') {
		r->escaped = true;
		length = jtext_escape(p, end, &code);
		if (length == JTEXT_WRONG)
			fail(r, p, "wrong escape in a text");
	} else if ((unsigned char)*p < ' ') {
		length = JTEXT_WRONG;
		fail(r, p, "control character in a text");
	} else {
		length = jtext_utf8(p, end);
		if (length == JTEXT_WRONG)
			fail(r, p, "a text is not UTF-8");
	}
	return length;
}

/* The rest of a string from P on, whose text begins at START. */
static SELDOM enum jread_token scan_string_on(struct jread *r, const char *start, const char *p, const char *end, const char **after)
{
	for (;;) {
		int length;

		p = jscan_stop(p, end);
		if (p == end)
			return at_end(r);
		if (*p == '"')
			break;
		length = odd_length(r, p, end);
		if (length == JTEXT_WRONG)
			return JREAD_ERROR;
		if (length == JTEXT_CUT)
			return at_end(r);
		p += length;
	}
	r->text = (struct span){ start, (size_t)(p - start) };
	*after = p + 1;
	return JREAD_STRING;
}

/* The string whose first quote is at P: JREAD_STRING with the text set and AFTER behind its last quote. Nearly all strings are
 * short and plain: those end within the first look of 32 bytes, without a loop whose length no processor can foresee. */
static INLINE enum jread_token scan_string(struct jread *r, const char *p, const char *end, const char **after)
{
	r->escaped = false;
	p++;
#if JSCAN_SSE2
	if (end - p >= 32) {
		const unsigned stop = jscan_stops(p) | jscan_stops(p + 16) << 16;
		const unsigned length = stop ? (unsigned)__builtin_ctz(stop) : 32;

		if (length < 32 && p[length] == '"') {
			r->text = (struct span){ p, length };
			*after = p + length + 1;
			return JREAD_STRING;
		}
		return scan_string_on(r, p, p + length, end, after);
	}
#endif
	return scan_string_on(r, p, p, end, after);
}

static inline bool is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

/* The number at P by the grammar of RFC 8259. A number that touches the end of the window may go on. */
static enum jread_token scan_number(struct jread *r, const char *p, const char *end, const char **after)
{
	const char *start = p;

	p += *p == '-';
	if (!is_digit(p, end))
		goto wrong;
	if (*p++ != '0')
		while (is_digit(p, end))
			p++;
	if (p < end && *p == '.') {
		if (!is_digit(++p, end))
			goto wrong;
		while (is_digit(p, end))
			p++;
	}
	if (p < end && (*p | 0x20) == 'e') {
		p++;
		p += p < end && (*p == '+' || *p == '-');
		if (!is_digit(p, end))
			goto wrong;
		while (is_digit(p, end))
			p++;
	}
	if (p == end && !r->final)
		return JREAD_MORE;
	r->text = (struct span){ start, (size_t)(p - start) };
	r->escaped = false;
	*after = p;
	return JREAD_NUMBER;
wrong:
	return p == end ? at_end(r) : fail(r, p, "expected a digit");
}

static enum jread_token scan_word(struct jread *r, const char *p, const char *end, const char **after)
{
	const char *word = *p == 't' ? "true" : *p == 'f' ? "false" : "null";
	const size_t length = strlen(word), have = (size_t)(end - p);

	if (memcmp(p, word, have < length ? have : length) != 0)
		return fail(r, p, "expected a value");
	if (have < length)
		return at_end(r);
	*after = p + length;
	return *word == 't' ? JREAD_TRUE : *word == 'f' ? JREAD_FALSE : JREAD_NULL;
}

static enum jread_token enter(struct jread *r, const char *p, bool array)
{
	if (r->depth >= LIMIT_JSON_DEPTH)
		return fail(r, p, "nested too deep");
	r->depth++;
	r->arrays &= ~(UINT64_C(1) << r->depth);
	r->arrays |= (uint64_t)array << r->depth;
	r->want = WANT_FIRST;
	r->at = (size_t)(p + 1 - r->p);
	return array ? JREAD_ARRAY : JREAD_OBJECT;
}

static INLINE enum jread_token leave(struct jread *r, const char *p)
{
	const bool array = r->arrays >> r->depth & 1;

	r->depth--;
	r->want = r->depth ? WANT_NEXT : WANT_NOTHING;
	r->at = (size_t)(p + 1 - r->p);
	return array ? JREAD_ARRAY_END : JREAD_OBJECT_END;
}

static INLINE enum jread_token read_value(struct jread *r, const char *p, const char *end)
{
	const char *after = NULL;
	enum jread_token t;

	if (*p == '"')
		t = scan_string(r, p, end, &after);
	else if (*p == '{' || *p == '[')
		return enter(r, p, *p == '[');
	else if (*p == '-' || (*p >= '0' && *p <= '9'))
		t = scan_number(r, p, end, &after);
	else
		t = scan_word(r, p, end, &after);
	if (after) {
		r->want = r->depth ? WANT_NEXT : WANT_NOTHING;
		r->at = (size_t)(after - r->p);
	}
	return t;
}

/* A name with its colon, so that a value always follows. */
static INLINE enum jread_token read_name(struct jread *r, const char *p, const char *end)
{
	const char *after;
	enum jread_token t;

	if (*p != '"')
		return fail(r, p, "expected a name");
	t = scan_string(r, p, end, &after);
	if (t != JREAD_STRING)
		return t;
	p = jscan_space(after, end);
	if (p == end)
		return at_end(r);
	if (*p != ':')
		return fail(r, p, "expected a colon");
	r->want = WANT_VALUE;
	r->at = (size_t)(p + 1 - r->p);
	return JREAD_NAME;
}

/* Behind a value, and behind the bracket that begins a container. */
static INLINE enum jread_token read_next(struct jread *r, const char *p, const char *end)
{
	const bool array = r->arrays >> r->depth & 1;

	if (*p == (array ? ']' : '}'))
		return leave(r, p);
	if (r->want == WANT_NEXT) {
		if (*p != ',')
			return fail(r, p, array ? "expected a comma or ]" : "expected a comma or }");
		p = jscan_space(p + 1, end);
		if (p == end)
			return at_end(r);
	}
	return array ? read_value(r, p, end) : read_name(r, p, end);
}

static INLINE enum jread_token next(struct jread *r)
{
	const char *end = r->p + r->n, *p = jscan_space(r->p + r->at, end);

	if (p == end) {
		if (r->want != WANT_NOTHING || !r->final)
			return at_end(r);
		r->at = r->n;
		return JREAD_END;
	}
	if (r->want == WANT_VALUE)
		return read_value(r, p, end);
	if (r->want == WANT_NOTHING)
		return fail(r, p, "something follows the document");
	return read_next(r, p, end);
}

void jread_init(struct jread *r)
{
	memset(r, 0, sizeof(*r));
}

void jread_window(struct jread *r, const char *p, size_t n, bool final)
{
	r->base += r->at;
	r->p = n ? p : "";
	r->n = n;
	r->at = 0;
	r->final = final;
}

enum jread_token jread_next(struct jread *r)
{
	return next(r);
}

bool jread_name_is(struct jread *r, const char *quoted, size_t n)
{
	const char *end = r->p + r->n, *p = jscan_space(r->p + r->at, end);

	if (r->want == WANT_NEXT && p < end && *p == ',')
		p = jscan_space(p + 1, end);
	else if (r->want != WANT_FIRST)
		return false;
	if (r->arrays >> r->depth & 1 || (size_t)(end - p) <= n || !jscan_same(p, quoted, n))
		return false;
	r->text = (struct span){ p + 1, n - 2 };
	p = jscan_space(p + n, end);
	if (p == end || *p != ':')
		return false;
	r->escaped = false;
	r->want = WANT_VALUE;
	r->at = (size_t)(p + 1 - r->p);
	return true;
}

/* The bytes of the scalar T just read. */
static struct span scalar_raw(const struct jread *r, enum jread_token t)
{
	const size_t word = t == JREAD_FALSE ? 5 : 4;

	if (t == JREAD_STRING)
		return (struct span){ r->text.p - 1, r->text.n + 2 };
	return t == JREAD_NUMBER ? r->text : (struct span){ r->p + r->at - word, word };
}

enum jread_token jread_skip(struct jread *r, enum jread_token t, struct span *raw)
{
	const char *start = r->p + r->at - 1;
	const unsigned outside = r->depth - 1;

	if (t != JREAD_OBJECT && t != JREAD_ARRAY) {
		if (raw)
			*raw = scalar_raw(r, t);
		return t;
	}
	do {
		t = next(r);
		if (t == JREAD_MORE || t == JREAD_ERROR)
			return t;
	} while (r->depth != outside);
	if (raw)
		*raw = (struct span){ start, (size_t)(r->p + r->at - start) };
	return t;
}

void jread_pass(struct jread *r, size_t n)
{
	r->at += n;
	r->want = WANT_NEXT;
}

int jread_text(struct jread *r, struct buf *scratch, struct span *text, struct err *e)
{
	if (!r->escaped) {
		*text = r->text;
		return 0;
	}
	return jtext_decode(r->text, scratch, text, e);
}

int jread_error(const struct jread *r, struct err *e)
{
	return err_set(e, ERR_FORMAT, "byte %llu: %s", (unsigned long long)r->why_at, r->why);
}
