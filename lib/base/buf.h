/* SPDX-License-Identifier: MIT */
/* buf.h - bytes that grow up to a maximum given at birth. A too large body is thereby an error like any other, never a surprise.
 * A zeroed buf with a max set is valid; the bytes are always followed by a NUL that does not count. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/span.h"
#include "base/util.h"

#include <stdbool.h>

struct buf {
	char *p; /* NULL until something was added */
	size_t n;
	size_t room; /* allocated */
	size_t max;  /* most bytes that N may reach */
	bool plain;  /* nothing secret in it */
};

void buf_init(struct buf *b, size_t max);
/* The same for bytes that hold no secret: what they leave behind is not wiped. */
void buf_init_plain(struct buf *b, size_t max);
void buf_fini(struct buf *b);
/* Like buf_fini, but wipes the bytes first. */
void buf_fini_secret(struct buf *b);
/* Empties, keeps the memory. */
void buf_clear(struct buf *b);
/* Appends; -1 (nothing appended) when the maximum would be exceeded. */
int buf_add(struct buf *b, const void *bytes, size_t n) MUST_CHECK;
int buf_add_span(struct buf *b, struct span s) MUST_CHECK;
int buf_add_text(struct buf *b, const char *text) MUST_CHECK;
int buf_printf(struct buf *b, const char *format, ...) PRINTF(2, 3) MUST_CHECK;
/* Drops the first N bytes. */
void buf_consume(struct buf *b, size_t n);
/* Moves the terminated bytes out to the caller, who frees them; the buf is empty afterwards. Never NULL. */
char *buf_take(struct buf *b);
struct span buf_span(const struct buf *b);
/* The bytes as terminated text, "" when empty; borrowed until the next change. */
const char *buf_text(const struct buf *b);

#endif
