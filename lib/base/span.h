/* SPDX-License-Identifier: MIT */
/* span.h - borrowed bytes: a pointer and a length, not terminated. Whoever hands one out says how long it lives. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *p; /* may be NULL when n is 0 */
	size_t n;
};

/* The two arguments of "%.*s" that show a text from outside in an error: enough of it to be recognised. */
#define SPAN_SHOWN_MAX 48
#define SPAN_SHOWN(s) ((s).n < SPAN_SHOWN_MAX ? (int)(s).n : SPAN_SHOWN_MAX), ((s).n ? (s).p : "")

#define SPAN_LITERAL(text) ((struct span){ (text), sizeof(text) - 1 })

static inline struct span span_of(const char *text)
{
	return (struct span){ text, text ? strlen(text) : 0 };
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool span_is(struct span s, const char *text)
{
	return span_equal(s, span_of(text));
}

#endif
