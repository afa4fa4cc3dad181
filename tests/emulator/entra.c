/* SPDX-License-Identifier: MIT */
#include "entra.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "day.h"
#include "entra_client.h"
#include "hash.h"
#include "state.h"
#include "token.h"

struct refusal {
	int code;
	unsigned status;
	const char *error, *text;
};

static const struct refusal refusals[] = {
	{50001, 400, "invalid_resource", "The resource principal was not found in the tenant."},
	{500011, 400, "invalid_resource", "The resource principal named %s was not found in the tenant."},
	{50027, 401, "invalid_client", "JWT token is invalid or malformed."},
	{50053, 400, "invalid_grant", "The account is locked."},
	{50055, 400, "invalid_grant", "The password is expired."},
	{50057, 400, "invalid_grant", "The user account is disabled."},
	{50076, 400, "interaction_required", "Due to a configuration change made by your administrator, or because you moved to a new "
	    "location, you must use multi-factor authentication."},
	{50079, 400, "interaction_required", "Due to a configuration change made by your administrator, or because you moved to a new "
	    "location, you must enroll in multi-factor authentication."},
	{50173, 400, "invalid_grant", "The provided grant has expired due to it being revoked, a fresh auth token is needed."},
	{53003, 400, "interaction_required", "Access has been blocked by Conditional Access policies."},
	{65001, 400, "invalid_grant", "The user or administrator has not consented to use the application with ID '%s'."},
	{70000, 400, "invalid_grant", "Provided grant is invalid or malformed."},
	{70011, 400, "invalid_scope", "The provided value for the input parameter 'scope' is not valid."},
	{700016, 400, "unauthorized_client", "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application "
	    "has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent "
	    "your authentication request to the wrong tenant."},
	{700027, 401, "invalid_client", "The certificate with identifier used to sign the client assertion is not registered on application."},
	{700082, 400, "invalid_grant", "The refresh token has expired due to inactivity."},
	{7000215, 401, "invalid_client", "Invalid client secret provided. Ensure the secret being sent in the request is the client "
	    "secret value, not the client secret ID, for a secret added to app '%s'."},
	{7000218, 401, "invalid_client", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
	{7000222, 401, "invalid_client", "The provided client secret keys for app '%s' are expired."},
	{70003, 400, "unsupported_grant_type", "The app requested an unsupported grant type '%s'."},
	{90002, 400, "invalid_request", "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into "
	    "the correct cloud."},
	{900144, 400, "invalid_request", "The request body must contain the following parameter: '%s'."},
	{901002, 400, "invalid_request", "The 'resource' request parameter is not supported."},
	{9002313, 400, "invalid_request", "Invalid request. Request is malformed or invalid."},
	{90033, 503, "temporarily_unavailable", "A transient error has occurred. Please try again."},
};

/* Puts about in the place of the text's first %s, the tenant in that of the second. */
static void
put_text(struct text *out, const char *text, const char *about, const char *tenant)
{
	const char *place = strstr(text, "%s");

	if (place == NULL) {
		text_puts(out, text);
		return;
	}
	text_put(out, text, (size_t)(place - text));
	text_puts(out, about);
	put_text(out, place + 2, tenant, "");
}

static void
refuse(struct request *r, int code, const char *about)
{
	struct refusal other = {code, 400, "invalid_grant", "Refused by the emulator's scenario."};
	const struct refusal *f = &other;
	struct text description = {0};
	char stamp[32], trace[37], correlation[37];
	time_t now = (time_t)(time_now_ms() / 1000);
	struct tm tm;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (refusals[i].code == code)
			f = &refusals[i];
	}
	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%SZ", &tm);
	hash_guid(hash_two((uint64_t)r->start_ms, (uint64_t)code), trace);
	hash_guid(hash_two((uint64_t)r->start_ms, 1), correlation);
	text_printf(&description, "AADSTS%d: ", code);
	put_text(&description, f->text, about, r->world->s.partner.tenant_id);
	text_printf(&description, "\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", trace, correlation, stamp);
	reply_json(r, f->status);
	r->reply.body.len = 0;
	text_printf(&r->reply.body, "{\"error\":\"%s\",\"error_description\":", f->error);
	text_json(&r->reply.body, description.p);
	text_printf(&r->reply.body, ",\"error_codes\":[%d],\"timestamp\":\"%s\",\"trace_id\":\"%s\",\"correlation_id\":\"%s\","
	    "\"error_uri\":\"https://login.microsoftonline.com/error?code=%d\"%s}", code, stamp, trace, correlation, code,
	    strcmp(f->error, "interaction_required") == 0 ? ",\"suberror\":\"basic_action\"" : "");
	text_fini(&description);
	atomic_fetch_add(&r->state->refused_sign_ins, 1);
}

static void
put_seconds(struct request *r, const char *name, long long value, int v1)
{
	int64_t form = r->world->s.quirks.token_numbers;
	int quoted = form == NUMBER_STRING || (form == NUMBER_AUTO && v1);

	text_printf(&r->reply.body, quoted ? ",\"%s\":\"%lld\"" : ",\"%s\":%lld", name, value);
}

static void
answer(struct request *r, int delegated, int v1, const char *scope)
{
	long long life = r->world->s.partner.access_token_seconds, now = (long long)(time_now_ms() / 1000);
	const char *graph = strstr(scope, "graph.microsoft.com") != NULL ? "https://graph.microsoft.com" : NULL;
	struct text *b = &r->reply.body;

	reply_json(r, 200);
	reply_header(&r->reply, "Cache-Control", "no-store, no-cache");
	reply_header(&r->reply, "Pragma", "no-cache");
	text_puts(b, "{\"token_type\":\"Bearer\"");
	if (delegated)
		text_printf(b, ",\"scope\":\"%suser_impersonation\"", v1 ? "" : TOKEN_AUDIENCE "/");
	put_seconds(r, "expires_in", life - 1 > 0 ? life - 1 : life, v1);
	put_seconds(r, "ext_expires_in", life - 1 > 0 ? life - 1 : life, v1);
	if (v1) {
		put_seconds(r, "expires_on", now + life, v1);
		put_seconds(r, "not_before", now, v1);
		text_printf(b, ",\"resource\":\"%s\"", TOKEN_AUDIENCE);
	}
	text_puts(b, ",\"access_token\":\"");
	token_new_access(r->state, r->world, delegated, graph != NULL ? graph : TOKEN_AUDIENCE, b);
	text_puts(b, "\"");
	if (delegated && !request_fault_is(r, FAULT_NO_REFRESH_TOKEN)) {
		text_puts(b, ",\"refresh_token\":\"");
		token_new_refresh(r->world, b);
		text_puts(b, "\"");
	}
	text_puts(b, "}");
}

static void
grant_refresh(struct request *r, const char *form, int v1, const char *scope)
{
	char *token = form_value(form, "refresh_token");

	if (token == NULL)
		refuse(r, 900144, "refresh_token");
	else if (!token_is_refresh(r->world, token))
		refuse(r, 70000, "");
	else
		answer(r, 1, v1, scope);
	if (r->reply.status == 200)
		atomic_fetch_add(&r->state->refreshes, 1);
	free(token);
}

static void
grant_client(struct request *r, const char *form, int v1, const char *scope)
{
	size_t n = strlen(scope);

	(void)form;
	if (!v1 && (n < 9 || strcmp(scope + n - 9, "/.default") != 0))
		refuse(r, 70011, "");
	else
		answer(r, 0, v1, scope);
}

/* The grants it knows; authorization_code and device_code belong here when they come. */
static const struct {
	const char *name;
	void (*run)(struct request *r, const char *form, int v1, const char *scope);
} grants[] = {
	{"refresh_token", grant_refresh},
	{"client_credentials", grant_client},
};

static void
run_grant(struct request *r, const char *form, int v1)
{
	char *grant = form_value(form, "grant_type");
	char *scope = form_value(form, v1 ? "resource" : "scope"), *resource = form_value(form, "resource");
	size_t i = 0;

	while (grant != NULL && i < sizeof(grants) / sizeof(grants[0]) && strcmp(grants[i].name, grant) != 0)
		i++;
	if (grant == NULL)
		refuse(r, 900144, "grant_type");
	else if (i == sizeof(grants) / sizeof(grants[0]))
		refuse(r, 70003, grant);
	else if (!v1 && resource != NULL)
		refuse(r, 901002, "");
	else if (scope == NULL && (v1 || i == 1))
		refuse(r, 900144, v1 ? "resource" : "scope");
	else if (scope != NULL && *scope != '\0' && strstr(scope, "microsoft") == NULL && strstr(scope, "https://") != NULL)
		refuse(r, 500011, scope);
	else
		grants[i].run(r, form, v1, scope != NULL ? scope : "");
	free(grant);
	free(scope);
	free(resource);
}

void
entra_token(struct request *r)
{
	const struct partner_conf *p = &r->world->s.partner;
	const char *type = request_header(r, "Content-Type"), *form = r->body.p != NULL ? r->body.p : "";
	int v1 = r->segment_count == 3, code;
	char tenant[37], *client = NULL;

	if (type == NULL || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0) {
		refuse(r, 900144, "grant_type");
	} else if (parse_guid(r->segments[0], tenant) != 0 || strcmp(tenant, p->tenant_id) != 0) {
		refuse(r, 90002, r->segments[0]);
	} else if ((code = entra_check_client(r, form, &client)) != 0) {
		refuse(r, code, code == 900144 ? "client_id" : client);
	} else if (p->sign_in != 0) {
		refuse(r, (int)p->sign_in, p->client_id);
	} else {
		run_grant(r, form, v1);
	}
	free(client);
}
