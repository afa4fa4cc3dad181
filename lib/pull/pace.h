/* SPDX-License-Identifier: MIT */
/* pace.h - how fast the service may be asked: a token bucket, the requests at one time, and the waits that it tells. Pure: the clock
 * (monotonic, in microseconds) is a parameter.
 *
 * BUCKET      fills by requests_per_minute, exactly, and holds a burst of at most a tenth of a minute's requests and of as many as may
 *             be in flight: no minute sees more than a tenth above what was configured. Microsoft's documents name 500 a minute.
 * PARALLELISM multiplicative decrease, additive increase: 429 halves what may be in flight, once for all requests that were sent before
 *             it was known; PACE_GROW_AFTER good answers in a row allow one more.
 * TOLD        the documents throttle by partner, or by partner and customer, and do not say which it was. So 429 with Retry-After
 *             holds every request of that customer until then; one that is not about a customer holds everybody, and so do
 *             PACE_UNANIMOUS customers in a row, without a good answer between them. */
#ifndef PULL_PACE_H
#define PULL_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_BURST_SHARE 10 /* of a minute's requests */
#define PACE_GROW_AFTER 50
#define PACE_UNANIMOUS 4
#define PACE_HOLDS 64       /* customers held at one time; one more holds everybody */

struct pace {
	unsigned limit;  /* requests that may be in flight now */
	uint64_t epoch;  /* counts the halvings: what a request was sent in */

	/* private */
	unsigned most, good, in_a_row;
	int64_t per_minute, depth, level; /* level and depth in requests / 60,000,000; below 0: more was sent than allowed */
	uint64_t filled_us;
	uint64_t everybody_us; /* nobody before this */
	struct pace_hold {
		uint64_t customer, until_us;
	} holds[PACE_HOLDS];
};

/* MOST at one time (0: 1), PER_MINUTE (0: any number). The bucket is full. */
void pace_init(struct pace *p, unsigned most, unsigned per_minute);
/* All the parallelism again, for a new run. What was told and sent stays. */
void pace_restore(struct pace *p);
/* How long until a request may start; 0: now, and it is counted. */
uint64_t pace_take(struct pace *p, uint64_t now_us);
/* A request was sent that did not ask. */
void pace_count(struct pace *p, uint64_t now_us);
/* How long requests of that customer (everybody, for 0) must not be sent yet. */
uint64_t pace_hold_us(const struct pace *p, uint64_t customer, uint64_t now_us);
/* A request of CUSTOMER that was sent in EPOCH was answered 429, TOLD_S: its Retry-After, or -1. Whether this lowered the limit. */
bool pace_refused(struct pace *p, uint64_t customer, uint64_t epoch, int64_t told_s, uint64_t now_us);
void pace_answered(struct pace *p);
/* The customer that a path is about, as a number; 0: none. */
uint64_t pace_customer(const char *path);

#endif
