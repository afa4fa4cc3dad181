/* SPDX-License-Identifier: MIT */
/* token.c - the access token's cache, and those who ask for it. */
#include "auth/token_private.h"

#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BACKOFF_BASE_MS 1000
#define BACKOFF_CAP_MS 60000
#define RENEW_LEFT_MS 120000 /* less than this is left: renew */
#define SERVE_LEFT_MS 30000  /* an old token with less than this left does not serve */
#define RENEW_AGAIN_MS 60000 /* while the old one serves */
#define FAIL_AGAIN_MS 5000   /* a failure that is no refusal is the answer for so long: thousands may be about to ask */

int64_t token_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void token_wipe_text(char **text)
{
	if (*text)
		mem_wipe(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

static void answer(struct token *t, struct token_ask *ask, const struct err *err)
{
	ask->waiting = false;
	ask->next = NULL;
	ask->access = err ? NULL : t->access;
	ask->generation = err ? 0 : t->generation;
	if (err)
		ask->err = *err;
	else
		err_clear(&ask->err);
	ask->done(ask);
}

/* Ends the renewal: all who wait get the token, or the error. They may ask again, reject and cancel meanwhile. */
static void deliver(struct token *t, const struct err *err)
{
	struct err e = err ? *err : (struct err)ERR_INIT;
	struct token_ask *ask;

	t->facts.consent_lapses_at = consent_lapses_at(&t->consent);
	t->facts.certificate_expires_at = t->expires_at;
	token_renew_clear(t);
	t->renewing = false;
	t->delivering = t->asks;
	t->asks = NULL;
	while ((ask = t->delivering)) {
		t->delivering = ask->next;
		answer(t, ask, err ? &e : NULL);
	}
}

void token_not_renewed(struct token *t, const struct err *err, bool refused)
{
	int64_t now = token_now_ms();
	bool passing = err->kind == ERR_NET || err->kind == ERR_BUSY;

	if (passing && t->access && !t->rejected && t->end_ms - now > SERVE_LEFT_MS) {
		t->renew_ms = now + RENEW_AGAIN_MS;
		deliver(t, NULL);
		return;
	}
	t->refusal = *err;
	t->refusal_until_ms = refused ? INT64_MAX : now + FAIL_AGAIN_MS;
	deliver(t, err);
}

static void note_success(struct token *t)
{
	struct timespec wall;
	struct log_line l;

	clock_gettime(CLOCK_REALTIME, &wall);
	t->facts.refreshes++;
	t->facts.renewed_at = wall.tv_sec;
	t->facts.mfa = t->got.mfa;
	if (!t->has_refused)
		err_clear(&t->facts.consent_refusal);
	log_start(&l, LOG_DEBUG, "token.refreshed");
	log_int(&l, "tries", t->tries);
	log_int(&l, "expires_in_s", t->got.expires_in_s);
	log_int(&l, "mfa", t->got.mfa);
	log_text(&l, "rotated", !t->got.refresh_token ? "no" : t->overtaken ? "overtaken" : "yes");
	log_finish(&l);
}

void token_renewed(struct token *t)
{
	int64_t life_ms = t->got.expires_in_s * 1000;
	int64_t use_ms = life_ms / 10 * 8;

	if (use_ms > life_ms - RENEW_LEFT_MS)
		use_ms = life_ms - RENEW_LEFT_MS;
	if (use_ms < life_ms / 2)
		use_ms = life_ms / 2;
	token_wipe_text(&t->access);
	t->access = t->got.access_token;
	t->got.access_token = NULL;
	t->generation++;
	t->rejected = false;
	t->renew_ms = t->asked_ms + use_ms;
	t->end_ms = t->asked_ms + life_ms;
	if (t->overtaken)
		t->renew_ms = t->asked_ms; /* this one serves those who wait; the consent that was put there is used next */
	note_success(t);
	deliver(t, NULL);
	if (t->dropped)
		token_wipe_text(&t->access);
}

struct token *token_new(struct uv_loop_s *loop, struct http *http, const struct token_options *options)
{
	struct token *t = xcalloc(1, sizeof(*t));
	uint32_t base_ms = options->backoff_base_ms ? options->backoff_base_ms : BACKOFF_BASE_MS;

	t->loop = loop;
	t->http = http;
	t->options = *options;
	t->backoff = (struct backoff){ .tries_max = TOKEN_TRIES, .base_ms = base_ms, .cap_ms = BACKOFF_CAP_MS };
	t->url = token_url(options);
	t->lane = lane_new(loop);
	t->facts.mfa = -1;
	return t;
}

void token_free(struct token *t)
{
	if (!t)
		return;
	assert(!t->delivering);
	http_cancel(&t->request);
	timer_cancel(&t->wait);
	lane_free(t->lane);
	token_renew_clear(t);
	token_wipe_text(&t->access);
	free(t->url);
	free(t);
}

void token_get(struct token *t, struct token_ask *ask)
{
	struct token_ask **at = &t->asks;

	int64_t now = token_now_ms();

	t->dropped = false;
	if (t->refusal.kind != ERR_NONE && now < t->refusal_until_ms) {
		answer(t, ask, &t->refusal);
		return;
	}
	if (t->access && !t->rejected && now < t->renew_ms) {
		answer(t, ask, NULL);
		return;
	}
	while (*at)
		at = &(*at)->next;
	*at = ask;
	ask->next = NULL;
	ask->waiting = true;
	if (!t->renewing)
		token_renew(t);
}

static void remove_ask(struct token_ask **at, const struct token_ask *ask)
{
	while (*at && *at != ask)
		at = &(*at)->next;
	if (*at)
		*at = ask->next;
}

void token_cancel(struct token *t, struct token_ask *ask)
{
	if (!ask->waiting)
		return;
	remove_ask(&t->asks, ask);
	remove_ask(&t->delivering, ask);
	ask->waiting = false;
	ask->next = NULL;
}

void token_reject(struct token *t, uint64_t generation)
{
	if (generation == t->generation)
		t->rejected = true;
}

void token_forget_refusal(struct token *t)
{
	err_clear(&t->refusal);
	err_clear(&t->facts.consent_refusal);
}

void token_drop(struct token *t)
{
	t->dropped = true;
	token_wipe_text(&t->access);
}

void token_facts(const struct token *t, struct token_facts *facts)
{
	*facts = t->facts;
}
