/* SPDX-License-Identifier: MIT */
#include "value/guid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define LOWER "83ef9d05-4169-4ef9-9657-0e86b1eab1de"
#define UPPER "83EF9D05-4169-4EF9-9657-0E86B1EAB1DE"

static void test_parse_any_case_gives_the_same_guid(void **state)
{
	struct err e = ERR_INIT;
	struct guid lower, upper;
	char text[GUID_TEXT_MAX];

	(void)state;
	assert_int_equal(guid_parse(&lower, SPAN_LITERAL(LOWER), &e), 0);
	assert_int_equal(guid_parse(&upper, SPAN_LITERAL(UPPER), &e), 0);
	assert_true(guid_equal(lower, upper));
	assert_int_equal(lower.b[0], 0x83);
	assert_int_equal(lower.b[15], 0xde);
	guid_print(upper, text);
	assert_string_equal(text, LOWER);
}

static void test_parse_malformed_is_refused_and_changes_nothing(void **state)
{
	static const char *const malformed[] = {
		"",
		"83ef9d05",
		"83ef9d05-4169-4ef9-9657-0e86b1eab1d",
		"83ef9d05-4169-4ef9-9657-0e86b1eab1dee",
		"83ef9d0541694ef996570e86b1eab1de",
		"{3ef9d05-4169-4ef9-9657-0e86b1eab1d}",
		"83ef9d05-4169-4ef9-9657-0e86b1eab1dg",
		"83ef9d05-4169-4ef9-96570-e86b1eab1de",
		"83ef9d05 4169-4ef9-9657-0e86b1eab1de",
		" 3ef9d05-4169-4ef9-9657-0e86b1eab1de",
		"83ef9d05-4169-4ef9-9657-0e86b1eab1d\n",
		"-3ef9d05-4169-4ef9-9657-0e86b1eab1de",
	};

	(void)state;
	for (size_t i = 0; i < countof(malformed); i++) {
		struct err e = ERR_INIT;
		struct guid g = { { 7 } };

		assert_int_equal(guid_parse(&g, span_of(malformed[i]), &e), -1);
		assert_int_equal(e.kind, ERR_FORMAT);
		assert_non_null(strstr(e.text, "expected a GUID"));
		assert_int_equal(g.b[0], 7);
	}
}

static void test_parse_every_wrong_byte_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < GUID_TEXT_MAX - 1; i++) {
		for (int c = 0; c < 256; c++) {
			char text[] = LOWER;
			struct err e = ERR_INIT;
			struct guid g;
			bool dash = i == 8 || i == 13 || i == 18 || i == 23;
			bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
			bool legal = dash ? c == '-' : hex;

			text[i] = (char)c;
			assert_int_equal(guid_parse(&g, (struct span){ text, GUID_TEXT_MAX - 1 }, &e), legal ? 0 : -1);
		}
	}
}

static void test_is_zero(void **state)
{
	struct err e = ERR_INIT;
	struct guid g;

	(void)state;
	assert_int_equal(guid_parse(&g, SPAN_LITERAL("00000000-0000-0000-0000-000000000000"), &e), 0);
	assert_true(guid_is_zero(g));
	assert_int_equal(guid_parse(&g, SPAN_LITERAL("00000000-0000-0000-0000-000000000001"), &e), 0);
	assert_false(guid_is_zero(g));
}

static void test_random_is_version_4_and_new_each_time(void **state)
{
	struct guid seen[1000];

	(void)state;
	for (size_t i = 0; i < countof(seen); i++) {
		seen[i] = guid_random();
		assert_int_equal(seen[i].b[6] >> 4, 4);
		assert_int_equal(seen[i].b[8] >> 6, 2);
		for (size_t j = 0; j < i; j++)
			assert_false(guid_equal(seen[i], seen[j]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_any_case_gives_the_same_guid),
		cmocka_unit_test(test_parse_malformed_is_refused_and_changes_nothing),
		cmocka_unit_test(test_parse_every_wrong_byte_is_refused),
		cmocka_unit_test(test_is_zero),
		cmocka_unit_test(test_random_is_version_4_and_new_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
