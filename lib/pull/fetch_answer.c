/* SPDX-License-Identifier: MIT */
/* fetch_answer.c - what an answer means. */
#include "pull/fetch_private.h"

#include "base/limits.h"
#include "base/log.h"

#include <string.h>

void fetch_log_attempt(const struct fetch_request *r, const char *correlation)
{
	const struct http_request *h = &r->http;
	struct log_line l;

	log_start(&l, LOG_DEBUG, "http.attempt");
	log_text(&l, "what", r->what);
	log_text(&l, "method", h->method);
	log_span(&l, "path", (struct span){ r->path, strcspn(r->path, "?") });
	log_int(&l, "status", h->status);
	log_int(&l, "bytes", (int64_t)h->bytes);
	log_int(&l, "ms", h->elapsed_ms);
	log_int(&l, "try", r->tries);
	log_text(&l, "request_id", h->request_id[0] ? h->request_id : r->request_id);
	log_text(&l, "correlation_id", h->correlation_id[0] ? h->correlation_id : correlation);
	if (h->err.kind != ERR_NONE)
		log_err(&l, &h->err);
	log_finish(&l);
}

void fetch_describe(struct fetch_request *r, const char *correlation)
{
	const struct http_request *h = &r->http;

	/* The ids come first: they must not be what is cut from a long text. */
	(void)err_wrap(&r->err, "%s (%u %s, MS-RequestId %s, MS-CorrelationId %s)", r->what, r->tries, r->tries == 1 ? "try" : "tries",
		       h->request_id[0] ? h->request_id : r->request_id, h->correlation_id[0] ? h->correlation_id : correlation);
}

static enum fetch_verdict end(struct fetch_request *r, enum fetch_answer answer)
{
	r->answer = answer;
	return FETCH_VERDICT_END;
}

/* 204: "no data", or with Retry-After "not ready". */
static enum fetch_verdict judge_no_content(struct fetch_request *r)
{
	r->told_to_wait = r->http.retry_after_s >= 0;
	if (!r->told_to_wait || ++r->not_ready >= FETCH_NOT_READY_TRIES || r->http.retry_after_s > LIMIT_RETRY_AFTER_S)
		return end(r, FETCH_NO_CONTENT);
	err_set(&r->err, ERR_BUSY, "HTTP 204: the data is not ready");
	return FETCH_VERDICT_RETRY;
}

static enum fetch_verdict judge_redirect(struct fetch_request *r)
{
	struct span to = { r->http.location, strcspn(r->http.location, "?#") };

	err_set(&r->err, ERR_REMOTE, "HTTP %ld: sent on to \"%.*s\", which is not followed", r->http.status, SPAN_SHOWN(to));
	(void)err_advise(&r->err, "E-PC-REDIRECT", "check base_url and the proxy");
	return end(r, FETCH_FAILED);
}

/* 401 that a fresh token may cure: once. */
static enum fetch_verdict judge_unauthorized(struct fetch_request *r)
{
	if (!r->token_renewed)
		return FETCH_VERDICT_TOKEN;
	r->err.kind = ERR_AUTH;
	(void)err_advise(&r->err, r->err.code[0] ? NULL : "E-PC-HTTP-401",
			 r->err.remedy[0] ? NULL : "a fresh token is refused as well: check cloud, base_url and resource, and the account's role");
	return end(r, FETCH_FAILED);
}

static enum fetch_verdict judge_error(struct fetch_request *r)
{
	switch (pc_error_decode(&r->err, r->http.status, r->http.error_body)) {
	case PC_RETRY:
		return FETCH_VERDICT_RETRY;
	case PC_NEW_TOKEN:
		return judge_unauthorized(r);
	case PC_NO_USAGE:
		return end(r, FETCH_NO_USAGE);
	case PC_NOT_FOUND:
		return end(r, FETCH_NOT_FOUND);
	case PC_FORBIDDEN:
		return end(r, FETCH_FORBIDDEN);
	case PC_PERSON:
	case PC_REFUSED:
		break;
	}
	return end(r, FETCH_FAILED);
}

enum fetch_verdict fetch_judge(struct fetch_request *r)
{
	const struct http_request *h = &r->http;

	r->told_to_wait = false;
	err_clear(&r->err);
	if (h->err.kind != ERR_NONE) {
		r->err = h->err;
		return h->err.kind == ERR_NET ? FETCH_VERDICT_RETRY : end(r, FETCH_FAILED);
	}
	if (h->status == 200)
		return end(r, FETCH_OK);
	if (h->status == 204)
		return judge_no_content(r);
	if (h->status >= 300 && h->status < 400)
		return judge_redirect(r);
	if (h->status >= 400)
		return judge_error(r);
	err_set(&r->err, ERR_FORMAT, "HTTP %ld where 200 was expected", h->status);
	return end(r, FETCH_FAILED);
}
