/* SPDX-License-Identifier: MIT */
#include "auth/consent_private.h"

#include "auth/secret.h"
#include "base/limits.h"
#include "base/mem.h"
#include "crypto/hex.h"
#include "value/day.h"

#include <stdlib.h>

#define BOUND_MAX 256

/* What a sealed consent is bound to. */
static struct span bound_to(const struct consent_place *place, char text[BOUND_MAX])
{
	snprintf(text, BOUND_MAX, "csp-usaged consent 1 %s %s", place->tenant_id, place->client_id);
	return span_of(text);
}

/* KEY and true in THERE, when one is given. */
static int read_key(struct seal_key *key, bool *there, const struct consent_place *place, struct err *e)
{
	struct buf text;
	int rc;

	buf_init(&text, LIMIT_TOKEN_BYTES);
	rc = secret_read(place->token_key_file, "token_key", &text, e);
	*there = rc == 0 && text.n > 0;
	if (*there && !hex_parse(key->b, sizeof(key->b), buf_span(&text))) {
		err_set(e, ERR_AUTH, "token_key: expected %d hex digits in lower case", 2 * SEAL_KEY_BYTES);
		rc = err_advise(e, "E-TOKEN-KEY", "make one: openssl rand -hex 32");
	}
	buf_fini_secret(&text);
	return rc;
}

int consent_check_key(const struct consent_place *place, bool *sealed, struct err *e)
{
	struct seal_key key;
	int rc = read_key(&key, sealed, place, e);

	mem_wipe(&key, sizeof(key));
	return rc;
}

/* The credential refresh_token, and its digest; nothing appended when there is none. */
static int read_credential(struct buf *token, struct hash *hash, struct err *e)
{
	if (secret_read(NULL, "refresh_token", token, e) == -1)
		return -1;
	if (token->n)
		*hash = hash_of(buf_span(token));
	return 0;
}

static int none(const struct consent_place *place, struct err *e)
{
	err_set(e, ERR_AUTH, "there is no refresh token in %s", place->state_dir);
	return err_advise(e, "E-AUTH-LOGIN", CONSENT_REMEDY);
}

static int read_stored(struct consent *c, const struct consent_place *place, struct err *e)
{
	char bound[BOUND_MAX];
	struct seal_key key;
	struct buf bytes;
	bool sealed;
	int rc;

	buf_init(&bytes, LIMIT_CONSENT_BYTES);
	/* Also when there is no file: a key that can't be used is told before a token is rotated that could not be stored. */
	rc = read_key(&key, &sealed, place, e);
	if (rc == 0)
		rc = token_file_read(place->state_dir, &bytes, &c->seen, e);
	if (rc == 0 && c->seen.there)
		rc = consent_parse(c, buf_span(&bytes), sealed ? &key : NULL, bound_to(place, bound), e);
	c->other_key = rc == -1 && sealed && c->seen.there && strcmp(e->code, "E-TOKEN-KEY") == 0;
	mem_wipe(&key, sizeof(key));
	buf_fini_secret(&bytes);
	return rc;
}

/* The credential takes the place of what was stored, unless that descends from it; or the credential was refused, and what is stored is of
 * a sign-in that may not have seen it (sudo): which of the two is newer can't be told, so what works is, from now on. */
static int judge(struct consent *c, struct span credential, const struct hash *hash, const struct consent_place *place, struct err *e)
{
	struct token_file_seen seen = c->seen;
	bool stored = c->refresh_token != NULL, signed_in = stored && c->given_at;

	if (credential.n && signed_in && place->refused && hash_equal(place->refused, hash)) {
		c->has_origin = true;
		c->origin = *hash;
	} else if (credential.n && !(stored && c->has_origin && hash_equal(&c->origin, hash))) {
		consent_fini(c);
		*c = (struct consent){ .mfa = -1, .has_origin = true, .origin = *hash, .beside = signed_in, .seen = seen };
		c->refresh_token = xstrndup(credential.p, credential.n);
	}
	return c->refresh_token ? 0 : none(place, e);
}

int consent_read(struct consent *c, const struct consent_place *place, struct err *e)
{
	struct hash hash = { { 0 } };
	struct buf credential;
	int rc;

	buf_init(&credential, LIMIT_TOKEN_BYTES);
	rc = read_stored(c, place, e);
	if (rc == 0 || c->other_key)
		rc = read_credential(&credential, &hash, e) == -1 ? -1 : rc;
	/* A changed credential wins over one that nobody can open any more, too. */
	if (c->other_key && credential.n && !(c->has_origin && hash_equal(&c->origin, &hash))) {
		err_clear(e);
		rc = 0;
	}
	if (rc == 0)
		rc = judge(c, buf_span(&credential), &hash, place, e);
	buf_fini_secret(&credential);
	return rc;
}

static int store(const struct consent *c, const struct consent_place *place, const struct token_file_seen *seen, bool *overtaken,
		 struct err *e)
{
	char bound[BOUND_MAX];
	struct seal_key key;
	struct buf bytes;
	bool sealed;
	int rc;

	buf_init(&bytes, LIMIT_CONSENT_BYTES);
	rc = read_key(&key, &sealed, place, e);
	if (rc == 0)
		rc = consent_print(&bytes, c, sealed ? &key : NULL, bound_to(place, bound), e);
	if (rc == 0)
		rc = token_file_write(place->state_dir, buf_span(&bytes), seen, overtaken, e);
	mem_wipe(&key, sizeof(key));
	buf_fini_secret(&bytes);
	return rc;
}

static bool fits(const char *text)
{
	return !text || strlen(text) <= CONSENT_WHO_MAX;
}

/* Who signs in outside of the service (sudo) does not see its credentials: what the stored consent descends from is then the one that
 * the new consent is newer than. That is legible without the key, which he may not have either. */
static void inherit_origin(struct consent *new, const struct consent_place *place)
{
	struct consent old = { .mfa = -1 };
	struct err ignored;

	(void)!read_stored(&old, place, &ignored); /* also when it can't be used: that may be why he signs in */
	if (old.has_origin) {
		new->has_origin = true;
		new->origin = old.origin;
	}
	consent_fini(&old);
}

int consent_write(const struct consent *c, const struct consent_place *place, struct err *e)
{
	struct consent new = *c;
	struct buf credential;
	int rc;

	if (!fits(c->upn) || !fits(c->oid) || !fits(c->tenant) || strlen(c->refresh_token) > LIMIT_TOKEN_BYTES)
		return err_set(e, ERR_STORE, "the consent is too long to be stored");
	/* It is newer than a credential that is there already. */
	buf_init(&credential, LIMIT_TOKEN_BYTES);
	rc = read_credential(&credential, &new.origin, e);
	new.has_origin = credential.n > 0;
	buf_fini_secret(&credential);
	if (rc == 0 && !new.has_origin)
		inherit_origin(&new, place);
	return rc ? -1 : store(&new, place, NULL, NULL, e);
}

int consent_renew(struct consent *c, const struct consent_place *place, const char *token, int64_t now, int mfa, bool *overtaken,
		  struct err *e)
{
	if (strlen(token) > LIMIT_TOKEN_BYTES)
		return err_set(e, ERR_STORE, "a refresh token of %zu bytes is not stored", strlen(token));
	if (c->refresh_token)
		mem_wipe(c->refresh_token, strlen(c->refresh_token));
	free(c->refresh_token);
	c->refresh_token = xstrdup(token);
	c->renewed_at = now;
	if (mfa >= 0)
		c->mfa = mfa;
	return store(c, place, &c->seen, overtaken, e);
}

void consent_fini(struct consent *c)
{
	if (c->refresh_token)
		mem_wipe(c->refresh_token, strlen(c->refresh_token));
	free(c->refresh_token);
	free(c->upn);
	free(c->oid);
	free(c->tenant);
	*c = (struct consent){ .mfa = -1 };
}

int64_t consent_lapses_at(const struct consent *c)
{
	int64_t issued = c->renewed_at > c->given_at ? c->renewed_at : c->given_at;

	return issued ? issued + (int64_t)CONSENT_LIFE_DAYS * DAY_SECONDS : 0;
}
