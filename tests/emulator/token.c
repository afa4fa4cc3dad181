/* SPDX-License-Identifier: MIT */
#include "token.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "day.h"

#define REFRESH_PREFIX "1.AXEA."

static void
put_digest(const struct world *w, const char *what, const void *p, size_t len, struct text *out)
{
	unsigned char digest[32];
	unsigned n = sizeof(digest);
	struct text key = {0};

	text_printf(&key, "%s|%s|%s|%s", what, w->s.partner.tenant_id, w->s.partner.client_id, w->s.partner.client_secret);
	if (HMAC(EVP_sha256(), key.p, (int)key.len, p, len, digest, &n) == NULL)
		abort();
	text_fini(&key);
	text_base64(out, digest, n, 1);
}

static void
put_claims(struct state *s, const struct world *w, int delegated, const char *audience, struct text *out)
{
	const struct partner_conf *p = &w->s.partner;
	long long now = (long long)(time_now_ms() / 1000);
	unsigned char id[16];

	if (RAND_bytes(id, sizeof(id)) != 1)
		abort();
	text_printf(out, "{\"aud\":\"%s\",\"iss\":\"https://sts.windows.net/%s/\",\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld,", audience,
	    p->tenant_id, now, now, now + (long long)p->access_token_seconds);
	if (delegated)
		text_printf(out, "\"amr\":[\"pwd\"%s],\"scp\":\"user_impersonation\",\"upn\":\"%s\",", p->mfa ? ",\"mfa\"" : "", p->user);
	else
		text_puts(out, "\"idtyp\":\"app\",");
	text_printf(out, "\"appid\":\"%s\",\"tid\":\"%s\",\"ver\":\"1.0\",\"emulator_generation\":%lld,\"uti\":\"", p->client_id,
	    p->tenant_id, (long long)atomic_load(&s->token_generation));
	text_base64(out, id, sizeof(id), 1);
	text_puts(out, "\"}");
}

void
token_new_access(struct state *s, const struct world *w, int delegated, const char *audience, struct text *out)
{
	static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"emulator\"}";
	struct text token = {0}, claims = {0};

	put_claims(s, w, delegated, audience, &claims);
	text_base64(&token, header, strlen(header), 1);
	text_puts(&token, ".");
	text_base64(&token, claims.p, claims.len, 1);
	text_put(out, token.p, token.len);
	text_puts(out, ".");
	put_digest(w, "access", token.p, token.len, out);
	text_fini(&token);
	text_fini(&claims);
	atomic_fetch_add(&s->tokens_issued, 1);
}

static int
has_mfa(const json_t *claims)
{
	const json_t *amr = json_object_get(claims, "amr");

	for (size_t i = 0; i < json_array_size(amr); i++) {
		const char *method = json_string_value(json_array_get(amr, i));

		if (method != NULL && strcmp(method, "mfa") == 0)
			return 1;
	}
	return 0;
}

static enum token_state
check_claims(struct state *s, const struct world *w, const json_t *claims)
{
	const char *audience = json_string_value(json_object_get(claims, "aud"));

	if (audience == NULL || strcmp(audience, TOKEN_AUDIENCE) != 0)
		return TOKEN_WRONG_AUDIENCE;
	if (json_integer_value(json_object_get(claims, "exp")) * 1000 <= time_now_ms())
		return TOKEN_EXPIRED;
	if (json_integer_value(json_object_get(claims, "emulator_generation")) < atomic_load(&s->token_generation))
		return TOKEN_EXPIRED;
	if (json_object_get(claims, "scp") == NULL)
		return w->s.partner.app_only ? TOKEN_GOOD : TOKEN_APP_ONLY_REFUSED;
	return has_mfa(claims) ? TOKEN_GOOD : TOKEN_NO_MFA;
}

enum token_state
token_check_access(struct state *s, const struct world *w, const char *token)
{
	const char *first = strchr(token, '.'), *last = strrchr(token, '.');
	enum token_state state = TOKEN_BAD;
	unsigned char payload[2048];
	struct text digest = {0};
	json_t *claims = NULL;
	int n;

	if (first == NULL || first == last)
		return TOKEN_BAD;
	put_digest(w, "access", token, (size_t)(last - token), &digest);
	if (strlen(last + 1) != digest.len || CRYPTO_memcmp(last + 1, digest.p, digest.len) != 0)
		goto out;
	n = parse_base64(first + 1, (size_t)(last - first - 1), payload, sizeof(payload));
	if (n > 0)
		claims = json_loadb((const char *)payload, (size_t)n, 0, NULL);
	if (claims != NULL)
		state = check_claims(s, w, claims);
out:
	json_decref(claims);
	text_fini(&digest);
	return state;
}

void
token_new_refresh(const struct world *w, struct text *out)
{
	struct text random = {0};
	unsigned char bytes[24];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort();
	text_base64(&random, bytes, sizeof(bytes), 1);
	text_puts(out, REFRESH_PREFIX);
	text_put(out, random.p, random.len);
	text_puts(out, ".");
	put_digest(w, "refresh", random.p, random.len, out);
	text_fini(&random);
}

int
token_is_refresh(const struct world *w, const char *token)
{
	size_t skip = strlen(REFRESH_PREFIX);
	struct text digest = {0};
	const char *dot;
	int good;

	if (strcmp(token, w->s.partner.refresh_token) == 0)
		return 1;
	if (strncmp(token, REFRESH_PREFIX, skip) != 0 || (dot = strchr(token + skip, '.')) == NULL)
		return 0;
	put_digest(w, "refresh", token + skip, (size_t)(dot - token) - skip, &digest);
	good = strcmp(dot + 1, digest.p) == 0;
	text_fini(&digest);
	return good;
}
