/* SPDX-License-Identifier: MIT */
/* consent_text.c - the token file's bytes. Either
 *
 *	{"csp_usaged_consent":1,"sha256":"HEX","record":RECORD}        and a line end
 *	{"csp_usaged_consent":1,"key":"ID","nonce":"HEX","origin":"HEX","sealed":"BASE64URL"}
 *
 * where RECORD is an object of texts and whole numbers, and what is sealed is RECORD. There is one way to write each, so every byte
 * counts: what is outside of the checksum is compared as it stands. The origin (a digest, empty when there is none) stands outside of
 * the seal, which is bound to it: a sign-in without the key must be able to say what it is newer than. */
#include "auth/consent_private.h"

#include "auth/secret.h"
#include "base/limits.h"
#include "base/mem.h"
#include "crypto/hex.h"
#include "json/jread.h"
#include "value/base64url.h"
#include "value/parse.h"

#include <stdlib.h>

#define HEAD "{\"csp_usaged_consent\":1,"
#define PLAIN_HEAD HEAD "\"sha256\":\""
#define PLAIN_MIDDLE "\",\"record\":"
#define PLAIN_END "}\n"
#define SEALED_HEAD HEAD "\"key\":\""
#define SEALED_NONCE "\",\"nonce\":\""
#define SEALED_ORIGIN "\",\"origin\":\""
#define SEALED_MIDDLE "\",\"sealed\":\""
#define SEALED_END "\"}\n"
#define NONCE_DIGITS ((size_t)2 * SEAL_NONCE_BYTES)
#define KEY_ID_DIGITS ((size_t)SEAL_KEY_ID_MAX - 1)
#define HASH_DIGITS ((size_t)HASH_TEXT_MAX - 1)
#define BOUND_MAX 512

/* -- the record ---------------------------------------------------------------------------------------------------------------------- */

static int put_quoted(struct buf *out, const char *text)
{
	if (buf_add(out, "\"", 1) == -1)
		return -1;
	for (; *text; text++) {
		bool escape = *text == '"' || *text == '\\';

		if ((unsigned char)*text < ' ') {
			if (buf_printf(out, "\\u%04x", (unsigned)*text) == -1)
				return -1;
		} else if ((escape && buf_add(out, "\\", 1) == -1) || buf_add(out, text, 1) == -1) {
			return -1;
		}
	}
	return buf_add(out, "\"", 1);
}

static int put_text(struct buf *out, const char *name, const char *text)
{
	if (!text)
		return 0;
	return buf_printf(out, ",\"%s\":", name) == -1 ? -1 : put_quoted(out, text);
}

static int print_record(struct buf *out, const struct consent *c)
{
	char origin[HASH_TEXT_MAX];

	if (c->has_origin)
		hash_print(&c->origin, origin);
	return buf_printf(out, "{\"given_at\":%lld,\"renewed_at\":%lld,\"mfa\":%d", (long long)c->given_at, (long long)c->renewed_at,
			  c->mfa) == -1 ||
			       put_text(out, "upn", c->upn) == -1 || put_text(out, "oid", c->oid) == -1 ||
			       put_text(out, "tenant", c->tenant) == -1 || put_text(out, "origin", c->has_origin ? origin : NULL) == -1 ||
			       put_text(out, "refresh_token", c->refresh_token) == -1 || buf_add(out, "}", 1) == -1 ?
		       -1 :
		       0;
}

static int take_text(struct jread *r, char **to, struct err *e)
{
	struct buf scratch;
	struct span text;
	int rc;

	if (jread_next(r) != JREAD_STRING)
		return err_set(e, ERR_FORMAT, "not a text");
	buf_init(&scratch, LIMIT_TOKEN_BYTES);
	rc = jread_text(r, &scratch, &text, e);
	if (rc == 0) {
		free(*to);
		*to = xstrndup(text.p, text.n);
	}
	buf_fini_secret(&scratch);
	return rc;
}

static int take_number(struct jread *r, int64_t *to, struct err *e)
{
	if (jread_next(r) != JREAD_NUMBER)
		return err_set(e, ERR_FORMAT, "not a number");
	return parse_int(to, r->text, -1, INT64_MAX, e);
}

static int take_member(struct consent *c, struct jread *r, struct span name, struct err *e)
{
	char *origin = NULL;
	int64_t mfa = -1;
	int rc = -1;

	if (span_is(name, "refresh_token")) {
		rc = take_text(r, &c->refresh_token, e);
	} else if (span_is(name, "upn")) {
		rc = take_text(r, &c->upn, e);
	} else if (span_is(name, "oid")) {
		rc = take_text(r, &c->oid, e);
	} else if (span_is(name, "tenant")) {
		rc = take_text(r, &c->tenant, e);
	} else if (span_is(name, "given_at")) {
		rc = take_number(r, &c->given_at, e);
	} else if (span_is(name, "renewed_at")) {
		rc = take_number(r, &c->renewed_at, e);
	} else if (span_is(name, "mfa")) {
		rc = take_number(r, &mfa, e);
		c->mfa = (int)mfa;
	} else if (span_is(name, "origin")) {
		rc = take_text(r, &origin, e);
		c->has_origin = rc == 0 && hash_parse(&c->origin, span_of(origin));
	}
	free(origin);
	return rc;
}

static int parse_record(struct consent *c, struct span record, struct err *e)
{
	struct jread r;
	enum jread_token t;

	jread_init(&r);
	jread_window(&r, record.p, record.n, true);
	if (jread_next(&r) != JREAD_OBJECT)
		return err_set(e, ERR_FORMAT, "not an object");
	while ((t = jread_next(&r)) == JREAD_NAME)
		if (take_member(c, &r, r.text, e) == -1)
			return -1;
	if (t != JREAD_OBJECT_END || jread_next(&r) != JREAD_END || !c->refresh_token || !*c->refresh_token)
		return err_set(e, ERR_FORMAT, "not whole");
	return 0;
}

/* -- around it ------------------------------------------------------------------------------------------------------------------------- */

static struct span bind_origin(char text[BOUND_MAX], struct span bound, struct span origin)
{
	snprintf(text, BOUND_MAX, "%.*s %.*s", (int)bound.n, bound.p, (int)origin.n, origin.p);
	return span_of(text);
}

static int print_sealed(struct buf *out, const struct consent *c, struct span record, const struct seal_key *key, struct span bound)
{
	unsigned char nonce[SEAL_NONCE_BYTES];
	char id[SEAL_KEY_ID_MAX], nonce_text[NONCE_DIGITS + 1], origin[HASH_TEXT_MAX] = "", all[BOUND_MAX];
	struct buf sealed;
	int rc;

	if (c->has_origin)
		hash_print(&c->origin, origin);
	buf_init(&sealed, LIMIT_CONSENT_BYTES);
	rc = seal_close(&sealed, key, nonce, bind_origin(all, bound, span_of(origin)), record);
	seal_key_id(key, id);
	hex_print((struct span){ (const char *)nonce, sizeof(nonce) }, nonce_text);
	if (rc == 0)
		rc = buf_printf(out, SEALED_HEAD "%s" SEALED_NONCE "%s" SEALED_ORIGIN "%s" SEALED_MIDDLE, id, nonce_text, origin);
	if (rc == 0)
		rc = base64url_encode(out, buf_span(&sealed));
	if (rc == 0)
		rc = buf_add_text(out, SEALED_END);
	buf_fini(&sealed);
	return rc;
}

static int print_plain(struct buf *out, struct span record)
{
	const struct hash hash = hash_of(record);
	char text[HASH_TEXT_MAX];

	hash_print(&hash, text);
	if (buf_add_text(out, PLAIN_HEAD) == -1 || buf_add_text(out, text) == -1 || buf_add_text(out, PLAIN_MIDDLE) == -1 ||
	    buf_add_span(out, record) == -1)
		return -1;
	return buf_add_text(out, PLAIN_END);
}

int consent_print(struct buf *out, const struct consent *c, const struct seal_key *key, struct span bound, struct err *e)
{
	struct buf record;
	int rc;

	buf_init(&record, LIMIT_CONSENT_BYTES);
	rc = print_record(&record, c);
	if (rc == 0)
		rc = key ? print_sealed(out, c, buf_span(&record), key, bound) : print_plain(out, buf_span(&record));
	buf_fini_secret(&record);
	return rc ? err_set(e, ERR_STORE, "the consent is too long to be stored") : 0;
}

/* Takes WORD off the front of REST. */
static bool take(struct span *rest, const char *word)
{
	size_t n = strlen(word);

	if (rest->n < n || memcmp(rest->p, word, n) != 0)
		return false;
	*rest = (struct span){ rest->p + n, rest->n - n };
	return true;
}

static bool take_digits(struct span *rest, size_t n, struct span *digits)
{
	if (rest->n < n)
		return false;
	*digits = (struct span){ rest->p, n };
	*rest = (struct span){ rest->p + n, rest->n - n };
	return true;
}

static bool take_end(struct span *rest, const char *word)
{
	size_t n = strlen(word);

	if (rest->n < n || memcmp(rest->p + rest->n - n, word, n) != 0)
		return false;
	rest->n -= n;
	return true;
}

static int damaged(struct err *e)
{
	err_set(e, ERR_AUTH, TOKEN_FILE_NAME " is damaged, or was changed by somebody else");
	return err_advise(e, "E-TOKEN-DAMAGED", CONSENT_REMEDY);
}

static int parse_plain(struct consent *c, struct span rest, struct err *e)
{
	struct hash told, hash;
	struct span digits;

	if (!take_digits(&rest, HASH_DIGITS, &digits) || !hash_parse(&told, digits) || !take(&rest, PLAIN_MIDDLE) ||
	    !take_end(&rest, PLAIN_END))
		return damaged(e);
	hash = hash_of(rest);
	return hash_equal(&told, &hash) && parse_record(c, rest, e) == 0 ? 0 : damaged(e);
}

static int other_key(struct err *e, const char *what)
{
	err_set(e, ERR_AUTH, TOKEN_FILE_NAME " is sealed, and %s", what);
	return err_advise(e, "E-TOKEN-KEY", "give the token_key that it was sealed with (one in /etc/credstore is seen by the service alone), or run csp-usaged login");
}

static int open_sealed(struct consent *c, struct span text, const struct seal_key *key, const unsigned char *nonce, struct span bound,
		       struct err *e)
{
	struct buf sealed, record;
	int rc;

	buf_init(&sealed, LIMIT_CONSENT_BYTES);
	buf_init(&record, LIMIT_CONSENT_BYTES);
	rc = base64url_decode(&sealed, text);
	if (rc == 0)
		rc = seal_open(&record, key, nonce, bound, buf_span(&sealed));
	if (rc == 0)
		rc = parse_record(c, buf_span(&record), e);
	buf_fini(&sealed);
	buf_fini_secret(&record);
	return rc ? damaged(e) : 0;
}

/* The digest, or nothing. */
static bool take_origin(struct consent *c, struct span *rest, struct span *origin)
{
	*origin = (struct span){ rest->p, 0 };
	if (take(rest, SEALED_MIDDLE))
		return true;
	c->has_origin = take_digits(rest, HASH_DIGITS, origin) && hash_parse(&c->origin, *origin) && take(rest, SEALED_MIDDLE);
	return c->has_origin;
}

static int parse_sealed(struct consent *c, struct span rest, const struct seal_key *key, struct span bound, struct err *e)
{
	unsigned char nonce[SEAL_NONCE_BYTES];
	char id[SEAL_KEY_ID_MAX] = "", all[BOUND_MAX];
	struct span told, digits, origin;

	if (!take_digits(&rest, KEY_ID_DIGITS, &told) || !take(&rest, SEALED_NONCE) || !take_digits(&rest, NONCE_DIGITS, &digits) ||
	    !hex_parse(nonce, sizeof(nonce), digits) || !take(&rest, SEALED_ORIGIN) || !take_origin(c, &rest, &origin) ||
	    !take_end(&rest, SEALED_END))
		return damaged(e);
	if (!key)
		return other_key(e, "there is no token_key");
	seal_key_id(key, id);
	if (!span_is(told, id))
		return other_key(e, "with another key than token_key");
	return open_sealed(c, rest, key, nonce, bind_origin(all, bound, origin), e);
}

static bool is_bare(struct span token)
{
	for (size_t i = 0; i < token.n; i++) {
		char ch = token.p[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || (ch && strchr("._~-", ch))))
			return false;
	}
	return true;
}

int consent_parse(struct consent *c, struct span bytes, const struct seal_key *key, struct span bound, struct err *e)
{
	struct span rest = bytes;

	if (take(&rest, PLAIN_HEAD))
		return parse_plain(c, rest, e);
	if (take(&rest, SEALED_HEAD))
		return parse_sealed(c, rest, key, bound, e);
	rest = secret_strip(bytes);
	if (rest.n == 0) {
		err_set(e, ERR_AUTH, TOKEN_FILE_NAME " is empty");
		return err_advise(e, "E-TOKEN-DAMAGED", CONSENT_REMEDY);
	}
	if (!is_bare(rest) || rest.n > LIMIT_TOKEN_BYTES)
		return damaged(e);
	c->refresh_token = xstrndup(rest.p, rest.n);
	c->mfa = -1;
	return 0;
}
