/* SPDX-License-Identifier: MIT */
#include "tests/support/oracle.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define MARK "\xef\xbf\xbf number \xef\xbf\xbf" /* U+FFFF is no character: no document has it but for the fuzzer's */
#define TEXT_MAX ((size_t)64 << 20)

static enum oracle read_with(struct span text, size_t flags, json_t **document)
{
	json_error_t error;

	*document = NULL;
	if (text.n && memchr(text.p, '\0', text.n))
		return ORACLE_REFUSES;
	*document = json_loadb(text.n ? text.p : "", text.n, flags | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (*document)
		return ORACLE_ACCEPTS;
	switch (json_error_code(&error)) {
	case json_error_numeric_overflow:
	case json_error_null_byte_in_key:
	case json_error_duplicate_key:
		return ORACLE_SILENT;
	default:
		return ORACLE_REFUSES;
	}
}

enum oracle oracle_read(struct span text, json_t **document)
{
	return read_with(text, JSON_REJECT_DUPLICATES, document);
}

static size_t digits(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return (size_t)(p - start);
}

/* The length of the number at P, by the grammar of RFC 8259; 0 when the run of its characters is not all one number. */
static size_t number_length(const char *p, const char *end)
{
	const char *start = p, *run = p;
	size_t n;

	while (run < end && *run && strchr("0123456789+-.eE", *run))
		run++;
	p += *p == '-';
	n = digits(p, run);
	if (n == 0 || (*p == '0' && n > 1))
		return 0;
	p += n;
	if (p < run && *p == '.') {
		n = digits(++p, run);
		if (n == 0)
			return 0;
		p += n;
	}
	if (p < run && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < run && (*p == '+' || *p == '-');
		n = digits(p, run);
		if (n == 0)
			return 0;
		p += n;
	}
	return p == run ? (size_t)(p - start) : 0;
}

static bool names_follow(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p < end && *p == ':';
}

static void must(int result)
{
	if (result == -1)
		abort();
}

/* Every number outside of a text becomes a text. What is no number stays, to be refused. */
static void mark_numbers(struct buf *out, struct span text)
{
	const char *p = text.p, *end = p + text.n, *from = p; /* FROM: not yet copied */
	bool inside = false;

	while (p < end) {
		const size_t n = !inside && (*p == '-' || (*p >= '0' && *p <= '9')) ? number_length(p, end) : 0;

		if (n && !names_follow(p + n, end)) {
			must(buf_add(out, from, (size_t)(p - from)));
			must(buf_add_text(out, "\"" MARK));
			must(buf_add(out, p, n));
			must(buf_add_text(out, "\""));
			p += n;
			from = p;
			continue;
		}
		if (inside && *p == '\\' && end - p > 1)
			p++;
		else if (*p == '"')
			inside = !inside;
		p++;
	}
	must(buf_add(out, from, (size_t)(end - from)));
}

enum oracle oracle_read_exact(struct span text, json_t **document)
{
	static const char *const marks[] = { "\xef\xbf\xbf", "\\uf", "\\uF" }; /* the mark's first character, and what may be it */
	struct buf marked;
	enum oracle says;

	*document = NULL;
	for (size_t i = 0; i < countof(marks); i++)
		if (text.n && memmem(text.p, text.n, marks[i], strlen(marks[i])))
			return ORACLE_SILENT;
	buf_init(&marked, TEXT_MAX);
	mark_numbers(&marked, text);
	says = oracle_read(buf_span(&marked), document);
	buf_fini(&marked);
	return says;
}

bool oracle_is_number(const json_t *v, struct span *text)
{
	const size_t mark = sizeof(MARK) - 1;

	*text = (struct span){ json_string_value(v), json_string_length(v) };
	if (text->n < mark || memcmp(text->p, MARK, mark) != 0)
		return false;
	*text = (struct span){ text->p + mark, text->n - mark };
	return true;
}

/* The text of the token just read must be the string of N bytes at P. */
static bool same_text(struct jread *r, const char *p, size_t n)
{
	struct err e = ERR_INIT;
	struct buf scratch;
	struct span text;
	bool same;

	buf_init(&scratch, TEXT_MAX);
	if (jread_text(r, &scratch, &text, &e) == -1)
		same = memchr(p, '\0', n) != NULL;
	else
		same = span_equal(text, (struct span){ p, n });
	buf_fini(&scratch);
	return same;
}

static bool same_number(struct span text, const json_t *v)
{
	char *number = xstrndup(text.p, text.n);
	long long whole;
	double real;
	bool same;

	if (json_is_integer(v))
		same = sscanf(number, "%lld", &whole) == 1 && whole == json_integer_value(v);
	else
		same = json_is_real(v) && sscanf(number, "%lf", &real) == 1 && memcmp(&real, &(double){ json_real_value(v) }, sizeof(real)) == 0;
	free(number);
	return same;
}

/* Recursion is bounded by the reader's depth. Object members come out of jansson in the order they were read. */
static bool same_value(struct jread *r, enum jread_token t, json_t *v)
{
	const char *name;
	json_t *member;
	size_t i;

	switch (t) {
	case JREAD_OBJECT:
		json_object_foreach(v, name, member)
			if (jread_next(r) != JREAD_NAME || !same_text(r, name, strlen(name)) || !same_value(r, jread_next(r), member))
				return false;
		return json_is_object(v) && jread_next(r) == JREAD_OBJECT_END;
	case JREAD_ARRAY:
		json_array_foreach(v, i, member)
			if (!same_value(r, jread_next(r), member))
				return false;
		return json_is_array(v) && jread_next(r) == JREAD_ARRAY_END;
	case JREAD_STRING:
		return json_is_string(v) && same_text(r, json_string_value(v), json_string_length(v));
	case JREAD_NUMBER:
		return same_number(r->text, v);
	case JREAD_TRUE:
		return json_is_true(v);
	case JREAD_FALSE:
		return json_is_false(v);
	case JREAD_NULL:
		return json_is_null(v);
	default:
		return false;
	}
}

static enum jread_token read_all(struct jread *r, struct span text)
{
	enum jread_token t;

	jread_init(r);
	jread_window(r, text.p, text.n, true);
	do {
		t = jread_next(r);
	} while (t != JREAD_END && t != JREAD_ERROR);
	return t;
}

static bool same_values(struct span text, json_t *document)
{
	struct jread r;

	jread_init(&r);
	jread_window(&r, text.p, text.n, true);
	return same_value(&r, jread_next(&r), document) && jread_next(&r) == JREAD_END;
}

bool oracle_agrees(struct span text, const char **why)
{
	json_t *document;
	struct jread r;
	const enum jread_token t = read_all(&r, text);
	enum oracle says = read_with(text, 0, &document);

	json_decref(document);
	*why = NULL;
	if (says == ORACLE_SILENT || (t == JREAD_ERROR && strcmp(r.why, "nested too deep") == 0))
		return true;
	if ((t == JREAD_END) != (says == ORACLE_ACCEPTS)) {
		*why = t == JREAD_END ? "accepted, which jansson refuses" : "refused, which jansson accepts";
		return false;
	}
	if (says == ORACLE_REFUSES || oracle_read(text, &document) != ORACLE_ACCEPTS)
		return true;
	if (!same_values(text, document))
		*why = "other values than jansson finds";
	json_decref(document);
	return *why == NULL;
}
