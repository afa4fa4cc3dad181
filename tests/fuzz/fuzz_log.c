/* SPDX-License-Identifier: MIT */
/* The log's quoting: whatever the values are, a line is one line that begins with its priority, and a reader of logfmt finds the values
 * again. The pieces between NULs are values, the last of an error. */
#include "base/log.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#define VALUES_MAX 12
#define START "<6>event=x"

/* The value in quotes at P, its escapes undone into VALUE; what follows it, or NULL when it does not end. */
static const char *unquote(const char *p, const char *end, char *value, size_t *n)
{
	static const char hex[] = "0123456789abcdef";

	for (*n = 0; p < end && *p != '"'; p++) {
		char c = *p;

		if (c == '\\' && end - p >= 2 && (p[1] == '"' || p[1] == '\\' || p[1] == 'n')) {
			c = p[1] == 'n' ? '\n' : p[1];
			p++;
		} else if (c == '\\') {
			FUZZ_REQUIRE(end - p >= 4 && p[1] == 'x' && strchr(hex, p[2]) && strchr(hex, p[3]), "%.*s", (int)(end - p), p);
			c = (char)((strchr(hex, p[2]) - hex) << 4 | (strchr(hex, p[3]) - hex));
			p += 3;
		}
		value[(*n)++] = c;
	}
	return p < end ? p + 1 : NULL;
}

static const char *unplain(const char *p, const char *end, char *value, size_t *n)
{
	for (*n = 0; p < end && *p != ' '; p++) {
		FUZZ_REQUIRE(*p != '"' && *p != '=', "%.*s", (int)(end - p), p);
		value[(*n)++] = *p;
	}
	return p;
}

/* VALUE must be what WANTED was, or its beginning where that was cut. */
static void check_value(struct span value, struct span wanted, bool may_be_cut)
{
	if (span_equal(value, wanted))
		return;
	FUZZ_REQUIRE(may_be_cut && value.n >= 3 && memcmp(value.p + value.n - 3, "...", 3) == 0, "\"%.*s\"", (int)value.n, value.p);
	value.n -= 3;
	FUZZ_REQUIRE(value.n <= wanted.n && memcmp(value.p, wanted.p, value.n) == 0, "\"%.*s\"", (int)value.n, value.p);
}

static void check_line(const struct log_line *l, const struct span *wanted, size_t count)
{
	const char *p = l->text, *end = l->text + l->n;
	const bool full = !l->on;
	char value[LOG_LINE_MAX];
	size_t n = 0;

	FUZZ_REQUIRE(l->n < sizeof(l->text), "%zu", l->n); /* and the line end */
	FUZZ_REQUIRE(fuzz_is_utf8((struct span){ p, l->n }) && fuzz_is_tame((struct span){ p, l->n }), "%.*s", (int)l->n, p);
	FUZZ_REQUIRE(l->n > strlen(START) && memcmp(p, START, strlen(START)) == 0, "%.*s", (int)l->n, p);
	p += strlen(START);
	for (size_t i = 0; i < count && p < end; i++) {
		char key[16];
		const int length = snprintf(key, sizeof(key), " k%zu=", i);

		if (full && (end - p < length || memcmp(p, key, (size_t)length) != 0)) {
			FUZZ_REQUIRE(end - p >= 3 && memcmp(end - 3, "...", 3) == 0, "%.*s", (int)(end - p), p);
			return;
		}
		FUZZ_REQUIRE(end - p >= length && memcmp(p, key, (size_t)length) == 0, "%s: %.*s", key, (int)(end - p), p);
		p += length;
		p = p < end && *p == '"' ? unquote(p + 1, end, value, &n) : unplain(p, end, value, &n);
		FUZZ_REQUIRE(p, "k%zu does not end", i);
		check_value((struct span){ value, n }, wanted[i], full || wanted[i].n > LOG_VALUE_MAX);
	}
	FUZZ_REQUIRE(p == end, "behind the values: %.*s", (int)(end - p), p);
}

void fuzz_input(struct span input)
{
	struct span rest = input, piece, values[VALUES_MAX];
	struct err e = ERR_INIT;
	struct log_line l;
	size_t count = 0;
	char key[16];

	log_setup(LOG_INFO, true);
	log_start(&l, LOG_INFO, "x");
	while (count < VALUES_MAX && fuzz_next(&rest, '\0', &piece)) {
		snprintf(key, sizeof(key), "k%zu", count);
		log_span(&l, key, piece);
		values[count++] = piece;
	}
	check_line(&l, values, count);
	err_set(&e, ERR_FORMAT, "found \"%.*s\"", SPAN_SHOWN(input));
	err_wrap(&e, "%.*s", (int)input.n, input.n ? input.p : "");
	err_advise(&e, NULL, e.text);
	fuzz_check_err(&e);
	log_start(&l, LOG_ERROR, "x");
	log_err(&l, &e);
	FUZZ_REQUIRE(fuzz_is_tame((struct span){ l.text, l.n }), "%.*s", (int)l.n, l.text);
}
