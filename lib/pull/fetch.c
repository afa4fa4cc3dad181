/* SPDX-License-Identifier: MIT */
/* fetch.c - a request from fetch_send to its end. fetch_queue.c says when it goes, fetch_build.c what is asked, fetch_answer.c what the
 * answer means.
 *
 * WAITING in the queue -> ASKING for a token -> SENT -> done, or COOLING down until the next try -> WAITING, in front.
 * ASKING and SENT count as in flight. Whatever may allow more work calls poke(); only on_poke starts a request. */
#include "pull/fetch_private.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "net/backoff.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BACKOFF_BASE_MS 1000
#define BACKOFF_CAP_MS 60000

static void wipe_authorization(struct fetch_request *r)
{
	if (!r->authorization)
		return;
	mem_wipe(r->authorization, strlen(r->authorization));
	free(r->authorization);
	r->authorization = NULL;
}

static void close_request(struct fetch_request *r)
{
	fetch_leave(r);
	wipe_authorization(r);
	free(r->url);
	r->url = NULL;
	r->fetch->open--;
}

static void finish(struct fetch_request *r)
{
	close_request(r);
	r->done(r);
}

static void fail(struct fetch_request *r)
{
	r->answer = FETCH_FAILED;
	finish(r);
}

void fetch_give_up(struct fetch_request *r)
{
	fetch_describe(r, r->fetch->correlation);
	fail(r);
}

/* Whether the run has a retry left for this failure, which it then has spent. Data that is not ready is none. */
static bool may_retry(struct fetch *f, const struct fetch_request *r)
{
	if (r->status == 204)
		return true;
	return f->retries < FETCH_RETRIES_FREE + f->first_tries / 2 && ++f->retries;
}

/* Again after the back-off, or the end. */
static void cool(struct fetch_request *r)
{
	struct fetch *f = r->fetch;
	int64_t told_s = r->http.retry_after_s;
	uint32_t random = 0;
	int64_t delay_ms = BACKOFF_GIVE_UP;

	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		random = UINT32_MAX; /* no jitter: the longest delay */
	if (told_s > LIMIT_RETRY_AFTER_S) {
		r->err.kind = ERR_BUSY;
		(void)err_wrap(&r->err, "told to wait %lld s", (long long)told_s);
	} else {
		delay_ms = backoff_delay_ms(&f->backoff, r->tries, told_s, random);
	}
	if (delay_ms != BACKOFF_GIVE_UP && !may_retry(f, r)) {
		(void)err_wrap(&r->err, "the run has no retries left");
		delay_ms = BACKOFF_GIVE_UP;
	}
	if (delay_ms == BACKOFF_GIVE_UP) {
		fetch_give_up(r);
		return;
	}
	f->counts.retries++;
	fetch_rest(r, (uint64_t)delay_ms);
}

static void adapt(struct fetch *f, const struct fetch_request *r)
{
	const struct http_request *h = &r->http;

	if (h->status == 429) {
		f->counts.throttled++;
		if (pace_refused(&f->pace, r->customer, r->epoch, h->retry_after_s, fetch_now_us()) && f->watch)
			f->watch->slower(f->watch, f->pace.limit, h->retry_after_s);
	} else if (h->err.kind == ERR_NONE && h->status < 500) {
		pace_answered(&f->pace);
	}
}

static void on_http_done(struct http_request *h)
{
	struct fetch_request *r = container_of(h, struct fetch_request, http);
	struct fetch *f = r->fetch;

	wipe_authorization(r);
	r->status = h->status;
	r->bytes = h->bytes;
	f->counts.bytes += h->bytes;
	fetch_log_attempt(r, f->correlation);
	adapt(f, r);
	switch (fetch_judge(r)) {
	case FETCH_VERDICT_RETRY:
		cool(r);
		break;
	case FETCH_VERDICT_TOKEN:
		r->token_renewed = true;
		f->counts.retries++;
		token_reject(f->token, r->token_generation);
		fetch_enqueue(r, true);
		break;
	case FETCH_VERDICT_END:
		if (r->err.kind != ERR_NONE)
			fetch_describe(r, f->correlation);
		finish(r);
		break;
	}
}

static enum http_body on_http_body(struct http_request *h, struct span bytes)
{
	struct fetch_request *r = container_of(h, struct fetch_request, http);

	return r->on_body ? r->on_body(r, bytes) : HTTP_TAKEN;
}

static char *bearer(const char *access)
{
	size_t size = strlen(access) + sizeof("Bearer ");
	char *text = xmalloc(size);

	snprintf(text, size, "Bearer %s", access);
	return text;
}

static void on_token(struct token_ask *ask)
{
	struct fetch_request *r = container_of(ask, struct fetch_request, ask);
	struct fetch *f = r->fetch;

	if (ask->err.kind != ERR_NONE) {
		r->err = ask->err;
		(void)err_wrap(&r->err, "%s", r->what);
		fail(r);
		return;
	}
	r->token_generation = ask->generation;
	r->authorization = bearer(ask->access);
	if (fetch_build(r, f->correlation, f->locale, &r->err) == -1) {
		(void)err_wrap(&r->err, "%s", r->what);
		fail(r);
		return;
	}
	r->http.on_body = on_http_body;
	r->http.done = on_http_done;
	r->state = FETCH_SENT;
	f->first_tries += r->tries == 0;
	r->tries++;
	r->epoch = f->pace.epoch;
	f->counts.requests++;
	http_send(f->http, &r->http); /* nothing comes of it before the next turn */
	if (r->on_attempt)
		r->on_attempt(r);
}

void fetch_begin(struct fetch_request *r)
{
	struct fetch *f = r->fetch;

	if (!fetch_path_is_safe(r->path)) {
		err_set(&r->err, ERR_FORMAT, "%s: path refused", r->what);
		fail(r);
		return;
	}
	fetch_leave(r);
	f->in_flight++;
	r->state = FETCH_ASKING;
	memset(&r->ask, 0, sizeof(r->ask));
	r->ask.done = on_token;
	token_get(f->token, &r->ask);
}

struct fetch *fetch_new(struct uv_loop_s *loop, struct http *http, struct token *token, const struct fetch_options *options)
{
	struct fetch *f = xcalloc(1, sizeof(*f));
	uint32_t base_ms = options->backoff_base_ms ? options->backoff_base_ms : BACKOFF_BASE_MS;

	f->loop = loop;
	f->http = http;
	f->token = token;
	f->base_url = xstrdup(options->base_url);
	f->locale = options->locale ? xstrdup(options->locale) : NULL;
	f->backoff = (struct backoff){ .tries_max = FETCH_TRIES, .base_ms = base_ms, .cap_ms = BACKOFF_CAP_MS };
	pace_init(&f->pace, options->max_in_flight, options->requests_per_minute);
	f->tail = &f->head;
	fetch_new_run(f, guid_random());
	return f;
}

void fetch_free(struct fetch *f)
{
	if (!f)
		return;
	assert(f->open == 0);
	timer_cancel(&f->poke);
	free(f->base_url);
	free(f->locale);
	free(f);
}

void fetch_new_run(struct fetch *f, struct guid correlation)
{
	guid_print(correlation, f->correlation);
	f->counts = (struct fetch_counts){ .requests = 0 };
	f->first_tries = f->retries = 0;
	pace_restore(&f->pace);
}

void fetch_watch(struct fetch *f, struct fetch_watch *watch)
{
	f->watch = watch;
}

void fetch_send(struct fetch *f, struct fetch_request *r)
{
	size_t size = strlen(f->base_url) + strlen(r->path) + 1;

	r->fetch = f;
	r->state = FETCH_IDLE;
	r->answer = FETCH_FAILED;
	err_clear(&r->err);
	r->status = 0;
	r->told_to_wait = r->token_renewed = false;
	r->tries = r->not_ready = 0;
	r->bytes = 0;
	memset(&r->http, 0, sizeof(r->http));
	memset(&r->wait, 0, sizeof(r->wait));
	r->authorization = NULL;
	r->customer = pace_customer(r->path);
	r->url = xmalloc(size);
	snprintf(r->url, size, "%s%s", f->base_url, r->path);
	guid_print(guid_random(), r->request_id);
	f->open++;
	fetch_enqueue(r, false);
}

void fetch_resume(struct fetch_request *r)
{
	if (r->state == FETCH_SENT)
		http_resume(&r->http);
}

void fetch_cancel(struct fetch_request *r)
{
	if (r->state != FETCH_IDLE)
		close_request(r);
}

bool fetch_is_not_ready(const struct fetch_request *r)
{
	return r->state == FETCH_COOLING && (r->status == 204 || r->tries == 0);
}

const struct fetch_counts *fetch_counts(const struct fetch *f)
{
	return &f->counts;
}

const char *fetch_base_url(const struct fetch *f)
{
	return f->base_url;
}
