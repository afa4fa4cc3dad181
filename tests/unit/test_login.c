/* SPDX-License-Identifier: MIT */
#include "tests/support/sign_in.h"

static void check_stored(const char *token)
{
	struct consent c = { .mfa = -1 };
	struct err e = ERR_INIT;

	assert_int_equal(consent_read(&c, &options.place, &e), 0);
	assert_string_equal(c.refresh_token, token);
	consent_fini(&c);
}

/* The consent is the one from before, byte for byte. */
static void check_failed(enum err_kind kind, const char *code)
{
	assert_int_equal(ask.err.kind, kind);
	assert_string_equal(ask.err.code, code);
	assert_true(ask.err.remedy[0]);
	assert_string_equal(tempdir_get(dir, "refresh-token"), "old-token\n");
	assert_int_equal(tempdir_count(dir, 0), 2);
}

static void begin(void)
{
	login_start(&ask, loop, http, &options);
	LOOP_UNTIL(loop, prompted || done);
}

/* The whole way of a browser whose answer has this query, a %s in which becomes the state. */
static void sign_in(const char *query)
{
	begin();
	assert_int_equal(prompted, 1);
	browser_goes(query);
	browser_reads(); /* and closes, which is waited for */
	LOOP_UNTIL(loop, done);
	assert_int_equal(done, 1);
}

static void test_signs_in(void **state)
{
	struct consent c = { .mfa = -1 };
	struct err e = ERR_INIT;
	const char *form;
	char challenge[PKCE_TEXT_MAX];

	(void)state;
	sign_in("code=a.b%%2Fc&state=%s");
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_string_equal(ask.facts.who.upn, "who@partner.example");
	assert_int_equal(ask.facts.mfa, 1);
	assert_non_null(strstr(page, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(page, "Signed in"));
	assert_int_equal(consent_read(&c, &options.place, &e), 0);
	assert_string_equal(c.refresh_token, "new-refresh");
	assert_string_equal(c.upn, "who@partner.example");
	assert_string_equal(c.oid, "oid-1");
	assert_string_equal(c.tenant, TENANT);
	assert_int_equal(c.mfa, 1);
	assert_true(c.given_at > 0 && c.given_at == c.renewed_at);
	consent_fini(&c);

	form = fakehttp_request(fake, 0);
	assert_non_null(strstr(form, "POST /" TENANT "/oauth2/v2.0/token HTTP/1.1\r\n"));
	assert_non_null(strstr(form, "grant_type=authorization_code&code=a.b%2Fc&redirect_uri=http%3A%2F%2Flocalhost%3A"));
	assert_non_null(strstr(form, "&client_secret=s3cret"));
	assert_non_null(strstr(form, "user_impersonation+offline_access+openid+profile"));
	pkce_challenge((struct span){ strstr(form, "code_verifier=") + 14, PKCE_TEXT_MAX - 1 }, challenge);
	assert_non_null(strstr(address, challenge)); /* the digest of what was sent, and not that itself, stood in the address */
	assert_null(strstr(address, "s3cret"));
	form = fakehttp_request(fake, 1);
	assert_non_null(strstr(form, "GET /v1/customers?size=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(form, "Authorization: Bearer eyJ"));
	assert_int_equal(fakehttp_count(fake), 2);
}

static void test_pasted(void **state)
{
	struct err e = ERR_INIT;
	char text[300];

	(void)state;
	assert_int_equal(login_paste(&ask, SPAN_LITERAL("code=a&state=b"), &e), -1); /* nobody waits */
	begin();
	assert_int_equal(login_paste(&ask, SPAN_LITERAL("code=a&state=b"), &e), -1);
	assert_string_equal(e.code, "E-LOGIN-REDIRECT");
	assert_int_equal(login_paste(&ask, SPAN_LITERAL(""), &e), -1);
	snprintf(text, sizeof(text), "  http://localhost:1/?code=SECRET&state=%.42s", state_of_address());
	assert_int_equal(login_paste(&ask, span_of(text), &e), -1);
	assert_null(strstr(e.text, "SECRET"));
	assert_int_equal(fakehttp_count(fake), 0);
	snprintf(text, sizeof(text), "  http://localhost:1/?code=c&state=%.43s \r\n", state_of_address());
	assert_int_equal(login_paste(&ask, span_of(text), &e), 0);
	assert_int_equal(login_paste(&ask, span_of(text), &e), -1); /* once */
	LOOP_UNTIL(loop, done);
	assert_int_equal(ask.err.kind, ERR_NONE);
	check_stored("new-refresh");
}

static void test_another_state_is_another_sign_in(void **state)
{
	(void)state;
	begin();
	browser_goes("code=stolen&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	browser_reads();
	assert_non_null(strstr(page, "HTTP/1.1 400 "));
	browser_goes("error=access_denied&error_description=x");
	browser_reads();
	assert_non_null(strstr(page, "HTTP/1.1 400 "));
	browser_goes("");
	browser_reads();
	assert_non_null(strstr(page, "HTTP/1.1 400 "));
	assert_int_equal(fakehttp_count(fake), 0);
	assert_int_equal(done, 0);
	browser_goes("code=c&state=%s");
	browser_reads();
	LOOP_UNTIL(loop, done);
	assert_int_equal(ask.err.kind, ERR_NONE);
}

static void test_refused_in_the_browser(void **state)
{
	(void)state;
	sign_in("error=access_denied&error_description=AADSTS65004%%3a+<b>+%%0d%%0aTrace&state=%s");
	check_failed(ERR_AUTH, "E-AUTH-65004");
	assert_int_equal(fakehttp_count(fake), 0);
	assert_non_null(strstr(page, "E-AUTH-65004"));
	assert_non_null(strstr(page, "&lt;b&gt;"));
	assert_null(strstr(page, "<b> "));
}

static void test_the_code_is_refused(void **state)
{
	(void)state;
	fakehttp_say(fake, "400 Bad Request", "", "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS54005: x\",\"error_codes\":[54005]}");
	sign_in("code=c&state=%s");
	check_failed(ERR_AUTH, "E-AUTH-54005");
	assert_non_null(strstr(page, "E-AUTH-54005"));
}

static void test_whose_account(void **state)
{
	(void)state;
	tenant_of_token = "9188040d-6c67-4c5b-b112-36a304b66dad";
	sign_in("code=c&state=%s");
	check_failed(ERR_AUTH, "E-LOGIN-PERSONAL");
	again();
	tenant_of_token = "00000000-6c67-4c5b-b112-36a304b66dad";
	sign_in("code=c&state=%s");
	check_failed(ERR_AUTH, "E-LOGIN-TENANT");
	assert_non_null(strstr(ask.err.text, tenant_of_token));
	assert_int_equal(fakehttp_count(fake), 2); /* Partner Center was not asked */
}

static void test_what_the_answer_lacks(void **state)
{
	(void)state;
	refresh_of_token = NULL;
	sign_in("code=c&state=%s");
	check_failed(ERR_AUTH, "E-LOGIN-NO-REFRESH");
	again();
	tenant_of_token = NULL;
	sign_in("code=c&state=%s");
	check_failed(ERR_FORMAT, "E-FORMAT-ID-TOKEN");
	again();
	fakehttp_say(fake, "200 OK", "", "<html>");
	sign_in("code=c&state=%s");
	check_failed(ERR_FORMAT, "E-FORMAT-TOKEN");
}

static void test_mfa_is_told(void **state)
{
	(void)state;
	amr_of_token = "[\"pwd\"]";
	sign_in("code=c&state=%s");
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_int_equal(ask.facts.mfa, 0);
	again();
	amr_of_token = "null";
	sign_in("code=c&state=%s");
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_int_equal(ask.facts.mfa, -1);
}

static void test_partner_center_refuses(void **state)
{
	static const struct {
		const char *status, *body, *code;
		enum err_kind kind;
	} cases[] = {
		{ "401 Unauthorized", "{\"code\":900421,\"description\":\"MFA\"}", "E-PC-900421", ERR_AUTH },
		{ "401 Unauthorized", "", "E-PC-HTTP-401", ERR_AUTH },
		{ "403 Forbidden", "{\"message\":\"no\"}", "E-PC-HTTP-403", ERR_AUTH },
		{ "404 Not Found", "<html>", "E-PC-HTTP-404", ERR_REMOTE },
		{ "200 OK", "<html>", "E-FORMAT-CUSTOMERS", ERR_FORMAT },
		{ "200 OK", "{\"items\":5}", "E-FORMAT-CUSTOMERS", ERR_FORMAT },
		{ "302 Found", "", "E-PC-HTTP-302", ERR_REMOTE },
		{ "204 No Content", "", "E-PC-HTTP-204", ERR_REMOTE },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		customers_status = cases[i].status;
		customers_body = cases[i].body;
		sign_in("code=c&state=%s");
		check_failed(cases[i].kind, cases[i].code);
		assert_non_null(strstr(ask.err.text, "who@partner.example"));
		assert_non_null(strstr(page, cases[i].code));
		again();
	}
}

static void test_a_request_without_luck_is_made_again(void **state)
{
	static const char *const odds[] = { "503 Service Unavailable", "429 Too Many Requests", "408 Request Timeout" };

	(void)state;
	for (size_t i = 0; i < countof(odds); i++) {
		fakehttp_say(fake, odds[i], "", "");
		fakehttp_script(fake, (struct fake_reply){ .bytes = "", .end = FAKE_CLOSE });
		sign_in("code=c&state=%s");
		assert_int_equal(ask.err.kind, ERR_NONE);
		assert_int_equal(fakehttp_count(fake), 4 * (i + 1));
		again();
	}
}

static void test_but_not_for_ever(void **state)
{
	size_t asked;

	(void)state;
	customers_status = "503 Service Unavailable";
	sign_in("code=c&state=%s");
	check_failed(ERR_BUSY, "E-PC-HTTP-503");
	assert_non_null(strstr(ask.err.remedy, "run csp-usaged login again"));
	assert_int_equal(fakehttp_count(fake), 1 + LOGIN_TRIES);
	again();
	for (int i = 0; i < LOGIN_TRIES + 1; i++)
		fakehttp_script(fake, (struct fake_reply){ .bytes = "", .end = FAKE_RESET });
	sign_in("code=c&state=%s");
	assert_int_equal(ask.err.kind, ERR_NET);
	/* Debian 13's libcurl asks once more by itself when a connection that it kept is reset; Debian 12's does when it is closed. */
	asked = fakehttp_count(fake) - (1 + LOGIN_TRIES);
	assert_true(asked == LOGIN_TRIES || asked == LOGIN_TRIES + 1);
}

static void test_nobody_comes(void **state)
{
	(void)state;
	options.second_ms = 0;
	begin();
	/* What the timer would do after half an hour. */
	timer_start(&ask.login->limit, loop, 0, ask.login->limit.fire);
	LOOP_UNTIL(loop, done);
	check_failed(ERR_AUTH, "E-LOGIN-TIMEOUT");
}

static void test_told_before_anybody_signs_in(void **state)
{
	(void)state;
	options.place.state_dir = "/nonexistent/private";
	begin();
	assert_int_equal(prompted, 0);
	check_failed(ERR_STORE, "E-TOKEN-STORE");
	again();
	options.client.client_secret_file = "/nonexistent/secret";
	begin();
	check_failed(ERR_AUTH, "E-SECRET-NONE");
	again();
	options.place.token_key_file = tempdir_path(dir, "client_secret"); /* no key at all */
	begin();
	check_failed(ERR_AUTH, "E-TOKEN-KEY");
	if (geteuid() == 0) {
		again();
		assert_int_equal(chown(dir, 65534, 65534), 0);
		begin();
		assert_int_equal(chown(dir, 0, 0), 0);
		check_failed(ERR_CONFIG, "E-LOGIN-USER");
		assert_non_null(strstr(ask.err.remedy, "sudo -u nobody csp-usaged login"));
	}
	assert_int_equal(prompted, 0);
}

static void test_sealed_or_not(void **state)
{
	static const char key[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	char path[TEMPDIR_PATH];

	(void)state;
	tempdir_put(dir, "key", key, 0600);
	snprintf(path, sizeof(path), "%s", tempdir_path(dir, "key"));
	options.place.token_key_file = path;
	sign_in("code=c&state=%s");
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_true(ask.facts.sealed && !ask.facts.unsealed);
	check_stored("new-refresh");
	assert_null(strstr(tempdir_get(dir, "refresh-token"), "new-refresh"));
	prompted = done = 0;
	options.place.token_key_file = NULL; /* as a credential that only the service has */
	sign_in("code=c&state=%s");
	assert_int_equal(ask.err.kind, ERR_NONE);
	assert_true(!ask.facts.sealed && ask.facts.unsealed);
	check_stored("new-refresh");
}

/* In every state, silently; what is stored is the old one, or the new one and login_is_storing said so. */
static void test_cancelled_after_any_number_of_turns(void **state)
{
	(void)state;
	for (int turns = 0; turns < 60; turns++) {
		bool storing;

		login_start(&ask, loop, http, &options);
		for (int i = 0; i < turns && !done; i++) {
			uv_run(loop, UV_RUN_NOWAIT);
			usleep(300);
			if (prompted == 1) {
				prompted++;
				browser_goes("code=c&state=%s");
			}
		}
		storing = login_is_storing(&ask) || done;
		login_cancel(&ask);
		login_cancel(&ask);
		assert_null(ask.login);
		browser_leaves();
		if (!storing)
			assert_string_equal(tempdir_get(dir, "refresh-token"), "old-token\n");
		again();
	}
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(signs_in),
		T(pasted),
		T(another_state_is_another_sign_in),
		T(refused_in_the_browser),
		T(the_code_is_refused),
		T(whose_account),
		T(what_the_answer_lacks),
		T(mfa_is_told),
		T(partner_center_refuses),
		T(a_request_without_luck_is_made_again),
		T(but_not_for_ever),
		T(nobody_comes),
		T(told_before_anybody_signs_in),
		T(sealed_or_not),
		T(cancelled_after_any_number_of_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
