/* SPDX-License-Identifier: MIT */
#include "partner/pc_error.h"

#include "partner/pc_json.h"
#include "tests/support/decoded.h"
#include "tests/support/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
	(void)state;
	pc_json_setup();
	return 0;
}

static void answer_is(long status, const char *body, enum pc_answer answer, enum err_kind kind, const char *code, const char *text)
{
	struct err e = ERR_INIT;

	assert_int_equal(pc_error_decode(&e, status, span_of(body)), answer);
	assert_int_equal(e.kind, kind);
	assert_string_equal(e.code, code);
	assert_string_equal(e.text, text);
	assert_true(e.remedy[0] != '\0');
}

static void test_codes_of_partner_center_decide(void **state)
{
	(void)state;
	answer_is(404, "{\"code\":\"20003\",\"description\":\"Subscription with id {0} not found.\",\"data\":[],\"source\":\"PartnerAPI\"}",
		  PC_NOT_FOUND, ERR_REMOTE, "E-PC-20003", "HTTP 404, code 20003: Subscription with id {0} not found.");
	answer_is(404, "{\"code\":20003}", PC_NOT_FOUND, ERR_REMOTE, "E-PC-20003", "HTTP 404, code 20003: the subscription is not found");
	answer_is(403, "\xef\xbb\xbf{\"code\":20002,\"description\":\"x\"}", PC_FORBIDDEN, ERR_REMOTE, "E-PC-20002", "HTTP 403, code 20002: x");
	answer_is(400, "{\"code\":\"3000\",\"description\":\"Customer does not have usage data.\"}", PC_NO_USAGE, ERR_REMOTE, "E-PC-3000",
		  "HTTP 400, code 3000: Customer does not have usage data.");
	answer_is(400, "{\"code\":\"3000\",\"description\":\"size\"}", PC_REFUSED, ERR_REMOTE, "E-PC-3000", "HTTP 400, code 3000: size");
	answer_is(401, "{\"code\":\"900421\"}", PC_PERSON, ERR_AUTH, "E-PC-900421", "HTTP 401, code 900421: the token has no MFA claim");
	answer_is(401, "{\"code\":\"800001\"}", PC_NEW_TOKEN, ERR_AUTH, "E-PC-800001", "HTTP 401, code 800001: the request had no partner token");
	answer_is(400, "{\"code\":800011}", PC_NOT_FOUND, ERR_REMOTE, "E-PC-800011", "HTTP 400, code 800011: not a valid Azure subscription");
	answer_is(500, "{\"code\":800003}", PC_RETRY, ERR_BUSY, "E-PC-800003", "HTTP 500, code 800003: unexpected error of the service");
	answer_is(501, "{\"code\":0}", PC_REFUSED, ERR_REMOTE, "E-PC-0", "HTTP 501, code 0: undefined error");
}

static void test_status_decides_when_no_code_is_known(void **state)
{
	(void)state;
	answer_is(403, "{\"message\":\"The supplied role does not have the rights to perform the requested operation.\"}", PC_PERSON, ERR_AUTH,
		  "E-PC-HTTP-403", "HTTP 403: The supplied role does not have the rights to perform the requested operation.");
	answer_is(429, "{\"statusCode\":429,\"message\":\"Rate limit is exceeded. Try again in 57 seconds.\"}", PC_RETRY, ERR_BUSY, "E-PC-HTTP-429",
		  "HTTP 429: Rate limit is exceeded. Try again in 57 seconds.");
	answer_is(503, "{\"Message\":\"x\"}", PC_RETRY, ERR_BUSY, "E-PC-HTTP-503", "HTTP 503: x");
	answer_is(504, "<html><body>x</body></html>", PC_RETRY, ERR_NET, "E-PC-HTTP-504", "HTTP 504: a gateway waited too long for the service");
	answer_is(502, "", PC_RETRY, ERR_NET, "E-PC-HTTP-502", "HTTP 502: a gateway got no good answer from the service");
	answer_is(401, NULL, PC_NEW_TOKEN, ERR_AUTH, "E-PC-HTTP-401", "HTTP 401: the token is refused");
	answer_is(404, "", PC_REFUSED, ERR_REMOTE, "E-PC-HTTP-404", "HTTP 404: not found");
	answer_is(404, "{\"description\":\"Subscription x was not found under this customer\"}", PC_NOT_FOUND, ERR_REMOTE, "E-PC-HTTP-404",
		  "HTTP 404: Subscription x was not found under this customer");
	answer_is(418, "[]", PC_REFUSED, ERR_REMOTE, "E-PC-HTTP-418", "HTTP 418: no description");
	answer_is(599, "", PC_RETRY, ERR_BUSY, "E-PC-HTTP-599", "HTTP 599: no description");
	answer_is(400, "{\"code\":\"123456789\",\"description\":\"new\"}", PC_REFUSED, ERR_REMOTE, "E-PC-HTTP-400", "HTTP 400, code 123456789: new");
	answer_is(400, "{\"code\":\"BadRequest\",\"message\":\"m\"}", PC_REFUSED, ERR_REMOTE, "E-PC-HTTP-400", "HTTP 400: m");
	answer_is(400, "{\"error\":{\"code\":2012,\"message\":\"m\"}}", PC_NOT_FOUND, ERR_REMOTE, "E-PC-2012", "HTTP 400, code 2012: m");
	answer_is(429, "{\"code\":\"20003\"}", PC_RETRY, ERR_BUSY, "E-PC-20003", "HTTP 429, code 20003: the subscription is not found");
}

static void test_samples_are_understood(void **state)
{
	struct err e = ERR_INIT;
	struct buf body;

	(void)state;
	sample_read(&body, "error.documented.shape.json");
	assert_int_equal(pc_error_decode(&e, 404, buf_span(&body)), PC_NOT_FOUND);
	assert_string_equal(e.code, "E-PC-20003");
	buf_fini(&body);
	sample_read(&body, "error.reported.role-403.message-only.json");
	assert_int_equal(pc_error_decode(&e, 403, buf_span(&body)), PC_PERSON);
	assert_int_equal(e.kind, ERR_AUTH);
	buf_fini(&body);
}

static void text_is(const char *from, const char *expected)
{
	char text[PC_ERROR_TEXT_MAX];

	pc_error_text(text, span_of(from));
	assert_string_equal(text, expected);
}

static void test_text_from_outside_becomes_one_plain_line(void **state)
{
	char from[2 * PC_ERROR_TEXT_MAX], text[PC_ERROR_TEXT_MAX];

	(void)state;
	text_is("", "");
	text_is(NULL, "");
	text_is(" a\r\n\t b\x7f ", "a b");
	text_is("a\x1b[31m<0>b", "a [31m<0>b");
	text_is("\xec\x84\x9c\xc2\x85\xe2\x80\xa8\xff\xc3x\xc3", "\xec\x84\x9c x");
	text_is("a\xe2\x80\xaemoc.b\xe2\x81\xa9", "a moc.b");
	for (size_t pad = 0; pad < 4; pad++) {
		memset(from, 'x', pad);
		for (size_t i = pad; i + 3 < sizeof(from); i += 3)
			memcpy(from + i, "\xe2\x82\xac", 4);
		pc_error_text(text, span_of(from));
		assert_true(strlen(text) < PC_ERROR_TEXT_MAX && strlen(text) >= PC_ERROR_TEXT_MAX - 6);
		assert_string_equal(text + strlen(text) - 6, "\xe2\x82\xac...");
	}
}

/* As gateways do that quote the request which they refuse. */
static void test_secrets_that_come_back_are_hidden(void **state)
{
	char from[2 * PC_ERROR_TEXT_MAX], text[PC_ERROR_TEXT_MAX];

	(void)state;
	text_is("bad body: client_id=11111111-2222-3333-4444-555555555555&client_secret=abc8Q~xyzAbCdEfGh.123_jklMNOpqr-STUvWx12&x=1",
		"bad body: client_id=11111111-2222-3333-4444-555555555555&[hidden]&x=1");
	text_is("Authorization: Bearer eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJodHRwczov.c2lnbmF0dXJl0", "Authorization: Bearer [hidden]");
	memset(from, '-', PC_ERROR_TEXT_MAX - 16);
	from[PC_ERROR_TEXT_MAX - 16] = ' ';
	snprintf(from + PC_ERROR_TEXT_MAX - 15, 64, "0.AXoA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6"); /* where the text is cut */
	pc_error_text(text, span_of(from));
	assert_null(strstr(text, "0.A"));
	text_is("AADSTS7000215: Invalid client secret provided for app '11111111-AAAA-3333-4444-555555555555'. Trace ID: 8d5c3c9e-2222-3333-4444-0",
		"AADSTS7000215: Invalid client secret provided for app '11111111-AAAA-3333-4444-555555555555'. Trace ID: 8d5c3c9e-2222-3333-4444-0");
	text_is("https://learn.microsoft.com/en-US/Partner-Center/V1 Microsoft.Partner.Service.Api.V1.Controllers",
		"https://learn.microsoft.com/en-US/Partner-Center/V1 Microsoft.Partner.Service.Api.V1.Controllers");
}

static void test_damaged_answers_are_survived(void **state)
{
	static const char body[] = "{\"code\":\"20003\",\"description\":\"Subscription with id {0} not found.\",\"error\":{\"message\":\"x\"}}";
	struct rng rng = { rng_seed() };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)rng.state);
	for (int round = 0; round < 10000; round++) {
		char damaged[sizeof(body)];
		struct err e = ERR_INIT;

		memcpy(damaged, body, sizeof(body));
		for (size_t i = 0; i < 2; i++)
			damaged[rng_below(&rng, sizeof(body) - 1)] = (char)rng_next(&rng);
		pc_error_decode(&e, 300 + (long)rng_below(&rng, 300), (struct span){ damaged, rng_below(&rng, sizeof(body)) });
		assert_int_not_equal(e.kind, ERR_NONE);
		for (const char *p = e.text; *p; p++)
			assert_true((unsigned char)*p >= ' ' && *p != 0x7f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes_of_partner_center_decide),
		cmocka_unit_test(test_status_decides_when_no_code_is_known),
		cmocka_unit_test(test_samples_are_understood),
		cmocka_unit_test(test_text_from_outside_becomes_one_plain_line),
		cmocka_unit_test(test_secrets_that_come_back_are_hidden),
		cmocka_unit_test(test_damaged_answers_are_survived),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
