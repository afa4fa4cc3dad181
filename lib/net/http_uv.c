/* SPDX-License-Identifier: MIT */
/* http_uv.c - libcurl's multi on libuv: its timer, its sockets, and the reaping of what has ended. */
#include "net/http_private.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

/* On the heap, because libuv keeps the handle until a turn after uv_close. */
struct http_poll {
	uv_poll_t uv;
	struct http *http;
	curl_socket_t fd;
	struct http_poll *next;
};

/* What the multi has finished. A done() may start, cancel and resume other transfers; none is on libcurl's stack here. */
static void reap(struct http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		char *transfer = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer) == CURLE_OK && transfer)
			http_transfer_ended((struct http_transfer *)(void *)transfer, message->data.result);
	}
}

static void drive(struct http *http, curl_socket_t fd, int flags)
{
	int running = 0; /* libcurl writes to it without asking */
	CURLMcode rc;

	http->inside = true;
	rc = curl_multi_socket_action(http->multi, fd, flags, &running);
	http->inside = false;
	if (rc != CURLM_OK && rc != CURLM_BAD_SOCKET) {
		http->broken = true;
		http_poke(http);
	}
	reap(http); /* always, whatever `running` says: the last transfer may have ended by its time-out */
}

static void on_curl_timer(struct timer *timer)
{
	drive(container_of(timer, struct http, curl_timer), CURL_SOCKET_TIMEOUT, 0);
}

static int on_want_timer(CURLM *multi, long timeout_ms, void *engine)
{
	struct http *http = engine;

	(void)multi;
	if (timeout_ms < 0 || http->closing) {
		timer_cancel(&http->curl_timer);
		return 0;
	}
	/* From inside libcurl 0 becomes 1: else the loop could call it again and again without looking at a socket. */
	if (timeout_ms == 0 && http->inside)
		timeout_ms = 1;
	timer_start(&http->curl_timer, http->loop, (uint64_t)timeout_ms, on_curl_timer);
	return 0;
}

static void on_poll_closed(uv_handle_t *handle)
{
	free(container_of(handle, struct http_poll, uv));
}

/* Stops at once: libuv aborts when it meets a watched descriptor that was closed behind its back. */
static void poll_close(struct http_poll *poll)
{
	struct http_poll **at = &poll->http->polls;

	while (*at != poll)
		at = &(*at)->next;
	*at = poll->next;
	uv_close((uv_handle_t *)&poll->uv, on_poll_closed);
}

static void on_poll(uv_poll_t *uv, int status, int events)
{
	struct http_poll *poll = container_of(uv, struct http_poll, uv);
	int flags = 0;

	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	if (status < 0)
		flags = CURL_CSELECT_ERR; /* UV_EBADF: the peer reset the connection; libuv has stopped the handle */
	drive(poll->http, poll->fd, flags);
}

static struct http_poll *poll_open(struct http *http, CURLM *multi, curl_socket_t fd)
{
	struct http_poll *poll = xcalloc(1, sizeof(*poll));

	poll->http = http;
	poll->fd = fd;
	if (uv_poll_init_socket(http->loop, &poll->uv, fd) != 0) {
		free(poll);
		return NULL;
	}
	poll->next = http->polls;
	http->polls = poll;
	if (curl_multi_assign(multi, fd, poll) != CURLM_OK) {
		poll_close(poll);
		return NULL;
	}
	return poll;
}

static int on_want_socket(CURL *easy, curl_socket_t fd, int what, void *engine, void *assigned)
{
	struct http *http = engine;
	struct http_poll *poll = assigned;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (!poll)
			return 0;
		poll_close(poll);
		(void)curl_multi_assign(http->multi, fd, NULL); /* fails when libcurl has forgotten the socket, and us with it */
		return 0;
	}
	if (http->closing)
		return 0;
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	if (!poll)
		poll = poll_open(http, http->multi, fd);
	if (!poll || uv_poll_start(&poll->uv, events, on_poll) != 0)
		return -1; /* the multi gives up, and drive() sees it */
	return 0;
}

/* libcurl reports a removal late, or not at all, for some sockets that it closes: this is the moment before the close. */
curl_socket_t http_engine_socket_closed(void *engine, curl_socket_t fd)
{
	struct http *http = engine;

	for (struct http_poll *poll = http->polls; poll; poll = poll->next) {
		if (poll->fd != fd)
			continue;
		/* Fails when libcurl has forgotten the socket already; then it has no pointer to us either. */
		(void)curl_multi_assign(http->multi, fd, NULL);
		poll_close(poll);
		break;
	}
	return close(fd);
}

int http_engine_open(struct http *http, struct err *e)
{
	CURLMcode rc = CURLM_OK;

	http->multi = curl_multi_init();
	if (!http->multi)
		return err_set(e, ERR_NET, "libcurl: no multi handle");
	http->closing = http->broken = http->recycle = false;
	rc = rc ? rc : curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_want_socket);
	rc = rc ? rc : curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	rc = rc ? rc : curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_want_timer);
	rc = rc ? rc : curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	rc = rc ? rc : curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, http->max_connections);
	rc = rc ? rc : curl_multi_setopt(http->multi, CURLMOPT_MAX_CONCURRENT_STREAMS, http->max_connections);
	if (rc == CURLM_OK)
		return 0;
	http_engine_close(http);
	return err_set(e, ERR_NET, "libcurl: %s", curl_multi_strerror(rc));
}

void http_engine_close(struct http *http)
{
	CURLMcode rc;

	http->closing = true;
	rc = http->multi ? curl_multi_cleanup(http->multi) : CURLM_OK;
	assert(rc == CURLM_OK); /* fails when called from inside libcurl */
	(void)rc;
	http->multi = NULL;
	while (http->polls)
		poll_close(http->polls);
	timer_cancel(&http->curl_timer);
}
