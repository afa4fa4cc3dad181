/* SPDX-License-Identifier: MIT */
#include "value/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static int setup(void **state)
{
	*state = digester_new();
	return 0;
}

static int teardown(void **state)
{
	digester_free(*state);
	return 0;
}

static struct digest of_fields(struct digester *d, const char *a, const char *b)
{
	digester_start(d);
	digester_field(d, span_of(a));
	digester_field(d, span_of(b));
	return digester_finish(d);
}

static void assert_hex(struct digest d, const char *hex)
{
	char text[2 * sizeof(d.b) + 1];

	for (size_t i = 0; i < sizeof(d.b); i++)
		snprintf(text + 2 * i, 3, "%02x", d.b[i]);
	assert_string_equal(text, hex);
}

static void test_bytes_are_plain_sha256_cut_to_128_bits(void **state)
{
	struct digester *d = *state;

	digester_start(d);
	assert_hex(digester_finish(d), "e3b0c44298fc1c149afbf4c8996fb924");
	digester_start(d);
	digester_bytes(d, SPAN_LITERAL("ab"));
	digester_bytes(d, SPAN_LITERAL(""));
	digester_bytes(d, SPAN_LITERAL("c"));
	assert_hex(digester_finish(d), "ba7816bf8f01cfea414140de5dae2223");
}

/* Frozen: purchase references are stored for life, so what goes into the hash must never change.
 * python3: sha256(b"f" + (2).to_bytes(8, "big") + b"ab" + b"n" + (-5).to_bytes(8, "big", signed=True)) */
static void test_fields_and_numbers_have_a_frozen_form(void **state)
{
	struct digester *d = *state;

	digester_start(d);
	digester_field(d, SPAN_LITERAL("ab"));
	digester_number(d, -5);
	assert_hex(digester_finish(d), "8d6c9ad1fd4f9e3a3a154827ff39aeb2");
}

static void test_fields_are_kept_apart(void **state)
{
	struct digester *d = *state;
	struct digest a = of_fields(d, "ab", "c");

	assert_false(digest_equal(a, of_fields(d, "a", "bc")));
	assert_false(digest_equal(a, of_fields(d, "abc", "")));
	assert_false(digest_equal(a, of_fields(d, "", "abc")));
	assert_true(digest_equal(a, of_fields(d, "ab", "c")));
}

static void test_null_field_is_the_empty_field(void **state)
{
	struct digester *d = *state;

	assert_true(digest_equal(of_fields(d, NULL, "x"), of_fields(d, "", "x")));
}

static void test_number_is_not_a_field_of_its_bytes(void **state)
{
	struct digester *d = *state;
	struct digest number, field;

	digester_start(d);
	digester_number(d, 1);
	number = digester_finish(d);
	digester_start(d);
	digester_field(d, (struct span){ "\0\0\0\0\0\0\0\1", 8 });
	field = digester_finish(d);
	assert_false(digest_equal(number, field));
}

static void test_start_drops_what_was_not_finished(void **state)
{
	struct digester *d = *state;

	digester_start(d);
	digester_bytes(d, SPAN_LITERAL("half"));
	digester_start(d);
	digester_bytes(d, SPAN_LITERAL("abc"));
	assert_hex(digester_finish(d), "ba7816bf8f01cfea414140de5dae2223");
}

/* Some are gathered, some are hashed at once, in every order. */
static void test_pieces_of_any_length_make_one_sequence(void **state)
{
	struct digester *d = *state;
	char bytes[4000];
	struct digest whole;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 256);
	digester_start(d);
	digester_bytes(d, (struct span){ bytes, sizeof(bytes) });
	whole = digester_finish(d);
	for (size_t seed = 0; seed < 300; seed++) {
		digester_start(d);
		for (size_t at = 0, n, step = seed; at < sizeof(bytes); at += n, step += 251) {
			n = step * step % 700;
			n = n < sizeof(bytes) - at ? n : sizeof(bytes) - at;
			digester_bytes(d, (struct span){ bytes + at, n });
		}
		assert_true(digest_equal(digester_finish(d), whole));
	}
	assert_hex(whole, "960c1e92df206a8fe9e47b2c2a14f72d");
}

static void test_free_accepts_null(void **state)
{
	(void)state;
	digester_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bytes_are_plain_sha256_cut_to_128_bits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fields_and_numbers_have_a_frozen_form, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fields_are_kept_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_null_field_is_the_empty_field, setup, teardown),
		cmocka_unit_test_setup_teardown(test_number_is_not_a_field_of_its_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_start_drops_what_was_not_finished, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pieces_of_any_length_make_one_sequence, setup, teardown),
		cmocka_unit_test(test_free_accepts_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
