/* SPDX-License-Identifier: MIT */
/* What one answer becomes: facts, errors, limits. */
#include "net/http_private.h"
#include "tests/support/http_calls.h"

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
		{ "HTTP/1.1 200 OK\r\n", FAKE_CLOSE },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r", FAKE_CLOSE },
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
/* Cancels after each number of turns of the loop: every state that a request passes through. */
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
		T(environment_proxy_is_not_used_for_loopback),
		T(configured_proxy_is_used_and_never_named),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
