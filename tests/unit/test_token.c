/* SPDX-License-Identifier: MIT */
#include "auth/token.h"
#include "auth/token_file.h"
#include "auth/token_private.h"
#include "base/log.h"
#include "base/util.h"
#include "tests/support/fakehttp.h"
#include "tests/support/loop.h"
#include "tests/support/tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#define TENANT "11111111-2222-3333-4444-555555555555"

struct asker {
	struct token_ask ask;
	int done;
	char access[64];
	struct asker *then, *cancel; /* asked, cancelled in done */
	bool reject;
};

static uv_loop_t *loop;
static struct fakehttp *fake;
static struct http *http;
static struct token *token;
static struct token_options options;
static char dir[TEMPDIR_SIZE];
static struct asker askers[8];

static int setup(void **state)
{
	const struct http_options http_options = { .max_connections = 2 };
	struct err e = ERR_INIT;

	(void)state;
	loop = loop_open();
	fake = fakehttp_new(loop);
	http = http_new(loop, &http_options, &e);
	assert_non_null(http);
	tempdir_make(dir);
	assert_int_equal(token_file_write(dir, span_of("old-refresh"), &e), 0);
	tempdir_put(dir, "client_secret", "s3cret +&=%/~\n", 0600);
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	options = (struct token_options){
		.login_url = fakehttp_url(fake), .tenant_id = TENANT, .client_id = "client-1",
		.resource = "https://api.partnercenter.microsoft.com", .state_dir = dir, .backoff_base_ms = 1,
	};
	token = token_new(loop, http, &options);
	memset(askers, 0, sizeof(askers));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	token_free(token);
	http_free(http);
	fakehttp_free(fake);
	tempdir_remove(dir);
	return loop_close(loop);
}

static void on_done(struct token_ask *ask);

static void ask_as(int i)
{
	memset(&askers[i].ask, 0, sizeof(askers[i].ask));
	askers[i].done = 0;
	askers[i].ask.done = on_done;
	token_get(token, &askers[i].ask);
}

static void on_done(struct token_ask *ask)
{
	struct asker *a = container_of(ask, struct asker, ask);

	a->done++;
	assert_true((ask->access != NULL) == (ask->err.kind == ERR_NONE));
	snprintf(a->access, sizeof(a->access), "%s", ask->access ? ask->access : "");
	if (a->cancel)
		token_cancel(token, &a->cancel->ask);
	if (a->reject)
		token_reject(token, ask->generation);
	if (a->then)
		ask_as((int)(a->then - askers));
}

static const struct err *get(int i)
{
	ask_as(i);
	LOOP_UNTIL(loop, askers[i].done);
	assert_int_equal(askers[i].done, 1);
	return &askers[i].ask.err;
}

static void say_token(const char *access, const char *refresh, int expires_in_s)
{
	char body[512];

	if (refresh)
		snprintf(body, sizeof(body), "{\"token_type\":\"Bearer\",\"expires_in\":%d,\"access_token\":\"%s\",\"refresh_token\":\"%s\"}",
			 expires_in_s, access, refresh);
	else
		snprintf(body, sizeof(body), "{\"token_type\":\"Bearer\",\"expires_in\":\"%d\",\"access_token\":\"%s\"}", expires_in_s, access);
	fakehttp_say(fake, "200 OK", "Content-Type: application/json\r\n", body);
}

static void say_invalid_grant(void)
{
	fakehttp_say(fake, "400 Bad Request", "",
		     "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS700082: The refresh token has expired due to inactivity."
		     "\\r\\nTrace ID: x\",\"error_codes\":[700082]}");
}

static void test_refresh_posts_the_form_and_stores_the_new_token(void **state)
{
	struct token_facts facts;

	(void)state;
	say_token("access-1", "new-refresh", 3599);
	assert_int_equal(get(0)->kind, ERR_NONE);
	assert_string_equal(askers[0].access, "access-1");
	assert_string_equal(tempdir_get(dir, TOKEN_FILE_NAME), "new-refresh\n");
	assert_non_null(strstr(fakehttp_request(fake, 0), "POST /" TENANT "/oauth2/v2.0/token HTTP/1.1\r\n"));
	assert_non_null(strstr(fakehttp_request(fake, 0), "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
	assert_non_null(strstr(fakehttp_request(fake, 0),
			       "\r\n\r\nclient_id=client-1&grant_type=refresh_token&refresh_token=old-refresh"
			       "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation+offline_access"
			       "&client_secret=s3cret+%2B%26%3D%25%2F~"));
	token_facts(token, &facts);
	assert_int_equal(facts.refreshes, 1);
	assert_true(facts.renewed_at > 0);
	assert_int_equal(facts.mfa, -1);
}

static void test_app_only_posts_client_credentials(void **state)
{
	(void)state;
	token_free(token);
	options.app_only = true;
	token = token_new(loop, http, &options);
	say_token("access-1", "not-wanted", 3599);
	assert_int_equal(get(0)->kind, ERR_NONE);
	assert_non_null(strstr(fakehttp_request(fake, 0), "\r\n\r\nclient_id=client-1&grant_type=client_credentials"
							  "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2F.default"
							  "&client_secret=s3cret+%2B%26%3D%25%2F~"));
	assert_string_equal(tempdir_get(dir, TOKEN_FILE_NAME), "old-refresh\n");
}

static void test_app_only_without_a_secret_is_an_error(void **state)
{
	(void)state;
	token_free(token);
	options.app_only = true;
	token = token_new(loop, http, &options);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(get(0)->kind, ERR_CONFIG);
	assert_int_equal(fakehttp_count(fake), 0);
}

static void test_public_client_sends_no_secret(void **state)
{
	(void)state;
	unsetenv("CREDENTIALS_DIRECTORY");
	say_token("access-1", "new-refresh", 3599);
	assert_int_equal(get(0)->kind, ERR_NONE);
	assert_null(strstr(fakehttp_request(fake, 0), "client_secret"));
}

static void test_answer_without_refresh_token_keeps_the_old(void **state)
{
	(void)state;
	say_token("access-1", NULL, 3599);
	assert_int_equal(get(0)->kind, ERR_NONE);
	assert_string_equal(tempdir_get(dir, TOKEN_FILE_NAME), "old-refresh\n");
}

static void test_many_asks_are_one_renewal(void **state)
{
	(void)state;
	say_token("access-1", "new-refresh", 3599);
	for (int i = 0; i < 5; i++)
		ask_as(i);
	token_cancel(token, &askers[2].ask);
	token_cancel(token, &askers[2].ask);
	LOOP_UNTIL(loop, askers[4].done);
	assert_int_equal(fakehttp_count(fake), 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(askers[i].done, i != 2);
	ask_as(6); /* a fresh one is at hand: inside the call */
	assert_int_equal(askers[6].done, 1);
	assert_string_equal(askers[6].access, "access-1");
	assert_int_equal(askers[6].ask.generation, askers[0].ask.generation);
}

static void test_done_may_cancel_and_ask(void **state)
{
	(void)state;
	say_token("access-1", "r", 3599);
	askers[0].cancel = &askers[1];
	askers[2].then = &askers[3];
	for (int i = 0; i < 3; i++)
		ask_as(i);
	LOOP_UNTIL(loop, askers[3].done);
	assert_int_equal(askers[1].done, 0);
	assert_int_equal(askers[2].done, 1);
	assert_int_equal(fakehttp_count(fake), 1);
}

static void test_reject_renews_once_for_all_of_that_generation(void **state)
{
	uint64_t first;

	(void)state;
	say_token("access-1", "r1", 3599);
	say_token("access-2", "r2", 3599);
	get(0);
	first = askers[0].ask.generation;
	token_reject(token, first);
	token_reject(token, first);
	get(1);
	assert_string_equal(askers[1].access, "access-2");
	token_reject(token, first); /* a late one: the new token is not concerned */
	get(2);
	assert_string_equal(askers[2].access, "access-2");
	assert_int_equal(fakehttp_count(fake), 2);
	assert_non_null(strstr(fakehttp_request(fake, 1), "refresh_token=r1&"));
}

static void test_reject_inside_done_renews_for_the_next(void **state)
{
	(void)state;
	say_token("access-1", "r1", 3599);
	say_token("access-2", "r2", 3599);
	askers[0].reject = true;
	askers[0].then = &askers[1];
	ask_as(0);
	LOOP_UNTIL(loop, askers[1].done);
	assert_string_equal(askers[1].access, "access-2");
}

static void test_renewal_at_the_right_time(void **state)
{
	static const struct {
		int64_t life_s, use_s;
	} cases[] = { { 3600, 2880 }, { 600, 480 }, { 500, 380 }, { 300, 180 }, { 240, 120 }, { 60, 30 }, { 86400, 69120 } };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		token->got = (struct pc_token){ .access_token = strdup("a"), .expires_in_s = cases[i].life_s };
		token->asked_ms = 1000;
		token_renewed(token);
		assert_int_equal(token->renew_ms, 1000 + cases[i].use_s * 1000);
		assert_int_equal(token->end_ms, 1000 + cases[i].life_s * 1000);
	}
}

static void test_refusal_is_remembered_until_forgotten(void **state)
{
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
	assert_string_equal(tempdir_get(dir, TOKEN_FILE_NAME), "old-refresh\n");
	token_forget_refusal(token);
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
		assert_non_null(strstr(fakehttp_request(fake, i), "refresh_token=old-refresh&"));
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
	assert_string_equal(tempdir_get(dir, TOKEN_FILE_NAME), "old-refresh\n");
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

/* Freed after each number of turns: reading, asking, waiting, storing. */
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

/* The log at its most talkative holds no secret. */
static void test_nothing_secret_is_logged(void **state)
{
	int saved = dup(STDERR_FILENO);
	FILE *log = freopen(tempdir_path(dir, "log"), "w", stderr);
	const char *text;

	(void)state;
	assert_non_null(log);
	log_setup(LOG_DEBUG, false);
	fakehttp_say(fake, "503 Unavailable", "", "");
	say_token("access-canary", "refresh-canary", 3599);
	get(0);
	log_setup(LOG_ERROR, false);
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	text = tempdir_get(dir, "log");
	assert_non_null(strstr(text, "event=token.refreshed"));
	assert_non_null(strstr(text, "event=http.attempt what=token method=POST path=/" TENANT "/oauth2/v2.0/token status=503"));
	assert_null(strstr(text, "canary"));
	assert_null(strstr(text, "old-refresh"));
	assert_null(strstr(text, "s3cret"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(refresh_posts_the_form_and_stores_the_new_token),
		T(app_only_posts_client_credentials),
		T(app_only_without_a_secret_is_an_error),
		T(public_client_sends_no_secret),
		T(answer_without_refresh_token_keeps_the_old),
		T(many_asks_are_one_renewal),
		T(done_may_cancel_and_ask),
		T(reject_renews_once_for_all_of_that_generation),
		T(reject_inside_done_renews_for_the_next),
		T(renewal_at_the_right_time),
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
		T(nothing_secret_is_logged),
#undef T
	};

	log_setup(LOG_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
