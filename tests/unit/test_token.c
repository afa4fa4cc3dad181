/* SPDX-License-Identifier: MIT */
/* The way to a token: what is asked, how often, for whom. */
#include "tests/support/token_asks.h"

static void test_refresh_posts_the_form_and_stores_the_new_token(void **state)
{
	struct token_facts facts;

	(void)state;
	say_token("access-1", "new-refresh", 3599);
	assert_int_equal(get(0)->kind, ERR_NONE);
	assert_string_equal(askers[0].access, "access-1");
	assert_string_equal(stored(), "new-refresh");
	assert_non_null(strstr(fakehttp_request(fake, 0), "POST /" TENANT "/oauth2/v2.0/token HTTP/1.1\r\n"));
	assert_non_null(strstr(fakehttp_request(fake, 0), "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
	assert_non_null(strstr(fakehttp_request(fake, 0),
			       "\r\n\r\nclient_id=client-1&client_secret=s3cret+%2B%26%3D%25%2F~&grant_type=refresh_token"
			       "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation+offline_access"
			       "&refresh_token=old-refresh"));
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
	assert_non_null(strstr(fakehttp_request(fake, 0), "\r\n\r\nclient_id=client-1&client_secret=s3cret+%2B%26%3D%25%2F~"
							  "&grant_type=client_credentials"
							  "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2F.default"));
	assert_string_equal(stored(), "old-refresh");
}

static void test_app_only_without_a_secret_is_an_error(void **state)
{
	(void)state;
	token_free(token);
	options.app_only = true;
	token = token_new(loop, http, &options);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(get(0)->kind, ERR_AUTH);
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
	assert_string_equal(stored(), "old-refresh");
}

/* A person signs in, or pastes a token, while a renewal is under way. */
static void test_consent_put_there_in_flight_wins_over_the_rotated_one(void **state)
{
	(void)state;
	say_token("access-1", "rotated", 3599);
	ask_as(0);
	LOOP_UNTIL(loop, token->tries == 1); /* posted, not answered */
	assert_false(askers[0].done);
	tempdir_put(dir, TOKEN_FILE_NAME, "of-a-person", 0600);
	LOOP_UNTIL(loop, askers[0].done);
	assert_string_equal(askers[0].access, "access-1");
	assert_string_equal(stored(), "of-a-person");
	say_token("access-2", "r2", 3599); /* and it is used at once */
	assert_int_equal(get(1)->kind, ERR_NONE);
	assert_string_equal(askers[1].access, "access-2");
	assert_non_null(strstr(fakehttp_request(fake, 1), "&refresh_token=of-a-person"));
	assert_string_equal(stored(), "r2");
}

static void say_refused(void)
{
	fakehttp_say(fake, "400 Bad Request", "", "{\"error\":\"invalid_grant\",\"error_codes\":[700082]}");
}

static void test_changed_credential_is_taken_up(void **state)
{
	(void)state;
	say_token("access-1", "r1", 3599);
	get(0);
	tempdir_put(dir, "refresh_token", "from-outside", 0600);
	token_reject(token, askers[0].ask.generation);
	say_token("access-2", "r2", 3599);
	assert_int_equal(get(1)->kind, ERR_NONE);
	assert_non_null(strstr(fakehttp_request(fake, 1), "&refresh_token=from-outside"));
	assert_string_equal(stored(), "r2");
	token_reject(token, askers[1].ask.generation);
	say_token("access-3", "r3", 3599);
	assert_int_equal(get(2)->kind, ERR_NONE);
	assert_non_null(strstr(fakehttp_request(fake, 2), "&refresh_token=r2"));
}

static void sign_in_and_give_a_credential(void)
{
	const struct consent_place place = { .state_dir = dir, .tenant_id = TENANT, .client_id = "client-1" };
	struct consent c = { .refresh_token = (char[]){ "of-the-login" }, .given_at = 1700000000, .mfa = 1 };
	struct err e = ERR_INIT;

	assert_int_equal(consent_write(&c, &place, &e), 0);
	tempdir_put(dir, "refresh_token", "from-outside", 0600);
}

/* Who signs in by sudo does not see the credential, and nothing that descends from it was ever stored. */
static void test_sign_in_wins_over_a_credential_that_is_refused(void **state)
{
	struct token_facts facts;

	(void)state;
	sign_in_and_give_a_credential();
	say_refused();
	say_token("access-1", "r1", 3599);
	assert_int_equal(get(0)->kind, ERR_NONE);
	assert_non_null(strstr(fakehttp_request(fake, 0), "&refresh_token=from-outside"));
	assert_non_null(strstr(fakehttp_request(fake, 1), "&refresh_token=of-the-login"));
	token_facts(token, &facts);
	assert_string_equal(facts.consent_refusal.code, "E-AUTH-700082"); /* told all the same */
	assert_non_null(strstr(facts.consent_refusal.remedy, "the stored sign-in is used"));
	token_reject(token, askers[0].ask.generation);
	say_token("access-2", "r2", 3599);
	assert_int_equal(get(1)->kind, ERR_NONE);
	token_facts(token, &facts);
	assert_int_equal(facts.consent_refusal.kind, ERR_NONE);
	assert_non_null(strstr(fakehttp_request(fake, 2), "&refresh_token=r1")); /* the credential is not asked with again */
}

static void test_both_refused_are_asked_with_once_in_each_renewal(void **state)
{
	(void)state;
	sign_in_and_give_a_credential();
	say_refused();
	say_refused();
	assert_int_equal(get(0)->kind, ERR_AUTH);
	assert_int_equal(fakehttp_count(fake), 2);
	ask_as(1);
	assert_int_equal(fakehttp_count(fake), 2);
	token_forget_refusal(token);
	say_token("access-1", "r1", 3599); /* what was refused may have been allowed since */
	assert_int_equal(get(2)->kind, ERR_NONE);
	assert_non_null(strstr(fakehttp_request(fake, 2), "&refresh_token=from-outside"));
}

/* A changed credential is the consent that is wanted: what it was to replace is not used. */
static void test_renewed_credential_is_no_way_out(void **state)
{
	(void)state;
	tempdir_put(dir, "refresh_token", "from-outside", 0600);
	say_token("access-1", "r1", 3599);
	get(0);
	tempdir_put(dir, "refresh_token", "from-outside-2", 0600);
	token_reject(token, askers[0].ask.generation);
	say_refused();
	assert_int_equal(get(1)->kind, ERR_AUTH);
	assert_int_equal(fakehttp_count(fake), 2);
}

static void test_facts_say_when_the_consent_lapses(void **state)
{
	struct token_facts facts;

	(void)state;
	say_token("access-1", "r1", 3599);
	get(0);
	token_facts(token, &facts);
	/* The two clocks are read one after the other. */
	assert_true(facts.renewed_at - (facts.consent_lapses_at - 90 * 86400) <= 5);
	assert_true(facts.consent_lapses_at - 90 * 86400 <= facts.renewed_at);
	assert_int_equal(facts.certificate_expires_at, 0);
	assert_int_equal(facts.consent_refusal.kind, ERR_NONE);
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
	assert_non_null(strstr(fakehttp_request(fake, 1), "refresh_token=r1"));
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

/* Freed after each number of turns: reading, asking, waiting, storing. */
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
		T(consent_put_there_in_flight_wins_over_the_rotated_one),
		T(changed_credential_is_taken_up),
		T(sign_in_wins_over_a_credential_that_is_refused),
		T(renewed_credential_is_no_way_out),
		T(both_refused_are_asked_with_once_in_each_renewal),
		T(facts_say_when_the_consent_lapses),
		T(many_asks_are_one_renewal),
		T(done_may_cancel_and_ask),
		T(reject_renews_once_for_all_of_that_generation),
		T(reject_inside_done_renews_for_the_next),
		T(renewal_at_the_right_time),
		T(nothing_secret_is_logged),
#undef T
	};

	log_setup(LOG_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
