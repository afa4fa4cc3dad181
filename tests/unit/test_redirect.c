/* SPDX-License-Identifier: MIT */
#include "auth/redirect.h"
#include "base/limits.h"
#include "tests/support/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct redirect r;
static struct err e;

static int parse_bytes(const char *p, size_t n)
{
	char *copy = malloc(n ? n : 1); /* no byte too long, so that a read beyond the end is seen */
	int rc;

	memcpy(copy, p, n);
	rc = redirect_parse(&r, (struct span){ copy, n }, &e);
	free(copy);
	return rc;
}

static int parse(const char *query)
{
	return parse_bytes(query, strlen(query));
}

static void check_refused(const char *query, const char *why)
{
	assert_int_equal(parse(query), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
	if (!strstr(e.text, why))
		fail_msg("\"%s\": %s", query, e.text);
	redirect_fini(&r);
}

static void test_a_code(void **state)
{
	(void)state;
	assert_int_equal(parse("code=1.AX-_%2e%7Eb&state=s&session_state=7b3c6f5e#"), 0);
	assert_string_equal(buf_text(&r.code), "1.AX-_.~b");
	assert_string_equal(buf_text(&r.state), "s");
	assert_int_equal(r.error.n, 0);
	redirect_fini(&r);
	assert_int_equal(parse("&&x&=y&state=&code=c&code2=d&"), 0);
	assert_string_equal(buf_text(&r.code), "c");
	assert_int_equal(r.state.n, 0);
	redirect_fini(&r);
	redirect_fini(&r);
}

static void test_an_error(void **state)
{
	(void)state;
	assert_int_equal(parse("error=access_denied&error_subcode=cancel&state=s&"
			       "error_description=AADSTS65004%3a+User+declined.%0d%0aTrace+ID%3a+1%00%c3%a9"), 0);
	assert_string_equal(buf_text(&r.error), "access_denied");
	assert_int_equal(r.code.n, 0);
	assert_memory_equal(r.description.p, "AADSTS65004: User declined.\r\nTrace ID: 1\0\xc3\xa9", 44);
	redirect_fini(&r);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused("", "neither");
	check_refused("state=s", "neither");
	check_refused("code=&state=s", "neither");
	check_refused("code=a&error=b&state=s", "both");
	check_refused("code=a&code=b&state=s", "code is there twice");
	check_refused("code=a&state=s&state=s", "state is there twice");
	check_refused("code=&code=b&state=s", "code is there twice");
	check_refused("error=a&error_description=b&error_description=c", "error_description is there twice");
	check_refused("code=a%&state=s", "code is cut off");
	check_refused("code=a%4&state=s", "code is cut off");
	check_refused("code=a%4x&state=s", "code is cut off");
	check_refused("code=a%x4&state=s", "code is cut off");
	check_refused("state=s&code=%4", "code is cut off");
	check_refused("code=a+b&state=s", "never have");
	check_refused("code=a%00b&state=s", "never have");
	check_refused("code=a%0ab&state=s", "never have");
	check_refused("code=a&state=%c3%a9", "never have");
	check_refused("code=a&state=s\x7f", "never have");
}

static void test_errors_hold_nothing_of_the_query(void **state)
{
	(void)state;
	check_refused("code=SECRET&code=SECRET", "twice");
	assert_null(strstr(e.text, "SECRET"));
	check_refused("code=SECRET%zz", "wrongly encoded");
	assert_null(strstr(e.text, "SECRET"));
}

static void test_too_long(void **state)
{
	static char query[LIMIT_REDIRECT_BYTES + 100] = "code=";

	(void)state;
	memset(query + 5, 'c', LIMIT_REDIRECT_BYTES);
	assert_int_equal(parse(query), 0);
	assert_int_equal(r.code.n, LIMIT_REDIRECT_BYTES);
	redirect_fini(&r);
	query[5 + LIMIT_REDIRECT_BYTES] = 'c';
	check_refused(query, "too long");
}

static void check_pasted(const char *pasted, const char *want)
{
	struct span got = redirect_query_of(span_of(pasted));

	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.n ? got.p : "", want, got.n);
}

static void test_pasted(void **state)
{
	(void)state;
	check_pasted("http://localhost:40123/?code=a&state=b", "code=a&state=b");
	check_pasted("  \"http://localhost:40123/?code=a&state=b#\"\r\n", "code=a&state=b");
	check_pasted("<http://localhost:40123?code=a?b>", "code=a?b");
	check_pasted("localhost:40123/?code=a&state=b\n", "code=a&state=b");
	check_pasted("?code=a&state=b", "code=a&state=b");
	check_pasted("code=a&state=b", "code=a&state=b");
	check_pasted("", "");
	check_pasted(" \n", "");
	check_pasted("?", "");
	check_pasted("#?code=a", "");
}

/* Whatever comes: taken or refused, never a crash, and what is taken can go into a form. */
static void test_any_bytes(void **state)
{
	static const char good[] = "code=a%2Eb&state=cd&error_description=x+y&session_state=1&error=e";
	struct rng rng = { rng_seed() };
	char bytes[sizeof(good)];

	(void)state;
	print_message("CSP_TEST_SEED=%llu\n", (unsigned long long)rng.state);
	for (int round = 0; round < 100000; round++) {
		size_t n = rng_below(&rng, sizeof(good));
		struct span query;

		memcpy(bytes, good, sizeof(good));
		for (size_t i = rng_below(&rng, 5); i; i--)
			bytes[rng_below(&rng, sizeof(good))] = "%&=+?#a\0\x80"[rng_below(&rng, 9)];
		query = redirect_query_of((struct span){ bytes, n });
		if (parse_bytes(query.n ? query.p : "", query.n) == 0)
			assert_true((r.code.n == 0) != (r.error.n == 0) && strlen(buf_text(&r.code)) == r.code.n);
		redirect_fini(&r);
	}
}

#define T(name) cmocka_unit_test(test_##name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_code), T(an_error), T(refused), T(errors_hold_nothing_of_the_query), T(too_long), T(pasted), T(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
