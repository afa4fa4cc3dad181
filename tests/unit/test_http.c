/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/mem.h"
#include "base/util.h"
#include "net/http.h"
#include "net/http_private.h"
#include "tests/support/fakehttp.h"
#include "tests/support/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

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

static void test_get_200_hands_out_body_and_facts(void **state)
{
	struct call *c;

	(void)state;
	fakehttp_say(fake, "200 OK",
		     "Content-Type: application/json; charset=utf-8\r\nms-requestid:  abc \r\nMS-CorrelationId: def\r\n"
		     "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
		     "{\"a\":1}");
	c = get("/v1/x?y=1");
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->r.status, 200);
	assert_string_equal(buf_text(&c->body), "{\"a\":1}");
	assert_int_equal(c->r.bytes, 7);
	assert_string_equal(c->r.content_type, "application/json; charset=utf-8");
	assert_string_equal(c->r.request_id, "abc");
	assert_string_equal(c->r.correlation_id, "def");
	assert_int_equal(c->r.date, 784111777);
	assert_int_equal(c->r.retry_after_s, -1);
	assert_non_null(strstr(fakehttp_request(fake, 0), "GET /v1/x?y=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(fakehttp_request(fake, 0), "User-Agent: test/1\r\n"));
	assert_null(strstr(fakehttp_request(fake, 0), "Accept-Encoding"));
}

static void test_post_sends_headers_and_body(void **state)
{
	struct call *c = prepare(0, "/token");

	(void)state;
	fakehttp_say(fake, "200 OK", "", "ok");
	c->r.method = "POST";
	c->r.body = span_of("a=1&b=2");
	c->r.headers[0] = (struct http_header){ "Content-Type", "application/x-www-form-urlencoded" };
	c->r.headers[1] = (struct http_header){ "X-Empty", "" };
	c->r.header_count = 2;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.status, 200);
	assert_non_null(strstr(fakehttp_request(fake, 0), "\r\n\r\na=1&b=2"));
	assert_non_null(strstr(fakehttp_request(fake, 0), "Content-Type: application/x-www-form-urlencoded\r\n"));
	assert_non_null(strstr(fakehttp_request(fake, 0), "X-Empty:\r\n"));
}

static void test_header_with_line_end_is_refused(void **state)
{
	static const struct http_header bad[] = { { "A", "b\r\nC: d" }, { "A b", "c" }, { "A:", "c" }, { "", "c" }, { "A", "\x01" } };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct call *c = prepare((int)i, "/");

		c->r.headers[0] = bad[i];
		c->r.header_count = 1;
		http_send(http, &c->r);
		LOOP_UNTIL(loop, c->done);
		assert_int_equal(c->r.err.kind, ERR_FORMAT);
	}
	assert_int_equal(fakehttp_count(fake), 0);
}

static void test_addresses_that_are_not_ours_are_refused(void **state)
{
	static const char *const bad[] = { "http://example.com/", "ftp://127.0.0.1/", "file:///etc/passwd", "http://127.0.0.1.evil/",
					   "http://localhost.evil/", "http://user:pw@127.0.0.1/", "https://u@h/", "x", "" };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct call *c = prepare((int)i, "/");

		c->r.url = bad[i];
		http_send(http, &c->r);
		LOOP_UNTIL(loop, c->done);
		assert_int_equal(c->r.err.kind, ERR_CONFIG);
		assert_int_equal(c->done, 1);
	}
}

static void test_error_answer_goes_to_error_body(void **state)
{
	struct call *c;

	(void)state;
	fakehttp_say(fake, "403 Forbidden", "WWW-Authenticate: Bearer x\r\n", "{\"message\":\"no\"}");
	c = get("/");
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->r.status, 403);
	assert_int_equal(c->pieces, 0);
	assert_string_equal(buf_text(&c->error_body), "{\"message\":\"no\"}");
	assert_string_equal(c->r.www_authenticate, "Bearer x");
}

static void test_long_error_body_is_cut_and_still_an_answer(void **state)
{
	char *body = xmalloc(LIMIT_ERROR_BODY_BYTES * 3 + 1);
	struct call *c;

	(void)state;
	memset(body, 'x', LIMIT_ERROR_BODY_BYTES * 3);
	body[LIMIT_ERROR_BODY_BYTES * 3] = '\0';
	fakehttp_say(fake, "500 Oops", "", body);
	free(body);
	c = get("/");
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->r.status, 500);
	assert_int_equal(c->error_body.n, LIMIT_ERROR_BODY_BYTES);
}

static void test_redirect_is_an_answer(void **state)
{
	struct call *c;

	(void)state;
	fakehttp_say(fake, "302 Found", "Location: http://127.0.0.1:1/evil\r\n", "");
	c = get("/");
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->r.status, 302);
	assert_string_equal(c->r.location, "http://127.0.0.1:1/evil");
	assert_int_equal(fakehttp_count(fake), 1);
}

static void test_retry_after_of_an_answer(void **state)
{
	struct call *c;

	(void)state;
	fakehttp_say(fake, "204 No Content",
		     "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 09:04:37 GMT\r\n", "");
	c = get("/");
	assert_int_equal(c->r.status, 204);
	assert_int_equal(c->r.retry_after_s, 900);
}

static void test_http_retry_after_reads_every_form(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "", -1 }, { "0", 0 }, { "7", 7 }, { "57", 57 }, { "99999999999999999999999", HTTP_RETRY_AFTER_MAX_S },
		{ "-5", -1 }, { "1.5", -1 }, { "soon", -1 }, { "5 s", -1 },
		{ "Sun, 06 Nov 1994 08:49:47 GMT", 10 }, { "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
		{ "Fri, 06 Nov 2094 08:49:36 GMT", HTTP_RETRY_AFTER_MAX_S },
		{ "Sunday, 06-Nov-94 08:49:47 GMT", 10 }, { "Sun Nov  6 08:49:47 1994", 10 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		assert_int_equal(http_retry_after(cases[i].text, 784111777), cases[i].seconds);
}

static void test_interim_answers_do_not_count(void **state)
{
	struct call *c;

	(void)state;
	say_raw("HTTP/1.1 100 Continue\r\nRetry-After: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", FAKE_KEEP);
	c = get("/");
	assert_int_equal(c->r.status, 200);
	assert_int_equal(c->r.retry_after_s, -1);
}

static void test_faults_are_network_errors(void **state)
{
	static const struct {
		const char *bytes;
		enum fake_end end;
	} faults[] = {
		{ "", FAKE_CLOSE },
		{ "", FAKE_RESET },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", FAKE_CLOSE },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", FAKE_RESET },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", FAKE_CLOSE },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", FAKE_CLOSE },
		{ "garbage\r\n\r\n", FAKE_CLOSE },
		{ "HTTP/1.1 200 OK\r\nContent-Le", FAKE_RESET },
	};

	(void)state;
	for (size_t i = 0; i < countof(faults); i++) {
		struct call *c = prepare((int)i, "/");

		say_raw(faults[i].bytes, faults[i].end);
		http_send(http, &c->r);
		LOOP_UNTIL(loop, c->done);
		assert_int_equal(c->r.err.kind, ERR_NET);
		assert_true(strlen(c->r.err.text) > 0);
	}
}

static void test_refused_connection_is_a_network_error(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	c->r.url = "http://127.0.0.1:1/";
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NET);
	assert_string_equal(c->r.err.code, "E-NET-CONNECT");
}

static void test_endless_headers_are_an_error(void **state)
{
	struct buf b;
	struct call *c;

	(void)state;
	buf_init(&b, (size_t)1 << 20);
	assert_int_equal(buf_add_text(&b, "HTTP/1.1 200 OK\r\n"), 0);
	for (int i = 0; i < 3000; i++)
		assert_int_equal(buf_printf(&b, "X-Header-%d: 0123456789012345678901234567890\r\n", i), 0);
	fakehttp_script(fake, (struct fake_reply){ .bytes = b.p, .n = b.n, .end = FAKE_HANG });
	buf_fini(&b);
	c = get("/");
	assert_int_equal(c->r.err.kind, ERR_FORMAT);
	assert_non_null(strstr(c->r.err.text, "headers"));
}

static void test_body_over_the_limit_is_an_error(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	fakehttp_say(fake, "200 OK", "", "0123456789a");
	c->r.body_max = 10;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_FORMAT);
	assert_non_null(strstr(c->r.err.text, "larger than 10 bytes"));
}

/* N bytes of the letter 'a' as a gzip answer; CUT bytes are left out at its end. */
static void say_gzip(size_t n, size_t cut)
{
	char *plain = xmalloc(n);
	size_t room = n / 100 + 4096;
	char *packed = xmalloc(room);
	z_stream z = { .next_in = (unsigned char *)plain, .avail_in = (unsigned)n };
	struct buf b;

	memset(plain, 'a', n);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_out = (unsigned char *)packed;
	z.avail_out = (unsigned)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_init(&b, (size_t)1 << 26);
	assert_int_equal(buf_printf(&b, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n",
				    (unsigned long)z.total_out - cut), 0);
	assert_int_equal(buf_add(&b, packed, (size_t)z.total_out - cut), 0);
	assert_int_equal(deflateEnd(&z), Z_OK);
	fakehttp_script(fake, (struct fake_reply){ .bytes = b.p, .n = b.n });
	buf_fini(&b);
	free(plain);
	free(packed);
}

static void test_gzip_is_unpacked(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_gzip(300000, 0);
	c->r.accept_gzip = true;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->r.bytes, 300000);
	assert_int_equal(c->body.n, 300000);
	assert_non_null(strstr(fakehttp_request(fake, 0), "Accept-Encoding: gzip\r\n"));
}

static void test_gzip_bomb_is_stopped_at_the_limit(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_gzip((size_t)40 << 20, 0);
	c->r.accept_gzip = true;
	c->r.body_max = 1000000;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_FORMAT);
	assert_true(c->body.n <= 1000000);
}

static void test_pause_and_resume_keep_every_byte(void **state)
{
	size_t n = (size_t)3 << 20;
	char *body = xmalloc(n + 1);
	struct call *c = prepare(0, "/");

	(void)state;
	for (size_t i = 0; i < n; i++)
		body[i] = (char)('a' + i * 7 % 26);
	body[n] = '\0';
	fakehttp_say(fake, "200 OK", "", body);
	c->pause_every = 3;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->body.n, n);
	assert_memory_equal(c->body.p, body, n);
	free(body);
}

static void test_pause_and_resume_of_gzip_keep_every_byte(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_gzip((size_t)5 << 20, 0);
	c->r.accept_gzip = true;
	c->pause_every = 1;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->body.n, (size_t)5 << 20);
}

static void test_resume_inside_on_body_goes_on(void **state)
{
	struct call *c = prepare(0, "/");
	char *body = xmalloc(500001);

	(void)state;
	memset(body, 'x', 500000);
	body[500000] = '\0';
	fakehttp_say(fake, "200 OK", "", body);
	c->resume_in_body = true;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->body.n, 500000);
	free(body);
}

static void test_a_long_pause_is_no_timeout(void **state)
{
	struct call *c = prepare(0, "/");
	char *body = xmalloc(400001);

	(void)state;
	memset(body, 'x', 400000);
	body[400000] = '\0';
	fakehttp_say(fake, "200 OK", "", body);
	free(body);
	c->r.total_timeout_ms = 300;
	c->r.stall_timeout_ms = 200;
	c->pause_every = 10;
	c->wake_ms = 500;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->body.n, 400000);
	assert_true(c->r.elapsed_ms > 500);
}

static void test_silent_server_is_an_answer_timeout(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_raw("", FAKE_HANG);
	c->r.answer_timeout_ms = 100;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NET);
	assert_string_equal(c->r.err.code, "E-NET-TIMEOUT");
	assert_non_null(strstr(c->r.err.text, "no answer within 100 ms"));
	assert_in_range(c->r.elapsed_ms, 99, 2000);
}

static void test_stall_in_the_body_is_a_timeout(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc", FAKE_HANG);
	c->r.stall_timeout_ms = 100;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NET);
	assert_non_null(strstr(c->r.err.text, "stalled"));
	assert_int_equal(c->r.status, 200);
}

static void test_slow_drip_is_a_stall(void **state)
{
	struct call *c = prepare(0, "/");
	static const char bytes[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
				    "0123456789012345678901234567890123456789012345678901234567890123456789";

	(void)state;
	fakehttp_script(fake, (struct fake_reply){ .bytes = bytes, .n = sizeof(bytes) - 1, .piece = 1, .piece_ms = 10 });
	c->r.stall_timeout_ms = 200;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NET);
	assert_in_range(c->r.elapsed_ms, 199, 3000);
}

static void test_total_timeout_ends_an_endless_answer(void **state)
{
	struct call *c = prepare(0, "/");
	char *bytes = xmalloc(4000000);

	(void)state;
	memset(bytes, 'x', 4000000);
	memcpy(bytes, "HTTP/1.1 200 OK\r\n\r\n", 19);
	fakehttp_script(fake, (struct fake_reply){ .bytes = bytes, .n = 4000000, .piece = 20000, .piece_ms = 10 });
	free(bytes);
	c->r.total_timeout_ms = 300;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NET);
	assert_non_null(strstr(c->r.err.text, "longer than 300 ms"));
}

static void test_abort_ends_with_the_consumers_error(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	fakehttp_say(fake, "200 OK", "", "abc");
	c->abort = true;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_STORE);
	assert_string_equal(c->r.err.text, "disk full");
}

static void test_cancel_before_the_first_turn_is_silent(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	http_send(http, &c->r);
	http_cancel(&c->r);
	http_cancel(&c->r);
	memset(&c->r, 0xee, sizeof(c->r)); /* the memory may go */
	loop_idle(loop, 30);
	assert_int_equal(c->done, 0);
	assert_int_equal(fakehttp_count(fake), 0);
}

/* Cancels after each number of turns of the loop: every state that a request passes through. */
static void test_cancel_after_any_turn_is_silent(void **state)
{
	(void)state;
	for (int turns = 0; turns < 40; turns++) {
		struct call *c = prepare(0, "/");

		c->done = 0;
		fakehttp_script(fake, (struct fake_reply){
			.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789", .n = 59, .piece = 4 });
		http_send(http, &c->r);
		for (int i = 0; i < turns && !c->done; i++)
			uv_run(loop, UV_RUN_ONCE);
		if (c->done)
			break;
		http_cancel(&c->r);
		memset(&c->r, 0, sizeof(c->r));
		loop_idle(loop, 10);
		assert_int_equal(c->done, 0);
	}
}

static void test_cancel_inside_on_body_is_silent(void **state)
{
	struct call *c = prepare(0, "/");
	char *body = xmalloc(500001);

	(void)state;
	memset(body, 'x', 500000);
	body[500000] = '\0';
	fakehttp_say(fake, "200 OK", "", body);
	free(body);
	c->cancel_in_body = true;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->pieces);
	loop_idle(loop, 30);
	assert_int_equal(c->pieces, 1);
	assert_int_equal(c->done, 0);
}

static void test_cancel_of_another_inside_on_body_is_silent(void **state)
{
	struct call *slow = prepare(0, "/slow"), *quick = prepare(1, "/quick");

	(void)state;
	say_raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc", FAKE_HANG);
	http_send(http, &slow->r);
	LOOP_UNTIL(loop, slow->pieces);
	fakehttp_say(fake, "200 OK", "", "abc");
	quick->cancel_other = slow;
	http_send(http, &quick->r);
	LOOP_UNTIL(loop, quick->done);
	loop_idle(loop, 30);
	assert_int_equal(slow->done, 0);
	assert_int_equal(fakehttp_open(fake), 1); /* the cancelled one's connection is closed */
}

static void test_send_inside_done_uses_the_same_connection(void **state)
{
	struct call *first = prepare(0, "/1"), *second = prepare(1, "/2");

	(void)state;
	fakehttp_say(fake, "200 OK", "", "1");
	fakehttp_say(fake, "200 OK", "", "2");
	first->then = second;
	http_send(http, &first->r);
	LOOP_UNTIL(loop, second->done);
	assert_string_equal(buf_text(&second->body), "2");
	assert_int_equal(fakehttp_connections(fake), 1);
}

static void test_many_at_once_all_end(void **state)
{
	int left = (int)countof(calls);

	(void)state;
	for (int i = 0; i < (int)countof(calls); i++) {
		fakehttp_script(fake, (struct fake_reply){ .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .n = 40,
							   .delay_ms = 5, .end = i % 3 == 1 ? FAKE_RESET : FAKE_KEEP });
		http_send(http, &prepare(i, "/")->r);
	}
	while (left) {
		uv_run(loop, UV_RUN_ONCE);
		left = 0;
		for (size_t i = 0; i < countof(calls); i++)
			left += !calls[i].done;
	}
	assert_int_equal(fakehttp_count(fake), countof(calls));
}

static void test_free_with_requests_under_way_is_silent(void **state)
{
	struct call *a = prepare(0, "/"), *b = prepare(1, "/");
	const struct http_options options = { .max_connections = 2 };

	(void)state;
	say_raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc", FAKE_HANG);
	http_send(http, &a->r);
	LOOP_UNTIL(loop, a->pieces);
	http_send(http, &b->r);
	http_free(http);
	loop_idle(loop, 20);
	assert_int_equal(a->done + b->done, 0);
	http_cancel(&a->r); /* still harmless */
	open_http(&options);
}

static void test_close_idle_closes_connections(void **state)
{
	(void)state;
	fakehttp_say(fake, "200 OK", "", "1");
	get("/");
	assert_int_equal(fakehttp_open(fake), 1);
	http_close_idle(http);
	LOOP_UNTIL(loop, fakehttp_open(fake) == 0);
	fakehttp_say(fake, "200 OK", "", "2");
	calls[0].done = 0;
	get("/");
	assert_int_equal(fakehttp_connections(fake), 2);
}

static void test_idle_connection_closed_by_the_server_is_replaced(void **state)
{
	(void)state;
	say_raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", FAKE_RESET);
	get("/");
	loop_idle(loop, 20);
	fakehttp_say(fake, "200 OK", "", "2");
	calls[0].done = 0;
	get("/");
	assert_int_equal(calls[0].r.err.kind, ERR_NONE);
	assert_int_equal(calls[0].r.status, 200);
}

static void test_environment_proxy_is_not_used_for_loopback(void **state)
{
	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	fakehttp_say(fake, "200 OK", "", "1");
	get("/");
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	assert_int_equal(calls[0].r.status, 200);
}

static void test_configured_proxy_is_used_and_never_named(void **state)
{
	struct http_options options = { .max_connections = 2, .proxy = "gopher9://user:secret@127.0.0.1:1" };

	(void)state;
	http_free(http);
	open_http(&options);
	get("/");
	assert_int_not_equal(calls[0].r.err.kind, ERR_NONE);
	assert_null(strstr(calls[0].r.err.text, "secret"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(get_200_hands_out_body_and_facts),
		T(post_sends_headers_and_body),
		T(header_with_line_end_is_refused),
		T(addresses_that_are_not_ours_are_refused),
		T(error_answer_goes_to_error_body),
		T(long_error_body_is_cut_and_still_an_answer),
		T(redirect_is_an_answer),
		T(retry_after_of_an_answer),
		cmocka_unit_test(test_http_retry_after_reads_every_form),
		T(interim_answers_do_not_count),
		T(faults_are_network_errors),
		T(refused_connection_is_a_network_error),
		T(endless_headers_are_an_error),
		T(body_over_the_limit_is_an_error),
		T(gzip_is_unpacked),
		T(gzip_bomb_is_stopped_at_the_limit),
		T(pause_and_resume_keep_every_byte),
		T(pause_and_resume_of_gzip_keep_every_byte),
		T(resume_inside_on_body_goes_on),
		T(a_long_pause_is_no_timeout),
		T(silent_server_is_an_answer_timeout),
		T(stall_in_the_body_is_a_timeout),
		T(slow_drip_is_a_stall),
		T(total_timeout_ends_an_endless_answer),
		T(abort_ends_with_the_consumers_error),
		T(cancel_before_the_first_turn_is_silent),
		T(cancel_after_any_turn_is_silent),
		T(cancel_inside_on_body_is_silent),
		T(cancel_of_another_inside_on_body_is_silent),
		T(send_inside_done_uses_the_same_connection),
		T(many_at_once_all_end),
		T(free_with_requests_under_way_is_silent),
		T(close_idle_closes_connections),
		T(idle_connection_closed_by_the_server_is_replaced),
		T(environment_proxy_is_not_used_for_loopback),
		T(configured_proxy_is_used_and_never_named),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
