/* SPDX-License-Identifier: MIT */
#include "auth/pkce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* RFC 7636, appendix B */
static void test_the_vector_of_the_rfc(void **state)
{
	char challenge[PKCE_TEXT_MAX];

	(void)state;
	pkce_challenge(SPAN_LITERAL("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), challenge);
	assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void check_text(const char *text)
{
	assert_int_equal(strlen(text), PKCE_TEXT_MAX - 1);
	assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), PKCE_TEXT_MAX - 1);
}

static void test_new_ones_are_new(void **state)
{
	struct pkce a, b;
	char challenge[PKCE_TEXT_MAX];

	(void)state;
	pkce_new(&a);
	pkce_new(&b);
	check_text(a.verifier);
	check_text(a.challenge);
	check_text(a.state);
	assert_string_not_equal(a.verifier, b.verifier);
	assert_string_not_equal(a.state, b.state);
	assert_string_not_equal(a.state, a.verifier);
	pkce_challenge(span_of(a.verifier), challenge);
	assert_string_equal(a.challenge, challenge);
}

static void test_only_the_whole_state_is_ours(void **state)
{
	struct pkce p, other;
	char text[PKCE_TEXT_MAX];

	(void)state;
	pkce_new(&p);
	pkce_new(&other);
	assert_true(pkce_state_is(&p, span_of(p.state)));
	assert_false(pkce_state_is(&p, span_of(other.state)));
	for (size_t i = 0; i < PKCE_TEXT_MAX - 1; i++) {
		memcpy(text, p.state, sizeof(text));
		text[i] ^= 1;
		assert_false(pkce_state_is(&p, span_of(text)));
		assert_false(pkce_state_is(&p, (struct span){ p.state, i }));
	}
	assert_false(pkce_state_is(&p, (struct span){ p.state, PKCE_TEXT_MAX }));
}

static void test_a_wiped_one_has_no_state(void **state)
{
	static const char zeros[PKCE_TEXT_MAX];
	struct pkce p;

	(void)state;
	pkce_new(&p);
	pkce_fini(&p);
	assert_memory_equal(&p, zeros, sizeof(zeros));
	assert_false(pkce_state_is(&p, (struct span){ zeros, PKCE_TEXT_MAX - 1 }));
	assert_false(pkce_state_is(&p, SPAN_LITERAL("")));
}

#define T(name) cmocka_unit_test(test_##name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_vector_of_the_rfc), T(new_ones_are_new), T(only_the_whole_state_is_ours), T(a_wiped_one_has_no_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
