/* SPDX-License-Identifier: MIT */
/* fetch.h - GETs of Partner Center: queue, caps, token, retry, one log line an attempt.
 *
 * At most max_in_flight at a time and requests_per_minute, the sign-in's counted too; first come, first served. Retried with
 * exponential back-off and full jitter: connection failures, 408, 429, 5xx, and 204 with Retry-After; Retry-After is kept to. 401: once,
 * after a fresh token. MS-RequestId stays the same over the tries of one call; MS-CorrelationId is that of the run. On 429 the
 * parallelism is halved and creeps up again, and who is throttled together waits together (pace.h). Everything else is answered, not
 * retried. Only paths on base_url are ever asked for.
 *
 * At most FETCH_TRIES tries; a request that waits for its next one holds up no other. Told to wait for longer than
 * LIMIT_RETRY_AFTER_S it ends with ERR_BUSY. A 204 with Retry-After is asked for again until FETCH_NOT_READY_TRIES of them came.
 * Retries of failures are at most half of the requests of a run, and FETCH_RETRIES_FREE: a service that fails most of what it is asked is
 * not asked half as much again, and what could not be had stays planned. */
#ifndef PULL_FETCH_H
#define PULL_FETCH_H

#include "net/http.h"
#include "net/timer.h"
#include "auth/token.h"
#include "partner/model.h"
#include "partner/pc_error.h"
#include "value/guid.h"

#define FETCH_TRIES 6
#define FETCH_NOT_READY_TRIES 3
#define FETCH_RETRIES_FREE 100

struct fetch;
struct fetch_request;

enum fetch_answer {
	FETCH_OK,         /* 2xx with the whole body handed to on_body */
	FETCH_NO_CONTENT, /* 204: nothing to say; told_to_wait says whether it had a Retry-After to the last */
	FETCH_NO_USAGE, FETCH_NOT_FOUND, FETCH_FORBIDDEN, /* as pc_answer */
	FETCH_FAILED,     /* err says why; its kind says what to do */
};

struct fetch_request {
	/* filled by the caller, borrowed until done */
	const char *what;             /* for the log: "usage", "ratecard" */
	const char *path;             /* below base_url: "/v1/customers?size=500" */
	const struct next_link *link; /* NULL, or the link whose headers are to be sent */
	uint64_t body_max;
	uint32_t total_timeout_ms;    /* 0: default */
	void (*on_attempt)(struct fetch_request *r); /* bytes given so far are void; called before the first bytes of each try */
	enum http_body (*on_body)(struct fetch_request *r, struct span bytes);
	void (*done)(struct fetch_request *r);

	/* filled for done() */
	enum fetch_answer answer;
	struct err err;
	long status;
	bool told_to_wait;
	unsigned tries;
	uint64_t bytes; /* of the last try */

	/* private */
	struct fetch *fetch;
	struct http_request http;
	struct token_ask ask;
	struct timer wait;
	struct fetch_request *next;
	char *url, *authorization;
	char request_id[GUID_TEXT_MAX];
	uint64_t token_generation;
	unsigned state;
	uint64_t epoch, customer; /* as pace.h has them */
	unsigned not_ready;
	bool token_renewed;
};

struct fetch_options {
	const char *base_url; /* scheme, host and port alone; copied, as is the locale */
	const char *locale;
	unsigned max_in_flight, requests_per_minute; /* 0: 1 at a time; any number a minute */
	uint32_t backoff_base_ms;                    /* 0: 1000; tests have less patience */
};

/* Who wants to hear that the service asked to slow down: once a halving, not for each answer. TOLD_S: Retry-After, -1: none. */
struct fetch_watch {
	void (*slower)(struct fetch_watch *w, unsigned in_flight, int64_t told_s);
};

struct fetch_counts {
	uint64_t requests, retries, throttled, bytes;
};

struct fetch *fetch_new(struct uv_loop_s *loop, struct http *http, struct token *token, const struct fetch_options *options);
/* Every request must have ended or been cancelled. */
void fetch_free(struct fetch *f);
/* A new run: a new correlation id, counters at zero, parallelism back at its maximum. */
void fetch_new_run(struct fetch *f, struct guid correlation);
void fetch_watch(struct fetch *f, struct fetch_watch *watch); /* borrowed; NULL: nobody any more */
/* done() runs exactly once, never inside fetch_send, unless fetch_cancel comes first. */
void fetch_send(struct fetch *f, struct fetch_request *r);
void fetch_resume(struct fetch_request *r);
void fetch_cancel(struct fetch_request *r); /* immediate, silent, idempotent */
/* It waits because it was told to: by a 204 that the data is not ready, or by what another request for its customer was answered. Not
 * the request that was refused itself. */
bool fetch_is_not_ready(const struct fetch_request *r);
const struct fetch_counts *fetch_counts(const struct fetch *f);
const char *fetch_base_url(const struct fetch *f);

#endif
