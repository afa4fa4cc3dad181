/* SPDX-License-Identifier: MIT */
/* pc_error.h - what an error answer of Partner Center or Entra means: one table of code, meaning, remedy, and whether to retry.
 * Source: the API reference, error-codes page and the AADSTS list (codes of both, and shapes {"code","description"},
 * {"message"}, {"statusCode","message"}, HTML, nothing). */
#ifndef PARTNER_PC_ERROR_H
#define PARTNER_PC_ERROR_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>

/* What to do about an answer that is not 2xx. */
enum pc_answer {
	PC_RETRY,        /* 408, 429, 5xx, and codes known to pass: again later */
	PC_NEW_TOKEN,    /* 401 that a fresh token may cure: once */
	PC_PERSON,       /* role, consent, MFA, audience: a person must act */
	PC_NO_USAGE,     /* 400/3000 "Customer does not have usage data": as an empty collection */
	PC_NOT_FOUND,    /* 404/20003, 800011: this subscription is not one that the API covers */
	PC_FORBIDDEN,    /* 403 that is about this customer or subscription alone (20002, 2032) */
	PC_REFUSED,      /* anything else: final for this request */
};

struct pc_error_entry {
	const char *code; /* "E-AUTH-700082", "E-PC-900421" */
	const char *meaning, *remedy;
	bool retry, person;
};

/* Fills E (kind, code, text with status and description, remedy) and says what to do. */
enum pc_answer pc_error_decode(struct err *e, long http_status, struct span body);
/* The entry for a code such as "E-AUTH-700082", or NULL. */
const struct pc_error_entry *pc_error_find(const char *code);
/* All entries, for the manual. */
const struct pc_error_entry *pc_error_table(size_t *count);
/* The AADSTS entry of that number, or NULL. */
const struct pc_error_entry *pc_error_entra(long number);

#endif
