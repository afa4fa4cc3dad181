/* SPDX-License-Identifier: MIT */
/* What goes wrong on the way to a token. */
#include "tests/support/token_asks.h"

static void say_invalid_grant(void)
{
	fakehttp_say(fake, "400 Bad Request", "",
		     "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS700082: The refresh token has expired due to inactivity."
		     "\\r\\nTrace ID: x\",\"error_codes\":[700082]}");
}

static void test_dropped_token_is_forgotten(void **state)
{
	(void)state;
	say_token("access-1", "r1", 3599);
	get(0);
	token_drop(token);
	assert_null(token->access);
	say_token("access-2", "r2", 3599);
	ask_as(1);
	token_cancel(token, &askers[1].ask); /* a run that was stopped while it signs in */
	token_drop(token);
	LOOP_UNTIL(loop, !token->renewing);
	assert_null(token->access);
	assert_string_equal(stored(), "r2");
	say_token("access-3", "r3", 3599);
	assert_int_equal(get(2)->kind, ERR_NONE);
	assert_string_equal(askers[2].access, "access-3");
}

/* The application's secret is no matter of consent. */
static void test_refusal_of_the_client_is_not_one_of_the_consent(void **state)
{
	struct token_facts facts;

	(void)state;
	fakehttp_say(fake, "401 Unauthorized", "", "{\"error\":\"invalid_client\",\"error_codes\":[7000215]}");
	assert_int_equal(get(0)->kind, ERR_AUTH);
	token_facts(token, &facts);
	assert_int_equal(facts.consent_refusal.kind, ERR_NONE);
}

static void test_refusal_is_remembered_until_forgotten(void **state)
{
	struct token_facts facts;

	(void)state;
	say_invalid_grant();
	assert_int_equal(get(0)->kind, ERR_AUTH);
	assert_string_equal(askers[0].ask.err.code, "E-AUTH-700082");
	assert_true(askers[0].ask.err.remedy[0] != '\0');
	for (int i = 1; i < 4; i++) {
		ask_as(i);
		assert_int_equal(askers[i].done, 1);
		assert_string_equal(askers[i].ask.err.code, "E-AUTH-700082");
	}
	assert_int_equal(fakehttp_count(fake), 1);
	assert_string_equal(stored(), "old-refresh");
	token_facts(token, &facts);
	assert_string_equal(facts.consent_refusal.code, "E-AUTH-700082");
	token_forget_refusal(token);
	token_facts(token, &facts);
	assert_int_equal(facts.consent_refusal.kind, ERR_NONE);
	say_token("access-1", "r1", 3599);
	assert_int_equal(get(5)->kind, ERR_NONE);
}

static void test_passing_failures_are_retried(void **state)
{
	static const char half[] = "HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"abc";

	(void)state;
	fakehttp_say(fake, "503 Unavailable", "", "<html>");
	fakehttp_say(fake, "429 Too Many", "Retry-After: 0\r\n", "{\"error\":\"temporarily_unavailable\"}");
	fakehttp_script(fake, (struct fake_reply){ .bytes = "", .n = 0, .end = FAKE_RESET });
	fakehttp_script(fake, (struct fake_reply){ .bytes = half, .n = sizeof(half) - 1, .end = FAKE_CLOSE });
	say_token("access-1", "r1", 3599);
	assert_int_equal(get(0)->kind, ERR_NONE);
	assert_int_equal(fakehttp_count(fake), 5);
	for (size_t i = 0; i < 5; i++)
		assert_non_null(strstr(fakehttp_request(fake, i), "&refresh_token=old-refresh"));
}

static void test_passing_failures_end_after_the_last_try(void **state)
{
	(void)state;
	for (int i = 0; i < TOKEN_TRIES; i++)
		fakehttp_say(fake, "503 Unavailable", "", "");
	assert_int_equal(get(0)->kind, ERR_BUSY);
	assert_non_null(strstr(askers[0].ask.err.text, "token (5 tries)"));
	assert_int_equal(fakehttp_count(fake), TOKEN_TRIES);
	ask_as(1); /* thousands may be about to ask: they get the same for a moment */
	assert_int_equal(askers[1].done, 1);
	assert_int_equal(askers[1].ask.err.kind, ERR_BUSY);
	token->refusal_until_ms = 0;
	say_token("access-1", "r1", 3599);
	assert_int_equal(get(2)->kind, ERR_NONE);
}

static void test_told_to_wait_for_too_long_ends_the_renewal(void **state)
{
	(void)state;
	fakehttp_say(fake, "429 Too Many", "Retry-After: 4000\r\n", "");
	assert_int_equal(get(0)->kind, ERR_BUSY);
	assert_int_equal(fakehttp_count(fake), 1);
}

static void test_old_token_serves_while_the_renewal_fails(void **state)
{
	(void)state;
	say_token("access-1", "r1", 3599);
	get(0);
	token->renew_ms = 0; /* due */
	for (int i = 0; i < TOKEN_TRIES; i++)
		fakehttp_say(fake, "503 Unavailable", "", "");
	assert_int_equal(get(1)->kind, ERR_NONE);
	assert_string_equal(askers[1].access, "access-1");
	token->renew_ms = 0;
	token_reject(token, askers[1].ask.generation); /* but not one that is refused */
	for (int i = 0; i < TOKEN_TRIES; i++)
		fakehttp_say(fake, "503 Unavailable", "", "");
	assert_int_equal(get(2)->kind, ERR_BUSY);
}

static void test_token_that_cannot_be_stored_is_not_handed_out(void **state)
{
	struct rlimit old, none = { 3, 3 };

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0); /* as a full disk */
	say_token("access-1", "new-refresh", 3599);
	get(0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(askers[0].ask.err.kind, ERR_STORE);
	assert_null(askers[0].ask.access);
	assert_non_null(strstr(askers[0].ask.err.text, dir));
	assert_string_equal(askers[0].ask.err.code, "E-TOKEN-STORE");
	assert_string_equal(stored(), "old-refresh");
}

static void test_no_refresh_token_says_consent(void **state)
{
	(void)state;
	assert_int_equal(unlink(tempdir_path(dir, TOKEN_FILE_NAME)), 0);
	assert_int_equal(get(0)->kind, ERR_AUTH);
	assert_string_equal(askers[0].ask.err.code, "E-AUTH-LOGIN");
	assert_int_equal(fakehttp_count(fake), 0);
}

static void test_oversized_answer_is_an_error(void **state)
{
	char *body = calloc(1, 400001);

	(void)state;
	memset(body, 'x', 400000);
	fakehttp_say(fake, "200 OK", "", body);
	free(body);
	assert_int_equal(get(0)->kind, ERR_FORMAT);
}

static void test_redirect_is_not_followed(void **state)
{
	(void)state;
	fakehttp_say(fake, "302 Found", "Location: http://127.0.0.1:1/\r\n", "");
	assert_int_not_equal(get(0)->kind, ERR_NONE);
	assert_int_equal(fakehttp_count(fake), 1);
}

static void test_free_in_any_state_is_clean(void **state)
{
	(void)state;
	for (int turns = 0; turns < 30; turns++) {
		fakehttp_say(fake, turns % 2 ? "503 Unavailable" : "200 OK", "",
			     "{\"access_token\":\"a\",\"refresh_token\":\"b\",\"expires_in\":3599}");
		ask_as(0);
		for (int i = 0; i < turns && !askers[0].done; i++)
			uv_run(loop, UV_RUN_ONCE);
		token_free(token);
		memset(&askers[0].ask, 0xee, sizeof(askers[0].ask));
		loop_idle(loop, 3);
		token = token_new(loop, http, &options);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(refusal_of_the_client_is_not_one_of_the_consent),
		T(dropped_token_is_forgotten),
		T(refusal_is_remembered_until_forgotten),
		T(passing_failures_are_retried),
		T(passing_failures_end_after_the_last_try),
		T(told_to_wait_for_too_long_ends_the_renewal),
		T(old_token_serves_while_the_renewal_fails),
		T(token_that_cannot_be_stored_is_not_handed_out),
		T(no_refresh_token_says_consent),
		T(oversized_answer_is_an_error),
		T(redirect_is_not_followed),
		T(free_in_any_state_is_clean),
#undef T
	};

	log_setup(LOG_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
