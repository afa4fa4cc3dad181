/* SPDX-License-Identifier: MIT */
#include "tests/support/fakehttp.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/util.h"
#include "net/timer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#define REQUEST_MAX ((size_t)1 << 20)

struct line { /* one scripted answer */
	struct fake_reply reply;
	struct line *next;
};

struct peer { /* one connection */
	uv_tcp_t tcp;
	struct fakehttp *f;
	struct timer wait;
	struct buf in;
	char *bytes; /* of the reply under way */
	size_t at;
	struct fake_reply reply;
	bool busy, deaf;
	struct peer *next;
	char room[65536];
};

struct fakehttp {
	uv_tcp_t tcp;
	struct uv_loop_s *loop;
	char url[64];
	struct line *script;
	struct peer *peers;
	void (*answer)(size_t number, const char *request, struct fake_reply *reply);
	char **requests;
	size_t count, connections, open, busy, most_busy;
};

struct sending {
	uv_write_t write;
	char *bytes;
};

static void peer_next(struct peer *p);

static void on_peer_closed(uv_handle_t *handle)
{
	free(container_of(handle, struct peer, tcp));
}

static void not_busy(struct peer *p)
{
	if (p->busy)
		p->f->busy--;
	p->busy = false;
}

static void peer_close(struct peer *p, bool reset)
{
	struct peer **at = &p->f->peers;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	not_busy(p);
	p->f->open--;
	timer_cancel(&p->wait);
	buf_fini(&p->in);
	free(p->bytes);
	p->bytes = NULL;
	if (!reset || uv_tcp_close_reset(&p->tcp, on_peer_closed) != 0)
		uv_close((uv_handle_t *)&p->tcp, on_peer_closed);
}

static void on_sent(uv_write_t *write, int status)
{
	struct sending *s = container_of(write, struct sending, write);

	(void)status; /* a client that went away is no fault of the test */
	free(s->bytes);
	free(s);
}

static void send_bytes(struct peer *p, const char *bytes, size_t n)
{
	struct sending *s = xcalloc(1, sizeof(*s));
	uv_buf_t out;

	s->bytes = xmalloc(n);
	if (n)
		memcpy(s->bytes, bytes, n);
	out = uv_buf_init(s->bytes, (unsigned)n);
	if (uv_write(&s->write, (uv_stream_t *)&p->tcp, &out, 1, on_sent) != 0)
		on_sent(&s->write, -1);
}

static void reply_ended(struct peer *p)
{
	free(p->bytes);
	p->bytes = NULL;
	not_busy(p);
	switch (p->reply.end) {
	case FAKE_KEEP:
		peer_next(p);
		break;
	case FAKE_HANG:
		p->deaf = true;
		break;
	case FAKE_CLOSE:
	case FAKE_RESET:
		peer_close(p, p->reply.end == FAKE_RESET);
		break;
	}
}

static void on_piece(struct timer *timer)
{
	struct peer *p = container_of(timer, struct peer, wait);
	size_t left = p->reply.n - p->at;
	size_t n = p->reply.piece && p->reply.piece < left ? p->reply.piece : left;

	send_bytes(p, p->bytes + p->at, n);
	p->at += n;
	if (p->at < p->reply.n)
		timer_start(&p->wait, p->f->loop, p->reply.piece_ms, on_piece);
	else
		reply_ended(p);
}

static void choose_reply(struct fakehttp *f, struct fake_reply *reply, const char *request)
{
	static const char nothing[] = "HTTP/1.1 599 Out Of Script\r\nContent-Length: 0\r\n\r\n";
	struct line *line = f->script;

	*reply = (struct fake_reply){ .bytes = nothing, .n = sizeof(nothing) - 1 };
	if (line) {
		f->script = line->next;
		*reply = line->reply;
		free(line);
	} else {
		if (f->answer)
			f->answer(f->count - 1, request, reply);
		reply->bytes = xstrndup(reply->bytes, reply->n);
		return;
	}
}

/* The length of the request in front of the input, 0 while it is not whole. */
static size_t request_length(const struct buf *in)
{
	const char *end = in->n ? strstr(buf_text(in), "\r\n\r\n") : NULL;
	const char *length;
	size_t body = 0;

	if (!end)
		return 0;
	length = strcasestr(buf_text(in), "\r\nContent-Length:");
	if (length && length < end)
		body = (size_t)strtoumax(length + 17, NULL, 10);
	return (size_t)(end - in->p) + 4 + body <= in->n ? (size_t)(end - in->p) + 4 + body : 0;
}

static void peer_next(struct peer *p)
{
	struct fakehttp *f = p->f;
	size_t n = request_length(&p->in);
	char *request;

	if (p->busy || p->deaf || !n)
		return;
	request = xstrndup(p->in.p, n);
	buf_consume(&p->in, n);
	f->requests = xreallocarray(f->requests, f->count + 1, sizeof(char *));
	f->requests[f->count++] = request;
	p->busy = true;
	if (++f->busy > f->most_busy)
		f->most_busy = f->busy;
	choose_reply(f, &p->reply, request);
	p->bytes = (char *)(uintptr_t)p->reply.bytes;
	p->at = 0;
	timer_start(&p->wait, f->loop, p->reply.delay_ms, on_piece);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
	struct peer *p = container_of(handle, struct peer, tcp);

	(void)suggested;
	*room = uv_buf_init(p->room, sizeof(p->room));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
	struct peer *p = container_of(stream, struct peer, tcp);

	if (n < 0) {
		peer_close(p, false);
		return;
	}
	if (buf_add(&p->in, bytes->base, (size_t)n) == -1)
		peer_close(p, true);
	else
		peer_next(p);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct fakehttp *f = container_of(server, struct fakehttp, tcp);
	struct peer *p = xcalloc(1, sizeof(*p));
	int rc = uv_tcp_init(f->loop, &p->tcp);

	assert(status == 0 && rc == 0);
	(void)rc;
	(void)status;
	p->f = f;
	buf_init(&p->in, REQUEST_MAX);
	p->next = f->peers;
	f->peers = p;
	f->open++;
	f->connections++;
	if (uv_accept(server, (uv_stream_t *)&p->tcp) != 0 || uv_read_start((uv_stream_t *)&p->tcp, on_room, on_read) != 0)
		peer_close(p, false);
}

struct fakehttp *fakehttp_new(struct uv_loop_s *loop)
{
	struct fakehttp *f = xcalloc(1, sizeof(*f));
	struct sockaddr_in address;
	int size = sizeof(address);
	int rc = uv_tcp_init(loop, &f->tcp);

	f->loop = loop;
	rc = rc ? rc : uv_ip4_addr("127.0.0.1", 0, &address);
	rc = rc ? rc : uv_tcp_bind(&f->tcp, (struct sockaddr *)&address, 0);
	rc = rc ? rc : uv_listen((uv_stream_t *)&f->tcp, 128, on_connection);
	rc = rc ? rc : uv_tcp_getsockname(&f->tcp, (struct sockaddr *)&address, &size);
	assert(rc == 0);
	snprintf(f->url, sizeof(f->url), "http://127.0.0.1:%u", ntohs(address.sin_port));
	return f;
}

static void on_server_closed(uv_handle_t *handle)
{
	free(container_of(handle, struct fakehttp, tcp));
}

void fakehttp_forget_script(struct fakehttp *f)
{
	struct line *line;

	while ((line = f->script)) {
		f->script = line->next;
		free((char *)(uintptr_t)line->reply.bytes);
		free(line);
	}
}

void fakehttp_free(struct fakehttp *f)
{
	while (f->peers)
		peer_close(f->peers, false);
	fakehttp_forget_script(f);
	for (size_t i = 0; i < f->count; i++)
		free(f->requests[i]);
	free(f->requests);
	uv_close((uv_handle_t *)&f->tcp, on_server_closed);
}

const char *fakehttp_url(const struct fakehttp *f)
{
	return f->url;
}

void fakehttp_script(struct fakehttp *f, struct fake_reply reply)
{
	struct line **at = &f->script;

	while (*at)
		at = &(*at)->next;
	*at = xcalloc(1, sizeof(**at));
	(*at)->reply = reply;
	(*at)->reply.bytes = xmalloc(reply.n + 1);
	memcpy((char *)(uintptr_t)(*at)->reply.bytes, reply.bytes, reply.n);
}

void fakehttp_say(struct fakehttp *f, const char *status, const char *headers, const char *body)
{
	struct buf b;

	buf_init(&b, SIZE_MAX / 4);
	if (buf_printf(&b, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status, headers, strlen(body), body) == -1)
		abort();
	fakehttp_script(f, (struct fake_reply){ .bytes = b.p, .n = b.n });
	buf_fini(&b);
}

void fakehttp_answer_by(struct fakehttp *f, void (*answer)(size_t number, const char *request, struct fake_reply *reply))
{
	f->answer = answer;
}

size_t fakehttp_count(const struct fakehttp *f)
{
	return f->count;
}

const char *fakehttp_request(const struct fakehttp *f, size_t n)
{
	return n < f->count ? f->requests[n] : "";
}

size_t fakehttp_connections(const struct fakehttp *f)
{
	return f->connections;
}

size_t fakehttp_most_busy(const struct fakehttp *f)
{
	return f->most_busy;
}

size_t fakehttp_open(const struct fakehttp *f)
{
	return f->open;
}

void fakehttp_forget_most_busy(struct fakehttp *f)
{
	f->most_busy = 0;
}

size_t fakehttp_unsent(const struct fakehttp *f)
{
	size_t n = 0;

	for (const struct peer *p = f->peers; p; p = p->next)
		n += uv_stream_get_write_queue_size((const uv_stream_t *)&p->tcp);
	return n;
}
