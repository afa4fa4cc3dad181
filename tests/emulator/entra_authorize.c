/* SPDX-License-Identifier: MIT */
/* The address that a browser is sent to. Who asks wrongly for whom gets a page; every other refusal goes back to the application. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "entra.h"
#include "entra_error.h"
#include "hash.h"
#include "state.h"

/* A value of the query, or of the body when the page posts; "" when absent. */
static const char *
asked(const struct request *r, const char *name)
{
	const char *value = request_query(r, name);

	return value != NULL ? value : "";
}

/* Length of SCHEME://HOST of a loopback redirect, whose port is of no matter; 0 when it is none. */
static size_t
localhost_length(const char *uri)
{
	static const char start[] = "http://localhost";
	size_t n = strlen(start);

	return strncasecmp(uri, start, n) == 0 && strchr(":/?", uri[n]) != NULL ? n : 0;
}

/* What follows host and port; an empty path is "/". */
static const char *
after_port(const char *uri)
{
	uri += localhost_length(uri);
	if (*uri == ':')
		uri += 1 + strspn(uri + 1, "0123456789");
	return *uri == '\0' ? "/" : uri;
}

static int
is_same_redirect(const char *uri, const char *registered)
{
	if (localhost_length(uri) > 0 && localhost_length(registered) > 0)
		return strcmp(after_port(uri), after_port(registered)) == 0;
	return strcmp(uri, registered) == 0;
}

static int
is_registered(const struct request *r, const char *uri)
{
	char *list = mem_dup(r->world->s.login.redirect_uris), *save = NULL;
	int found = 0;

	for (char *p = strtok_r(list, " ", &save); p != NULL && !found; p = strtok_r(NULL, " ", &save))
		found = is_same_redirect(uri, p);
	free(list);
	return found && strlen(uri) < sizeof(((struct login_code *)0)->redirect_uri);
}

/* An address without a path gets one. */
static void
start_redirect(struct text *to, const char *uri)
{
	const char *host = strstr(uri, "://");

	text_puts(to, uri);
	if (host != NULL && host[3 + strcspn(host + 3, "/?")] == '\0')
		text_puts(to, "/");
}

/* The redirect that is being made; a fragment begins with '#', a query with '?' unless the address has one. */
static void
add(struct text *to, const char *mode, const char *name, const char *value)
{
	const char *before = strchr(to->p, '?') != NULL ? "&" : "?";

	if (*value == '\0')
		return;
	if (strcmp(mode, "fragment") == 0)
		before = strchr(to->p, '#') != NULL ? "&" : "#";
	text_printf(to, "%s%s=", before, name);
	text_form(to, value);
}

static void
send_back(struct request *r, struct text *to)
{
	reply_html(r, 302, "Object moved");
	text_puts(&r->reply.body, "<h2>Object moved to <a href=\"");
	text_html(&r->reply.body, to->p);
	text_puts(&r->reply.body, "\">here</a>.</h2></body></html>\n");
	reply_header(&r->reply, "Location", to->p);
	reply_header(&r->reply, "Cache-Control", "no-store, no-cache");
	text_fini(to);
}

/* error: NULL for the one of the table. */
static void
send_error(struct request *r, int code, const char *error, const char *about)
{
	const char *mode = asked(r, "response_mode");
	struct refusal f = entra_refusal(code);
	struct text to = {0}, description = {0};

	entra_describe(r, &f, about, &description);
	start_redirect(&to, asked(r, "redirect_uri"));
	add(&to, mode, "error", error != NULL ? error : f.error);
	if (error != NULL && strcmp(error, "access_denied") == 0 && code == 65004)
		add(&to, mode, "error_subcode", "cancel");
	add(&to, mode, "error_description", description.p);
	add(&to, mode, "state", asked(r, "state"));
	text_fini(&description);
	send_back(r, &to);
}

static void
send_code(struct request *r)
{
	const char *mode = asked(r, "response_mode");
	struct login_code c = {0};
	struct text to = {0};
	char session[37];

	snprintf(c.redirect_uri, sizeof(c.redirect_uri), "%s", asked(r, "redirect_uri"));
	snprintf(c.challenge, sizeof(c.challenge), "%s", asked(r, "code_challenge"));
	snprintf(c.scope, sizeof(c.scope), "%s", asked(r, "scope"));
	snprintf(c.nonce, sizeof(c.nonce), "%s", asked(r, "nonce"));
	c.expires_ms = world_clock_ms(r->world) + r->world->s.login.code_seconds * 1000;
	logins_new_code(&r->state->logins, &c);
	hash_guid(hash_bytes(c.code, strlen(c.code)), session);
	start_redirect(&to, c.redirect_uri);
	add(&to, mode, "code", c.code);
	add(&to, mode, "state", asked(r, "state"));
	add(&to, mode, "session_state", session);
	send_back(r, &to);
}

/* What a person sees. Its form comes back to the same address, which still has the whole query. */
static void
show_page(struct request *r)
{
	struct text *b = &r->reply.body;

	reply_html(r, 200, "Permissions requested");
	text_puts(b, "<h1>Permissions requested</h1>\n<p>");
	text_html(b, r->world->s.partner.user);
	text_puts(b, "</p>\n<form method=\"post\">\n"
	    "<button id=\"cancel\" name=\"answer\" value=\"cancel\">Cancel</button>\n"
	    "<button id=\"accept\" name=\"answer\" value=\"accept\">Accept</button>\n</form></body></html>\n");
}

static void
take_answer(struct request *r)
{
	char *answer = form_value(r->body.p != NULL ? r->body.p : "", "answer");

	if (answer != NULL && strcmp(answer, "accept") == 0)
		send_code(r);
	else
		send_error(r, 65004, "access_denied", "");
	free(answer);
}

static int
check_challenge(const struct request *r)
{
	const char *challenge = asked(r, "code_challenge"), *method = asked(r, "code_challenge_method");

	if (*challenge == '\0')
		return r->world->s.login.want_pkce ? 9002325 : 0;
	if (strcmp(method, "S256") != 0)
		return 50149;
	return strlen(challenge) == 43 ? 0 : 501491;
}

/* What is wrong with the request, to be said to the application; 0 when nothing is. */
static int
check_request(const struct request *r, char **about)
{
	const char *type = asked(r, "response_type"), *mode = asked(r, "response_mode"), *scope = asked(r, "scope");
	int code;

	if (*type == '\0' || *scope == '\0') {
		*about = mem_dup(*type == '\0' ? "response_type" : "scope");
		return 900144;
	}
	if (strcmp(type, "code") != 0) {
		*about = mem_dup(type);
		return 700054;
	}
	if (*mode != '\0' && strcmp(mode, "query") != 0 && strcmp(mode, "fragment") != 0) {
		*about = mem_dup(mode);
		return 70007;
	}
	code = check_challenge(r);
	if (code == 0 && (strlen(scope) >= sizeof(((struct login_code *)0)->scope) ||
	    strlen(asked(r, "nonce")) >= sizeof(((struct login_code *)0)->nonce)))
		code = 9002313;
	return code != 0 ? code : entra_check_scope(scope, about);
}

static void
decide(struct request *r)
{
	static const struct {
		int code;
		const char *error;
	} errors[] = {
		[LOGIN_ACCESS_DENIED] = {65004, "access_denied"},
		[LOGIN_ADMIN_CONSENT] = {90094, "access_denied"},
		[LOGIN_CONSENT_REQUIRED] = {65001, "consent_required"},
		[LOGIN_LOGIN_REQUIRED] = {50058, "login_required"},
		[LOGIN_INTERACTION_REQUIRED] = {50076, "interaction_required"},
		[LOGIN_SERVER_ERROR] = {90090, "server_error"},
		[LOGIN_TEMPORARILY_UNAVAILABLE] = {90033, "temporarily_unavailable"},
	};
	int64_t answer = r->world->s.login.answer;

	if (strcmp(r->method, "POST") == 0)
		take_answer(r);
	else if (answer == LOGIN_ACCEPT)
		send_code(r);
	else if (answer == LOGIN_PAGE)
		show_page(r);
	else
		send_error(r, errors[answer].code, errors[answer].error, asked(r, "client_id"));
}

void
entra_authorize(struct request *r)
{
	const char *client = asked(r, "client_id"), *redirect = asked(r, "redirect_uri");
	int code = entra_check_tenant(r, 1);
	char *about = NULL, id[37];

	if (code != 0)
		entra_refuse_page(r, code, code == 50194 ? client : r->segments[0]);
	else if (*client == '\0' || *redirect == '\0')
		entra_refuse_page(r, 900144, *client == '\0' ? "client_id" : "redirect_uri");
	else if (parse_guid(client, id) != 0 || strcmp(id, r->world->s.partner.client_id) != 0)
		entra_refuse_page(r, 700016, client);
	else if (!is_registered(r, redirect))
		entra_refuse_page(r, 50011, redirect);
	else if ((code = check_request(r, &about)) != 0)
		send_error(r, code, NULL, about != NULL ? about : "");
	else
		decide(r);
	free(about);
}
