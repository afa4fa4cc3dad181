/* SPDX-License-Identifier: MIT */
/* pc_claims.h - who signed in: the claims of an id_token (OpenID Connect Core 1.0; Entra: tid, oid, preferred_username).
 *
 * Its signature is not checked. What makes it believable is that it came from the token endpoint itself, over TLS with a verified
 * certificate, as the answer to our own request (OpenID Connect Core 3.1.3.7, point 6); one that came by any other way, through a
 * browser say, would be worth nothing. Nobody gets a right from it: it tells the person who consented, and keeps a consent of the wrong
 * tenant from taking the place of the right one. Whether the tokens are good is Partner Center's to judge. */
#ifndef PARTNER_PC_CLAIMS_H
#define PARTNER_PC_CLAIMS_H

#include "base/err.h"
#include "partner/pc_error.h"
#include "value/guid.h"

struct pc_claims { /* texts as pc_error_name makes them; "" when absent */
	struct guid tenant; /* tid */
	char oid[PC_ERROR_TEXT_MAX];
	char upn[PC_ERROR_TEXT_MAX]; /* preferred_username, else upn, unique_name (v1) or email */
	char name[PC_ERROR_TEXT_MAX], issuer[PC_ERROR_TEXT_MAX];
};

/* Who signed in. ERR_FORMAT (E-FORMAT-ID-TOKEN) when ID_TOKEN (NULL: the answer had none) is not one, names no tenant, or is for
 * another application than CLIENT_ID (aud). */
int pc_claims_decode(struct pc_claims *claims, const char *id_token, struct guid client_id, struct err *e) MUST_CHECK;

/* The tenant of all personal Microsoft accounts. */
bool pc_claims_is_personal(const struct pc_claims *claims);

#endif
