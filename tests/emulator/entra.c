/* SPDX-License-Identifier: MIT */
#include "entra.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "entra_client.h"
#include "entra_error.h"
#include "state.h"
#include "token.h"

enum request_kind
entra_kind(const struct request *r)
{
	int v2 = request_segment_is(r, 2, "v2.0");
	size_t last = v2 ? 3 : 2;

	if (!request_segment_is(r, 1, "oauth2") || r->segment_count != last + 1)
		return KIND_OTHER;
	if (request_segment_is(r, last, "token"))
		return KIND_TOKEN;
	if (request_segment_is(r, last, "devicecode"))
		return KIND_DEVICE_CODE;
	if (v2 && request_segment_is(r, last, "authorize"))
		return KIND_AUTHORIZE;
	return KIND_OTHER;
}

int
entra_check_tenant(const struct request *r, int any_allowed)
{
	const char *tenant = r->segments[0];
	const struct scenario *s = &r->world->s;
	char id[37];

	if (parse_guid(tenant, id) == 0)
		return strcmp(id, s->partner.tenant_id) == 0 ? 0 : 90002;
	if (strcasecmp(tenant, s->login.domain) == 0)
		return 0;
	if (any_allowed && (strcasecmp(tenant, "common") == 0 || strcasecmp(tenant, "organizations") == 0))
		return s->login.multi_tenant ? 0 : 50194;
	return 90002;
}

int
entra_has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; *p != '\0'; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (strncmp(p, word, n) == 0 && (p[n] == ' ' || p[n] == '\0'))
			return 1;
	}
	return 0;
}

static int
check_one_scope(const char *s)
{
	static const char *const resources[] = {TOKEN_AUDIENCE "/", "https://graph.microsoft.com/"};

	if (entra_has_word("openid profile email offline_access", s))
		return 0;
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		if (strncmp(s, resources[i], strlen(resources[i])) == 0)
			return s[strlen(resources[i])] != '\0' ? 0 : 70011;
	}
	return strstr(s, "://") != NULL ? 500011 : 70011;
}

int
entra_check_scope(const char *scope, char **bad)
{
	char *copy = mem_dup(scope), *save = NULL;
	int code = 0, count = 0;

	*bad = NULL;
	for (char *p = strtok_r(copy, " ", &save); p != NULL && code == 0; p = strtok_r(NULL, " ", &save)) {
		code = check_one_scope(p);
		count++;
		if (code != 0)
			*bad = mem_dup(p);
	}
	free(copy);
	if (count == 0) {
		*bad = mem_dup(scope);
		return 70011;
	}
	return code;
}

/* 0, or the code that a refresh token is refused with. */
static int
check_refresh(struct request *r, const char *token)
{
	int64_t generation = token_refresh_generation(r->world, token);
	int code;

	if (generation < 0)
		return 70000;
	code = logins_check_refresh(&r->state->logins, token, generation);
	if (code == 0 && r->world->s.login.rotation == ROTATION_FORCED && memo_add(&r->state->spent_tokens, token, 1) > 1)
		return 70000;
	return code;
}

static void
grant_refresh(struct request *r, const char *form, int v1, const char *scope)
{
	int64_t rotation = r->world->s.login.rotation;
	char *token = form_value(form, "refresh_token");
	int code;

	if (token == NULL) {
		entra_refuse(r, 900144, "refresh_token");
	} else if ((code = check_refresh(r, token)) != 0) {
		entra_refuse(r, code, r->world->s.partner.client_id);
	} else {
		entra_give_tokens(r, &(struct entra_tokens){.delegated = 1, .refresh = rotation != ROTATION_NONE, .v1 = v1, .scope = scope,
		    .nonce = "", .same = rotation == ROTATION_SAME ? token : NULL});
		atomic_fetch_add(&r->state->refreshes, 1);
	}
	free(token);
}

static void
grant_client(struct request *r, const char *form, int v1, const char *scope)
{
	size_t n = strlen(scope);

	(void)form;
	if (!v1 && (n < 9 || strcmp(scope + n - 9, "/.default") != 0))
		entra_refuse(r, 70011, scope);
	else
		entra_give_tokens(r, &(struct entra_tokens){.v1 = v1, .scope = scope, .nonce = ""});
}

/* The grants it knows. */
static const struct grant {
	const char *name;
	entra_grant *run;
	int scope_wanted;
} grants[] = {
	{"refresh_token", grant_refresh, 0},
	{"client_credentials", grant_client, 1},
	{"authorization_code", entra_grant_code, 0},
	{ENTRA_DEVICE_GRANT, entra_grant_device, 0},
	{"device_code", entra_grant_device, 0},	/* of v1 */
};

static const struct grant *
find_grant(const char *name)
{
	for (size_t i = 0; i < sizeof(grants) / sizeof(grants[0]); i++) {
		if (strcmp(grants[i].name, name) == 0)
			return &grants[i];
	}
	return NULL;
}

static void
run_grant(struct request *r, const char *form, int v1)
{
	char *name = form_value(form, "grant_type");
	char *scope = form_value(form, v1 ? "resource" : "scope"), *resource = form_value(form, "resource"), *bad = NULL;
	const struct grant *grant = name != NULL ? find_grant(name) : NULL;
	int code;

	if (name == NULL)
		entra_refuse(r, 900144, "grant_type");
	else if (grant == NULL)
		entra_refuse(r, 70003, name);
	else if (!v1 && resource != NULL)
		entra_refuse(r, 901002, "");
	else if (scope == NULL && (v1 || grant->scope_wanted))
		entra_refuse(r, 900144, v1 ? "resource" : "scope");
	else if (!v1 && scope != NULL && (code = entra_check_scope(scope, &bad)) != 0)
		entra_refuse(r, code, bad);
	else if (v1 && strstr(scope, "microsoft") == NULL)
		entra_refuse(r, 500011, scope);
	else
		grant->run(r, form, v1, scope != NULL ? scope : "");
	free(name);
	free(scope);
	free(resource);
	free(bad);
}

static void
token_answer(struct request *r)
{
	const struct partner_conf *p = &r->world->s.partner;
	const char *type = request_header(r, "Content-Type"), *form = r->body.p != NULL ? r->body.p : "";
	int v1 = r->segment_count == 3, code;
	char *about = NULL;

	if (strcmp(r->method, "POST") != 0)
		entra_refuse(r, 900144, "grant_type");
	else if (type == NULL || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
		entra_refuse(r, 900144, "grant_type");
	else if ((code = entra_check_tenant(r, 0)) != 0)
		entra_refuse(r, code, r->segments[0]);
	else if ((code = entra_check_client(r, form, &about)) != 0)
		entra_refuse(r, code, about);
	else if (p->sign_in != 0)
		entra_refuse(r, (int)p->sign_in, p->client_id);
	else
		run_grant(r, form, v1);
	free(about);
}

void
entra_answer(struct request *r)
{
	if (r->kind == KIND_AUTHORIZE)
		entra_authorize(r);
	else if (r->kind == KIND_DEVICE_CODE)
		entra_device_code(r);
	else
		token_answer(r);
}
