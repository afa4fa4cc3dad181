/* SPDX-License-Identifier: MIT */
/* http.c - the transfers: from http_send to done() or http_cancel().
 *
 * A transfer is waiting (easy == NULL), running, or cancelled (request == NULL). libcurl forbids most calls from inside its own
 * callbacks, and our callers may call us from there; so what they ask for is noted, and done by the poke timer in the next turn. */
#include "net/http_private.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <string.h>

#define ANSWER_TIMEOUT_MS 300000
#define STALL_TIMEOUT_MS 60000
#define TOTAL_TIMEOUT_MS 600000
#define STALL_BYTES 1024 /* fewer than this in the stall time is a stall: a byte now and then is none the better */

uint64_t http_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Takes the transfer out of everything and frees it. Not while libcurl is on the stack. */
static void transfer_free(struct http_transfer *t)
{
	struct http *http = t->http;
	struct http_transfer **at = &http->transfers;

	assert(!http->inside);
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	timer_cancel(&t->watch);
	if (t->easy) {
		/* Fails for a handle that is not in the multi, or when the multi is broken: either way it is out. */
		(void)curl_multi_remove_handle(http->multi, t->easy);
		curl_easy_cleanup(t->easy); /* the connection is the multi's, and stays alive */
	}
	for (struct curl_slist *h = t->headers; h; h = h->next)
		mem_wipe(h->data, strlen(h->data)); /* one of them is Authorization */
	curl_slist_free_all(t->headers);
	buf_fini_secret(&t->error_body);
	free(t);
}

/* The answer's facts, as far as one came. */
static void fill(struct http_transfer *t, CURLcode code)
{
	struct http_request *r = t->request;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (t->easy && curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &r->status) != CURLE_OK)
		r->status = 0;
	r->date = http_date(t->date);
	r->retry_after_s = http_retry_after(t->retry_after, r->date ? r->date : (int64_t)now.tv_sec);
	r->elapsed_ms = (uint32_t)(http_now_ms() - t->started_ms);
	if (r->err.kind != ERR_NONE || t->cut)
		return;
	if (code != CURLE_OK)
		(void)http_curl_error(&r->err, code, t->curl_error);
	else if (!t->head_ended) /* libcurl takes a connection that closes there for the end of the body */
		err_set(&r->err, ERR_NET, "the answer ended within its headers");
}

/* The one end of a transfer that was not cancelled: with the caller's error if one is set, else as CODE says. */
void http_transfer_ended(struct http_transfer *t, CURLcode code)
{
	struct http_request *r = t->request;
	struct buf error_body = t->error_body;

	if (r) {
		fill(t, code);
		r->error_body = (struct span){ buf_text(&error_body), error_body.n };
		r->transfer = NULL;
	}
	t->error_body = (struct buf){ .max = 0 };
	transfer_free(t);
	if (r)
		r->done(r); /* the request may be gone after it; what it borrowed from us goes now */
	buf_fini_secret(&error_body);
}

static void on_watch(struct timer *timer)
{
	struct http_transfer *t = container_of(timer, struct http_transfer, watch);
	struct http_request *r = t->request;
	uint64_t now = http_now_ms();
	uint64_t total = r->total_timeout_ms ? r->total_timeout_ms : TOTAL_TIMEOUT_MS;
	uint64_t answer = r->answer_timeout_ms ? r->answer_timeout_ms : ANSWER_TIMEOUT_MS;
	uint64_t stall = r->stall_timeout_ms ? r->stall_timeout_ms : STALL_TIMEOUT_MS;
	uint64_t end = t->started_ms + t->paused_ms + total;
	uint64_t quiet = t->answering ? t->progress_ms + stall : t->started_ms + answer;

	if (now >= end)
		err_set(&r->err, ERR_NET, "the answer took longer than %llu ms", (unsigned long long)total);
	else if (now >= quiet && t->answering)
		err_set(&r->err, ERR_NET, "the answer stalled for %llu ms", (unsigned long long)stall);
	else if (now >= quiet)
		err_set(&r->err, ERR_NET, "no answer within %llu ms", (unsigned long long)answer);
	if (r->err.kind == ERR_NONE) {
		uint64_t wait = (quiet < end ? quiet : end) - now;

		/* the answer may begin meanwhile, and stall */
		timer_start(&t->watch, t->http->loop, wait < stall ? wait : stall, on_watch);
		return;
	}
	(void)err_advise(&r->err, "E-NET-TIMEOUT", NULL);
	http_transfer_ended(t, CURLE_OPERATION_TIMEDOUT);
}

/* Takes bytes of an answer that is not 2xx. */
static size_t keep_error_body(struct http_transfer *t, struct span bytes)
{
	size_t room = t->error_body.max - t->error_body.n;
	struct span part = { bytes.p, bytes.n < room ? bytes.n : room };

	t->cut = part.n < bytes.n;
	if (buf_add_span(&t->error_body, part) == -1 || t->cut)
		return 0; /* enough: nobody reads more of an error */
	return bytes.n;
}

static void note_progress(struct http_transfer *t, size_t n)
{
	t->progress_bytes += n;
	if (t->progress_bytes < STALL_BYTES)
		return;
	t->progress_bytes = 0;
	t->progress_ms = http_now_ms();
}

/* Hands bytes to the consumer; a pause begins with the next bytes, because libcurl takes those back that come with a pause. */
static size_t give(struct http_transfer *t, struct span bytes)
{
	struct http_request *r = t->request;
	enum http_body verdict = r->on_body ? r->on_body(r, bytes) : HTTP_TAKEN;

	if (!t->request)
		return 0; /* cancelled by the consumer */
	if (verdict == HTTP_ABORT && r->err.kind == ERR_NONE)
		err_set(&r->err, ERR_FORMAT, "the answer was refused");
	if (verdict == HTTP_ABORT)
		return 0;
	if (verdict == HTTP_PAUSED && !t->paused) {
		t->paused = true;
		t->paused_at_ms = http_now_ms();
		timer_cancel(&t->watch);
	}
	return bytes.n;
}

size_t http_on_write(char *bytes, size_t size, size_t count, void *transfer)
{
	struct http_transfer *t = transfer;
	struct http_request *r = t->request;
	size_t n = size * count;
	long status = 0;

	if (!r)
		return 0; /* cancelled: ends the transfer */
	if (t->paused)
		return CURL_WRITEFUNC_PAUSE;
	r->bytes += n;
	note_progress(t, n);
	if (r->bytes > r->body_max) {
		err_set(&r->err, ERR_FORMAT, "the answer is larger than %llu bytes", (unsigned long long)r->body_max);
		return 0;
	}
	if (curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return 0;
	if (status < 200 || status > 299)
		return keep_error_body(t, (struct span){ bytes, n });
	return give(t, (struct span){ bytes, n });
}

static void start(struct http_transfer *t)
{
	struct http *http = t->http;
	CURLMcode rc;

	/* A new one each time: curl_easy_reset leaves a handle of a shared HTTP/2 connection with its buffer, and then the handle takes
	 * no BUFFERSIZE any more. It costs microseconds; what is dear, connections and names, belongs to the multi. */
	t->easy = curl_easy_init();
	if (!t->easy) {
		err_set(&t->request->err, ERR_NET, "libcurl: no easy handle");
		http_transfer_ended(t, CURLE_FAILED_INIT);
		return;
	}
	if (http_setup(t, &t->request->err) == -1) {
		http_transfer_ended(t, CURLE_FAILED_INIT);
		return;
	}
	timer_start(&t->watch, http->loop, 1, on_watch); /* finds out itself when to look next */
	rc = curl_multi_add_handle(http->multi, t->easy);
	if (rc == CURLM_OK)
		return;
	err_set(&t->request->err, ERR_NET, "libcurl: %s", curl_multi_strerror(rc));
	http_transfer_ended(t, CURLE_FAILED_INIT);
}

static void resume(struct http_transfer *t)
{
	struct http *http = t->http;
	uint64_t now = http_now_ms();
	CURLcode rc;

	t->resume = false;
	if (!t->paused)
		return;
	t->paused = false;
	t->paused_ms += now - t->paused_at_ms;
	t->progress_ms = now; /* what was quiet meanwhile was us */
	timer_start(&t->watch, http->loop, 1, on_watch);
	http->inside = true; /* it hands out what it kept, before it returns */
	rc = curl_easy_pause(t->easy, CURLPAUSE_CONT);
	http->inside = false;
	if (rc != CURLE_OK)
		http_transfer_ended(t, rc); /* the consumer's abort comes back here */
}

/* Those that run; the ones that wait get the next multi. */
static void fail_running(struct http *http)
{
	struct http_transfer *t = http->transfers;

	while (t) {
		if (!t->easy) {
			t = t->next;
			continue;
		}
		if (t->request && t->request->err.kind == ERR_NONE)
			err_set(&t->request->err, ERR_NET, "libcurl: the multi handle failed");
		http_transfer_ended(t, CURLE_RECV_ERROR);
		t = http->transfers; /* done() may have changed any of them */
	}
}

/* One thing that waits to be done; a callback in it may change any transfer, so the caller begins again from the top. */
static bool step(struct http *http)
{
	for (struct http_transfer *t = http->transfers; t; t = t->next) {
		if (!t->request)
			transfer_free(t);
		else if (!t->easy)
			start(t);
		else if (t->resume)
			resume(t);
		else
			continue;
		return true;
	}
	return false;
}

static void renew(struct http *http)
{
	struct err e = ERR_INIT;

	http_engine_close(http);
	/* Without a multi every start fails with an error of its own, so nobody waits in vain; the next poke tries again. */
	http->broken = http_engine_open(http, &e) == -1;
}

static void on_poke(struct timer *timer)
{
	struct http *http = container_of(timer, struct http, poke);

	if (http->broken) {
		fail_running(http);
		renew(http);
	}
	while (step(http))
		;
	if (http->recycle && !http->transfers)
		renew(http);
}

void http_poke(struct http *http)
{
	if (!timer_active(&http->poke))
		timer_start(&http->poke, http->loop, 0, on_poke);
}

void http_send(struct http *http, struct http_request *r)
{
	struct http_transfer *t = xcalloc(1, sizeof(*t));
	struct http_transfer **at = &http->transfers;

	t->http = http;
	t->request = r;
	t->started_ms = http_now_ms();
	buf_init(&t->error_body, LIMIT_ERROR_BODY_BYTES);
	while (*at)
		at = &(*at)->next;
	*at = t;
	if (!r->body_max)
		r->body_max = LIMIT_SMALL_BODY_BYTES;
	err_clear(&r->err);
	r->transfer = t;
	r->status = 0;
	r->retry_after_s = -1;
	r->date = 0;
	r->content_type[0] = r->request_id[0] = r->correlation_id[0] = r->www_authenticate[0] = r->location[0] = '\0';
	r->error_body = SPAN_LITERAL("");
	r->bytes = 0;
	r->elapsed_ms = 0;
	http_poke(http);
}

void http_resume(struct http_request *r)
{
	if (!r->transfer)
		return;
	r->transfer->resume = true;
	http_poke(r->transfer->http);
}

void http_cancel(struct http_request *r)
{
	struct http_transfer *t = r->transfer;

	if (!t)
		return;
	r->transfer = NULL;
	t->request = NULL;
	timer_cancel(&t->watch);
	if (t->http->inside)
		http_poke(t->http); /* libcurl is on the stack: taken out in the next turn, and ended by its next callback */
	else
		transfer_free(t);
}

struct http *http_new(struct uv_loop_s *loop, const struct http_options *options, struct err *e)
{
	struct http *http;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		err_set(e, ERR_NET, "libcurl does not start");
		return NULL;
	}
	http = xcalloc(1, sizeof(*http));
	http->loop = loop;
	http->ca_file = options->ca_file ? xstrdup(options->ca_file) : NULL;
	http->proxy = options->proxy ? xstrdup(options->proxy) : NULL;
	http->user_agent = options->user_agent ? xstrdup(options->user_agent) : NULL;
	http->max_connections = options->max_connections ? (long)options->max_connections : 1;
	http->http2 = options->http2;
	if (http_engine_open(http, e) == 0)
		return http;
	http_free(http);
	return NULL;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	assert(!http->inside);
	while (http->transfers) {
		if (http->transfers->request)
			http->transfers->request->transfer = NULL;
		transfer_free(http->transfers);
	}
	http_engine_close(http);
	timer_cancel(&http->poke);
	free(http->ca_file);
	if (http->proxy)
		mem_wipe(http->proxy, strlen(http->proxy)); /* may hold a password */
	free(http->proxy);
	free(http->user_agent);
	free(http);
	curl_global_cleanup();
}

void http_close_idle(struct http *http)
{
	http->recycle = true;
	http_poke(http);
}
