/* SPDX-License-Identifier: MIT */
/* The queue: order, caps, throttling, cancelling, the log. */
#include "tests/support/fetch_calls.h"

static void test_retry_after_is_kept_to_and_holds_up_no_other_customer(void **state)
{
	uint64_t began = uv_hrtime();

	(void)state;
	say("429 Too Many Requests", "Retry-After: 1\r\n", "");
	send_call(0, "/v1/customers/a/1");
	LOOP_UNTIL(s.loop, fakehttp_count(s.fake) == 1);
	loop_idle(s.loop, 50);
	say("200 OK", "", "{}");
	say("200 OK", "", "{}");
	say("200 OK", "", "{}");
	send_call(2, "/v1/customers/A/2");
	send_call(1, "/v1/customers/b/1");
	LOOP_UNTIL(s.loop, calls[1].done);
	assert_int_equal(fakehttp_count(s.fake), 2);
	assert_true(fetch_is_not_ready(&calls[2].r));
	assert_false(fetch_is_not_ready(&calls[0].r));
	LOOP_UNTIL(s.loop, calls[0].done && calls[2].done);
	assert_true(uv_hrtime() - began >= 1000000000);
	assert_int_equal(calls[0].r.answer, FETCH_OK);
}

static void test_told_for_everybody_nobody_is_asked_for(void **state)
{
	uint64_t began = uv_hrtime();

	(void)state;
	say("429 Too Many Requests", "Retry-After: 1\r\n", "");
	send_call(0, "/v1/ratecards/azure");
	LOOP_UNTIL(s.loop, fakehttp_count(s.fake) == 1);
	loop_idle(s.loop, 50);
	say("200 OK", "", "{}");
	say("200 OK", "", "{}");
	send_call(1, "/v1/customers/b/1");
	loop_idle(s.loop, 50);
	assert_int_equal(fakehttp_count(s.fake), 1);
	LOOP_UNTIL(s.loop, calls[0].done && calls[1].done);
	assert_true(uv_hrtime() - began >= 1000000000);
}

static void test_told_to_wait_for_too_long_others_like_it_are_not_asked(void **state)
{
	(void)state;
	say("429 Too Many Requests", "Retry-After: 7200\r\n", "");
	send_call(0, "/v1/customers/a/1");
	LOOP_UNTIL(s.loop, calls[0].done);
	send_call(0, "/v1/customers/a/2");
	LOOP_UNTIL(s.loop, calls[0].done);
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_BUSY);
	assert_int_equal(calls[0].r.tries, 0);
	assert_int_equal(fakehttp_count(s.fake), 1);
}

static void answer_503(size_t number, const char *request, struct fake_reply *reply)
{
	(void)number;
	(void)request;
	*reply = (struct fake_reply){ .bytes = "HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n", .n = 40 };
}

static void test_retries_of_a_run_have_an_end(void **state)
{
	(void)state;
	s.options.max_in_flight = CALLS;
	session_renew_fetch(&s);
	fakehttp_answer_by(s.fake, answer_503);
	for (int i = 0; i < CALLS; i++)
		send_call(i, "/v1/a");
	for (int i = 0; i < CALLS; i++)
		LOOP_UNTIL(s.loop, calls[i].done);
	assert_int_equal(fetch_counts(s.fetch)->requests, CALLS + CALLS / 2 + FETCH_RETRIES_FREE);
	fetch_new_run(s.fetch, guid_random());
	send_call(0, "/v1/a");
	LOOP_UNTIL(s.loop, calls[0].done);
	assert_int_equal(calls[0].r.tries, FETCH_TRIES);
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
	fakehttp_answer_by(s.fake, answer_slowly);
	for (int i = 0; i < CALLS; i++)
		send_call(i, "/v1/a");
	LOOP_UNTIL(s.loop, all_done(CALLS));
	assert_int_equal(fakehttp_count(s.fake), CALLS);
	assert_int_equal(fakehttp_most_busy(s.fake), 4);
	assert_true(fakehttp_connections(s.fake) <= 4);
}

static void test_first_come_first_served(void **state)
{
	char path[CALLS][20], line[40];

	(void)state;
	s.options.max_in_flight = 1;
	session_renew_fetch(&s);
	fakehttp_answer_by(s.fake, answer_slowly);
	for (int i = 0; i < 10; i++) {
		snprintf(path[i], sizeof(path[i]), "/v1/%d", i);
		send_call(i, path[i]);
	}
	fetch_cancel(&calls[3].r); /* from the middle of the queue */
	fetch_cancel(&calls[9].r); /* its tail */
	snprintf(path[10], sizeof(path[10]), "/v1/10");
	send_call(10, path[10]);
	LOOP_UNTIL(s.loop, calls[10].done);
	for (int i = 0, n = 0; i < 11; i++) {
		if (i == 3 || i == 9)
			continue;
		snprintf(line, sizeof(line), "GET /v1/%d HTTP", i);
		assert_non_null(strstr(fakehttp_request(s.fake, (size_t)n++), line));
	}
}

static void test_requests_per_minute_are_kept(void **state)
{
	uint64_t began = uv_hrtime();

	(void)state;
	s.options.requests_per_minute = 3000; /* one in 20 ms, after a burst of 4 */
	session_renew_fetch(&s);
	fakehttp_answer_by(s.fake, answer_slowly);
	for (int i = 0; i < 24; i++)
		send_call(i, "/v1/a");
	LOOP_UNTIL(s.loop, all_done(24));
	assert_true(uv_hrtime() - began >= 420000000); /* and the sign-in's request */
}

static size_t throttle_until;
static int halvings;

static void on_slower(struct fetch_watch *w, unsigned in_flight, int64_t told_s)
{
	(void)w;
	assert_int_equal(in_flight, 4);
	assert_int_equal(told_s, -1);
	halvings++;
}

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
	struct fetch_watch watch = { .slower = on_slower };

	(void)state;
	s.options.max_in_flight = 8;
	s.options.backoff_base_ms = 20;
	session_renew_fetch(&s);
	throttle_until = 8;
	halvings = 0;
	fetch_watch(s.fetch, &watch);
	fakehttp_answer_by(s.fake, answer_429_first);
	for (int i = 0; i < 8; i++)
		send_call(i, "/v1/a");
	LOOP_UNTIL(s.loop, all_done(8));
	assert_int_equal(fetch_counts(s.fetch)->throttled, 8);
	assert_int_equal(halvings, 1);
	fakehttp_answer_by(s.fake, answer_slowly);
	fakehttp_forget_most_busy(s.fake);
	for (int i = 0; i < 40; i++)
		send_call(i, "/v1/a");
	LOOP_UNTIL(s.loop, all_done(40));
	assert_in_range(fakehttp_most_busy(s.fake), 4, 5); /* eight 429 of one round are one message */
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < CALLS; i++)
			send_call(i, "/v1/a");
		LOOP_UNTIL(s.loop, all_done(CALLS));
	}
	assert_int_equal(fakehttp_most_busy(s.fake), 8);
	fetch_new_run(s.fetch, guid_random());
	assert_int_equal(fetch_counts(s.fetch)->requests, 0);
}

static void test_done_may_send_the_next(void **state)
{
	(void)state;
	say("200 OK", "", "1");
	say("200 OK", "", "2");
	calls[0].then = &calls[1];
	send_call(0, "/v1/a");
	LOOP_UNTIL(s.loop, calls[1].done);
	assert_string_equal(buf_text(&calls[1].body), "2");
}

static void test_cancel_in_any_state_is_silent(void **state)
{
	(void)state;
	for (int turns = 0; turns < 60; turns++) {
		struct call *c = &calls[0];

		say("401 Unauthorized", "", "");
		say("429 Too Many", "", "");
		fakehttp_script(s.fake, (struct fake_reply){ .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n01234567", .n = 46,
							   .piece = 6 });
		send_call(0, "/v1/a");
		for (int i = 0; i < turns && !c->done; i++)
			uv_run(s.loop, UV_RUN_ONCE);
		if (c->done)
			break;
		fetch_cancel(&c->r);
		fetch_cancel(&c->r);
		memset(&c->r, 0, sizeof(c->r));
		loop_idle(s.loop, 5);
		assert_int_equal(c->done, 0);
		session_renew_fetch(&s); /* asserts that nothing is open */
		fakehttp_forget_script(s.fake);
	}
}

static void test_cancel_inside_callbacks_is_silent(void **state)
{
	(void)state;
	say("200 OK", "", "{}");
	calls[0].cancel_in_body = true;
	send_call(0, "/v1/a");
	LOOP_UNTIL(s.loop, calls[0].body.n);
	loop_idle(s.loop, 20);
	assert_int_equal(calls[0].done, 0);
	calls[1].cancel_in_attempt = true;
	send_call(1, "/v1/a");
	LOOP_UNTIL(s.loop, calls[1].attempts);
	loop_idle(s.loop, 20);
	assert_int_equal(calls[1].done, 0);
	assert_int_equal(fakehttp_count(s.fake), 1);
}

static void test_log_has_a_line_per_attempt_without_secrets(void **state)
{
	int saved = dup(STDERR_FILENO);
	FILE *log = freopen(tempdir_path(s.dir, "log"), "w", stderr);
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
	text = tempdir_get(s.dir, "log");
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
		T(retry_after_is_kept_to_and_holds_up_no_other_customer),
		T(told_for_everybody_nobody_is_asked_for),
		T(told_to_wait_for_too_long_others_like_it_are_not_asked),
		T(retries_of_a_run_have_an_end),
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
