/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "day.h"
#include "state.h"

const char *
request_kind_name(enum request_kind kind)
{
	static const char *const names[KIND_COUNT] = {"other", "token", "authorize", "devicecode", "customers", "subscriptions",
	    "utilization", "ratecard", "control"};

	return names[kind];
}

struct request *
request_new(struct state *state, const char *uri)
{
	struct request *r = mem_new(1, sizeof(*r));

	r->state = state;
	r->uri = mem_dup(uri);
	r->start_ms = time_now_ms();
	r->page = 1;
	return r;
}

void
request_free(struct request *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->reply.header_count; i++) {
		free(r->reply.headers[i].name);
		free(r->reply.headers[i].value);
	}
	text_fini(&r->reply.body);
	free(r->reply.keep_as);
	text_fini(&r->body);
	free(r->uri);
	free(r->path);
	world_unref(r->world);
	free(r);
}

static void
decode_segment(char *s)
{
	for (char *p = s; *p != '\0'; p++) {
		if (*p == '+')	/* a plus in a path is a plus */
			return;
	}
	parse_form_value(s);
}

void
request_split(struct request *r)
{
	char *p, *save = NULL;

	r->path = mem_dup(r->uri);
	r->path[strcspn(r->path, "?#")] = '\0';
	for (p = strtok_r(r->path, "/", &save); p != NULL; p = strtok_r(NULL, "/", &save)) {
		if (r->segment_count == REQUEST_SEGMENTS) {
			r->segment_count = 0;	/* no such resource */
			return;
		}
		decode_segment(p);
		r->segments[r->segment_count++] = p;
	}
}

const char *
request_header(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, name);
}

const char *
request_query(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_GET_ARGUMENT_KIND, name);
}

int
request_segment_is(const struct request *r, size_t i, const char *word)
{
	return i < r->segment_count && strcasecmp(r->segments[i], word) == 0;
}

int
request_is_sign_in(const struct request *r)
{
	return r->kind == KIND_TOKEN || r->kind == KIND_AUTHORIZE || r->kind == KIND_DEVICE_CODE;
}

int
request_fault_is(const struct request *r, enum fault_action action)
{
	return r->fault != NULL && r->fault->action == (int64_t)action;
}

void
reply_header(struct reply *reply, const char *name, const char *value)
{
	if (reply->header_count == REPLY_HEADERS)
		abort();
	reply->headers[reply->header_count].name = mem_dup(name);
	reply->headers[reply->header_count++].value = mem_dup(value);
}

void
reply_retry_after(struct request *r, int64_t seconds, enum retry_form form)
{
	int64_t due_ms = time_now_ms() + seconds * 1000;
	time_t due = (time_t)(world_clock_ms(r->world) / 1000 + seconds);
	char value[64];
	struct tm tm;

	if (form == RETRY_NONE)
		return;
	snprintf(value, sizeof(value), "%lld", (long long)seconds);
	if (form == RETRY_DATE) {
		gmtime_r(&due, &tm);
		strftime(value, sizeof(value), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		due_ms = due_ms / 1000 * 1000;
	}
	reply_header(&r->reply, "Retry-After", value);
	state_note_retry(r->state, r, due_ms);
}

size_t
reply_size(const struct request *r)
{
	return r->reply.kept != NULL ? r->reply.kept_len : r->reply.body.len;
}

void
reply_json(struct request *r, unsigned status)
{
	r->reply.status = status;
	snprintf(r->reply.content_type, sizeof(r->reply.content_type), "application/json; charset=utf-8");
}

void
reply_error(struct request *r, unsigned status, const char *code, const char *fmt, ...)
{
	char description[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(description, sizeof(description), fmt, ap);
	va_end(ap);
	reply_json(r, status);
	r->reply.body.len = 0;
	text_printf(&r->reply.body, "{\"code\":\"%s\",\"description\":", code);
	text_json(&r->reply.body, description);
	text_puts(&r->reply.body, ",\"data\":[],\"source\":\"PartnerAPI\"}");
}

void
reply_html(struct request *r, unsigned status, const char *title)
{
	r->reply.status = status;
	snprintf(r->reply.content_type, sizeof(r->reply.content_type), "text/html; charset=utf-8");
	r->reply.body.len = 0;
	text_printf(&r->reply.body, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title></head><body>\n", title);
}

void
reply_copy(struct request *r, const struct text *body)
{
	reply_json(r, 200);
	text_put(&r->reply.body, body->p, body->len);
}
