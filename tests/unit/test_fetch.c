/* SPDX-License-Identifier: MIT */
#include "auth/token_file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/util.h"
#include "pull/fetch.h"
#include "tests/support/fakehttp.h"
#include "tests/support/loop.h"
#include "tests/support/tempdir.h"

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

static uv_loop_t *loop;
static struct fakehttp *fake, *entra;
static struct http *http;
static struct token *token;
static struct token_options token_options;
static struct fetch *fetch;
static struct fetch_options options;
static char dir[TEMPDIR_SIZE];
static struct call calls[CALLS];

/* Entra hands out token-1, token-2, ... */
static void answer_token(size_t number, const char *request, struct fake_reply *reply)
{
	static char text[300];
	char body[200];
	int n = snprintf(body, sizeof(body), "{\"access_token\":\"token-%zu\",\"refresh_token\":\"r\",\"expires_in\":3599}", number + 1);

	(void)request;
	reply->n = (size_t)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", n, body);
	reply->bytes = text;
}

static int setup(void **state)
{
	const struct http_options http_options = { .max_connections = 8 };
	struct err e = ERR_INIT;

	(void)state;
	loop = loop_open();
	fake = fakehttp_new(loop);
	entra = fakehttp_new(loop);
	fakehttp_answer_by(entra, answer_token);
	http = http_new(loop, &http_options, &e);
	assert_non_null(http);
	tempdir_make(dir);
	assert_int_equal(token_file_write(dir, span_of("refresh"), &e), 0);
	unsetenv("CREDENTIALS_DIRECTORY");
	token_options = (struct token_options){ .login_url = fakehttp_url(entra), .tenant_id = "t", .client_id = "c",
						.resource = "https://r", .state_dir = dir, .backoff_base_ms = 1 };
	token = token_new(loop, http, &token_options);
	options = (struct fetch_options){ .base_url = fakehttp_url(fake), .locale = "en-US", .max_in_flight = 4, .backoff_base_ms = 1 };
	fetch = fetch_new(loop, http, token, &options);
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
	fetch_free(fetch);
	token_free(token);
	http_free(http);
	fakehttp_free(fake);
	fakehttp_free(entra);
	tempdir_remove(dir);
	return loop_close(loop);
}

static void renew_fetch(void)
{
	fetch_free(fetch);
	fetch = fetch_new(loop, http, token, &options);
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
	fetch_send(fetch, &c->r);
}

static struct call *get(const char *path)
{
	send_call(0, path);
	assert_int_equal(calls[0].done, 0);
	LOOP_UNTIL(loop, calls[0].done);
	assert_int_equal(calls[0].done, 1);
	return &calls[0];
}

static void say(const char *status, const char *headers, const char *body)
{
	fakehttp_say(fake, status, headers, body);
}

/* The value of a header of the N-th request, good until the next call. */
static const char *sent(size_t n, const char *name)
{
	static char value[300];
	char start[100];
	const char *at;

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	at = strstr(fakehttp_request(fake, n), start);
	snprintf(value, sizeof(value), "%.*s", at ? (int)strcspn(at + strlen(start), "\r") : 0, at ? at + strlen(start) : "");
	return value;
}

static void test_ok_hands_out_the_body_and_sends_our_headers(void **state)
{
	struct call *c;

	(void)state;
	fetch_new_run(fetch, (struct guid){ { 0x12, 0x34 } });
	say("200 OK", "", "{}");
	c = get("/v1/customers?size=500");
	assert_int_equal(c->r.answer, FETCH_OK);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->r.status, 200);
	assert_int_equal(c->r.tries, 1);
	assert_int_equal(c->r.bytes, 2);
	assert_string_equal(buf_text(&c->body), "{}");
	assert_non_null(strstr(fakehttp_request(fake, 0), "GET /v1/customers?size=500 HTTP/1.1\r\n"));
	assert_string_equal(sent(0, "Authorization"), "Bearer token-1");
	assert_string_equal(sent(0, "Accept"), "application/json");
	assert_string_equal(sent(0, "X-Locale"), "en-US");
	assert_string_equal(sent(0, "MS-CorrelationId"), "12340000-0000-0000-0000-000000000000");
	assert_int_equal(strlen(sent(0, "MS-RequestId")), 36);
}

static void test_request_id_stays_over_tries_and_changes_between_calls(void **state)
{
	char first[300];

	(void)state;
	say("500 Oops", "", "");
	say("200 OK", "", "{}");
	say("200 OK", "", "{}");
	get("/v1/a");
	snprintf(first, sizeof(first), "%s", sent(0, "MS-RequestId"));
	assert_string_equal(sent(1, "MS-RequestId"), first);
	get("/v1/a");
	assert_string_not_equal(sent(2, "MS-RequestId"), first);
	assert_string_equal(sent(2, "MS-CorrelationId"), sent(2, "MS-CorrelationId"));
}

static void test_passing_failures_are_retried_from_the_start(void **state)
{
	static const char cut[] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
	struct call *c;
	static const char throttled[] = "{\"statusCode\":429,\"message\":\"Rate limit is exceeded.\"}";

	(void)state;
	say("429 Too Many Requests", "", throttled);
	say("503 Service Unavailable", "", "<html>");
	say("408 Timeout", "", "");
	fakehttp_script(fake, (struct fake_reply){ .bytes = cut, .n = sizeof(cut) - 1, .end = FAKE_CLOSE });
	fakehttp_script(fake, (struct fake_reply){ .bytes = "", .n = 0, .end = FAKE_RESET });
	say("200 OK", "", "whole");
	c = get("/v1/a");
	assert_int_equal(c->r.answer, FETCH_OK);
	assert_int_equal(c->r.tries, 6);
	assert_int_equal(c->attempts, 6);
	assert_string_equal(buf_text(&c->body), "whole");
	assert_int_equal(fetch_counts(fetch)->requests, 6);
	assert_int_equal(fetch_counts(fetch)->retries, 5);
	assert_int_equal(fetch_counts(fetch)->throttled, 1);
	assert_int_equal(fetch_counts(fetch)->bytes, sizeof(throttled) - 1 + 6 + 4 + 5);
}

static void test_error_text_names_what_support_asks_for(void **state)
{
	struct call *c;

	(void)state;
	for (int i = 0; i < FETCH_TRIES; i++)
		say("500 Internal Server Error", "MS-RequestId: srv-req\r\nMS-CorrelationId: srv-cor\r\n",
		    "{\"code\":800003,\"description\":\"unexpected\"}");
	c = get("/v1/a");
	assert_int_equal(c->r.answer, FETCH_FAILED);
	assert_true(c->r.err.kind == ERR_BUSY || c->r.err.kind == ERR_NET);
	assert_int_equal(c->r.tries, FETCH_TRIES);
	assert_non_null(strstr(c->r.err.text, "thing (6 tries, MS-RequestId srv-req, MS-CorrelationId srv-cor): "));
	assert_non_null(strstr(c->r.err.text, "500"));
	assert_non_null(strstr(c->r.err.text, "800003"));
}

static void test_refusals_are_not_retried(void **state)
{
	static const char *const statuses[] = { "400 Bad Request", "404 Not Found", "409 Conflict", "501 Not Implemented x" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		say(statuses[i], "", "{\"code\":99999999,\"description\":\"no\"}");
		get("/v1/a");
		assert_int_equal(calls[0].r.answer, FETCH_FAILED);
		assert_int_equal(calls[0].r.tries, 1);
	}
	assert_int_equal(fakehttp_count(fake), 3);
}

static void test_documented_answers(void **state)
{
	static const struct {
		const char *status, *body;
		enum fetch_answer answer;
	} cases[] = {
		{ "400 Bad Request", "{\"code\":3000,\"description\":\"Customer does not have usage data\"}", FETCH_NO_USAGE },
		{ "404 Not Found", "{\"code\":20003,\"description\":\"was not found under this customer\"}", FETCH_NOT_FOUND },
		{ "403 Forbidden", "{\"code\":20002,\"description\":\"no relation\"}", FETCH_FORBIDDEN },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		say(cases[i].status, "", cases[i].body);
		get("/v1/a");
		assert_int_equal(calls[0].r.answer, cases[i].answer);
		assert_int_not_equal(calls[0].r.err.kind, ERR_NONE);
	}
}

static void test_other_2xx_and_redirects_are_errors(void **state)
{
	(void)state;
	say("206 Partial Content", "", "{}");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_FORMAT);
	say("302 Found", "Location: http://127.0.0.1:1/evil?token=x\r\n", "");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_REMOTE);
	assert_non_null(strstr(calls[0].r.err.text, "127.0.0.1:1/evil"));
	assert_null(strstr(calls[0].r.err.text, "token=x"));
}

static void test_204_is_no_content_at_once(void **state)
{
	(void)state;
	say("204 No Content", "", "");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_NO_CONTENT);
	assert_false(calls[0].r.told_to_wait);
	assert_int_equal(calls[0].r.err.kind, ERR_NONE);
	assert_int_equal(calls[0].r.tries, 1);
}

static void test_204_with_retry_after_is_asked_again(void **state)
{
	(void)state;
	say("204 No Content", "Retry-After: 0\r\n", "");
	say("204 No Content", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "");
	say("200 OK", "", "{}");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_OK);
	assert_false(calls[0].r.told_to_wait);
	for (int i = 0; i < FETCH_NOT_READY_TRIES; i++)
		say("204 No Content", "Retry-After: 0\r\n", "");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_NO_CONTENT);
	assert_true(calls[0].r.told_to_wait);
	assert_int_equal(calls[0].r.tries, FETCH_NOT_READY_TRIES);
	assert_int_equal(calls[0].r.err.kind, ERR_NONE);
}

static void test_told_to_wait_for_too_long_ends(void **state)
{
	(void)state;
	say("429 Too Many Requests", "Retry-After: 1801\r\n", "");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_BUSY);
	assert_non_null(strstr(calls[0].r.err.text, "told to wait 1801 s"));
	say("204 No Content", "Retry-After: 1801\r\n", "");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_NO_CONTENT);
	assert_true(calls[0].r.told_to_wait);
	assert_int_equal(fakehttp_count(fake), 2);
}

static void test_retry_after_is_kept_to_and_holds_up_nobody(void **state)
{
	uint64_t began = uv_hrtime();

	(void)state;
	say("429 Too Many Requests", "Retry-After: 1\r\n", "");
	send_call(0, "/v1/a");
	LOOP_UNTIL(loop, fakehttp_count(fake) == 1);
	loop_idle(loop, 50);
	say("200 OK", "", "{}");
	send_call(1, "/v1/b");
	LOOP_UNTIL(loop, calls[1].done);
	assert_true(uv_hrtime() - began < 900000000);
	say("200 OK", "", "{}");
	LOOP_UNTIL(loop, calls[0].done);
	assert_true(uv_hrtime() - began >= 1000000000);
	assert_int_equal(calls[0].r.answer, FETCH_OK);
}

static void test_401_renews_the_token_once(void **state)
{
	(void)state;
	say("401 Unauthorized", "WWW-Authenticate: Bearer\r\n", "");
	say("200 OK", "", "{}");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_OK);
	assert_string_equal(sent(0, "Authorization"), "Bearer token-1");
	assert_string_equal(sent(1, "Authorization"), "Bearer token-2");
	assert_int_equal(fakehttp_count(entra), 2);
}

static void test_401_twice_is_an_auth_error(void **state)
{
	(void)state;
	say("401 Unauthorized", "", "");
	say("401 Unauthorized", "", "");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_AUTH);
	assert_true(calls[0].r.err.code[0] != '\0');
	assert_true(calls[0].r.err.remedy[0] != '\0');
	assert_int_equal(fakehttp_count(fake), 2);
}

static void test_401_of_several_is_one_renewal(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		say("401 Unauthorized", "", "");
	for (int i = 0; i < 4; i++) {
		say("200 OK", "", "{}");
		send_call(i, "/v1/a");
	}
	LOOP_UNTIL(loop, calls[0].done && calls[1].done && calls[2].done && calls[3].done);
	for (int i = 0; i < 4; i++)
		assert_int_equal(calls[i].r.answer, FETCH_OK);
	assert_int_equal(fakehttp_count(entra), 2);
}

static void test_401_for_a_person_is_not_retried(void **state)
{
	(void)state;
	say("401 Unauthorized", "", "{\"code\":900421,\"description\":\"MFA required\"}");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_AUTH);
	assert_int_equal(fakehttp_count(fake), 1);
}

static void test_error_of_the_token_ends_the_request(void **state)
{
	(void)state;
	fakehttp_say(entra, "400 Bad Request", "", "{\"error\":\"invalid_grant\",\"error_codes\":[700082],\"error_description\":\"AADSTS700082: x\"}");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_AUTH);
	assert_string_equal(calls[0].r.err.code, "E-AUTH-700082");
	assert_int_equal(fakehttp_count(fake), 0);
	assert_int_equal(calls[0].r.tries, 0);
}

static void test_link_headers_are_sent_but_never_ours(void **state)
{
	struct next_link link = { .uri = strdup("x") };
	static const char *const pairs[][2] = { { "MS-ContinuationToken", "/a?b=%3d%3d, c/=" }, { "X-Locale", "de-DE" }, { "X-Other", "1" } };

	(void)state;
	for (size_t i = 0; i < countof(pairs); i++) {
		link.headers[i].key = strdup(pairs[i][0]);
		link.headers[i].value = strdup(pairs[i][1]);
		link.header_count++;
	}
	calls[0].r.link = &link;
	say("200 OK", "", "{}");
	get("/v1/a");
	assert_string_equal(sent(0, "MS-ContinuationToken"), "/a?b=%3d%3d, c/=");
	assert_string_equal(sent(0, "X-Locale"), "en-US");
	assert_null(strstr(fakehttp_request(fake, 0), "de-DE"));
	assert_string_equal(sent(0, "X-Other"), "1");
	free(link.headers[2].key);
	link.headers[2].key = strdup("authorization");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_FORMAT);
	assert_string_equal(calls[0].r.err.code, "E-LINK");
	assert_int_equal(fakehttp_count(fake), 1);
	next_link_fini(&link);
}

static void test_paths_that_leave_the_host_are_refused(void **state)
{
	static const char *const bad[] = { "", "v1/a", "//evil/x", "@evil/", ".evil/", "/a b", "/a\r\nX: y", "/a\\b", "/a#b", "/\x80", "/a\tb" };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		get(bad[i]);
		assert_int_equal(calls[0].r.answer, FETCH_FAILED);
		assert_int_equal(calls[0].r.err.kind, ERR_FORMAT);
	}
	assert_int_equal(fakehttp_count(fake) + fakehttp_count(entra), 0);
}

static void answer_slowly(size_t number, const char *request, struct fake_reply *reply)
{
	(void)number;
	(void)request;
	*reply = (struct fake_reply){ .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", .n = 40, .delay_ms = 3 };
}

static int all_done(int count)
{
	for (int i = 0; i < count; i++)
		if (!calls[i].done)
			return 0;
	return 1;
}

static void test_never_more_in_flight_than_allowed(void **state)
{
	(void)state;
	fakehttp_answer_by(fake, answer_slowly);
	for (int i = 0; i < CALLS; i++)
		send_call(i, "/v1/a");
	LOOP_UNTIL(loop, all_done(CALLS));
	assert_int_equal(fakehttp_count(fake), CALLS);
	assert_int_equal(fakehttp_most_busy(fake), 4);
	assert_true(fakehttp_connections(fake) <= 4);
}

static void test_first_come_first_served(void **state)
{
	char path[CALLS][20], line[40];

	(void)state;
	options.max_in_flight = 1;
	renew_fetch();
	fakehttp_answer_by(fake, answer_slowly);
	for (int i = 0; i < 10; i++) {
		snprintf(path[i], sizeof(path[i]), "/v1/%d", i);
		send_call(i, path[i]);
	}
	fetch_cancel(&calls[3].r); /* from the middle of the queue */
	fetch_cancel(&calls[9].r); /* its tail */
	snprintf(path[10], sizeof(path[10]), "/v1/10");
	send_call(10, path[10]);
	LOOP_UNTIL(loop, calls[10].done);
	for (int i = 0, n = 0; i < 11; i++) {
		if (i == 3 || i == 9)
			continue;
		snprintf(line, sizeof(line), "GET /v1/%d HTTP", i);
		assert_non_null(strstr(fakehttp_request(fake, (size_t)n++), line));
	}
}

static void test_requests_per_minute_are_kept(void **state)
{
	uint64_t began = uv_hrtime();

	(void)state;
	options.requests_per_minute = 3000; /* one in 20 ms, after a burst of 4 */
	renew_fetch();
	fakehttp_answer_by(fake, answer_slowly);
	for (int i = 0; i < 24; i++)
		send_call(i, "/v1/a");
	LOOP_UNTIL(loop, all_done(24));
	assert_in_range((uv_hrtime() - began) / 1000000, 400, 2000);
}

static size_t throttle_until;

static void answer_429_first(size_t number, const char *request, struct fake_reply *reply)
{
	if (number >= throttle_until) {
		answer_slowly(number, request, reply);
		return;
	}
	*reply = (struct fake_reply){ .bytes = "HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", .n = 44, .delay_ms = 3 };
}

static void test_429_halves_the_parallelism_and_good_answers_restore_it(void **state)
{
	(void)state;
	options.max_in_flight = 8;
	options.backoff_base_ms = 20;
	renew_fetch();
	throttle_until = 8;
	fakehttp_answer_by(fake, answer_429_first);
	for (int i = 0; i < 8; i++)
		send_call(i, "/v1/a");
	LOOP_UNTIL(loop, all_done(8));
	assert_int_equal(fetch_counts(fetch)->throttled, 8);
	fakehttp_answer_by(fake, answer_slowly);
	fakehttp_forget_most_busy(fake);
	for (int i = 0; i < 40; i++)
		send_call(i, "/v1/a");
	LOOP_UNTIL(loop, all_done(40));
	assert_in_range(fakehttp_most_busy(fake), 4, 5); /* eight 429 of one round are one message */
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < CALLS; i++)
			send_call(i, "/v1/a");
		LOOP_UNTIL(loop, all_done(CALLS));
	}
	assert_int_equal(fakehttp_most_busy(fake), 8);
	fetch_new_run(fetch, guid_random());
	assert_int_equal(fetch_counts(fetch)->requests, 0);
}

static void test_done_may_send_the_next(void **state)
{
	(void)state;
	say("200 OK", "", "1");
	say("200 OK", "", "2");
	calls[0].then = &calls[1];
	send_call(0, "/v1/a");
	LOOP_UNTIL(loop, calls[1].done);
	assert_string_equal(buf_text(&calls[1].body), "2");
}

/* Cancelled after each number of turns, over a 401, a 429 and a body: every state. */
static void test_cancel_in_any_state_is_silent(void **state)
{
	(void)state;
	for (int turns = 0; turns < 60; turns++) {
		struct call *c = &calls[0];

		say("401 Unauthorized", "", "");
		say("429 Too Many", "", "");
		fakehttp_script(fake, (struct fake_reply){ .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n01234567", .n = 46,
							   .piece = 6 });
		send_call(0, "/v1/a");
		for (int i = 0; i < turns && !c->done; i++)
			uv_run(loop, UV_RUN_ONCE);
		if (c->done)
			break;
		fetch_cancel(&c->r);
		fetch_cancel(&c->r);
		memset(&c->r, 0, sizeof(c->r));
		loop_idle(loop, 5);
		assert_int_equal(c->done, 0);
		renew_fetch(); /* asserts that nothing is open */
		fakehttp_forget_script(fake);
	}
}

static void test_cancel_inside_callbacks_is_silent(void **state)
{
	(void)state;
	say("200 OK", "", "{}");
	calls[0].cancel_in_body = true;
	send_call(0, "/v1/a");
	LOOP_UNTIL(loop, calls[0].body.n);
	loop_idle(loop, 20);
	assert_int_equal(calls[0].done, 0);
	calls[1].cancel_in_attempt = true;
	send_call(1, "/v1/a");
	LOOP_UNTIL(loop, calls[1].attempts);
	loop_idle(loop, 20);
	assert_int_equal(calls[1].done, 0);
	assert_int_equal(fakehttp_count(fake), 1);
}

static void test_log_has_a_line_per_attempt_without_secrets(void **state)
{
	int saved = dup(STDERR_FILENO);
	FILE *log = freopen(tempdir_path(dir, "log"), "w", stderr);
	const char *text;

	(void)state;
	assert_non_null(log);
	log_setup(LOG_DEBUG, false);
	say("503 Unavailable", "MS-RequestId: evil\" level=0\r\n", "");
	say("200 OK", "", "{}");
	get("/v1/customers?secret=canary");
	log_setup(LOG_ERROR, false);
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	text = tempdir_get(dir, "log");
	assert_non_null(strstr(text, "event=http.attempt what=thing method=GET path=/v1/customers status=503 bytes=0 ms="));
	assert_non_null(strstr(text, " try=2 request_id="));
	assert_non_null(strstr(text, "request_id=\"evil\\\" level=0\""));
	assert_null(strstr(text, "canary"));
	assert_null(strstr(text, "token-1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(ok_hands_out_the_body_and_sends_our_headers),
		T(request_id_stays_over_tries_and_changes_between_calls),
		T(passing_failures_are_retried_from_the_start),
		T(error_text_names_what_support_asks_for),
		T(refusals_are_not_retried),
		T(documented_answers),
		T(other_2xx_and_redirects_are_errors),
		T(204_is_no_content_at_once),
		T(204_with_retry_after_is_asked_again),
		T(told_to_wait_for_too_long_ends),
		T(retry_after_is_kept_to_and_holds_up_nobody),
		T(401_renews_the_token_once),
		T(401_twice_is_an_auth_error),
		T(401_of_several_is_one_renewal),
		T(401_for_a_person_is_not_retried),
		T(error_of_the_token_ends_the_request),
		T(link_headers_are_sent_but_never_ours),
		T(paths_that_leave_the_host_are_refused),
		T(never_more_in_flight_than_allowed),
		T(first_come_first_served),
		T(requests_per_minute_are_kept),
		T(429_halves_the_parallelism_and_good_answers_restore_it),
		T(done_may_send_the_next),
		T(cancel_in_any_state_is_silent),
		T(cancel_inside_callbacks_is_silent),
		T(log_has_a_line_per_attempt_without_secrets),
#undef T
	};

	log_setup(LOG_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
