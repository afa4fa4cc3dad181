/* SPDX-License-Identifier: MIT */
#include "deliver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "body.h"
#include "state.h"

#define GZIP_BOMB_BYTES (256 * 1024 * 1024)
#define HUGE_HEADER_BYTES 65536
#define DRIP_DELAY_MS 50

/* A body sent piece by piece. */
struct stream {
	struct state *state;
	struct MHD_Connection *conn;
	struct text body;
	enum fault_action action;
	size_t after, piece;
	int64_t delay_ms;
	size_t repeat, repeat_len;	/* endless: the part of the body that comes again and again */
};

/* Closes the connection with RST: the kernel does so at once when a connected socket is dissolved. */
static void
reset_connection(struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct sockaddr none = {.sa_family = AF_UNSPEC};

	if (info != NULL && connect(info->connect_fd, &none, sizeof(none)) != 0)
		return;
}

static ssize_t
copy_part(const struct stream *s, uint64_t pos, char *buf, size_t max, size_t end)
{
	size_t n = end - (size_t)pos < max ? end - (size_t)pos : max;

	memcpy(buf, s->body.p + pos, n);
	return (ssize_t)n;
}

static ssize_t
read_endless(const struct stream *s, uint64_t pos, char *buf, size_t max)
{
	size_t end = s->repeat + s->repeat_len, n = 0;

	if (state_wait(s->state, 0) != 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (pos < end)
		return copy_part(s, pos, buf, max, end);
	if (s->repeat_len == 0) {
		memset(buf, ' ', max);
		return (ssize_t)max;
	}
	for (uint64_t at = (pos - end) % (s->repeat_len + 1); n < max; n++, at = (at + 1) % (s->repeat_len + 1))
		buf[n] = at == 0 ? ',' : s->body.p[s->repeat + at - 1];
	return (ssize_t)n;
}

static ssize_t
read_stream(void *arg, uint64_t pos, char *buf, size_t max)
{
	struct stream *s = arg;

	if (s->action == FAULT_ENDLESS)
		return read_endless(s, pos, buf, max);
	if (s->action == FAULT_DRIP) {
		if (pos >= s->body.len)
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (pos > 0 && state_wait(s->state, s->delay_ms) != 0)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		return copy_part(s, pos, buf, max < s->piece ? max : s->piece, s->body.len);
	}
	if (pos < s->after)
		return copy_part(s, pos, buf, max, s->after);
	if (s->action == FAULT_STALL) {
		while (state_wait(s->state, 3600000) == 0)
			;
	}
	if (s->action == FAULT_RESET)
		reset_connection(s->conn);
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

static void
free_stream(void *arg)
{
	struct stream *s = arg;

	text_fini(&s->body);
	free(s);
}

static struct MHD_Response *
stream_response(struct request *r)
{
	const struct fault_conf *f = r->fault;
	struct stream *s = mem_new(1, sizeof(*s));
	uint64_t size = f->action == FAULT_CUT_CHUNKED || f->action == FAULT_ENDLESS ? MHD_SIZE_UNKNOWN : r->reply.body.len;
	const char *item;

	s->state = r->state;
	s->conn = r->conn;
	s->action = (enum fault_action)f->action;
	s->body = r->reply.body;
	r->reply.body = (struct text){0};
	s->after = (size_t)f->after < s->body.len ? (size_t)f->after : s->body.len > 0 ? s->body.len - 1 : 0;
	s->piece = f->bytes > 0 ? (size_t)f->bytes : 1;
	s->delay_ms = f->delay_ms > 0 ? f->delay_ms : DRIP_DELAY_MS;
	item = body_first_item(&s->body, &s->repeat_len);
	s->repeat = item != NULL ? (size_t)(item - s->body.p) : s->body.len;
	if (item == NULL)
		s->repeat_len = 0;
	return MHD_create_response_from_callback(size, 65536, read_stream, s, free_stream);
}

static void
put_gzip(struct request *r)
{
	struct text made = {0};
	uint64_t spaces = 0;

	if (r->fault->action == FAULT_GZIP_BOMB)
		spaces = r->fault->bytes > 0 ? (uint64_t)r->fault->bytes : GZIP_BOMB_BYTES;
	body_gzip(&r->reply.body, spaces, &made);
	if (r->fault->action == FAULT_GZIP_CUT)
		made.len /= 2;
	text_fini(&r->reply.body);
	r->reply.body = made;
	reply_header(&r->reply, "Content-Encoding", "gzip");
}

static struct MHD_Response *
plain_response(struct request *r)
{
	struct text body = r->reply.body;
	struct MHD_Response *response;

	if (r->reply.kept != NULL)
		return MHD_create_response_from_buffer(r->reply.kept_len, (void *)(uintptr_t)r->reply.kept, MHD_RESPMEM_PERSISTENT);
	if (body.len == 0)
		return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	response = MHD_create_response_from_buffer(body.len, body.p, MHD_RESPMEM_MUST_FREE);
	if (response != NULL)
		r->reply.body = (struct text){0};
	return response;
}

static struct MHD_Response *
make_response(struct request *r)
{
	switch (r->fault != NULL ? (enum fault_action)r->fault->action : FAULT_NONE) {
	case FAULT_CUT:
	case FAULT_CUT_CHUNKED:
	case FAULT_RESET:
	case FAULT_STALL:
	case FAULT_ENDLESS:
	case FAULT_DRIP:
		return stream_response(r);
	case FAULT_GZIP_CUT:
	case FAULT_GZIP_BOMB:
		put_gzip(r);
		break;
	default:
		break;
	}
	return plain_response(r);
}

static void
add_huge_header(const struct request *r, struct MHD_Response *response)
{
	size_t n = r->fault->bytes > 0 ? (size_t)r->fault->bytes : HUGE_HEADER_BYTES;
	char *value = mem_new(n + 1, 1);

	memset(value, 'x', n);
	MHD_add_response_header(response, "X-Huge", value);
	free(value);
}

enum MHD_Result
deliver(struct request *r)
{
	size_t bytes = reply_size(r);
	struct MHD_Response *response;
	enum MHD_Result result;

	if (request_fault_is(r, FAULT_RESET) && r->fault->after == 0) {
		reset_connection(r->conn);
		return MHD_NO;
	}
	response = make_response(r);
	if (response == NULL)
		return MHD_NO;
	for (size_t i = 0; i < r->reply.header_count; i++)
		MHD_add_response_header(response, r->reply.headers[i].name, r->reply.headers[i].value);
	if (r->reply.status != 204 && bytes > 0)
		MHD_add_response_header(response, "Content-Type", r->reply.content_type);
	if (request_fault_is(r, FAULT_HUGE_HEADER))
		add_huge_header(r, response);
	state_count_reply(r->state, r, r->reply.status, bytes);
	result = MHD_queue_response(r->conn, r->reply.status, response);
	MHD_destroy_response(response);
	return result;
}
