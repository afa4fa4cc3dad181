/* SPDX-License-Identifier: MIT */
#include "entra_client.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "day.h"
#include "entra.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* One of the dot-separated parts of a JWT as JSON; NULL when it is none. */
static json_t *
jwt_part(const char *jwt, int part)
{
	unsigned char bytes[4096];
	size_t len;
	int n;

	for (; part > 0; part--) {
		jwt = strchr(jwt, '.');
		if (jwt == NULL)
			return NULL;
		jwt++;
	}
	len = strcspn(jwt, ".");
	n = parse_base64(jwt, len, bytes, sizeof(bytes));
	return n > 0 ? json_loadb((const char *)bytes, (size_t)n, 0, NULL) : NULL;
}

static int
text_is(const json_t *object, const char *key, const char *want)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL && strcasecmp(s, want) == 0;
}

static int
audience_is_ours(const struct request *r, const json_t *claims)
{
	const char *aud = json_string_value(json_object_get(claims, "aud"));

	return aud != NULL && strstr(aud, r->world->s.partner.tenant_id) != NULL && strstr(aud, "/oauth2/") != NULL &&
	    strlen(aud) > 6 && strcmp(aud + strlen(aud) - 6, "/token") == 0;
}

/* Its shape, not its signature: the emulator has no certificate to check against. */
static int
check_assertion(const struct request *r, const char *jwt)
{
	const char *client = r->world->s.partner.client_id;
	json_t *header = jwt_part(jwt, 0), *claims = jwt_part(jwt, 1);
	const char *alg = json_string_value(json_object_get(header, "alg"));
	int code = 0;

	if (header == NULL || claims == NULL || strrchr(jwt, '.') == strchr(jwt, '.') || strrchr(jwt, '.')[1] == '\0')
		code = 50027;
	else if (alg == NULL || (strcmp(alg, "PS256") != 0 && strcmp(alg, "RS256") != 0))
		code = 50027;
	else if (json_object_get(header, strcmp(alg, "PS256") == 0 ? "x5t#S256" : "x5t") == NULL)
		code = 700027;
	else if (!text_is(claims, "iss", client) || !text_is(claims, "sub", client) || !audience_is_ours(r, claims))
		code = 50027;
	else if (json_integer_value(json_object_get(claims, "exp")) * 1000 <= time_now_ms())
		code = 50027;
	json_decref(header);
	json_decref(claims);
	return code;
}

/* 1 when the grant needs no credential: of a public client, and device codes where they are allowed. */
static int
may_be_public(const struct request *r, const char *form)
{
	int64_t type = r->world->s.login.client_type;
	char *grant = form_value(form, "grant_type");
	int device = grant != NULL && (strcmp(grant, ENTRA_DEVICE_GRANT) == 0 || strcmp(grant, "device_code") == 0);
	int app = grant != NULL && strcmp(grant, "client_credentials") == 0;

	free(grant);
	return type == CLIENT_PUBLIC ? !app : type == CLIENT_BOTH && device;
}

static int
check_secret(const struct request *r, const char *form, const char *secret, const char *assertion, const char *type)
{
	if (r->world->s.login.client_type == CLIENT_PUBLIC && (secret != NULL || assertion != NULL))
		return 700025;
	if (secret == NULL && assertion == NULL)
		return may_be_public(r, form) ? 0 : 7000218;
	if (assertion != NULL)
		return type != NULL && strcmp(type, ASSERTION_TYPE) == 0 ? check_assertion(r, assertion) : 50027;
	return strcmp(secret, r->world->s.partner.client_secret) == 0 ? 0 : 7000215;
}

/* Authorization: Basic of id:secret, each form-encoded; the parts are the caller's to free. */
static void
read_basic(const struct request *r, char **id, char **secret)
{
	const char *value = request_header(r, "Authorization");
	unsigned char pair[512];
	char *colon;
	int n;

	if (value == NULL || strncasecmp(value, "Basic ", 6) != 0)
		return;
	n = parse_base64(value + 6, strlen(value + 6), pair, sizeof(pair) - 1);
	if (n <= 0)
		return;
	pair[n] = '\0';
	colon = strchr((char *)pair, ':');
	if (colon == NULL)
		return;
	*colon = '\0';
	free(*id);
	free(*secret);
	*id = mem_dup((char *)pair);
	*secret = mem_dup(colon + 1);
	parse_form_value(*id);
	parse_form_value(*secret);
}

int
entra_check_client(struct request *r, const char *form, char **sent)
{
	char *id = form_value(form, "client_id"), *secret = form_value(form, "client_secret");
	char *assertion = form_value(form, "client_assertion"), *type = form_value(form, "client_assertion_type");
	char guid[37];
	int code;

	read_basic(r, &id, &secret);
	if (id == NULL)
		code = 900144;
	else if (parse_guid(id, guid) != 0 || strcmp(guid, r->world->s.partner.client_id) != 0)
		code = 700016;
	else
		code = check_secret(r, form, secret, assertion, type);
	*sent = id;
	free(secret);
	free(assertion);
	free(type);
	return code;
}
