/* SPDX-License-Identifier: MIT */
/* http.h - one HTTP attempt on the loop: libcurl multi driven by libuv. No retries, no redirects, no cookies; TLS 1.2 or newer,
 * always verified. Policy (retry, tokens, order) is fetch.h's.
 *
 * A request is the caller's struct, zeroed, with the first part filled. http_send(); then done() runs exactly once, never inside
 * http_send, unless http_cancel() comes first: immediate, silent, idempotent. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct uv_loop_s;
struct http;
struct http_request;

enum http_body {
	HTTP_TAKEN,  /* go on */
	HTTP_PAUSED, /* these bytes were taken, but wait with the next until http_resume */
	HTTP_ABORT,  /* stop: the request ends with the error set in request->err (ERR_FORMAT when none) */
};

#define HTTP_HEADERS_MAX 20
#define HTTP_RETRY_AFTER_MAX_S 86400 /* a longer wait is reported as this */

struct http_header {
	const char *key, *value; /* borrowed until done */
};

struct http_request {
	/* filled by the caller; texts are borrowed until done */
	const char *method; /* "GET" or "POST" */
	const char *url;
	struct http_header headers[HTTP_HEADERS_MAX];
	size_t header_count;
	struct span body;              /* of POST */
	uint64_t body_max;             /* most decompressed bytes of the answer; 0: LIMIT_SMALL_BODY_BYTES */
	bool accept_gzip;
	/* 0: the engine's default in brackets. Time that the consumer holds the answer paused counts for none of them. */
	uint32_t connect_timeout_ms; /* name, TCP, TLS (30 s) */
	uint32_t answer_timeout_ms;  /* until the first byte of the answer (5 min: a rate card takes minutes to begin) */
	uint32_t stall_timeout_ms;   /* for each kilobyte after that (60 s) */
	uint32_t total_timeout_ms;   /* all of it (10 min) */
	/* Only called for 2xx answers, from the loop, never inside http_send or http_resume. May send, resume and cancel any request.
	 * The last bytes may be answered with HTTP_PAUSED too: done() then comes without a resume. NULL: the body is counted only. */
	enum http_body (*on_body)(struct http_request *r, struct span bytes);
	void (*done)(struct http_request *r);

	/* filled for done() */
	struct err err;        /* kind ERR_NONE when a whole answer came, whatever its status */
	long status;
	int64_t retry_after_s; /* -1 when absent or not usable; seconds or HTTP date (past: 0), at most HTTP_RETRY_AFTER_MAX_S */
	int64_t date;          /* the Date header as instant, 0 when absent */
	char content_type[80], request_id[64], correlation_id[64], www_authenticate[200], location[200];
	struct span error_body; /* of an answer that is not 2xx, at most LIMIT_ERROR_BODY_BYTES; borrowed during done() */
	uint64_t bytes;        /* decompressed */
	uint32_t elapsed_ms;

	struct http_transfer *transfer; /* private */
};

struct http_options {
	/* texts are copied */
	const char *ca_file; /* NULL: the system's store */
	const char *proxy;   /* NULL: from the environment (HTTPS_PROXY, NO_PROXY), but none for loopback addresses */
	const char *user_agent;
	unsigned max_connections; /* kept alive */
	bool http2; /* offer HTTP/2 */
};

struct http *http_new(struct uv_loop_s *loop, const struct http_options *options, struct err *e);
/* Cancels what is in flight, closes every connection. Not from inside a callback of a request. */
void http_free(struct http *http);
/* Closes every connection as soon as no request is left: at the end of a run, so that nothing is kept for a day. */
void http_close_idle(struct http *http);
/* Only https:// urls, and http:// ones of loopback addresses; others end with ERR_CONFIG. */
void http_send(struct http *http, struct http_request *r);
void http_resume(struct http_request *r);
void http_cancel(struct http_request *r);

#endif
