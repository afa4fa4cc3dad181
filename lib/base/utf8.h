/* SPDX-License-Identifier: MIT */
/* utf8.h - text from outside as it may stand in a line that people read. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

#define UTF8_MAX 4 /* bytes of a character */

/* Length of the character at P, of which N bytes are there (one at least), when it is UTF-8 and prints; else 0. Controls do not print,
 * C1 and line separators among them, nor what turns the direction of writing, so that a line would be read as another. */
size_t utf8_printable(const char *p, size_t n);

#endif
