/* SPDX-License-Identifier: MIT */
/* pc_token.h - the answer of the token endpoint: a token, or the error document. pc_json_setup() (pc_json.h) must have run. What the
 * decoder copied is wiped, and no error holds a byte of a token; BODY is the caller's to wipe. */
#ifndef PARTNER_PC_TOKEN_H
#define PARTNER_PC_TOKEN_H

#include "partner/model.h"

struct pc_token {
	char *access_token;  /* heap, wiped by fini */
	char *refresh_token; /* NULL when the answer has none: keep the old one */
	char *id_token;      /* who signed in (pc_claims.h); NULL unless asked for by the scope openid */
	int64_t expires_in_s; /* accepted as number or numeric string, clamped to 60..86400 */
	int mfa; /* 1: the access token's amr claim has "mfa"; 0: it has not; -1: can't be told (not a JWT, or no amr) */
};

int pc_token_decode(struct pc_token *t, struct span body, struct err *e) MUST_CHECK;
void pc_token_fini(struct pc_token *t);

/* The error document of Entra ({"error","error_description","error_codes"...}) as an err: kind (ERR_AUTH for what needs a person,
 * ERR_BUSY for what may be retried, ERR_REMOTE for the rest), text, and the remedy of the table in pc_error. The code is
 * "E-AUTH-<AADSTS number>" (of several the most telling), else "E-AUTH-<NAME>" as in E-AUTH-SLOW-DOWN, else "E-AUTH-HTTP-<status>". */
void pc_token_error(struct err *e, long http_status, struct span body);
/* Whether the error document says that the user's consent does not hold (any more), as opposed to the application's secret or set-up. */
bool pc_token_error_is_consent(struct span body);
/* The same for the error that a sign-in ended with in the browser (`error` and `error_description` of the redirect). */
void pc_sign_in_error(struct err *e, struct span error, struct span description);

#endif
