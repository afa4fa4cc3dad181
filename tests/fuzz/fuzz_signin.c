/* SPDX-License-Identifier: MIT */
/* What the sign-in service answers: tokens, claims, device codes, error documents. What is taken fits into a header, and no error has a
 * byte of a token. */
#include "base/limits.h"
#include "partner/pc_claims.h"
#include "partner/pc_device.h"
#include "partner/pc_error.h"
#include "partner/pc_json.h"
#include "partner/pc_token.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/fuzz.h"
#include "value/base64url.h"

#include <stdlib.h>

#define SECRET_MIN 8 /* bytes: shorter ones may stand in an error by chance */

static void check_visible(const char *text)
{
	FUZZ_REQUIRE(text[0], "empty");
	for (const char *p = text; *p; p++)
		FUZZ_REQUIRE(*p > ' ' && *p <= '~', "%s", text);
	FUZZ_REQUIRE(strlen(text) <= LIMIT_TOKEN_BYTES, "%zu bytes", strlen(text));
}

static void check_secret(const json_t *document, const char *name, const struct err *e)
{
	const char *secret = json_string_value(json_object_get(document, name));

	FUZZ_REQUIRE(!secret || strlen(secret) < SECRET_MIN || !strstr(e->text, secret), "%s: %s", name, e->text);
}

static void check_token(struct span input, const json_t *document)
{
	static const char *const secrets[] = { "access_token", "refresh_token", "id_token" };
	struct err e = ERR_INIT;
	struct pc_token t;

	if (pc_token_decode(&t, input, &e) == -1) {
		fuzz_check_err(&e);
		FUZZ_REQUIRE(strcmp(e.code, "E-FORMAT-TOKEN") == 0, "%s", e.code);
		for (size_t i = 0; i < countof(secrets); i++)
			check_secret(document, secrets[i], &e);
		return;
	}
	check_visible(t.access_token);
	if (t.refresh_token)
		check_visible(t.refresh_token);
	if (t.id_token)
		check_visible(t.id_token);
	FUZZ_REQUIRE(t.expires_in_s >= 60 && t.expires_in_s <= 86400 && t.mfa >= -1 && t.mfa <= 1, "%lld", (long long)t.expires_in_s);
	if (document)
		document_check_text(document, "access_token", span_of(t.access_token));
	pc_token_fini(&t);
}

static void check_claims(const char *token)
{
	static const struct guid client = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };
	struct pc_claims claims;
	struct err e = ERR_INIT;

	if (pc_claims_decode(&claims, token, client, &e) == -1) {
		fuzz_check_err(&e);
		return;
	}
	FUZZ_REQUIRE(fuzz_is_tame(span_of(claims.upn)) && fuzz_is_tame(span_of(claims.name)) && fuzz_is_tame(span_of(claims.oid)) &&
		     fuzz_is_tame(span_of(claims.issuer)), "%s", claims.upn);
	(void)pc_claims_is_personal(&claims);
}

/* The input as a token, and as the claims of one. */
static void check_tokens(struct span input)
{
	char *text = fuzz_text(input);
	struct buf token;

	if (text)
		check_claims(text);
	free(text);
	buf_init(&token, (size_t)1 << 20);
	if (buf_add_text(&token, "e30.") == -1 || base64url_encode(&token, input) == -1 || buf_add_text(&token, ".c2ln") == -1)
		abort();
	check_claims(buf_text(&token));
	buf_fini(&token);
}

static void check_device(struct span input, const json_t *document)
{
	struct err e = ERR_INIT;
	struct pc_device d;

	if (pc_device_decode(&d, input, &e) == -1) {
		fuzz_check_err(&e);
		check_secret(document, "device_code", &e);
		return;
	}
	check_visible(d.device_code);
	check_visible(d.user_code);
	check_visible(d.verification_uri);
	FUZZ_REQUIRE(strncmp(d.verification_uri, "https://", 8) == 0 || strncmp(d.verification_uri, "http://", 7) == 0, "%s", d.verification_uri);
	FUZZ_REQUIRE(d.expires_in_s >= 60 && d.expires_in_s <= 3600 && d.interval_s >= 1 && d.interval_s <= 60, "%lld", (long long)d.interval_s);
	pc_device_fini(&d);
}

static void check_errors(struct span input, struct rng *chance)
{
	static const long statuses[] = { 400, 401, 403, 404, 429, 500, 503, 302 };
	const size_t half = rng_below(chance, input.n + 1);
	struct err e = ERR_INIT;

	pc_token_error(&e, statuses[rng_below(chance, countof(statuses))], input);
	fuzz_check_err(&e);
	FUZZ_REQUIRE(e.code[0] && e.remedy[0], "%s", e.text);
	pc_sign_in_error(&e, (struct span){ input.p, half }, (struct span){ input.p + half, input.n - half });
	fuzz_check_err(&e);
	(void)pc_token_error_is_consent(input);
	(void)pc_device_judge(input);
}

void fuzz_input(struct span input)
{
	struct rng chance = fuzz_chance(input);
	struct err e = ERR_INIT;
	json_t *document = pc_json_load(input, &e);

	if (!document)
		fuzz_check_err(&e);
	check_token(input, document);
	check_tokens(input);
	check_device(input, document);
	check_errors(input, &chance);
	json_decref(document);
}
