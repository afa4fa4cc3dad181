/* SPDX-License-Identifier: MIT */
/* fetch_private.h - shared by fetch.c (queue and states), fetch_build.c (what is asked), fetch_answer.c (what an answer means). */
#ifndef PULL_FETCH_PRIVATE_H
#define PULL_FETCH_PRIVATE_H

#include "pull/fetch.h"

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
