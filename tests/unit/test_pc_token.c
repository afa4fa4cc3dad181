/* SPDX-License-Identifier: MIT */
#include "partner/pc_token.h"

#include "base/mem.h"
#include "partner/pc_json.h"
#include "tests/support/decoded.h"
#include "tests/support/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define JWT_HEAD "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9."
/* {"aud":"https://api.partnercenter.microsoft.com","amr":["pwd","mfa"],"name":"(u umlaut)?>"} */
#define WITH_MFA \
	JWT_HEAD "eyJhdWQiOiJodHRwczovL2FwaS5wYXJ0bmVyY2VudGVyLm1pY3Jvc29mdC5jb20iLCJhbXIiOlsicHdkIiwibWZhIl0sIm5hbWUiOiJcdTAwZmM_PiJ9" ".sig"
#define WITHOUT_MFA JWT_HEAD "eyJhbXIiOlsicHdkIl19.sig" /* {"amr":["pwd"]} */
#define WITHOUT_AMR JWT_HEAD "eyJhcHBpZCI6IngifQ.sig"   /* {"appid":"x"} */

static int setup(void **state)
{
	(void)state;
	pc_json_setup();
	return 0;
}

static void refused(const char *body, const char *why)
{
	struct pc_token t = { .mfa = 7 };
	struct err e = ERR_INIT;

	assert_int_equal(pc_token_decode(&t, span_of(body), &e), -1);
	assert_string_equal(e.text, why);
	assert_int_equal(e.kind, ERR_FORMAT);
	assert_string_equal(e.code, "E-FORMAT-TOKEN");
	assert_int_equal(t.mfa, 7);
}

static void sample_is(const char *name, const char *access, const char *refresh)
{
	struct err e = ERR_INIT;
	struct pc_token t;
	struct buf body;

	sample_read(&body, name);
	assert_int_equal(pc_token_decode(&t, buf_span(&body), &e), 0);
	assert_string_equal(t.access_token, access);
	if (refresh)
		assert_string_equal(t.refresh_token, refresh);
	else
		assert_null(t.refresh_token);
	assert_int_equal(t.expires_in_s, 3599);
	assert_int_equal(t.mfa, -1);
	pc_token_fini(&t);
	pc_token_fini(&t);
	buf_fini(&body);
}

static void test_samples_decode(void **state)
{
	(void)state;
	sample_is("token-ok.v1.documented.refresh.json", "eyJ0eXAi.EXAMPLE.v1", "EXAMPLE-REFRESH-TOKEN-V1");
	sample_is("token-ok.v2.documented.refresh.json", "eyJ0eXAi.EXAMPLE.v2", "EXAMPLE-REFRESH-TOKEN-V2");
	sample_is("token-ok.v2.documented.client-credentials.json", "eyJ0eXAi.EXAMPLE.app", NULL);
}

static int mfa_of(const char *access)
{
	struct err e = ERR_INIT;
	struct pc_token t;
	char body[512];
	int mfa;

	snprintf(body, sizeof(body), "{\"access_token\":\"%s\",\"expires_in\":3600}", access);
	assert_int_equal(pc_token_decode(&t, span_of(body), &e), 0);
	mfa = t.mfa;
	pc_token_fini(&t);
	return mfa;
}

static void test_mfa_is_read_from_the_access_token(void **state)
{
	(void)state;
	assert_int_equal(mfa_of(WITH_MFA), 1);
	assert_int_equal(mfa_of(WITHOUT_MFA), 0);
	assert_int_equal(mfa_of(WITHOUT_AMR), -1);
	assert_int_equal(mfa_of(JWT_HEAD "eyJhbXIiOiJtZmEifQ.s"), -1); /* {"amr":"mfa"} */
	assert_int_equal(mfa_of(JWT_HEAD "WzFd.s"), -1);               /* [1] */
	assert_int_equal(mfa_of(JWT_HEAD ".s"), -1);
	assert_int_equal(mfa_of(JWT_HEAD "e!.s"), -1);
	assert_int_equal(mfa_of("opaque"), -1);
	assert_int_equal(mfa_of("a.b"), -1);
	assert_int_equal(mfa_of("a.b.c.d.e"), -1);
	assert_int_equal(mfa_of("..."), -1);
}

static int64_t life_of(const char *expires)
{
	struct err e = ERR_INIT;
	struct pc_token t;
	char body[128];
	int64_t life;

	snprintf(body, sizeof(body), "\xef\xbb\xbf{\"access_token\":\"a\",\"expires_in\":%s}", expires);
	assert_int_equal(pc_token_decode(&t, span_of(body), &e), 0);
	life = t.expires_in_s;
	pc_token_fini(&t);
	return life;
}

static void test_life_is_clamped(void **state)
{
	(void)state;
	assert_int_equal(life_of("3599"), 3599);
	assert_int_equal(life_of("\"3599\""), 3599);
	assert_int_equal(life_of("0"), 60);
	assert_int_equal(life_of("\"1\""), 60);
	assert_int_equal(life_of("9223372036854775807"), 86400);
}

static void test_answer_without_a_usable_token_is_refused(void **state)
{
	char long_body[70000];

	(void)state;
	refused("", "byte 0: empty document");
	refused("[]", "not an object");
	refused("{\"expires_in\":1}", "access_token: missing");
	refused("{\"access_token\":\"\",\"expires_in\":1}", "access_token: missing");
	refused("{\"access_token\":7,\"expires_in\":1}", "access_token: not a text");
	refused("{\"access_token\":\"a\\r\\nX: y\",\"expires_in\":1}", "access_token: holds a character that no token has");
	refused("{\"access_token\":\"a\",\"refresh_token\":\"b c\",\"expires_in\":1}", "refresh_token: holds a character that no token has");
	refused("{\"access_token\":\"a\"}", "expires_in: missing");
	refused("{\"access_token\":\"a\",\"expires_in\":-1}", "expires_in: not a number of seconds");
	refused("{\"access_token\":\"a\",\"expires_in\":true}", "expires_in: not a number of seconds");
	refused("{\"access_token\":\"a\",\"access_token\":\"b\",\"expires_in\":1}", "byte 34: an object has a name twice");
	snprintf(long_body, sizeof(long_body), "{\"access_token\":\"%0*d\",\"expires_in\":1}", 66000, 1);
	refused(long_body, "access_token: longer than 65536 bytes");
}

static void test_errors_never_hold_the_token(void **state)
{
	static const char body[] = "{\"access_token\":\"SECRETSECRET\",\"refresh_token\":\"SECRETSECRET\",\"expires_in\":3599}";

	(void)state;
	for (size_t at = 0; at < sizeof(body) - 1; at++) {
		char damaged[sizeof(body)];
		struct err e = ERR_INIT;
		struct pc_token t;

		memcpy(damaged, body, sizeof(body));
		damaged[at] ^= 0x5;
		if (pc_token_decode(&t, (struct span){ damaged, sizeof(body) - 1 }, &e) == 0)
			pc_token_fini(&t);
		assert_null(strstr(e.text, "SECRET"));
		if (pc_token_decode(&t, (struct span){ body, at }, &e) == 0)
			pc_token_fini(&t);
		assert_null(strstr(e.text, "SECRET"));
	}
}

static void error_is(struct span body, long status, enum err_kind kind, const char *code, const char *text)
{
	struct err e = ERR_INIT;

	pc_token_error(&e, status, body);
	assert_string_equal(e.code, code);
	assert_int_equal(e.kind, kind);
	assert_true(e.remedy[0] != '\0');
	if (strncmp(e.text, text, strlen(text)) != 0)
		fail_msg("%s", e.text);
}

static void sample_error_is(const char *name, enum err_kind kind, const char *code, const char *text)
{
	struct buf body;

	sample_read(&body, name);
	error_is(buf_span(&body), 400, kind, code, text);
	buf_fini(&body);
}

static void test_recorded_errors_have_code_and_kind(void **state)
{
	(void)state;
	sample_error_is("token-error.v1.recorded.aadsts50126.json", ERR_AUTH, "E-AUTH-50126",
			"HTTP 400, invalid_grant: AADSTS70002: Error validating credentials. AADSTS50126: Invalid username or password Trace ID: ");
	sample_error_is("token-error.v2.documented.invalid-scope.json", ERR_AUTH, "E-AUTH-70011", "HTTP 400, invalid_scope: AADSTS70011: ");
	sample_error_is("token-error.v2.shape.invalid-grant-700082.json", ERR_AUTH, "E-AUTH-700082", "HTTP 400, invalid_grant: AADSTS700082: ");
	sample_error_is("token-error.v2.shape.interaction-required-50076.json", ERR_AUTH, "E-AUTH-50076",
			"HTTP 400, interaction_required: AADSTS50076: Due to a configuration change");
	sample_error_is("devicecode-poll.v2.shape.authorization-pending.json", ERR_BUSY, "E-AUTH-70016", "HTTP 400, authorization_pending: ");
}

static void test_error_name_decides_and_number_informs(void **state)
{
	(void)state;
	error_is(span_of("{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: expired\"}"), 401, ERR_AUTH, "E-AUTH-7000222",
		 "HTTP 401, invalid_client: AADSTS7000222: expired");
	error_is(span_of("{\"error\":\"invalid_grant\",\"error_codes\":[123456]}"), 400, ERR_AUTH, "E-AUTH-123456",
		 "HTTP 400, invalid_grant: the grant is not valid any more");
	error_is(span_of("{\"error\":\"temporarily_unavailable\",\"error_codes\":[70000]}"), 400, ERR_BUSY, "E-AUTH-70000", "HTTP 400, ");
	error_is(span_of("{\"error\":\"slow_down\"}"), 400, ERR_BUSY, "E-AUTH-SLOW-DOWN", "HTTP 400, slow_down: ");
	error_is(span_of("{\"error\":\"invalid_request\",\"error_codes\":[900144]}"), 400, ERR_REMOTE, "E-AUTH-900144", "HTTP 400, ");
	error_is(span_of("{\"error\":\"invalid_request\",\"error_codes\":[90002]}"), 400, ERR_AUTH, "E-AUTH-90002", "HTTP 400, ");
	error_is(span_of("{\"error\":\"invalid_grant\"}"), 429, ERR_BUSY, "E-AUTH-INVALID-GRANT", "HTTP 429, ");
	error_is(span_of("{\"error\":\"Evil\\n<0>x\",\"error_codes\":\"x\"}"), 400, ERR_REMOTE, "E-AUTH-HTTP-400", "HTTP 400, Evil <0>x: no description");
	error_is(span_of("<html>"), 503, ERR_BUSY, "E-AUTH-HTTP-503", "HTTP 503: no description");
	error_is(span_of(NULL), 500, ERR_BUSY, "E-AUTH-HTTP-500", "HTTP 500: no description");
}

static void test_damaged_answers_are_survived(void **state)
{
	static const char body[] = "{\"access_token\":\"" WITH_MFA "\",\"expires_in\":\"3599\",\"error\":\"x\",\"error_codes\":[1,2]}";
	struct rng rng = { rng_seed() };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)rng.state);
	for (int round = 0; round < 10000; round++) {
		char *damaged = xstrndup(body, sizeof(body) - 1);
		const size_t n = rng_one_in(&rng, 4) ? rng_below(&rng, sizeof(body)) : sizeof(body) - 1;
		struct err e = ERR_INIT;
		struct pc_token t;

		for (size_t i = 0; i < 2; i++)
			damaged[rng_below(&rng, sizeof(body) - 1)] = (char)rng_next(&rng);
		if (pc_token_decode(&t, (struct span){ damaged, n }, &e) == 0)
			pc_token_fini(&t);
		pc_token_error(&e, 400, (struct span){ damaged, n });
		assert_int_not_equal(e.kind, ERR_NONE);
		free(damaged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples_decode),
		cmocka_unit_test(test_mfa_is_read_from_the_access_token),
		cmocka_unit_test(test_life_is_clamped),
		cmocka_unit_test(test_answer_without_a_usable_token_is_refused),
		cmocka_unit_test(test_errors_never_hold_the_token),
		cmocka_unit_test(test_recorded_errors_have_code_and_kind),
		cmocka_unit_test(test_error_name_decides_and_number_informs),
		cmocka_unit_test(test_damaged_answers_are_survived),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
