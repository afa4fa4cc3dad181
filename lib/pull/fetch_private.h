/* SPDX-License-Identifier: MIT */
/* fetch_private.h - shared by fetch.c (from sent to done), fetch_queue.c (when it goes), fetch_build.c (what is asked), fetch_answer.c
 * (what an answer means). */
#ifndef PULL_FETCH_PRIVATE_H
#define PULL_FETCH_PRIVATE_H

#include "net/backoff.h"
#include "pull/fetch.h"
#include "pull/pace.h"

enum fetch_state { FETCH_IDLE, FETCH_WAITING, FETCH_ASKING, FETCH_SENT, FETCH_COOLING };

struct fetch {
	struct uv_loop_s *loop;
	struct http *http;
	struct token *token;
	char *base_url, *locale;
	char correlation[GUID_TEXT_MAX];
	struct backoff backoff;
	struct pace pace;
	unsigned in_flight;
	uint64_t first_tries, retries; /* of this run; retries: of failures */
	uint64_t token_requests;       /* that the pace has counted */
	struct fetch_watch *watch;
	struct fetch_request *head, **tail;
	size_t open; /* requests in any state but IDLE */
	struct timer poke;
	struct fetch_counts counts;
};

/* fetch_queue.c: leaves whatever state the request is in; the memory may go afterwards. */
void fetch_leave(struct fetch_request *r);
void fetch_enqueue(struct fetch_request *r, bool in_front);
/* Out of everything for that long, then in front of the queue. */
void fetch_rest(struct fetch_request *r, uint64_t delay_ms);
uint64_t fetch_now_us(void); /* monotonic */

/* fetch.c: its turn has come. */
void fetch_begin(struct fetch_request *r);
/* The end, with r->err. */
void fetch_give_up(struct fetch_request *r);

enum fetch_verdict {
	FETCH_VERDICT_END,   /* r->answer and r->err are set */
	FETCH_VERDICT_RETRY, /* later; r->err says why */
	FETCH_VERDICT_TOKEN, /* at once, with a fresh token */
};

/* What to do about the attempt that has just ended. */
enum fetch_verdict fetch_judge(struct fetch_request *r);
/* Puts before the error what support asks for: what it was, the tries, both ids. */
void fetch_describe(struct fetch_request *r, const char *correlation);
void fetch_log_attempt(const struct fetch_request *r, const char *correlation);
/* The path may be put behind base_url: it can neither leave the host nor break the request line. */
bool fetch_path_is_safe(const char *path);
/* Fills r->http, all but its callbacks. r->url and r->authorization are set. */
int fetch_build(struct fetch_request *r, const char *correlation, const char *locale, struct err *e) MUST_CHECK;

#endif
