/* SPDX-License-Identifier: MIT */
/* fetch_calls.h - fetch requests of a test that remember what came of them. Included once a test program. */
#ifndef SUPPORT_FETCH_CALLS_H
#define SUPPORT_FETCH_CALLS_H

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/util.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define CALLS 64

struct call {
	struct fetch_request r;
	struct buf body;
	int done, attempts;
	bool cancel_in_body, cancel_in_attempt;
	struct call *then;
};

static struct session s;
static struct call calls[CALLS];

static int setup(void **state)
{
	(void)state;
	session_open(&s);
	memset(calls, 0, sizeof(calls));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < CALLS; i++) {
		fetch_cancel(&calls[i].r);
		buf_fini(&calls[i].body);
	}
	return session_close(&s);
}

static void on_attempt(struct fetch_request *r)
{
	struct call *c = container_of(r, struct call, r);

	c->attempts++;
	buf_clear(&c->body);
	if (c->cancel_in_attempt)
		fetch_cancel(r);
}

static enum http_body on_body(struct fetch_request *r, struct span bytes)
{
	struct call *c = container_of(r, struct call, r);

	assert_int_equal(buf_add_span(&c->body, bytes), 0);
	if (c->cancel_in_body)
		fetch_cancel(r);
	return HTTP_TAKEN;
}

static void send_call(int i, const char *path);

static void on_done(struct fetch_request *r)
{
	struct call *c = container_of(r, struct call, r);

	c->done++;
	if (c->then)
		send_call((int)(c->then - calls), "/v1/then");
}

static void send_call(int i, const char *path)
{
	struct call *c = &calls[i];

	buf_fini(&c->body);
	buf_init(&c->body, 1 << 20);
	c->done = c->attempts = 0;
	c->r.what = "thing";
	c->r.path = path;
	c->r.on_attempt = on_attempt;
	c->r.on_body = on_body;
	c->r.done = on_done;
	fetch_send(s.fetch, &c->r);
}

static struct call *get(const char *path)
{
	send_call(0, path);
	assert_int_equal(calls[0].done, 0);
	LOOP_UNTIL(s.loop, calls[0].done);
	assert_int_equal(calls[0].done, 1);
	return &calls[0];
}

static void say(const char *status, const char *headers, const char *body)
{
	fakehttp_say(s.fake, status, headers, body);
}

#endif
