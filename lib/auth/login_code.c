/* SPDX-License-Identifier: MIT */
/* login_code.c - signing in in a browser: an address to open, and the code that comes back, through the loopback server or pasted.
 *
 * The address is shown and handed to a browser, so other programs of this machine may see it: it holds the state and the digest of the
 * verifier, never the verifier, without which a code is worth nothing. */
#include "auth/login_private.h"

#include "auth/form.h"
#include "auth/login_page.h"
#include "auth/redirect.h"
#include "base/limits.h"

#include <stdlib.h>

static void on_late(struct timer *timer)
{
	struct login *l = container_of(timer, struct login, limit);
	struct err e = ERR_INIT;

	err_set(&e, ERR_AUTH, "nobody signed in within %d minutes", LOGIN_WAIT_S / 60);
	(void)err_advise(&e, "E-LOGIN-TIMEOUT", "run csp-usaged login again, and open the address that it shows");
	login_end(l, &e);
}

static int make_redeem(struct login *l, struct err *e)
{
	struct buf *form = &l->form;

	if (client_auth_append(form, &l->options.client, l->token_url, e) == -1)
		return -1;
	if (form_add(form, "grant_type", SPAN_LITERAL("authorization_code")) == -1 || form_add(form, "code", buf_span(&l->code)) == -1 ||
	    form_add(form, "redirect_uri", span_of(l->redirect_uri)) == -1 ||
	    form_add(form, "code_verifier", span_of(l->pkce.verifier)) == -1 || login_add_scope(l, form) == -1)
		return login_too_long(e);
	return 0;
}

static void on_redeemed(struct login *l)
{
	struct http_request *r = &l->request;
	struct err e = ERR_INIT;

	if (r->err.kind == ERR_NONE && r->status == 200) {
		login_accept(l);
		return;
	}
	if (r->err.kind != ERR_NONE)
		e = r->err;
	else
		pc_token_error(&e, r->status, r->error_body);
	(void)err_wrap(&e, "redeem the code of the sign-in");
	login_end(l, &e);
}

static const struct login_call redeem_call = { .what = "token", .make = make_redeem, .answered = on_redeemed };

/* The sign-in ended with an error, in l->err. */
static void on_refused(struct timer *timer)
{
	struct login *l = container_of(timer, struct login, limit);

	login_end(l, NULL);
}

/* The answer to our question, and to no other. */
static void take(struct login *l, struct redirect *r)
{
	l->taken = true;
	timer_cancel(&l->limit);
	if (r->code.n) {
		l->code = r->code;
		r->code = (struct buf){ .max = 0 };
		login_call(l, &redeem_call, l->token_url);
		return;
	}
	pc_sign_in_error(&l->err, buf_span(&r->error), buf_span(&r->description));
	(void)err_wrap(&l->err, "the sign-in service says");
	/* In a turn of its own: the browser's request is not held yet. */
	timer_start(&l->limit, l->loop, 0, on_refused);
}

static int take_answer(struct login *l, struct span query, struct err *e)
{
	struct redirect r;
	int rc;

	if (l->taken)
		return err_set(e, ERR_FORMAT, "an answer to the sign-in has come already");
	rc = redirect_parse(&r, query, e);
	if (rc == 0 && !pkce_state_is(&l->pkce, buf_span(&r.state)))
		rc = err_set(e, ERR_FORMAT, "the state is not that of this sign-in: the answer belongs to another one");
	if (rc == 0)
		take(l, &r);
	else
		(void)err_advise(e, "E-LOGIN-REDIRECT", "open the address that csp-usaged login shows now, and sign in there");
	redirect_fini(&r);
	return rc;
}

static enum loopback_verdict on_query(struct loopback *loopback, struct span query, struct buf *page)
{
	struct login *l = container_of(loopback, struct login, loopback);
	struct err e = ERR_INIT;

	if (take_answer(l, query, &e) == 0)
		return LOOPBACK_HOLD;
	login_page_refuse(page, &e);
	return LOOPBACK_REFUSE;
}

int login_paste(struct login_ask *ask, struct span pasted, struct err *e)
{
	struct login *l = ask->login;

	if (!l || !l->loopback.server)
		return err_set(e, ERR_FORMAT, "no address is waited for");
	return take_answer(l, redirect_query_of(pasted), e);
}

/* Appends what stands behind the "?". */
static int add_query(const struct login *l, struct buf *query)
{
	const struct {
		const char *name, *value;
	} fields[] = {
		{ "client_id", l->options.client.client_id },
		{ "response_type", "code" },
		{ "redirect_uri", l->redirect_uri },
		{ "response_mode", "query" },
		{ "state", l->pkce.state },
		{ "code_challenge", l->pkce.challenge },
		{ "code_challenge_method", "S256" },
		/* A browser is often signed in already, with an account that is not the one to consent. */
		{ "prompt", "select_account" },
	};

	for (size_t i = 0; i < countof(fields); i++)
		if (form_add(query, fields[i].name, span_of(fields[i].value)) == -1)
			return -1;
	return login_add_scope(l, query);
}

void login_code_begin(struct login *l)
{
	struct login_prompt prompt = { .expires_in_s = LOGIN_WAIT_S };
	struct buf query, address;
	struct err e = ERR_INIT;
	char *url;

	pkce_new(&l->pkce);
	l->loopback.on_query = on_query;
	if (loopback_open(&l->loopback, l->loop, &e) == -1) {
		login_end(l, &e);
		return;
	}
	snprintf(l->redirect_uri, sizeof(l->redirect_uri), "http://localhost:%u", l->loopback.port);
	timer_start(&l->limit, l->loop, login_ms(l, LOGIN_WAIT_S), on_late);
	buf_init(&query, LOGIN_URL_MAX);
	buf_init(&address, 2 * LOGIN_URL_MAX);
	url = login_address(l, "authorize");
	/* The configuration's texts are far shorter. */
	(void)!add_query(l, &query);
	(void)!buf_printf(&address, "%s?%s", url, buf_text(&query));
	prompt.address = buf_text(&address);
	l->ask->on_prompt(l->ask, &prompt);
	free(url);
	buf_fini(&query);
	buf_fini(&address);
}
