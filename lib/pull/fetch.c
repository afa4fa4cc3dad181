/* SPDX-License-Identifier: MIT */
/* fetch.c - the queue and the states of its requests. fetch_build.c says what is asked, fetch_answer.c what the answer means.
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
#define GROW_AFTER 50 /* good answers until one more request may be in flight */

enum state { IDLE, WAITING, ASKING, SENT, COOLING };

struct fetch {
	struct uv_loop_s *loop;
	struct http *http;
	struct token *token;
	char *base_url, *locale;
	char correlation[GUID_TEXT_MAX];
	struct backoff backoff;
	unsigned most, limit, in_flight; /* limit: what 429 leaves of most */
	unsigned good;                   /* answers since the limit was changed */
	uint64_t epoch;                  /* counts the halvings */
	uint64_t interval_us, next_us;   /* token bucket: when the next request would be due at an even pace */
	struct fetch_request *head, **tail;
	size_t open; /* requests in any state but IDLE */
	struct timer poke;
	struct fetch_counts counts;
};

static void on_poke(struct timer *t);

static void poke(struct fetch *f)
{
	timer_start(&f->poke, f->loop, 0, on_poke);
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void wipe_authorization(struct fetch_request *r)
{
	if (!r->authorization)
		return;
	mem_wipe(r->authorization, strlen(r->authorization));
	free(r->authorization);
	r->authorization = NULL;
}

/* Leaves whatever state the request is in; the memory may go afterwards. */
static void leave(struct fetch_request *r)
{
	struct fetch *f = r->fetch;

	switch ((enum state)r->state) {
	case IDLE:
		return;
	case WAITING:
		for (struct fetch_request **at = &f->head; *at; at = &(*at)->next) {
			if (*at != r)
				continue;
			*at = r->next;
			if (!*at)
				f->tail = at;
			break;
		}
		break;
	case ASKING:
		token_cancel(f->token, &r->ask);
		f->in_flight--;
		break;
	case SENT:
		http_cancel(&r->http);
		f->in_flight--;
		break;
	case COOLING:
		timer_cancel(&r->wait);
		break;
	}
	r->state = IDLE;
	poke(f);
}

static void close_request(struct fetch_request *r)
{
	leave(r);
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

static void enqueue(struct fetch_request *r, bool in_front)
{
	struct fetch *f = r->fetch;

	leave(r);
	r->state = WAITING;
	r->next = in_front ? f->head : NULL;
	if (in_front) {
		f->head = r;
		if (!r->next)
			f->tail = &r->next;
	} else {
		*f->tail = r;
		f->tail = &r->next;
	}
	poke(f);
}

static void on_cooled(struct timer *t)
{
	enqueue(container_of(t, struct fetch_request, wait), true);
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
	if (delay_ms == BACKOFF_GIVE_UP) {
		fetch_describe(r, f->correlation);
		fail(r);
		return;
	}
	leave(r);
	f->counts.retries++;
	r->state = COOLING;
	timer_start(&r->wait, f->loop, (uint64_t)delay_ms, on_cooled);
}

/* Additive increase, multiplicative decrease. Several 429 to requests of the same epoch are one message. */
static void adapt(struct fetch *f, const struct fetch_request *r)
{
	if (r->http.status == 429) {
		f->counts.throttled++;
		f->good = 0;
		if (r->epoch != f->epoch)
			return;
		f->epoch++;
		f->limit = f->limit > 1 ? f->limit / 2 : 1;
	} else if (r->http.err.kind == ERR_NONE && r->http.status < 500 && ++f->good >= GROW_AFTER) {
		f->good = 0;
		f->limit += f->limit < f->most;
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
		enqueue(r, true);
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
	r->state = SENT;
	r->tries++;
	r->epoch = f->epoch;
	f->counts.requests++;
	http_send(f->http, &r->http); /* nothing comes of it before the next turn */
	if (r->on_attempt)
		r->on_attempt(r);
}

static void begin(struct fetch_request *r)
{
	struct fetch *f = r->fetch;

	if (!fetch_path_is_safe(r->path)) {
		err_set(&r->err, ERR_FORMAT, "%s: path refused", r->what);
		fail(r);
		return;
	}
	leave(r);
	f->in_flight++;
	r->state = ASKING;
	memset(&r->ask, 0, sizeof(r->ask));
	r->ask.done = on_token;
	token_get(f->token, &r->ask);
}

/* Milliseconds until the bucket allows a request, 0: now, and it is taken. */
static uint64_t take_turn(struct fetch *f)
{
	uint64_t now = now_us();
	uint64_t burst_us = f->interval_us * (f->most - 1);

	if (f->next_us > now + burst_us)
		return (f->next_us - now - burst_us + 999) / 1000;
	f->next_us = (f->next_us > now ? f->next_us : now) + f->interval_us;
	return 0;
}

static void on_poke(struct timer *t)
{
	struct fetch *f = container_of(t, struct fetch, poke);

	while (f->head && f->in_flight < f->limit) {
		uint64_t wait_ms = take_turn(f);

		if (wait_ms) {
			timer_start(&f->poke, f->loop, wait_ms, on_poke);
			return;
		}
		begin(f->head);
	}
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
	f->most = options->max_in_flight ? options->max_in_flight : 1;
	if (options->requests_per_minute)
		f->interval_us = 60000000 / options->requests_per_minute;
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
	f->limit = f->most;
	f->good = 0;
}

void fetch_send(struct fetch *f, struct fetch_request *r)
{
	size_t size = strlen(f->base_url) + strlen(r->path) + 1;

	r->fetch = f;
	r->state = IDLE;
	r->answer = FETCH_FAILED;
	err_clear(&r->err);
	r->status = 0;
	r->told_to_wait = r->token_renewed = false;
	r->tries = r->not_ready = 0;
	r->bytes = 0;
	memset(&r->http, 0, sizeof(r->http));
	memset(&r->wait, 0, sizeof(r->wait));
	r->authorization = NULL;
	r->url = xmalloc(size);
	snprintf(r->url, size, "%s%s", f->base_url, r->path);
	guid_print(guid_random(), r->request_id);
	f->open++;
	enqueue(r, false);
}

void fetch_resume(struct fetch_request *r)
{
	if (r->state == SENT)
		http_resume(&r->http);
}

void fetch_cancel(struct fetch_request *r)
{
	if (r->state != IDLE)
		close_request(r);
}

bool fetch_is_not_ready(const struct fetch_request *r)
{
	return r->state == COOLING && r->status == 204;
}

const struct fetch_counts *fetch_counts(const struct fetch *f)
{
	return &f->counts;
}

const char *fetch_base_url(const struct fetch *f)
{
	return f->base_url;
}
