/* SPDX-License-Identifier: MIT */
#include "tests/support/sign_in.h"

static int setup_device(void **state)
{
	int rc = setup(state);

	options.device = true;
	options.second_ms = 1;
	return rc;
}

static void say_error(const char *status, const char *error)
{
	char body[200];

	snprintf(body, sizeof(body), "{\"error\":\"%s\",\"error_description\":\"x\"}", error);
	fakehttp_say(fake, status, "", body);
}

static void say_device(int expires_in_s)
{
	char body[300];

	snprintf(body, sizeof(body), "{\"device_code\":\"DEVICE-SECRET\",\"user_code\":\"ABC-123\",\"interval\":1,\"expires_in\":%d,"
		 "\"verification_uri\":\"https://microsoft.com/devicelogin\"}", expires_in_s);
	fakehttp_say(fake, "200 OK", "", body);
}

static void sign_in(void)
{
	login_start(&ask, loop, http, &options);
	LOOP_UNTIL(loop, done);
	assert_int_equal(done, 1);
}

static void check_failed(enum err_kind kind, const char *code)
{
	assert_int_equal(ask.err.kind, kind);
	assert_string_equal(ask.err.code, code);
	assert_true(ask.err.remedy[0]);
	assert_null(strstr(ask.err.text, "SECRET"));
	assert_string_equal(tempdir_get(dir, "refresh-token"), "old-token\n");
}

static bool request_has(size_t n, const char *text)
{
	return strstr(fakehttp_request(fake, n), text) != NULL;
}

static void test_signs_in_at_once(void **state)
{
	(void)state;
	sign_in();
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_int_equal(prompted, 1);
	assert_string_equal(address, "https://microsoft.com/devicelogin");
	assert_string_equal(user_code, "ABC-123");
	assert_non_null(strstr(tempdir_get(dir, "refresh-token"), "new-refresh"));
	assert_true(request_has(0, "POST /" TENANT "/oauth2/v2.0/devicecode HTTP/1.1"));
	assert_true(request_has(0, "client_id=" CLIENT "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation"));
	assert_true(request_has(1, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=DEVICE-SECRET"));
	assert_false(request_has(0, "client_secret"));
	assert_false(request_has(1, "client_secret"));
	assert_true(request_has(2, "GET /v1/customers?size=1 "));
	assert_int_equal(fakehttp_count(fake), 3);
}

static void test_waits_for_the_person(void **state)
{
	(void)state;
	say_device(3600);
	for (int i = 0; i < 4; i++)
		say_error("400 Bad Request", "authorization_pending");
	sign_in();
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_int_equal(fakehttp_count(fake), 7);
}

static void test_slows_down_when_told(void **state)
{
	(void)state;
	say_device(3600);
	say_error("400 Bad Request", "slow_down");
	say_error("429 Too Many Requests", "slow_down");
	say_error("400 Bad Request", "authorization_pending");
	fakehttp_script(fake, (struct fake_reply){ .bytes = "", .end = FAKE_HANG });
	login_start(&ask, loop, http, &options);
	LOOP_UNTIL(loop, fakehttp_count(fake) == 5);
	assert_int_equal(ask.login->interval_s, 1 + 5 + 5);
}

static void test_no_answer_is_no_end(void **state)
{
	(void)state;
	say_device(3600);
	fakehttp_script(fake, (struct fake_reply){ .bytes = "", .end = FAKE_RESET });
	say_error("503 Service Unavailable", "temporarily_unavailable");
	fakehttp_say(fake, "502 Bad Gateway", "", "<html>");
	for (int i = 0; i < 8; i++)
		fakehttp_script(fake, (struct fake_reply){ .bytes = "", .end = FAKE_CLOSE });
	sign_in();
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_int_equal(fakehttp_count(fake), 14);
}

static void test_the_longest_interval_is_a_minute(void **state)
{
	(void)state;
	say_device(3600);
	for (int i = 0; i < 9; i++)
		fakehttp_say(fake, "500 Internal Server Error", "", "");
	fakehttp_script(fake, (struct fake_reply){ .bytes = "", .end = FAKE_HANG });
	login_start(&ask, loop, http, &options);
	LOOP_UNTIL(loop, fakehttp_count(fake) == 11);
	assert_int_equal(ask.login->interval_s, 60);
}

static void test_proves_itself_when_asked(void **state)
{
	(void)state;
	say_device(3600);
	say_error("401 Unauthorized", "invalid_client");
	sign_in();
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_false(request_has(1, "client_secret"));
	assert_true(request_has(2, "client_secret=s3cret"));
	assert_int_equal(fakehttp_count(fake), 4);
	again();
	options.device = true;
	say_error("401 Unauthorized", "invalid_client"); /* at the first door already */
	sign_in();
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_true(request_has(5, "/devicecode ") && request_has(5, "client_secret=s3cret"));
	assert_true(request_has(6, "client_secret=s3cret"));
}

static void test_but_only_once(void **state)
{
	(void)state;
	say_device(3600);
	say_error("401 Unauthorized", "invalid_client");
	say_error("401 Unauthorized", "invalid_client");
	sign_in();
	check_failed(ERR_AUTH, "E-AUTH-INVALID-CLIENT");
}

static void test_every_end(void **state)
{
	static const struct {
		const char *error, *code;
		enum err_kind kind;
	} cases[] = {
		{ "authorization_declined", "E-AUTH-AUTHORIZATION-DECLINED", ERR_AUTH },
		{ "access_denied", "E-AUTH-ACCESS-DENIED", ERR_AUTH },
		{ "expired_token", "E-AUTH-EXPIRED-TOKEN", ERR_AUTH },
		{ "bad_verification_code", "E-AUTH-BAD-VERIFICATION-CODE", ERR_AUTH },
		{ "invalid_request", "E-AUTH-INVALID-REQUEST", ERR_REMOTE },
		{ "something_new", "E-AUTH-SOMETHING-NEW", ERR_REMOTE },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		say_device(3600);
		say_error("400 Bad Request", "authorization_pending");
		say_error("400 Bad Request", cases[i].error);
		sign_in();
		check_failed(cases[i].kind, cases[i].code);
		again();
		options.device = true;
		options.second_ms = 1;
	}
}

static void test_the_code_runs_out(void **state)
{
	(void)state;
	say_device(60);
	for (int i = 0; i < 500; i++)
		say_error("400 Bad Request", "authorization_pending");
	sign_in();
	check_failed(ERR_AUTH, "E-AUTH-EXPIRED-TOKEN");
}

static void test_no_code_to_be_had(void **state)
{
	(void)state;
	say_error("400 Bad Request", "unauthorized_client");
	sign_in();
	check_failed(ERR_AUTH, "E-AUTH-UNAUTHORIZED-CLIENT");
	again();
	options.device = true;
	fakehttp_say(fake, "200 OK", "", "{\"user_code\":\"A\",\"device_code\":\"SECRET\",\"verification_uri\":\"http://evil.example/\"}");
	sign_in();
	check_failed(ERR_FORMAT, "E-FORMAT-DEVICE");
	assert_int_equal(prompted, 0);
}

static void test_nothing_can_be_pasted(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	say_device(3600);
	fakehttp_script(fake, (struct fake_reply){ .bytes = "", .end = FAKE_HANG });
	login_start(&ask, loop, http, &options);
	LOOP_UNTIL(loop, prompted);
	assert_int_equal(login_paste(&ask, SPAN_LITERAL("code=a&state="), &e), -1);
}

static void test_cancelled_after_any_number_of_turns(void **state)
{
	(void)state;
	for (int turns = 0; turns < 40; turns++) {
		login_start(&ask, loop, http, &options);
		for (int i = 0; i < turns && !done; i++) {
			uv_run(loop, UV_RUN_NOWAIT);
			usleep(300);
		}
		if (!login_is_storing(&ask) && !done) {
			login_cancel(&ask);
			assert_string_equal(tempdir_get(dir, "refresh-token"), "old-token\n");
		}
		login_cancel(&ask);
		again();
		options.device = true;
		options.second_ms = 1;
	}
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup_device, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(signs_in_at_once),
		T(waits_for_the_person),
		T(slows_down_when_told),
		T(no_answer_is_no_end),
		T(the_longest_interval_is_a_minute),
		T(proves_itself_when_asked),
		T(but_only_once),
		T(every_end),
		T(the_code_runs_out),
		T(no_code_to_be_had),
		T(nothing_can_be_pasted),
		T(cancelled_after_any_number_of_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
