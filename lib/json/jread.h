/* SPDX-License-Identifier: MIT */
/* jread.h - strict pull reader of JSON (RFC 8259) over bytes as they arrive or over a whole document.
 *
 * Number text is handed out as it stands, so that no digit is lost; strings are checked (UTF-8, escapes, no raw control
 * characters) and handed out raw, decoded on demand. Nothing is allocated per token. Depth is limited to LIMIT_JSON_DEPTH.
 *
 * Over a window that is not the end of the input (`final` false) a token that reaches the end of the bytes gives JREAD_MORE
 * and moves nothing: the caller takes its last jread_mark, gets more bytes behind the unread ones, and goes on from there. */
#ifndef JSON_JREAD_H
#define JSON_JREAD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum jread_token {
	JREAD_MORE,  /* the window ends inside this token: give more bytes */
	JREAD_ERROR, /* not JSON: jread_error() says what and at which byte */
	JREAD_OBJECT, JREAD_OBJECT_END, JREAD_ARRAY, JREAD_ARRAY_END,
	JREAD_NAME,   /* a member's name; its value is the next token */
	JREAD_STRING, JREAD_NUMBER, JREAD_TRUE, JREAD_FALSE, JREAD_NULL,
	JREAD_END,    /* the document is complete and nothing but white space follows (only when final) */
};

struct jread {
	const char *p;      /* window */
	size_t n, at;       /* its length; the next byte to read */
	uint64_t base;      /* bytes of the document before the window */
	bool final;         /* no bytes follow the window */
	struct span text;   /* of NAME, STRING (between the quotes, escapes undone only by jread_text) and NUMBER */
	bool escaped;       /* text holds escapes */
	unsigned depth;
	uint64_t arrays;    /* bit i: the container at depth i is an array */
	unsigned char want; /* what the grammar allows next (private) */
	char why[120];      /* of JREAD_ERROR */
	uint64_t why_at;
};

void jread_init(struct jread *r);
/* The window from now on: N bytes at P, whose first byte is byte `base` + consumed so far of the document. After jread_window
 * the reader stands at the start of the window. */
void jread_window(struct jread *r, const char *p, size_t n, bool final);
enum jread_token jread_next(struct jread *r);
/* The reader's place; a struct copy: `struct jread mark = *r; ... *r = mark;` rewinds within the same window. */

/* A short cut for who knows which name comes next: when it is the one in QUOTED (N bytes with its quotes, plain ASCII), reads it as
 * jread_next would and returns true; else moves nothing, and jread_next says what there is. */
bool jread_name_is(struct jread *r, const char *quoted, size_t n);

/* Skips the value whose first token T was just read (a scalar: nothing to do); RAW, when not NULL, gets its bytes as received.
 * JREAD_MORE, JREAD_ERROR, or the last token of the value. */
enum jread_token jread_skip(struct jread *r, enum jread_token t, struct span *raw);
/* Behind the bracket that begins an array: moves over N bytes, in the window, that are known to be elements of it and what stands
 * between them, the last one whole. */
void jread_pass(struct jread *r, size_t n);
/* The text of the NAME or STRING just read with escapes undone: borrowed from the window when there are none, else appended to
 * SCRATCH (whose earlier bytes stay where they are only until it grows; reserve enough). \u0000 is refused. */
int jread_text(struct jread *r, struct buf *scratch, struct span *text, struct err *e) MUST_CHECK;
/* The error as ERR_FORMAT: "byte 1234: expected ..." */
int jread_error(const struct jread *r, struct err *e);

#endif
