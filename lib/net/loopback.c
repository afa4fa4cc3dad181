/* SPDX-License-Identifier: MIT */
/* loopback.c - listeners and visitors.
 *
 * HAPPY PATH  connection -> head complete -> on_query: LOOPBACK_HOLD -> loopback_end: page, end of ours, end of theirs -> on_end.
 * FAILURES    too slow, too long, gone: the visitor is dropped without a word. Not ours, not valid: an answer, and dropped. */
#include "net/loopback.h"

#include "base/limits.h"
#include "base/mem.h"
#include "net/loopback_request.h"
#include "net/timer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#define LINGER_MS 2000 /* for the page to be taken, and the connection closed by the other side */
#define PORT_TRIES 20  /* a port free on 127.0.0.1 may be taken on ::1 */
#define HEAD_MAX 1024
#define BACKLOG 128 /* a connection that the kernel has no room for comes back after a second only */

struct listener { /* on the heap, as visitors: libuv keeps a handle until a turn after uv_close */
	uv_tcp_t tcp;
	struct loopback *owner; /* NULL once closed */
};

struct visitor {
	uv_tcp_t tcp;
	uv_write_t write;
	uv_shutdown_t shutdown;
	struct loopback_server *server; /* NULL once dropped */
	struct timer patience;
	struct buf in, out;
	bool answered;
	struct visitor *next;
	char room[4096];
};

struct loopback_server {
	struct loopback *owner;
	struct uv_loop_s *loop;
	struct listener *listeners[2]; /* 127.0.0.1, ::1; NULL when there is none */
	struct visitor *visitors;      /* in the order of their coming */
	unsigned count;
	struct visitor *held;
	bool ending;
	struct timer end;
};

static const char headers[] = "Content-Type: text/html; charset=utf-8\r\n"
			      "Content-Security-Policy: default-src 'none'; style-src 'sha256-5FzCnsV57c+jOd/YN4QWT8tN82PCOrXk7dJkg1nTrVM='; "
			      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
			      "Cache-Control: no-store\r\n"
			      "Referrer-Policy: no-referrer\r\n"
			      "X-Content-Type-Options: nosniff\r\n"
			      "Connection: close\r\n";

static const struct {
	unsigned status;
	const char *words;
} statuses[] = {
	{ 200, "200 OK" },
	{ 404, "404 Not Found" },
	{ 405, "405 Method Not Allowed" },
	{ 421, "421 Misdirected Request" },
	{ 431, "431 Request Header Fields Too Large" },
	{ 505, "505 HTTP Version Not Supported" },
};

static const char *status_words(unsigned status)
{
	for (size_t i = 0; i < countof(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].words;
	return "400 Bad Request";
}

/* -- visitors -------------------------------------------------------------------------------------------------------------------- */

static void on_visitor_closed(uv_handle_t *handle)
{
	struct visitor *v = container_of(handle, struct visitor, tcp);

	buf_fini_secret(&v->in); /* a code is in it; not earlier, for the owner may close everything while it looks at the query */
	buf_fini_secret(&v->out);
	mem_wipe(v->room, sizeof(v->room));
	free(v);
}

static void on_end_due(struct timer *timer)
{
	struct loopback *owner = container_of(timer, struct loopback_server, end)->owner;

	owner->on_end(owner);
}

static void visitor_drop(struct visitor *v)
{
	struct loopback_server *s = v->server;
	struct visitor **at;

	if (!s)
		return;
	for (at = &s->visitors; *at != v; at = &(*at)->next)
		;
	*at = v->next;
	s->count--;
	v->server = NULL;
	timer_cancel(&v->patience);
	uv_close((uv_handle_t *)&v->tcp, on_visitor_closed);
	if (v != s->held)
		return;
	s->held = NULL;
	if (s->ending)
		timer_start(&s->end, s->loop, 0, on_end_due);
}

static void on_patience(struct timer *timer)
{
	visitor_drop(container_of(timer, struct visitor, patience));
}

/* Ours is said. Closing at once would send a reset while bytes of the other side are unread, and the browser would lose the page. */
static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
	if (status != 0)
		visitor_drop(container_of(shutdown, struct visitor, shutdown));
}

static void on_written(uv_write_t *write, int status)
{
	struct visitor *v = container_of(write, struct visitor, write);

	if (status != 0 || uv_shutdown(&v->shutdown, (uv_stream_t *)&v->tcp, on_shutdown) != 0)
		visitor_drop(v);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	struct visitor *v = container_of(handle, struct visitor, tcp);

	(void)wanted;
	*buf = uv_buf_init(v->room, sizeof(v->room));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void answer(struct visitor *v, unsigned status, struct span page)
{
	uv_buf_t bytes;
	int rc;

	v->answered = true;
	buf_fini_secret(&v->in);
	timer_start(&v->patience, v->server->loop, LINGER_MS, on_patience);
	rc = buf_printf(&v->out, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status_words(status), headers, page.n);
	rc = rc ? rc : buf_add_span(&v->out, page);
	bytes = uv_buf_init(v->out.p, (unsigned)v->out.n);
	if (rc == -1 || uv_write(&v->write, (uv_stream_t *)&v->tcp, &bytes, 1, on_written) != 0)
		visitor_drop(v);
}

static void close_listeners(struct loopback_server *s);

/* From now on there is nobody but V. */
static void hold(struct visitor *v)
{
	struct loopback_server *s = v->server;
	struct visitor *next;

	s->held = v;
	timer_cancel(&v->patience);
	(void)uv_read_stop((uv_stream_t *)&v->tcp); /* always 0 */
	buf_fini_secret(&v->in);
	close_listeners(s);
	for (struct visitor *other = s->visitors; other; other = next) {
		next = other->next;
		if (other != v && !other->answered)
			visitor_drop(other);
	}
}

static void ask_owner(struct visitor *v, struct span query)
{
	struct loopback *owner = v->server->owner;
	enum loopback_verdict verdict;
	struct buf page;

	buf_init(&page, LOOPBACK_PAGE_MAX);
	verdict = owner->on_query(owner, query, &page);
	/* The owner may have closed everything. */
	if (v->server && verdict == LOOPBACK_HOLD)
		hold(v);
	else if (v->server)
		answer(v, 400, buf_span(&page));
	buf_fini(&page);
}

static void serve(struct visitor *v, size_t head_size)
{
	struct span path, query;
	unsigned status = loopback_request_read((struct span){ v->in.p, head_size }, v->server->owner->port, &path, &query);

	if (status == LOOPBACK_REQUEST_OK && span_is(path, "/"))
		ask_owner(v, query);
	else
		answer(v, status == LOOPBACK_REQUEST_OK ? 404 : status, SPAN_LITERAL(""));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct visitor *v = container_of(stream, struct visitor, tcp);
	size_t before = v->in.n, head_size;
	int rc;

	if (!v->server || n == 0)
		return;
	if (n < 0) {
		visitor_drop(v);
		return;
	}
	if (v->answered)
		return; /* what follows a request is nobody's */
	rc = buf_add(&v->in, buf->base, (size_t)n);
	mem_wipe(v->room, (size_t)n);
	if (rc == -1) {
		answer(v, 431, SPAN_LITERAL(""));
		return;
	}
	head_size = loopback_head_size(buf_span(&v->in), before);
	if (head_size)
		serve(v, head_size);
}

/* -- listeners ------------------------------------------------------------------------------------------------------------------- */

/* The oldest one that has no answer yet and is not the one that matters. */
static void make_room(struct loopback_server *s)
{
	struct visitor *v = s->visitors;

	while (v && (v->answered || v == s->held))
		v = v->next;
	visitor_drop(v ? v : s->visitors);
}

static void on_connection(uv_stream_t *stream, int status)
{
	struct listener *listener = container_of(stream, struct listener, tcp);
	struct loopback_server *s = listener->owner ? listener->owner->server : NULL;
	struct visitor *v, **at;

	if (status != 0 || !s)
		return;
	if (s->count >= LIMIT_LOOPBACK_CONNECTIONS)
		make_room(s);
	v = xcalloc(1, sizeof(*v));
	v->server = s;
	buf_init(&v->in, LIMIT_LOOPBACK_BYTES);
	buf_init(&v->out, HEAD_MAX + LOOPBACK_PAGE_MAX);
	for (at = &s->visitors; *at; at = &(*at)->next)
		;
	*at = v;
	s->count++;
	if (uv_tcp_init(s->loop, &v->tcp) != 0)
		abort(); /* fails on wrong arguments only */
	if (uv_accept(stream, (uv_stream_t *)&v->tcp) != 0 || uv_read_start((uv_stream_t *)&v->tcp, on_alloc, on_read) != 0) {
		visitor_drop(v);
		return;
	}
	timer_start(&v->patience, s->loop, LOOPBACK_REQUEST_MS, on_patience);
}

static void on_listener_closed(uv_handle_t *handle)
{
	free(container_of(handle, struct listener, tcp));
}

static void close_listeners(struct loopback_server *s)
{
	for (size_t i = 0; i < countof(s->listeners); i++) {
		if (!s->listeners[i])
			continue;
		s->listeners[i]->owner = NULL;
		uv_close((uv_handle_t *)&s->listeners[i]->tcp, on_listener_closed);
		s->listeners[i] = NULL;
	}
}

/* Listens on ADDRESS; 0 or libuv's error. What was opened is in *SLOT either way. */
static int listen_on(struct loopback_server *s, struct listener **slot, const struct sockaddr *address)
{
	struct listener *listener = xcalloc(1, sizeof(*listener));
	int rc = uv_tcp_init(s->loop, &listener->tcp);

	if (rc != 0)
		abort(); /* fails on wrong arguments only */
	listener->owner = s->owner;
	*slot = listener;
	rc = uv_tcp_bind(&listener->tcp, address, 0);
	return rc ? rc : uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
}

static uint16_t port_of(const struct listener *listener)
{
	struct sockaddr_in address;
	int size = sizeof(address);

	if (uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&address, &size) != 0)
		return 0;
	return ntohs(address.sin_port);
}

/* One try for a port that is ours on both addresses. */
static int listen_on_both(struct loopback_server *s)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int rc = listen_on(s, &s->listeners[0], (const struct sockaddr *)&four);

	if (rc != 0)
		return rc;
	s->owner->port = port_of(s->listeners[0]);
	six.sin6_port = htons(s->owner->port);
	rc = listen_on(s, &s->listeners[1], (const struct sockaddr *)&six);
	if (rc == 0 || rc == UV_EADDRINUSE)
		return rc;
	/* No IPv6 on this machine. */
	s->listeners[1]->owner = NULL;
	uv_close((uv_handle_t *)&s->listeners[1]->tcp, on_listener_closed);
	s->listeners[1] = NULL;
	return 0;
}

int loopback_open(struct loopback *l, struct uv_loop_s *loop, struct err *e)
{
	struct loopback_server *s = xcalloc(1, sizeof(*s));
	int rc = UV_EADDRINUSE;

	s->owner = l;
	s->loop = loop;
	l->server = s;
	for (int i = 0; i < PORT_TRIES && rc == UV_EADDRINUSE; i++) {
		close_listeners(s);
		rc = listen_on_both(s);
	}
	if (rc == 0)
		return 0;
	loopback_close(l);
	return err_set(e, ERR_NET, "listen on a port of localhost: %s", uv_strerror(rc));
}

void loopback_end(struct loopback *l, struct span page)
{
	struct loopback_server *s = l->server;
	struct visitor *v = s->held;

	assert(!s->ending);
	s->ending = true;
	close_listeners(s);
	if (!v) {
		timer_start(&s->end, s->loop, 0, on_end_due);
		return;
	}
	if (uv_read_start((uv_stream_t *)&v->tcp, on_alloc, on_read) == 0)
		answer(v, 200, page);
	else
		visitor_drop(v);
}

void loopback_close(struct loopback *l)
{
	struct loopback_server *s = l->server;

	if (!s)
		return;
	l->server = NULL;
	s->ending = false;
	close_listeners(s);
	while (s->visitors)
		visitor_drop(s->visitors);
	timer_cancel(&s->end);
	free(s);
}
