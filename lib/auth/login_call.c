/* SPDX-License-Identifier: MIT */
/* login_call.c - one request of the sign-in, with its tries. */
#include "auth/login_private.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BACKOFF_CAP_S 30
#define ANSWER_TIMEOUT_MS 60000

static void try_call(struct login *l);

void login_call_end(struct login *l)
{
	http_cancel(&l->request);
	timer_cancel(&l->wait);
	buf_fini_secret(&l->bearer);
	buf_fini_secret(&l->answer);
	free(l->url);
	l->url = NULL;
}

bool login_is_transient(const struct login *l)
{
	const struct http_request *r = &l->request;

	if (r->err.kind != ERR_NONE)
		return r->err.kind == ERR_NET;
	return r->status == 408 || r->status == 429 || (r->status >= 500 && r->status != 501);
}

static void on_waited(struct timer *timer)
{
	try_call(container_of(timer, struct login, wait));
}

/* Whether another try is on its way. */
static bool try_again(struct login *l)
{
	const struct backoff backoff = { .tries_max = LOGIN_TRIES, .base_ms = (uint32_t)login_ms(l, 1),
					 .cap_ms = (uint32_t)login_ms(l, BACKOFF_CAP_S) };
	int64_t told_s = l->request.retry_after_s, delay_ms;
	uint32_t random = 0;

	if (l->call->once || !login_is_transient(l) || told_s > LIMIT_RETRY_AFTER_S)
		return false;
	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		random = UINT32_MAX;
	delay_ms = backoff_delay_ms(&backoff, l->tries, told_s, random);
	if (delay_ms == BACKOFF_GIVE_UP)
		return false;
	timer_start(&l->wait, l->loop, (uint64_t)delay_ms, on_waited);
	return true;
}

static void log_attempt(const struct login *l)
{
	const struct http_request *r = &l->request;
	const char *host = strstr(l->url, "://"), *path = host ? strchr(host + 3, '/') : NULL;
	struct log_line line;

	log_start(&line, LOG_DEBUG, "http.attempt");
	log_text(&line, "what", l->call->what);
	log_text(&line, "method", r->method);
	log_span(&line, "path", path ? (struct span){ path, strcspn(path, "?") } : SPAN_LITERAL("/"));
	log_int(&line, "status", r->status);
	log_int(&line, "bytes", (int64_t)r->bytes);
	log_int(&line, "ms", r->elapsed_ms);
	log_int(&line, "try", l->tries);
	if (r->request_id[0])
		log_text(&line, "request_id", r->request_id);
	if (r->correlation_id[0])
		log_text(&line, "correlation_id", r->correlation_id);
	if (r->err.kind != ERR_NONE)
		log_err(&line, &r->err);
	log_finish(&line);
}

static void on_answered(struct http_request *r)
{
	struct login *l = container_of(r, struct login, request);

	log_attempt(l);
	buf_fini_secret(&l->form);
	if (!try_again(l))
		l->call->answered(l);
}

static enum http_body on_body(struct http_request *r, struct span bytes)
{
	struct login *l = container_of(r, struct login, request);

	return buf_add_span(&l->answer, bytes) == 0 ? HTTP_TAKEN : HTTP_ABORT;
}

static void add_header(struct http_request *r, const char *key, const char *value)
{
	r->headers[r->header_count++] = (struct http_header){ key, value };
}

static void send_request(struct login *l)
{
	struct http_request *r = &l->request;

	l->tries++;
	buf_clear(&l->answer);
	*r = (struct http_request){ .method = l->call->make ? "POST" : "GET", .url = l->url, .on_body = on_body, .done = on_answered };
	r->body_max = LIMIT_SMALL_BODY_BYTES;
	r->answer_timeout_ms = ANSWER_TIMEOUT_MS;
	add_header(r, "Accept", "application/json");
	if (l->call->make) {
		add_header(r, "Content-Type", "application/x-www-form-urlencoded");
		r->body = buf_span(&l->form);
	} else {
		add_header(r, "Authorization", buf_text(&l->bearer));
		add_header(r, "MS-RequestId", l->request_id); /* the same in each try, as Microsoft asks */
	}
	http_send(l->http, r);
}

/* On the worker: an application's credential is in a file. */
static void on_make(struct lane_job *job)
{
	struct login *l = container_of(job, struct login, job);

	err_clear(&l->job_err);
	buf_fini_secret(&l->form);
	(void)!l->call->make(l, &l->job_err); /* the result is in job_err */
}

static void on_made(struct lane_job *job)
{
	struct login *l = container_of(job, struct login, job);

	if (l->ended)
		return;
	if (l->job_err.kind != ERR_NONE)
		login_end(l, &l->job_err);
	else
		send_request(l);
}

static void try_call(struct login *l)
{
	if (l->call->make)
		lane_submit(l->lane, &l->job, on_make, on_made);
	else
		send_request(l);
}

void login_call(struct login *l, const struct login_call *call, const char *url)
{
	char *copy = xstrdup(url);

	free(l->url);
	l->url = copy;
	l->call = call;
	l->tries = 0;
	guid_print(guid_random(), l->request_id);
	try_call(l);
}
