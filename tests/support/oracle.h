/* SPDX-License-Identifier: MIT */
/* oracle.h - jansson as the second opinion about what is JSON, and what it says.
 *
 * Ours (json/jread.h) and jansson 2.14 must accept the same documents and find the same values in them, but for what is listed here.
 * This is the one list; who compares the two uses these functions and makes no exception of its own.
 *
 *   depth      we refuse more than LIMIT_JSON_DEPTH containers in each other; jansson 2048
 *   numbers    we hand out their text, of any size; jansson refuses what overflows an int64_t or a double
 *   \u0000     we hand out the raw text and refuse to decode it; jansson keeps it in a value, and refuses a document with it in a name
 *   a byte 0   is nowhere in JSON; jansson passes over one behind a number ("4\0" is its 4), so here it refuses all of them
 *   a name twice in an object    we hand out both, and each decoder refuses those that it knows; jansson keeps the last, or refuses
 *   BOM        neither takes one: pc_document_start() strips it, and refuses UTF-16, before either of them
 *   sizes      ours are in base/limits.h; jansson has none */
#ifndef TESTS_SUPPORT_ORACLE_H
#define TESTS_SUPPORT_ORACLE_H

#include "base/buf.h"
#include "json/jread.h"

#include <jansson.h>

enum oracle {
	ORACLE_ACCEPTS,
	ORACLE_REFUSES,
	ORACLE_SILENT, /* one of the differences above: it has no say */
};

/* Its opinion, and with ORACLE_ACCEPTS the DOCUMENT, for json_decref: strings may hold NUL, no object has a name twice. */
enum oracle oracle_read(struct span text, json_t **document);

/* The same with the text of the numbers, which jansson has no place for: each number is a string there that begins with a mark. Silent
 * about a text that has the mark in it. */
enum oracle oracle_read_exact(struct span text, json_t **document);
/* Whether V of such a document was a number; TEXT gets its digits, or the text of a string (empty for what is neither). */
bool oracle_is_number(const json_t *v, struct span *text);

/* Whether TEXT, read whole by jread, is judged and understood as by jansson; else WHY says what is not (borrowed, constant). */
bool oracle_agrees(struct span text, const char **why);

#endif
