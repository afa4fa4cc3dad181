/* SPDX-License-Identifier: MIT */
/* jtext.h - what stands inside a JSON string: UTF-8 and escapes. For jread, and for whoever kept a string's raw bytes. */
#ifndef JSON_JTEXT_H
#define JSON_JTEXT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Answers besides a length. */
enum {
	JTEXT_WRONG = 0,
	JTEXT_CUT = -1, /* right so far, but END comes too early */
};

/* Length of the UTF-8 character at P, whose first byte is not ASCII. Overlong forms, surrogates and what is beyond U+10FFFF are wrong. */
int jtext_utf8(const char *p, const char *end);
/* Length of the escape at P (a backslash): 2, 6, or 12 for a pair of surrogates. CODE gets the character. */
int jtext_escape(const char *p, const char *end, unsigned *code);
/* A string's raw bytes with escapes undone, appended to SCRATCH; TEXT lies there. \u0000 is refused. */
int jtext_decode(struct span raw, struct buf *scratch, struct span *text, struct err *e) MUST_CHECK;

#endif
