/* SPDX-License-Identifier: MIT */
/* What the answers mean: retries, the token, links, paths. */
#include "tests/support/fetch_calls.h"

/* The value of a header of the N-th request, good until the next call. */
static const char *sent(size_t n, const char *name)
{
	static char value[300];
	char start[100];
	const char *at;

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	at = strstr(fakehttp_request(s.fake, n), start);
	snprintf(value, sizeof(value), "%.*s", at ? (int)strcspn(at + strlen(start), "\r") : 0, at ? at + strlen(start) : "");
	return value;
}

static void test_ok_hands_out_the_body_and_sends_our_headers(void **state)
{
	struct call *c;

	(void)state;
	fetch_new_run(s.fetch, (struct guid){ { 0x12, 0x34 } });
	say("200 OK", "", "{}");
	c = get("/v1/customers?size=500");
	assert_int_equal(c->r.answer, FETCH_OK);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->r.status, 200);
	assert_int_equal(c->r.tries, 1);
	assert_int_equal(c->r.bytes, 2);
	assert_string_equal(buf_text(&c->body), "{}");
	assert_non_null(strstr(fakehttp_request(s.fake, 0), "GET /v1/customers?size=500 HTTP/1.1\r\n"));
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
	fakehttp_script(s.fake, (struct fake_reply){ .bytes = cut, .n = sizeof(cut) - 1, .end = FAKE_CLOSE });
	fakehttp_script(s.fake, (struct fake_reply){ .bytes = "", .n = 0, .end = FAKE_RESET });
	say("200 OK", "", "whole");
	c = get("/v1/a");
	assert_int_equal(c->r.answer, FETCH_OK);
	assert_int_equal(c->r.tries, 6);
	assert_int_equal(c->attempts, 6);
	assert_string_equal(buf_text(&c->body), "whole");
	assert_int_equal(fetch_counts(s.fetch)->requests, 6);
	assert_int_equal(fetch_counts(s.fetch)->retries, 5);
	assert_int_equal(fetch_counts(s.fetch)->throttled, 1);
	assert_int_equal(fetch_counts(s.fetch)->bytes, sizeof(throttled) - 1 + 6 + 4 + 5);
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
	assert_int_equal(fakehttp_count(s.fake), 3);
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
	get("/v1/customers/a/b");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_BUSY);
	assert_non_null(strstr(calls[0].r.err.text, "told to wait 1801 s"));
	say("204 No Content", "Retry-After: 1801\r\n", "");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_NO_CONTENT);
	assert_true(calls[0].r.told_to_wait);
	assert_int_equal(fakehttp_count(s.fake), 2);
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
	assert_int_equal(fakehttp_count(s.entra), 2);
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
	assert_int_equal(fakehttp_count(s.fake), 2);
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
	LOOP_UNTIL(s.loop, calls[0].done && calls[1].done && calls[2].done && calls[3].done);
	for (int i = 0; i < 4; i++)
		assert_int_equal(calls[i].r.answer, FETCH_OK);
	assert_int_equal(fakehttp_count(s.entra), 2);
}

static void test_401_for_a_person_is_not_retried(void **state)
{
	(void)state;
	say("401 Unauthorized", "", "{\"code\":900421,\"description\":\"MFA required\"}");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_AUTH);
	assert_int_equal(fakehttp_count(s.fake), 1);
}

static void test_error_of_the_token_ends_the_request(void **state)
{
	(void)state;
	fakehttp_say(s.entra, "400 Bad Request", "", "{\"error\":\"invalid_grant\",\"error_codes\":[700082],\"error_description\":\"AADSTS700082: x\"}");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_AUTH);
	assert_string_equal(calls[0].r.err.code, "E-AUTH-700082");
	assert_int_equal(fakehttp_count(s.fake), 0);
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
	assert_null(strstr(fakehttp_request(s.fake, 0), "de-DE"));
	assert_string_equal(sent(0, "X-Other"), "1");
	free(link.headers[2].key);
	link.headers[2].key = strdup("authorization");
	get("/v1/a");
	assert_int_equal(calls[0].r.answer, FETCH_FAILED);
	assert_int_equal(calls[0].r.err.kind, ERR_FORMAT);
	assert_string_equal(calls[0].r.err.code, "E-LINK");
	assert_int_equal(fakehttp_count(s.fake), 1);
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
	assert_int_equal(fakehttp_count(s.fake) + fakehttp_count(s.entra), 0);
}

/* Cancelled after each number of turns, over a 401, a 429 and a body: every state. */

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
		T(401_renews_the_token_once),
		T(401_twice_is_an_auth_error),
		T(401_of_several_is_one_renewal),
		T(401_for_a_person_is_not_retried),
		T(error_of_the_token_ends_the_request),
		T(link_headers_are_sent_but_never_ours),
		T(paths_that_leave_the_host_are_refused),
#undef T
	};

	log_setup(LOG_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
