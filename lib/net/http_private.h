/* SPDX-License-Identifier: MIT */
/* http_private.h - what the files of http share: http_uv.c drives libcurl's multi by libuv, http.c keeps the transfers,
 * http_setup.c tells libcurl what a request is, http_answer.c reads what came back. */
#ifndef NET_HTTP_PRIVATE_H
#define NET_HTTP_PRIVATE_H

#include "base/buf.h"
#include "net/http.h"
#include "net/timer.h"

#include <curl/curl.h>

struct http_poll;

struct http {
	struct uv_loop_s *loop;
	CURLM *multi;
	struct timer curl_timer; /* when libcurl wants to be called */
	struct timer poke;       /* there is something to do outside of libcurl's callbacks */
	struct http_poll *polls; /* the sockets that libcurl wants watched */
	bool inside;             /* libcurl is on the stack: transfers may not be added, removed or resumed */
	bool closing;            /* the multi is being taken down: no new polls */
	bool broken;             /* the multi failed: every transfer fails, a new one is made */
	bool recycle;            /* make a new multi when no transfer is left: closes the idle connections */

	struct http_transfer *transfers; /* all, oldest first */

	char *ca_file, *proxy, *user_agent;
	long max_connections;
	bool http2;
};

struct http_transfer {
	struct http *http;
	struct http_request *request; /* NULL: cancelled, to be removed at the next poke */
	struct http_transfer *next;
	CURL *easy;                /* NULL: not started */
	struct curl_slist *headers;
	bool resume;               /* http_resume was called: libcurl is told at the next poke */
	bool paused;               /* on_body wants no more bytes for now */
	bool answering;            /* the first byte of the answer came */
	bool head_ended;           /* what follows in headers are trailers */
	bool cut;                  /* an error body was longer than what is kept: ended by us, an answer all the same */

	struct timer watch;        /* the next of the time limits */
	uint64_t started_ms, progress_ms; /* monotonic */
	uint64_t paused_at_ms, paused_ms; /* since when, and in all before that */
	uint64_t progress_bytes;   /* counted towards the next progress */

	size_t header_bytes;
	char retry_after[64], date[64];
	struct buf error_body;
	char curl_error[CURL_ERROR_SIZE];
};

/* http_uv.c */
int http_engine_open(struct http *http, struct err *e) MUST_CHECK;
void http_engine_close(struct http *http);
curl_socket_t http_engine_socket_closed(void *http, curl_socket_t fd); /* CURLOPT_CLOSESOCKETFUNCTION */

/* http.c: calls of the engine and of libcurl */
void http_transfer_ended(struct http_transfer *t, CURLcode code);
size_t http_on_write(char *bytes, size_t size, size_t count, void *transfer); /* CURLOPT_WRITEFUNCTION */
void http_poke(struct http *http);
uint64_t http_now_ms(void); /* monotonic */

/* http_setup.c */
int http_setup(struct http_transfer *t, struct err *e) MUST_CHECK;
/* The url's scheme is https, or http and its host is a loopback address. */
int http_url_check(const char *url, bool *loopback, struct err *e) MUST_CHECK;

/* http_answer.c */
size_t http_on_header(char *line, size_t size, size_t count, void *transfer); /* CURLOPT_HEADERFUNCTION */
/* The wait that the header tells, in seconds, -1 when unusable; NOW is what an HTTP date is compared with. */
int64_t http_retry_after(const char *text, int64_t now);
int64_t http_date(const char *text); /* 0 when unusable */
/* The error of a transfer that libcurl ended with CODE. */
int http_curl_error(struct err *e, CURLcode code, const char *detail);

#endif
