/* SPDX-License-Identifier: MIT */
/* pkce.h - what binds an authorization code to the program that asked for it (RFC 7636, S256), and the answer to the question (state). */
#ifndef AUTH_PKCE_H
#define AUTH_PKCE_H

#include "base/span.h"

#define PKCE_TEXT_MAX 44 /* 32 bytes in base64url, and NUL */

struct pkce {
	char verifier[PKCE_TEXT_MAX];  /* secret: goes to the token endpoint alone */
	char challenge[PKCE_TEXT_MAX]; /* its SHA-256: goes into the address */
	char state[PKCE_TEXT_MAX];     /* comes back with the code */
};

/* New ones, each of 32 bytes from the kernel. */
void pkce_new(struct pkce *p);
/* Wipes. */
void pkce_fini(struct pkce *p);
/* Whether STATE is ours; takes the same time whichever of its bytes differ. Never that of a wiped P. */
bool pkce_state_is(const struct pkce *p, struct span state);

void pkce_challenge(struct span verifier, char challenge[PKCE_TEXT_MAX]);

#endif
