/* SPDX-License-Identifier: MIT */
/* fetch_queue.c - which request is next, and when: first come, first served, as the pace allows (pace.h). */
#include "pull/fetch_private.h"

#include "base/limits.h"

#include <time.h>

#define MICROSECONDS 1000000

static void on_poke(struct timer *t);

static void poke(struct fetch *f)
{
	timer_start(&f->poke, f->loop, 0, on_poke);
}

uint64_t fetch_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void fetch_leave(struct fetch_request *r)
{
	struct fetch *f = r->fetch;

	switch ((enum fetch_state)r->state) {
	case FETCH_IDLE:
		return;
	case FETCH_WAITING:
		for (struct fetch_request **at = &f->head; *at; at = &(*at)->next) {
			if (*at != r)
				continue;
			*at = r->next;
			if (!*at)
				f->tail = at;
			break;
		}
		break;
	case FETCH_ASKING:
		token_cancel(f->token, &r->ask);
		f->in_flight--;
		break;
	case FETCH_SENT:
		http_cancel(&r->http);
		f->in_flight--;
		break;
	case FETCH_COOLING:
		timer_cancel(&r->wait);
		break;
	}
	r->state = FETCH_IDLE;
	poke(f);
}

void fetch_enqueue(struct fetch_request *r, bool in_front)
{
	struct fetch *f = r->fetch;

	fetch_leave(r);
	r->state = FETCH_WAITING;
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
	fetch_enqueue(container_of(t, struct fetch_request, wait), true);
}

void fetch_rest(struct fetch_request *r, uint64_t delay_ms)
{
	fetch_leave(r);
	r->state = FETCH_COOLING;
	timer_start(&r->wait, r->fetch->loop, delay_ms, on_cooled);
}

static uint64_t whole_ms(uint64_t us)
{
	return (us + 999) / 1000;
}

/* Keeps to what others were told who are throttled together with it; true: it is out of the queue. */
static bool hold_back(struct fetch_request *r, uint64_t now)
{
	const struct pace *pace = &r->fetch->pace;
	uint64_t all_us = pace_hold_us(pace, 0, now), own_us = r->customer ? pace_hold_us(pace, r->customer, now) : 0;
	uint64_t longest_us = own_us > all_us ? own_us : all_us;

	if (longest_us > (uint64_t)LIMIT_RETRY_AFTER_S * MICROSECONDS) {
		err_set(&r->err, ERR_BUSY, "not asked: requests like it were told to wait %llu s more",
			(unsigned long long)(longest_us / MICROSECONDS));
		fetch_give_up(r);
		return true;
	}
	if (own_us)
		fetch_rest(r, whole_ms(own_us));
	return own_us != 0;
}

/* Milliseconds until the pace allows a request, 0: now, and it is taken. The sign-in's go through here after they were sent. */
static uint64_t take_turn(struct fetch *f, uint64_t now)
{
	struct token_facts facts;

	token_facts(f->token, &facts);
	for (; f->token_requests < facts.requests; f->token_requests++)
		pace_count(&f->pace, now);
	return whole_ms(pace_take(&f->pace, now));
}

static void on_poke(struct timer *t)
{
	struct fetch *f = container_of(t, struct fetch, poke);

	while (f->head && f->in_flight < f->pace.limit) {
		uint64_t now = fetch_now_us(), wait_ms;

		if (hold_back(f->head, now))
			continue;
		wait_ms = take_turn(f, now);
		if (wait_ms) {
			timer_start(&f->poke, f->loop, wait_ms, on_poke);
			return;
		}
		fetch_begin(f->head);
	}
}
