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
	const char *code; /* "E-AUTH-700082", "E-AUTH-INVALID-GRANT", "E-PC-900421", "E-PC-HTTP-503" */
	const char *meaning, *remedy;
	bool retry, person; /* what ANSWER says, for Entra's codes too */
	enum pc_answer answer;
};

/* Fills E (kind, code, text with status and description, remedy) and says what to do. A code of the table decides, else the HTTP
 * status does, and the code is "E-PC-HTTP-<status>". Kinds: PC_RETRY gives ERR_BUSY, or ERR_NET for a gateway's 502 and 504;
 * PC_PERSON and PC_NEW_TOKEN (what to report when the fresh token did not help) ERR_AUTH; the others ERR_REMOTE. */
enum pc_answer pc_error_decode(struct err *e, long http_status, struct span body);
/* The entry for a code such as "E-AUTH-700082", or NULL. */
const struct pc_error_entry *pc_error_find(const char *code);
/* All entries, for the manual. */
const struct pc_error_entry *pc_error_table(size_t *count);
/* The AADSTS entry of that number, or NULL. */
const struct pc_error_entry *pc_error_entra(long number);

/* The roles in Partner Center that open usage and prices. Microsoft's texts differ about which suffice (Admin agent alone, or Billing
 * admin with Sales agent); these two together are what all of them accept. */
#define PC_ROLES "the roles Admin agent and Billing admin in Partner Center"

#define PC_ERROR_TEXT_MAX 300

/* Text from outside as it may stand in an error: control characters made blanks, runs of blanks one, cut with "..." between
 * characters, and words that look like a secret hidden: some gateways quote the request that they refuse. */
void pc_error_text(char text[PC_ERROR_TEXT_MAX], struct span s);
/* The same for a name, which may look like anything: nothing is hidden. */
void pc_error_name(char text[PC_ERROR_TEXT_MAX], struct span s);

#endif
