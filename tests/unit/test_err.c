/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_set_fills_kind_and_text_alone(void **state)
{
	struct err e = { .kind = ERR_NET, .code = "E-OLD", .remedy = "old", .text = "old" };

	(void)state;
	assert_int_equal(err_set(&e, ERR_FORMAT, "byte %d: %s", 7, "expected a name"), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
	assert_string_equal(e.text, "byte 7: expected a name");
	assert_string_equal(e.code, "");
	assert_string_equal(e.remedy, "");
}

static void test_errno_puts_the_reason_behind(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	errno = ENOSPC;
	assert_int_equal(err_errno(&e, ERR_STORE, "write %s", "FILE"), -1);
	assert_int_equal(e.kind, ERR_STORE);
	assert_string_equal(e.text, "write FILE: No space left on device");
}

static void test_wrap_puts_the_place_in_front_and_keeps_the_rest(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_AUTH, "HTTP %d", 401);
	err_advise(&e, "E-AUTH", "give consent again");
	assert_int_equal(err_wrap(&e, "page %u", 3u), -1);
	assert_int_equal(err_wrap(&e, "customer %s", "x"), -1);
	assert_string_equal(e.text, "customer x: page 3: HTTP 401");
	assert_int_equal(e.kind, ERR_AUTH);
	assert_string_equal(e.code, "E-AUTH");
	assert_string_equal(e.remedy, "give consent again");
}

static void test_advise_leaves_what_is_null(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_CONFIG, "x");
	assert_int_equal(err_advise(&e, "E-ONE", "one"), -1);
	err_advise(&e, NULL, "two");
	assert_string_equal(e.code, "E-ONE");
	assert_string_equal(e.remedy, "two");
	err_advise(&e, "E-TWO", NULL);
	assert_string_equal(e.code, "E-TWO");
	assert_string_equal(e.remedy, "two");
	assert_string_equal(e.text, "x");
}

static void test_long_texts_are_cut_and_say_so(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	for (int n = ERR_TEXT_MAX - 3; n <= ERR_TEXT_MAX + 3; n++) {
		err_set(&e, ERR_NET, "%0*d", n, 1);
		assert_int_equal(strlen(e.text), n < ERR_TEXT_MAX ? n : ERR_TEXT_MAX - 1);
		assert_int_equal(strcmp(e.text + strlen(e.text) - 3, "...") == 0, n >= ERR_TEXT_MAX);
	}
	err_advise(&e, "E-123456789012345678901234567890123456789", "short");
	assert_string_equal(e.code + ERR_CODE_MAX - 4, "...");
	for (int i = 0; i < 1000; i++)
		err_wrap(&e, "place %d", i);
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
	assert_memory_equal(e.text, "place 999: place 998: ", 22);
	err_wrap(&e, "%0*d", 2 * ERR_TEXT_MAX, 1);
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
}

static void test_text_from_outside_is_no_format(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_FORMAT, "%s", "%s%n%d");
	err_wrap(&e, "%s", "100%n");
	assert_string_equal(e.text, "100%n: %s%n%d");
}

static void test_what_does_not_print_is_a_question_mark(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_FORMAT, "%s", "caf\xc3\xa9 \xe2\x82\xac");
	assert_string_equal(e.text, "caf\xc3\xa9 \xe2\x82\xac");
	err_set(&e, ERR_FORMAT, "found \"%.*s\"", 4, "a\x1b[\xc3\xa9"); /* cut within a character */
	assert_string_equal(e.text, "found \"a?[?\"");
	err_wrap(&e, "%s", "1\n2\x7f" "3\xc2\x85" "4\xe2\x80\xa8" "5\xff");
	assert_string_equal(e.text, "1?2?3??4???5?: found \"a?[?\"");
	err_set(&e, ERR_FORMAT, "%0*d%s", ERR_TEXT_MAX - 5, 1, "\xe2\x82\xac\xe2\x82\xac");
	assert_string_equal(e.text + ERR_TEXT_MAX - 5, "?...");
	err_advise(&e, NULL, "a\nb");
	assert_string_equal(e.remedy, "a?b");
}

static void test_clear_and_names(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_CANCELLED, "x");
	err_clear(&e);
	assert_int_equal(e.kind, ERR_NONE);
	assert_string_equal(e.text, "");
	for (unsigned kind = ERR_NONE; kind <= ERR_CANCELLED; kind++) {
		assert_non_null(err_kind_name(kind));
		assert_string_not_equal(err_kind_name(kind), "unknown");
	}
	assert_string_equal(err_kind_name(ERR_AUTH), "auth");
	assert_string_equal(err_kind_name((enum err_kind)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_fills_kind_and_text_alone),
		cmocka_unit_test(test_errno_puts_the_reason_behind),
		cmocka_unit_test(test_wrap_puts_the_place_in_front_and_keeps_the_rest),
		cmocka_unit_test(test_advise_leaves_what_is_null),
		cmocka_unit_test(test_long_texts_are_cut_and_say_so),
		cmocka_unit_test(test_text_from_outside_is_no_format),
		cmocka_unit_test(test_what_does_not_print_is_a_question_mark),
		cmocka_unit_test(test_clear_and_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
