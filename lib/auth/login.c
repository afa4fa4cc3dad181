/* SPDX-License-Identifier: MIT */
/* login.c - beginning and end of a sign-in.
 *
 * HAPPY PATH  look at the folder and the credential (worker) -> login_code or login_device: a person signs in -> redeem the code ->
 *             who is it? -> one call of Partner Center -> store (worker) -> page for the browser -> done.
 * FAILURES    each of these ends it with its error, on the browser's page too, and the stored consent stays as it is. */
#include "auth/login_private.h"

#include "auth/form.h"
#include "auth/login_page.h"
#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

uint64_t login_ms(const struct login *l, int64_t seconds)
{
	return (uint64_t)seconds * (l->options.second_ms ? l->options.second_ms : 1000);
}

int login_too_long(struct err *e)
{
	return err_set(e, ERR_CONFIG, "the request to the sign-in service is too long");
}

char *login_address(const struct login *l, const char *what)
{
	struct buf url;

	buf_init(&url, LOGIN_URL_MAX);
	/* The configuration's texts are checked, and far shorter. */
	(void)!buf_printf(&url, "%s/%s/oauth2/v2.0/%s", l->options.login_url, l->tenant, what);
	return buf_take(&url);
}

int login_add_scope(const struct login *l, struct buf *form)
{
	struct buf scope;
	int rc;

	buf_init(&scope, LOGIN_URL_MAX);
	rc = buf_printf(&scope, "%s/user_impersonation offline_access openid profile", l->options.resource);
	rc = rc ? rc : form_add(form, "scope", buf_span(&scope));
	buf_fini(&scope);
	return rc;
}

static void login_free(struct login *l)
{
	login_call_end(l);
	timer_cancel(&l->limit);
	timer_cancel(&l->poll);
	loopback_close(&l->loopback);
	lane_free(l->lane);
	buf_fini_secret(&l->form); /* the worker's until now */
	pkce_fini(&l->pkce);
	buf_fini_secret(&l->code);
	pc_device_fini(&l->device);
	pc_token_fini(&l->got);
	consent_fini(&l->consent);
	free(l->token_url);
	free(l);
}

static void on_over(struct timer *timer)
{
	struct login *l = container_of(timer, struct login, limit);
	struct login_ask *ask = l->ask;

	ask->err = l->err;
	ask->facts = l->facts;
	ask->login = NULL;
	login_free(l);
	ask->done(ask);
}

/* In a turn of its own, because the lane can't be freed from inside its callbacks. */
static void over(struct login *l)
{
	timer_start(&l->limit, l->loop, 0, on_over);
}

static void on_page_taken(struct loopback *loopback)
{
	over(container_of(loopback, struct login, loopback));
}

static void show_page(struct login *l)
{
	const char *who = l->facts.who.upn[0] ? l->facts.who.upn : l->facts.who.name;
	struct buf page;

	buf_init(&page, LOOPBACK_PAGE_MAX);
	login_page_end(&page, &l->err, who);
	loopback_end(&l->loopback, buf_span(&page));
	buf_fini(&page);
}

void login_end(struct login *l, const struct err *err)
{
	if (l->ended)
		return;
	l->ended = true;
	if (err)
		l->err = *err;
	/* Nobody tries it again by himself, as a run would. */
	if (l->err.kind == ERR_BUSY || l->err.kind == ERR_NET)
		(void)err_advise(&l->err, NULL, "run csp-usaged login again in some minutes; check DNS, firewall and proxy when it stays");
	timer_cancel(&l->limit);
	timer_cancel(&l->poll);
	login_call_end(l);
	if (l->loopback.server)
		show_page(l);
	else
		over(l);
}

/* Whether the consent that is stored is sealed with a key that is not here: the new one would quietly lie there open. */
static bool loses_seal(const struct consent_place *place)
{
	struct consent old = { .mfa = -1 };
	struct err e = ERR_INIT;
	bool loses = consent_read(&old, place, &e) == -1 && strcmp(e.code, "E-TOKEN-KEY") == 0;

	consent_fini(&old);
	return loses;
}

/* On the worker. That the application can prove itself is tried out now: the person would sign in in vain otherwise. */
static void on_look(struct lane_job *job)
{
	struct login *l = container_of(job, struct login, job);
	struct buf form;

	err_clear(&l->job_err);
	if (login_place_check(&l->options.place, &l->job_err) == -1 ||
	    consent_check_key(&l->options.place, &l->facts.sealed, &l->job_err) == -1)
		return;
	l->facts.unsealed = !l->facts.sealed && loses_seal(&l->options.place);
	buf_init(&form, LIMIT_FORM_BYTES);
	(void)!client_auth_append(&form, &l->options.client, l->token_url, &l->job_err); /* the result is in job_err */
	buf_fini_secret(&form);
}

static void on_looked(struct lane_job *job)
{
	struct login *l = container_of(job, struct login, job);

	if (l->job_err.kind != ERR_NONE)
		login_end(l, &l->job_err);
	else if (l->options.device)
		login_device_begin(l);
	else
		login_code_begin(l);
}

void login_start(struct login_ask *ask, struct uv_loop_s *loop, struct http *http, const struct login_options *options)
{
	struct login *l = xcalloc(1, sizeof(*l));

	ask->login = l;
	l->ask = ask;
	l->loop = loop;
	l->http = http;
	l->options = *options;
	l->options.client.public_client = true;
	l->lane = lane_new(loop);
	l->facts.mfa = -1;
	l->loopback.on_end = on_page_taken;
	guid_print(options->tenant_id, l->tenant);
	l->token_url = login_address(l, "token");
	buf_init(&l->code, LIMIT_REDIRECT_BYTES);
	buf_init(&l->form, LIMIT_FORM_BYTES);
	buf_init(&l->answer, LIMIT_SMALL_BODY_BYTES);
	buf_init(&l->bearer, LIMIT_TOKEN_BYTES + sizeof("Bearer "));
	lane_submit(l->lane, &l->job, on_look, on_looked);
}

bool login_is_storing(const struct login_ask *ask)
{
	return ask->login && ask->login->storing;
}

void login_cancel(struct login_ask *ask)
{
	struct login *l = ask->login;

	if (!l)
		return;
	ask->login = NULL;
	login_free(l);
}
