/* SPDX-License-Identifier: MIT */
/* token_renew.c - the way to a new access token.
 *
 * HAPPY PATH  read the secrets (worker) -> post the form -> decode -> store the new refresh token (worker) -> hand out.
 * FAILURES    the credential refresh_token is refused and a sign-in is stored: that is asked with. No answer, 429, 5xx, half a document: posted again after the back-off. A refusal: remembered. A file that can't be
 *             read or written: the error, and the old refresh token stays as it is. */
#include "auth/token_private.h"

#include "base/limits.h"
#include "base/log.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#define ANSWER_MAX (4 * LIMIT_TOKEN_BYTES)
#define ANSWER_TIMEOUT_MS 60000

static void prepare(struct token *t);

void token_renew_clear(struct token *t)
{
	buf_fini_secret(&t->form);
	buf_fini_secret(&t->answer);
	consent_fini(&t->consent);
	t->overtaken = false;
	pc_token_fini(&t->got);
	memset(&t->got, 0, sizeof(t->got));
}

static struct consent_place place_of(const struct token *t)
{
	return (struct consent_place){
		.state_dir = t->options.state_dir,
		.token_key_file = t->options.token_key_file,
		.tenant_id = t->options.tenant_id,
		.client_id = t->options.client.client_id,
		.refused = t->has_refused ? &t->refused : NULL,
	};
}

static void on_write(struct lane_job *job)
{
	struct token *t = container_of(job, struct token, job);
	struct consent_place place = place_of(t);
	struct timespec now;

	err_clear(&t->job_err);
	clock_gettime(CLOCK_REALTIME, &now);
	/* The result is in job_err. */
	(void)!consent_renew(&t->consent, &place, t->got.refresh_token, now.tv_sec, t->got.mfa, &t->overtaken, &t->job_err);
	token_wipe_text(&t->consent.refresh_token);
}

static void on_written(struct lane_job *job)
{
	struct token *t = container_of(job, struct token, job);

	if (t->job_err.kind != ERR_NONE)
		token_not_renewed(t, &t->job_err, false);
	else
		token_renewed(t);
}

static void on_waited(struct timer *timer)
{
	prepare(container_of(timer, struct token, wait));
}

static void try_again(struct token *t, struct err *err)
{
	int64_t told_s = t->request.retry_after_s, delay_ms = BACKOFF_GIVE_UP;
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		random = UINT32_MAX;
	if (told_s <= LIMIT_RETRY_AFTER_S)
		delay_ms = backoff_delay_ms(&t->backoff, t->tries, told_s, random);
	if (delay_ms != BACKOFF_GIVE_UP) {
		timer_start(&t->wait, t->loop, (uint64_t)delay_ms, on_waited);
		return;
	}
	(void)err_wrap(err, "token (%u %s)", t->tries, t->tries == 1 ? "try" : "tries");
	token_not_renewed(t, err, false);
}

static void log_attempt(const struct token *t)
{
	const struct http_request *r = &t->request;
	struct log_line l;

	log_start(&l, LOG_DEBUG, "http.attempt");
	log_text(&l, "what", "token");
	log_text(&l, "method", r->method);
	log_text(&l, "path", t->url + strlen(t->options.login_url));
	log_int(&l, "status", r->status);
	log_int(&l, "bytes", (int64_t)r->bytes);
	log_int(&l, "ms", r->elapsed_ms);
	log_int(&l, "try", t->tries);
	if (r->err.kind != ERR_NONE)
		log_err(&l, &r->err);
	log_finish(&l);
}

static bool is_transient(long status)
{
	return status == 408 || status == 429 || status >= 500;
}

/* The credential refresh_token was refused, and a sign-in is stored that does not descend from it: who signed in may not have seen the
 * credential. Once in each renewal; a person is told all the same. */
static bool take_stored(struct token *t)
{
	if (!t->consent.beside)
		return false;
	(void)err_advise(&t->facts.consent_refusal, NULL,
			 "the stored sign-in is used instead: give a new credential refresh_token, or take the refused one away");
	t->has_refused = true;
	t->refused = t->consent.origin;
	t->tries = 0;
	prepare(t);
	return true;
}

static void judge_refusal(struct token *t)
{
	struct err e = ERR_INIT;

	pc_token_error(&e, t->request.status, t->request.error_body);
	if (is_transient(t->request.status) || e.kind == ERR_BUSY || e.kind == ERR_NET) {
		if (e.kind != ERR_NET)
			e.kind = ERR_BUSY;
		try_again(t, &e);
		return;
	}
	(void)err_wrap(&e, "token");
	if (e.kind == ERR_AUTH && pc_token_error_is_consent(t->request.error_body)) {
		t->facts.consent_refusal = e;
		if (take_stored(t))
			return;
	}
	token_not_renewed(t, &e, true);
}

static void on_answered(struct http_request *r)
{
	struct token *t = container_of(r, struct token, request);
	struct err e = ERR_INIT;

	log_attempt(t);
	if (r->err.kind == ERR_NET) {
		try_again(t, &r->err);
	} else if (r->err.kind != ERR_NONE) {
		(void)err_wrap(&r->err, "token");
		token_not_renewed(t, &r->err, false);
	} else if (r->status != 200) {
		judge_refusal(t);
	} else if (pc_token_decode(&t->got, (struct span){ buf_text(&t->answer), t->answer.n }, &e) == -1) {
		memset(&t->got, 0, sizeof(t->got));
		try_again(t, &e); /* half a document comes as a whole answer when its length was not declared */
	} else if (t->got.refresh_token && !t->options.app_only) {
		lane_submit(t->lane, &t->job, on_write, on_written);
	} else {
		token_renewed(t);
	}
}

static enum http_body on_body(struct http_request *r, struct span bytes)
{
	struct token *t = container_of(r, struct token, request);

	return buf_add_span(&t->answer, bytes) == 0 ? HTTP_TAKEN : HTTP_ABORT;
}

static void post(struct token *t)
{
	t->tries++;
	t->facts.requests++;
	t->asked_ms = token_now_ms();
	buf_clear(&t->answer);
	t->request = (struct http_request){
		.method = "POST",
		.url = t->url,
		.headers = { { "Content-Type", "application/x-www-form-urlencoded" }, { "Accept", "application/json" } },
		.header_count = 2,
		.body = buf_span(&t->form),
		.body_max = ANSWER_MAX,
		.answer_timeout_ms = ANSWER_TIMEOUT_MS,
		.on_body = on_body,
		.done = on_answered,
	};
	http_send(t->http, &t->request);
}

/* On the worker. */
static void on_read(struct lane_job *job)
{
	struct token *t = container_of(job, struct token, job);
	struct consent_place place = place_of(t);

	err_clear(&t->job_err);
	/* The result is in job_err. */
	if (t->options.app_only || consent_read(&t->consent, &place, &t->job_err) == 0)
		(void)!token_form(&t->form, &t->options, span_of(t->consent.refresh_token), t->url, &t->job_err);
	token_wipe_text(&t->consent.refresh_token);
	if (t->job_err.kind == ERR_NONE)
		(void)!client_certificate_expires_at(&t->options.client, &t->expires_at, &t->job_err);
}

static void on_have_form(struct lane_job *job)
{
	struct token *t = container_of(job, struct token, job);

	if (t->job_err.kind != ERR_NONE)
		token_not_renewed(t, &t->job_err, false);
	else
		post(t);
}

/* Before each try: secrets don't wait in memory, what a person has changed meanwhile counts, and an assertion is good for minutes. */
static void prepare(struct token *t)
{
	buf_fini_secret(&t->form);
	buf_init(&t->form, LIMIT_FORM_BYTES);
	consent_fini(&t->consent);
	lane_submit(t->lane, &t->job, on_read, on_have_form);
}

void token_renew(struct token *t)
{
	t->renewing = true;
	t->tries = 0;
	t->has_refused = false;
	buf_init(&t->answer, ANSWER_MAX);
	prepare(t);
}
