/* SPDX-License-Identifier: MIT */
/* http_calls.h - requests of a test that remember what came of them. Included once a test program. */
#ifndef SUPPORT_HTTP_CALLS_H
#define SUPPORT_HTTP_CALLS_H

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/util.h"
#include "net/http.h"
#include "net/timer.h"
#include "tests/support/fakehttp.h"
#include "tests/support/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct call {
	struct http_request r;
	struct buf body;
	struct buf error_body;
	char url[256];
	int done;            /* times done() ran */
	int pieces;          /* times on_body ran */
	int pause_every;     /* pause at every n-th piece */
	struct timer wake;   /* resumes */
	unsigned wake_ms;
	bool abort, cancel_in_body, resume_in_body;
	struct call *cancel_other, *then; /* in on_body; sent in done */
};

static uv_loop_t *loop;
static struct fakehttp *fake;
static struct http *http;
static struct call calls[16];

static void open_http(const struct http_options *options)
{
	struct err e = ERR_INIT;

	http = http_new(loop, options, &e);
	assert_non_null(http);
}

static int setup(void **state)
{
	const struct http_options options = { .user_agent = "test/1", .max_connections = 8 };

	(void)state;
	loop = loop_open();
	fake = fakehttp_new(loop);
	memset(calls, 0, sizeof(calls));
	open_http(&options);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(calls); i++) {
		timer_cancel(&calls[i].wake);
		buf_fini(&calls[i].body);
		buf_fini(&calls[i].error_body);
	}
	http_free(http);
	fakehttp_free(fake);
	return loop_close(loop);
}

static void on_wake(struct timer *t)
{
	http_resume(&container_of(t, struct call, wake)->r);
}

static enum http_body on_body(struct http_request *r, struct span bytes)
{
	struct call *c = container_of(r, struct call, r);

	c->pieces++;
	assert_int_equal(buf_add_span(&c->body, bytes), 0);
	if (c->cancel_other)
		http_cancel(&c->cancel_other->r);
	if (c->cancel_in_body) {
		http_cancel(r);
		return HTTP_TAKEN;
	}
	if (c->abort) {
		err_set(&r->err, ERR_STORE, "disk full");
		return HTTP_ABORT;
	}
	if (c->resume_in_body) {
		http_resume(r);
		return HTTP_PAUSED;
	}
	if (c->pause_every && c->pieces % c->pause_every == 0) {
		timer_start(&c->wake, loop, c->wake_ms, on_wake);
		return HTTP_PAUSED;
	}
	return HTTP_TAKEN;
}

static void on_done(struct http_request *r)
{
	struct call *c = container_of(r, struct call, r);

	c->done++;
	assert_int_equal(buf_add_span(&c->error_body, r->error_body), 0);
	if (c->then)
		http_send(http, &c->then->r);
}

static struct call *prepare(int i, const char *path)
{
	struct call *c = &calls[i];

	snprintf(c->url, sizeof(c->url), "%s%s", fakehttp_url(fake), path);
	buf_fini(&c->body);
	buf_fini(&c->error_body);
	buf_init(&c->body, (size_t)64 << 20);
	buf_init(&c->error_body, LIMIT_ERROR_BODY_BYTES);
	c->r.method = "GET";
	c->r.url = c->url;
	c->r.body_max = (uint64_t)64 << 20;
	c->r.on_body = on_body;
	c->r.done = on_done;
	return c;
}

static struct call *get(const char *path)
{
	struct call *c = prepare(0, path);

	http_send(http, &c->r);
	assert_int_equal(c->done, 0);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->done, 1);
	return c;
}

static void say_raw(const char *bytes, enum fake_end end)
{
	fakehttp_script(fake, (struct fake_reply){ .bytes = bytes, .n = strlen(bytes), .end = end });
}

#endif
