/* SPDX-License-Identifier: MIT */
/* text.h - bytes that grow, allocators that abort, and the strict readers of small texts.
 * Owns: text.p, freed by text_fini; zeroed is empty. A text is always followed by a NUL that is not counted. */
#ifndef EMU_TEXT_H
#define EMU_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct text {
	char *p;
	size_t len;
	size_t cap;
};

void *mem_new(size_t count, size_t size);
char *mem_dup(const char *s);

void text_fini(struct text *t);
/* Makes room for more bytes and returns where they go; the caller adds to len what it wrote. */
char *text_room(struct text *t, size_t more);
void text_put(struct text *t, const void *p, size_t len);
void text_puts(struct text *t, const char *s);
void text_printf(struct text *t, const char *fmt, ...) PRINTF(2, 3);
/* A JSON string with its quotes; bytes above 0x7f are passed through as they are. */
void text_json(struct text *t, const char *s);
/* A value of a form or query: everything but letters, digits, - . _ ~ as %XX, a blank as '+'. */
void text_form(struct text *t, const char *s);
/* As the content of an HTML element or quoted attribute. */
void text_html(struct text *t, const char *s);
void text_base64(struct text *t, const void *p, size_t len, int url_alphabet);
/* Reads a whole file. */
int text_file(struct text *t, const char *path, struct err *e) MUST_CHECK;

/* Whole string or nothing: 0, or -1 and *out untouched. */
int parse_int(const char *s, int64_t min, int64_t max, int64_t *out) MUST_CHECK;
int parse_bool(const char *s, int *out) MUST_CHECK;
/* 36 characters of a GUID into lower case. */
int parse_guid(const char *s, char out[37]) MUST_CHECK;
/* Percent decoding in place; '+' becomes a blank. */
void parse_form_value(char *s);
/* Both alphabets, padding optional. Returns the number of bytes, or -1. */
int parse_base64(const char *s, size_t len, unsigned char *out, size_t size) MUST_CHECK;
/* Finds name=value in a form or query (name without regard to case); decoded copy, NULL when absent. */
char *form_value(const char *form, const char *name);

#endif
