/* SPDX-License-Identifier: MIT */
/* explain_purchase.h - `explain REFERENCE`: one purchase, from where it came to its last digit. First all that is known of it is read into
 * one document (explain_read.c), which --json prints as it stands; then it is told in words (explain_purchase.c). */
#ifndef DAEMON_EXPLAIN_PURCHASE_H
#define DAEMON_EXPLAIN_PURCHASE_H

#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdio.h>

struct json_t;

/* Prints the purchase to OUT. ERR_CONFIG when REFERENCE is none, or none of a purchase: the remedy says where to look. */
int explain_purchase(struct store *s, const char *reference, bool json, FILE *out, struct err *e) MUST_CHECK;
/* The document, which the caller drops. */
int explain_read(struct json_t **document, struct store *s, const char *reference, struct err *e) MUST_CHECK;

#endif
