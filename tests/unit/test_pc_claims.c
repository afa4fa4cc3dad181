/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/mem.h"
#include "partner/pc_claims.h"
#include "partner/pc_json.h"
#include "tests/support/rng.h"
#include "value/base64url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TENANT "1f5ccb06-8e36-4a74-a74c-fcaa9e87e26a"
#define CLIENT "7b3c6f5e-0f4a-4b7e-9a55-2c1d8e90aa01"
#define MUST "\"tid\":\"" TENANT "\",\"aud\":\"" CLIENT "\""

static struct guid client;
static struct pc_claims claims;
static struct err e;

static int setup(void **state)
{
	(void)state;
	pc_json_setup();
	return guid_parse(&client, span_of(CLIENT), &e);
}

/* As an id_token; the caller frees it. */
static char *token_of(const char *json)
{
	struct buf out;

	buf_init(&out, LIMIT_TOKEN_BYTES);
	assert_int_equal(buf_add_text(&out, "eyJ0eXAiOiJKV1QifQ."), 0);
	assert_int_equal(base64url_encode(&out, span_of(json)), 0);
	assert_int_equal(buf_add_text(&out, ".c2ln"), 0);
	return buf_take(&out);
}

static int decode(const char *json)
{
	char *token = token_of(json);
	int rc = pc_claims_decode(&claims, token, client, &e);

	free(token);
	return rc;
}

static void check_refused(const char *json, const char *why)
{
	memset(&claims, 7, sizeof(claims));
	assert_int_equal(decode(json), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
	assert_string_equal(e.text, why);
	assert_string_equal(e.code, "E-FORMAT-ID-TOKEN");
	assert_true(e.remedy[0]);
	assert_int_equal(claims.oid[0], 7);
}

static void test_a_user_of_v2(void **state)
{
	char tenant[GUID_TEXT_MAX];

	(void)state;
	assert_int_equal(decode("{" MUST ",\"oid\":\"o-1\",\"preferred_username\":\"a@b.example\",\"name\":\"J\\u00f6rg\",\"iss\":\"https://i/v2.0\","
				"\"upn\":\"other\",\"exp\":1,\"amr\":[\"pwd\"]}"), 0);
	guid_print(claims.tenant, tenant);
	assert_string_equal(tenant, TENANT);
	assert_string_equal(claims.oid, "o-1");
	assert_string_equal(claims.upn, "a@b.example");
	assert_string_equal(claims.name, "J\xc3\xb6rg");
	assert_string_equal(claims.issuer, "https://i/v2.0");
	assert_false(pc_claims_is_personal(&claims));
}

static void test_other_names_of_the_user(void **state)
{
	(void)state;
	assert_int_equal(decode("{" MUST ",\"upn\":\"u\",\"unique_name\":\"n\"}"), 0);
	assert_string_equal(claims.upn, "u");
	assert_int_equal(decode("{" MUST ",\"unique_name\":\"n\",\"email\":\"m\"}"), 0);
	assert_string_equal(claims.upn, "n");
	assert_int_equal(decode("{" MUST ",\"preferred_username\":null,\"email\":\"m\"}"), 0);
	assert_string_equal(claims.upn, "m");
	assert_int_equal(decode("{" MUST ",\"preferred_username\":5}"), 0);
	assert_string_equal(claims.upn, "");
	assert_string_equal(claims.name, "");
}

static void test_case_of_guids_is_no_matter(void **state)
{
	(void)state;
	assert_int_equal(decode("{\"tid\":\"1F5CCB06-8E36-4A74-A74C-FCAA9E87E26A\",\"aud\":\"7B3C6F5E-0F4A-4B7E-9A55-2C1D8E90AA01\"}"), 0);
}

static void test_personal(void **state)
{
	(void)state;
	assert_int_equal(decode("{\"tid\":\"9188040d-6c67-4c5b-b112-36a304b66dad\",\"aud\":\"" CLIENT "\"}"), 0);
	assert_true(pc_claims_is_personal(&claims));
}

static void test_texts_can_not_steer_a_terminal(void **state)
{
	char json[2000];
	size_t n;

	(void)state;
	assert_int_equal(decode("{" MUST ",\"name\":\"a\\u001b[2Jb\\nc\\u009bd\",\"oid\":\"\\u202ex\"}"), 0);
	assert_string_equal(claims.name, "a [2Jb c d");
	n = (size_t)snprintf(json, sizeof(json), "{" MUST ",\"name\":\"");
	memset(json + n, 'x', 1000);
	snprintf(json + n + 1000, sizeof(json) - n - 1000, "\"}");
	assert_int_equal(decode(json), 0);
	assert_true(strlen(claims.name) < PC_ERROR_TEXT_MAX);
}

static void test_refused(void **state)
{
	static const char *const none[] = { "", ".", "..", "a.b", "a.b.c", "a.b.c.d", "a.e30=.c", "x.bnVsbA.y", "x.W10.y", "x.e30.y.", "eyJ0aWQi" };

	(void)state;
	check_refused("{}", "id_token: tid: no tenant");
	check_refused("{\"aud\":\"" CLIENT "\"}", "id_token: tid: no tenant");
	check_refused("{\"tid\":\"common\",\"aud\":\"" CLIENT "\"}", "id_token: tid: no tenant");
	check_refused("{\"tid\":5,\"aud\":\"" CLIENT "\"}", "id_token: tid: no tenant");
	check_refused("{\"tid\":\"" TENANT "\"}", "id_token: aud: it is for another application");
	check_refused("{\"tid\":\"" TENANT "\",\"aud\":[\"" CLIENT "\"]}", "id_token: aud: it is for another application");
	check_refused("{\"tid\":\"" TENANT "\",\"aud\":\"" TENANT "\"}", "id_token: aud: it is for another application");
	check_refused("{" MUST ",\"tid\":\"" TENANT "\"}", "id_token: not a JSON Web Token");
	check_refused("[" "]", "id_token: not a JSON Web Token");
	check_refused("{" MUST "} ,", "id_token: not a JSON Web Token");
	for (size_t i = 0; i < countof(none); i++) {
		assert_int_equal(pc_claims_decode(&claims, none[i], client, &e), -1);
		assert_non_null(strstr(e.text, "id_token: "));
	}
	assert_int_equal(pc_claims_decode(&claims, NULL, client, &e), -1);
	assert_string_equal(e.text, "id_token: missing");
}

static void test_any_bytes(void **state)
{
	char *good = token_of("{" MUST ",\"oid\":\"o\",\"name\":\"n\"}");
	struct rng rng = { rng_seed() };
	size_t n = strlen(good);

	(void)state;
	print_message("CSP_TEST_SEED=%llu\n", (unsigned long long)rng.state);
	for (int round = 0; round < 20000; round++) {
		char *token = xstrndup(good, rng_one_in(&rng, 4) ? rng_below(&rng, n) : n);
		size_t left = strlen(token);

		for (size_t i = rng_below(&rng, 3); i && left; i--)
			token[rng_below(&rng, left)] = "ABz09-_.=%\x80"[rng_below(&rng, 11)];
		(void)!pc_claims_decode(&claims, token, client, &e);
		free(token);
	}
	free(good);
}

#define T(name) cmocka_unit_test(test_##name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_user_of_v2), T(other_names_of_the_user), T(case_of_guids_is_no_matter), T(personal),
		T(texts_can_not_steer_a_terminal), T(refused), T(any_bytes),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
