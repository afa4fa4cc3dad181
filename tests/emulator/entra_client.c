/* SPDX-License-Identifier: MIT */
#include "entra_client.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "entra.h"
#include "entra_assertion.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

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

struct credential {
	char *id, *secret, *assertion, *type;
};

/* about is set when there is more to say than the client's id. */
static int
check_credential(struct request *r, const char *form, const struct credential *c, char **about)
{
	if (r->world->s.login.client_type == CLIENT_PUBLIC && (c->secret != NULL || c->assertion != NULL))
		return 700025;
	if (c->secret == NULL && c->assertion == NULL)
		return may_be_public(r, form) ? 0 : 7000218;
	if (c->assertion == NULL)
		return strcmp(c->secret, r->world->s.partner.client_secret) == 0 ? 0 : 7000215;
	if (c->type == NULL || strcmp(c->type, ASSERTION_TYPE) != 0) {
		*about = mem_dup("The client_assertion_type is not supported.");
		return 50027;
	}
	return entra_check_assertion(r, c->assertion, about);
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
entra_check_client(struct request *r, const char *form, char **about)
{
	struct credential c = {form_value(form, "client_id"), form_value(form, "client_secret"), form_value(form, "client_assertion"),
	    form_value(form, "client_assertion_type")};
	char guid[37];
	int code;

	*about = NULL;
	read_basic(r, &c.id, &c.secret);
	if (c.id == NULL)
		code = 900144;
	else if (parse_guid(c.id, guid) != 0 || strcmp(guid, r->world->s.partner.client_id) != 0)
		code = 700016;
	else
		code = check_credential(r, form, &c, about);
	if (code != 0 && *about == NULL)
		*about = mem_dup(c.id != NULL ? c.id : "client_id");
	free(c.id);
	free(c.secret);
	free(c.assertion);
	free(c.type);
	return code;
}
