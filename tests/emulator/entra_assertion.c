/* SPDX-License-Identifier: MIT */
#include "entra_assertion.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "entra.h"
#include "state.h"

#define LEEWAY_SECONDS 300	/* what clocks may differ by */
#define BASE64URL "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

struct assertion {
	json_t *header, *claims;
	size_t signed_len;		/* of the text that is signed */
	unsigned char signature[1024];
	int signature_len;
};

static json_t *
read_part(const char *p, size_t len)
{
	unsigned char bytes[4096];
	int n = parse_base64(p, len, bytes, sizeof(bytes));

	return n > 0 ? json_loadb((const char *)bytes, (size_t)n, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

/* Three parts of base64url without padding. */
static int
read_assertion(const char *jwt, struct assertion *a)
{
	size_t header = strspn(jwt, BASE64URL), claims, signature;
	const char *p = jwt + header + 1, *s;

	if (jwt[header] != '.')
		return -1;
	claims = strspn(p, BASE64URL);
	if (p[claims] != '.')
		return -1;
	s = p + claims + 1;
	signature = strspn(s, BASE64URL);
	if (s[signature] != '\0')
		return -1;
	a->signed_len = header + 1 + claims;
	a->header = read_part(jwt, header);
	a->claims = read_part(p, claims);
	a->signature_len = parse_base64(s, signature, a->signature, sizeof(a->signature));
	return json_is_object(a->header) && json_is_object(a->claims) && a->signature_len > 0 ? 0 : -1;
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

static int
refuse(int code, char **why, const char *text)
{
	*why = mem_dup(text);
	return code;
}

static int
check_signature(const struct request *r, const char *jwt, const struct assertion *a, char **why)
{
	int pss = strcmp(text_of(a->header, "alg"), "PS256") == 0;
	const char *thumbprint = text_of(a->header, pss ? "x5t#S256" : "x5t");
	struct x509_st *cert;

	if (!pss && strcmp(text_of(a->header, "alg"), "RS256") != 0)
		return refuse(50027, why, "The algorithm is not supported.");
	if (strcasecmp(text_of(a->header, "typ"), "JWT") != 0)
		return refuse(50027, why, "The header's typ is not JWT.");
	cert = certs_find(&r->world->certs, pss ? CERT_SHA256 : CERT_SHA1, thumbprint);
	if (cert == NULL)
		return refuse(700027, why, "The key was not found.");
	if (cert_has_expired(cert, world_clock_ms(r->world) / 1000))
		return refuse(700027, why, "The key used is expired.");
	if (!cert_verifies(cert, pss ? CERT_PS256 : CERT_RS256, jwt, a->signed_len, a->signature, (size_t)a->signature_len))
		return refuse(700027, why, "Key was found, but use of the key to verify the signature failed.");
	return 0;
}

/* https://HOST/{tenant}/oauth2/[v2.0/]token with our host or the real one. */
static int
is_our_audience(const struct request *r, const char *aud)
{
	static const char *const tails[] = {"oauth2/v2.0/token", "oauth2/token"};
	const char *host = request_header(r, "Host"), *hosts[] = {host != NULL ? host : "", "login.microsoftonline.com"};
	const char *tenants[] = {r->world->s.partner.tenant_id, r->world->s.login.domain};

	for (int i = 0; i < 8; i++) {
		struct text want = {0};
		int same;

		text_printf(&want, "https://%s/%s/%s", hosts[i & 1], tenants[i >> 1 & 1], tails[i >> 2]);
		same = strcmp(want.p, aud) == 0;
		text_fini(&want);
		if (same)
			return 1;
	}
	return 0;
}

static int
check_times(const struct request *r, const struct assertion *a, char **why)
{
	const json_t *exp = json_object_get(a->claims, "exp"), *nbf = json_object_get(a->claims, "nbf");
	long long now = (long long)(world_clock_ms(r->world) / 1000);
	struct text t = {0};

	if (!json_is_integer(exp) || !json_is_integer(nbf))
		return refuse(50027, why, "exp or nbf is missing.");
	if (json_integer_value(nbf) <= now + LEEWAY_SECONDS && json_integer_value(exp) > now - LEEWAY_SECONDS)
		return 0;
	text_printf(&t, "Current time: %lld, assertion valid from %lld, expiry time of assertion %lld.", now,
	    (long long)json_integer_value(nbf), (long long)json_integer_value(exp));
	*why = t.p;
	return 700024;
}

static int
check_claims(struct request *r, const struct assertion *a, char **why)
{
	const char *client = r->world->s.partner.client_id, *jti = text_of(a->claims, "jti");
	int code;

	if (strcasecmp(text_of(a->claims, "iss"), client) != 0 || strcasecmp(text_of(a->claims, "sub"), client) != 0)
		return refuse(50027, why, "Unexpected issuer or subject.");
	if (!is_our_audience(r, text_of(a->claims, "aud")))
		return refuse(50027, why, "Unexpected audience.");
	code = check_times(r, a, why);
	if (code != 0)
		return code;
	if (*jti == '\0')
		return refuse(50027, why, "jti is missing.");
	if (memo_add(&r->state->assertion_ids, jti, 1) > 1)
		return refuse(700027, why, "The assertion was used before.");
	return 0;
}

int
entra_check_assertion(struct request *r, const char *jwt, char **why)
{
	struct assertion a = {0};
	int code;

	*why = NULL;
	if (read_assertion(jwt, &a) != 0)
		code = refuse(50027, why, "It does not have three parts of base64url.");
	else if ((code = check_signature(r, jwt, &a, why)) == 0)
		code = check_claims(r, &a, why);
	json_decref(a.header);
	json_decref(a.claims);
	return code;
}
