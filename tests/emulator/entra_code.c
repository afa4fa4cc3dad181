/* SPDX-License-Identifier: MIT */
/* The grant of an authorization code. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "entra.h"
#include "entra_error.h"
#include "state.h"

/* 1 when base64url(SHA-256(verifier)) is the challenge. */
static int
is_verifier_of(const char *verifier, const char *challenge)
{
	unsigned char digest[32];
	struct text made = {0};
	int same;

	if (EVP_Digest(verifier, strlen(verifier), digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	text_base64(&made, digest, sizeof(digest), 1);
	same = strcmp(made.p, challenge) == 0;
	text_fini(&made);
	return same;
}

/* 43 to 128 unreserved characters (RFC 7636, section 4.1). */
static int
is_verifier(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

	return s[n] == '\0' && n >= 43 && n <= 128;
}

static int
check_verifier(const struct login_code *c, const char *verifier)
{
	if (c->challenge[0] == '\0')
		return verifier == NULL ? 0 : 501481;
	if (verifier == NULL)
		return 50148;
	return is_verifier(verifier) && is_verifier_of(verifier, c->challenge) ? 0 : 501481;
}

static int
check_code(struct request *r, const char *code, const char *redirect, const char *verifier, struct login_code *c)
{
	int refusal;

	switch (logins_find_code(&r->state->logins, code, world_clock_ms(r->world), c)) {
	case CODE_UNKNOWN: return 70000;
	case CODE_REDEEMED: return 54005;
	case CODE_EXPIRED: return 70008;
	case CODE_GOOD: break;
	}
	if (strcmp(redirect, c->redirect_uri) != 0)
		return 500112;
	refusal = check_verifier(c, verifier);
	if (refusal == 0 && logins_redeem_code(&r->state->logins, code) != 0)
		return 54005;
	return refusal;
}

void
entra_grant_code(struct request *r, const char *form, int v1, const char *scope)
{
	char *code = form_value(form, "code"), *redirect = form_value(form, "redirect_uri"), *verifier = form_value(form, "code_verifier");
	struct login_code c;
	int refusal;

	(void)scope;	/* what was consented to counts */
	if (code == NULL || redirect == NULL) {
		entra_refuse(r, 900144, code == NULL ? "code" : "redirect_uri");
	} else if ((refusal = check_code(r, code, redirect, verifier, &c)) != 0) {
		entra_refuse(r, refusal, redirect);
	} else {
		entra_give_tokens(r, &(struct entra_tokens){.delegated = 1, .refresh = entra_has_word(c.scope, "offline_access"), .v1 = v1,
		    .scope = c.scope, .nonce = c.nonce});
		atomic_fetch_add(&r->state->sign_ins, 1);
	}
	free(code);
	free(redirect);
	free(verifier);
}
