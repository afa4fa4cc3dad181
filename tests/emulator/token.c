/* SPDX-License-Identifier: MIT */
#include "token.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "roles.h"

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

/* The account that signs in. */
struct account_names {
	const char *tenant, *upn, *name;
	char oid[37];
};

static struct account_names
account_of(const struct world *w)
{
	struct account_names a = {w->s.partner.tenant_id, w->s.partner.user, "Billing Service", ""};

	if (w->s.login.account == ACCOUNT_OTHER_TENANT)
		a = (struct account_names){"5a1c0d62-0f0e-4c59-9b3f-6d2f0a8e7c11", "someone@elsewhere.example", "Someone Else", ""};
	else if (w->s.login.account == ACCOUNT_PERSONAL)
		a = (struct account_names){"9188040d-6c67-4c5b-b112-36a304b66dad", "someone@outlook.com", "Some One", ""};
	hash_guid(hash_bytes(a.upn, strlen(a.upn)), a.oid);
	return a;
}

static void
put_unique_id(struct text *out)
{
	unsigned char id[16];

	if (RAND_bytes(id, sizeof(id)) != 1)
		abort();
	text_base64(out, id, sizeof(id), 1);
}

static void
put_amr(const struct world *w, struct text *out)
{
	text_printf(out, "\"amr\":[\"pwd\"%s],", w->s.partner.mfa ? ",\"mfa\"" : "");
}

static void
put_access_claims(struct state *s, const struct world *w, int delegated, const char *audience, struct text *out)
{
	const struct partner_conf *p = &w->s.partner;
	long long now = (long long)(world_clock_ms(w) / 1000);
	struct account_names a = account_of(w);
	const char *tenant = delegated ? a.tenant : p->tenant_id;

	text_printf(out, "{\"aud\":\"%s\",\"iss\":\"https://sts.windows.net/%s/\",\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld,", audience,
	    tenant, now, now, now + (long long)p->access_token_seconds);
	if (delegated) {
		put_amr(w, out);
		roles_put_claim(p->roles, out);
		text_printf(out, "\"name\":\"%s\",\"oid\":\"%s\",\"scp\":\"user_impersonation\",\"unique_name\":\"%s\",\"upn\":\"%s\",", a.name,
		    a.oid, a.upn, a.upn);
	} else {
		text_puts(out, "\"idtyp\":\"app\",");
	}
	text_printf(out, "\"appid\":\"%s\",\"tid\":\"%s\",\"ver\":\"1.0\",\"emulator_generation\":%lld,\"uti\":\"", p->client_id, tenant,
	    (long long)atomic_load(&s->token_generation));
	put_unique_id(out);
	text_puts(out, "\"}");
}

/* A JWT of these claims. Its signature is a keyed digest, which nobody but the emulator can check. */
static void
put_jwt(const struct world *w, const char *what, const struct text *claims, struct text *out)
{
	static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"emulator\"}";
	struct text token = {0};

	text_base64(&token, header, strlen(header), 1);
	text_puts(&token, ".");
	text_base64(&token, claims->p, claims->len, 1);
	text_put(out, token.p, token.len);
	text_puts(out, ".");
	put_digest(w, what, token.p, token.len, out);
	text_fini(&token);
}

void
token_new_access(struct state *s, const struct world *w, int delegated, const char *audience, struct text *out)
{
	struct text claims = {0};

	put_access_claims(s, w, delegated, audience, &claims);
	put_jwt(w, "access", &claims, out);
	text_fini(&claims);
	atomic_fetch_add(&s->tokens_issued, 1);
}

void
token_new_id(const struct world *w, const char *nonce, struct text *out)
{
	long long now = (long long)(world_clock_ms(w) / 1000);
	struct account_names a = account_of(w);
	struct text claims = {0};

	text_printf(&claims, "{\"aud\":\"%s\",\"iss\":\"https://login.microsoftonline.com/%s/v2.0\",\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld,",
	    w->s.partner.client_id, a.tenant, now, now, now + 3600);
	if (w->s.login.id_token_amr)
		put_amr(w, &claims);
	text_printf(&claims, "\"name\":\"%s\",", a.name);
	if (*nonce != '\0') {
		text_puts(&claims, "\"nonce\":");
		text_json(&claims, nonce);
		text_puts(&claims, ",");
	}
	text_printf(&claims, "\"oid\":\"%s\",\"preferred_username\":\"%s\",\"sub\":\"", a.oid, a.upn);
	put_digest(w, "sub", a.oid, strlen(a.oid), &claims);
	text_printf(&claims, "\",\"tid\":\"%s\",\"uti\":\"", a.tenant);
	put_unique_id(&claims);
	text_puts(&claims, "\",\"ver\":\"2.0\"}");
	put_jwt(w, "id", &claims, out);
	text_fini(&claims);
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
check_claims(struct state *s, const struct world *w, const json_t *claims, int ours)
{
	const char *audience = json_string_value(json_object_get(claims, "aud"));
	const char *tenant = json_string_value(json_object_get(claims, "tid"));

	if (audience == NULL || strcmp(audience, TOKEN_AUDIENCE) != 0)
		return TOKEN_WRONG_AUDIENCE;
	if (json_integer_value(json_object_get(claims, "exp")) * 1000 <= world_clock_ms(w))
		return TOKEN_EXPIRED;
	if (ours && json_integer_value(json_object_get(claims, "emulator_generation")) < atomic_load(&s->token_generation))
		return TOKEN_EXPIRED;
	if (tenant == NULL || strcmp(tenant, w->s.partner.tenant_id) != 0)
		return TOKEN_OTHER_TENANT;
	if (json_object_get(claims, "scp") == NULL)
		return w->s.partner.app_only ? TOKEN_GOOD_APP : TOKEN_APP_ONLY_REFUSED;
	return has_mfa(claims) ? TOKEN_GOOD : TOKEN_NO_MFA;
}

/* LEN: of the text before the last dot, behind which the signature stands. */
static int
is_ours(const struct world *w, const char *token, size_t len)
{
	struct text digest = {0};
	int same;

	put_digest(w, "access", token, len, &digest);
	same = strlen(token + len + 1) == digest.len && CRYPTO_memcmp(token + len + 1, digest.p, digest.len) == 0;
	text_fini(&digest);
	return same;
}

static int
is_of_another_issuer(const struct world *w, const char *token, size_t len)
{
	unsigned char signature[1024];
	int n = parse_base64(token + len + 1, strlen(token + len + 1), signature, sizeof(signature));

	for (size_t i = 0; n > 0 && i < w->issuers.count; i++)
		if (cert_verifies(w->issuers.all[i], CERT_RS256, token, len, signature, (size_t)n))
			return 1;
	return 0;
}

enum token_state
token_check_access(struct state *s, const struct world *w, const char *token)
{
	const char *first = strchr(token, '.'), *last = strrchr(token, '.');
	enum token_state state = TOKEN_BAD;
	unsigned char payload[2048];
	json_t *claims = NULL;
	int n, ours;

	if (first == NULL || first == last)
		return TOKEN_BAD;
	ours = is_ours(w, token, (size_t)(last - token));
	if (!ours && !is_of_another_issuer(w, token, (size_t)(last - token)))
		return TOKEN_BAD;
	n = parse_base64(first + 1, (size_t)(last - first - 1), payload, sizeof(payload));
	if (n > 0)
		claims = json_loadb((const char *)payload, (size_t)n, 0, NULL);
	if (claims != NULL)
		state = check_claims(s, w, claims, ours);
	json_decref(claims);
	return state;
}

void
token_new_refresh(const struct world *w, int64_t generation, struct text *out)
{
	struct text body = {0};
	unsigned char bytes[24];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort();
	text_base64(&body, bytes, sizeof(bytes), 1);
	text_printf(&body, ".%lld", (long long)generation);
	text_puts(out, REFRESH_PREFIX);
	text_put(out, body.p, body.len);
	text_puts(out, ".");
	put_digest(w, "refresh", body.p, body.len, out);
	text_fini(&body);
}

int64_t
token_refresh_generation(const struct world *w, const char *token)
{
	size_t skip = strlen(REFRESH_PREFIX);
	const char *number, *last = strrchr(token, '.');
	struct text digest = {0};
	int64_t generation = -1;

	if (strcmp(token, w->s.partner.refresh_token) == 0)
		return 0;
	if (strncmp(token, REFRESH_PREFIX, skip) != 0 || (number = strchr(token + skip, '.')) == NULL || number >= last)
		return -1;
	put_digest(w, "refresh", token + skip, (size_t)(last - token) - skip, &digest);
	if (strcmp(last + 1, digest.p) == 0)
		generation = strtoll(number + 1, NULL, 10);
	text_fini(&digest);
	return generation;
}
