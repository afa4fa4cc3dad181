/* SPDX-License-Identifier: MIT */
/* login_device.c - signing in on another machine: a code to enter there, and asking until somebody did. */
#include "auth/login_private.h"

#include "auth/form.h"

#include <stdlib.h>

#define SLOW_DOWN_S 5 /* RFC 8628 section 3.5 */
#define INTERVAL_MAX_S 60

static const struct login_call poll_call;

/* As a public client: Microsoft's page knows no other way; else with the credential. */
static int add_client(struct login *l, struct err *e)
{
	if (l->authenticate)
		return client_auth_append(&l->form, &l->options.client, l->token_url, e);
	return form_add(&l->form, "client_id", span_of(l->options.client.client_id)) == -1 ? login_too_long(e) : 0;
}

/* The service knows the application as one that must prove itself: once more, so. */
static bool must_authenticate(struct login *l)
{
	const struct http_request *r = &l->request;

	if (l->authenticate || r->err.kind != ERR_NONE || pc_device_judge(r->error_body) != PC_DEVICE_AUTHENTICATE)
		return false;
	l->authenticate = true;
	return true;
}

static void fail(struct login *l, const char *where)
{
	struct http_request *r = &l->request;
	struct err e = ERR_INIT;

	if (r->err.kind != ERR_NONE)
		e = r->err;
	else
		pc_token_error(&e, r->status, r->error_body);
	(void)err_wrap(&e, "%s", where);
	login_end(l, &e);
}

/* -- while nobody has entered the code ------------------------------------------------------------------------------------------- */

static int make_poll(struct login *l, struct err *e)
{
	if (add_client(l, e) == -1)
		return -1;
	if (form_add(&l->form, "grant_type", SPAN_LITERAL("urn:ietf:params:oauth:grant-type:device_code")) == -1 ||
	    form_add(&l->form, "device_code", span_of(l->device.device_code)) == -1)
		return login_too_long(e);
	return 0;
}

static void on_poll(struct timer *timer)
{
	struct login *l = container_of(timer, struct login, poll);

	login_call(l, &poll_call, l->token_url);
}

static void poll_later(struct login *l)
{
	timer_start(&l->poll, l->loop, login_ms(l, l->interval_s), on_poll);
}

static void slower(struct login *l, int64_t interval_s)
{
	l->interval_s = interval_s < INTERVAL_MAX_S ? interval_s : INTERVAL_MAX_S;
	poll_later(l);
}

static void on_polled(struct login *l)
{
	const struct http_request *r = &l->request;

	if (r->err.kind == ERR_NONE && r->status == 200) {
		login_accept(l);
		return;
	}
	if (must_authenticate(l)) {
		poll_later(l);
		return;
	}
	/* A name decides before the status: RFC 6749 asks for 400, others use 429 for it. */
	switch (r->err.kind == ERR_NONE ? pc_device_judge(r->error_body) : PC_DEVICE_END) {
	case PC_DEVICE_PENDING:
		poll_later(l);
		return;
	case PC_DEVICE_SLOW_DOWN:
		slower(l, l->interval_s + SLOW_DOWN_S);
		return;
	case PC_DEVICE_AUTHENTICATE:
	case PC_DEVICE_END:
		break;
	}
	if (login_is_transient(l))
		slower(l, 2 * l->interval_s);
	else
		fail(l, "device code");
}

static const struct login_call poll_call = { .what = "token", .make = make_poll, .once = true, .answered = on_polled };

/* -- the code -------------------------------------------------------------------------------------------------------------------- */

static void on_expired(struct timer *timer)
{
	struct login *l = container_of(timer, struct login, limit);
	struct err e = ERR_INIT;

	pc_sign_in_error(&e, SPAN_LITERAL("expired_token"), SPAN_LITERAL(""));
	login_end(l, &e);
}

static int make_device(struct login *l, struct err *e)
{
	if (add_client(l, e) == -1)
		return -1;
	return login_add_scope(l, &l->form) == -1 ? login_too_long(e) : 0;
}

static void on_device(struct login *l);
static const struct login_call device_call = { .what = "device code", .make = make_device, .answered = on_device };

static void on_device(struct login *l)
{
	const struct http_request *r = &l->request;
	struct login_prompt prompt;
	struct err e = ERR_INIT;

	if (must_authenticate(l)) {
		login_device_begin(l);
		return;
	}
	if (r->err.kind != ERR_NONE || r->status != 200) {
		fail(l, "ask for a device code");
		return;
	}
	if (pc_device_decode(&l->device, buf_span(&l->answer), &e) == -1) {
		(void)err_wrap(&e, "ask for a device code");
		login_end(l, &e);
		return;
	}
	l->interval_s = l->device.interval_s;
	timer_start(&l->limit, l->loop, login_ms(l, l->device.expires_in_s), on_expired);
	poll_later(l);
	prompt = (struct login_prompt){ l->device.verification_uri, l->device.user_code, l->device.expires_in_s };
	l->ask->on_prompt(l->ask, &prompt);
}

void login_device_begin(struct login *l)
{
	char *url = login_address(l, "devicecode");

	login_call(l, &device_call, url);
	free(url);
}
