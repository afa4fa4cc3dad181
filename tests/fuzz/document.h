/* SPDX-License-Identifier: MIT */
/* document.h - a page or a rate card read a second time, from jansson's document: what its fields must be. Numbers are as
 * oracle_read_exact() marks them. */
#ifndef TESTS_FUZZ_DOCUMENT_H
#define TESTS_FUZZ_DOCUMENT_H

#include "base/err.h"
#include "base/span.h"
#include "tests/support/oracle.h"
#include "value/decimal.h"
#include "value/guid.h"

/* BODY without the byte order mark that the decoders pass over. */
struct span document_body(struct span body);

/* DECODE gives the same of the whole input and of pieces of it; an error is one of format, and fit to be told. */
struct decoded;
struct split;
void document_check_splits(struct span input, void decode(struct decoded *d, struct span body, struct split split));

/* Whether a field is what its decoder may take it for. OBJECT may be NULL; absent and null are the same. */
bool document_has(const json_t *object, const char *name);
bool document_is_text(const json_t *object, const char *name); /* or absent; without NUL */
bool document_is_object(const json_t *object, const char *name); /* or absent */
bool document_is_guid(const json_t *object, const char *name);
bool document_is_decimal(const json_t *object, const char *name); /* a number, or the text of one */
bool document_is_instant(const json_t *object, const char *name, int64_t *instant);
/* The containers in each other, counted as LIMIT_JSON_DEPTH does. */
unsigned document_depth(const json_t *v);

/* What the decoder took from it must be what is there. */
void document_check_text(const json_t *object, const char *name, struct span taken);
void document_check_printed(const json_t *object, const char *name, struct span taken); /* text or number, as printed */
void document_check_raw(const json_t *object, const char *name, struct span taken);
void document_check_guid(const json_t *object, const char *name, struct guid taken);

/* The next link of a collection: whether it is one that may stand there, and that TAKEN is it. */
struct next_link;
bool document_is_next(const json_t *document);
void document_check_next(const json_t *document, const struct next_link *taken);

#endif
