/* SPDX-License-Identifier: MIT */
#include "daemon/say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 6

static const char *said(const char *text, int width)
{
	static char out[200];
	FILE *f = tmpfile();
	size_t n;

	assert_non_null(f);
	if (width)
		say_column(f, text, width);
	else
		say_text(f, text);
	rewind(f);
	n = fread(out, 1, sizeof(out) - 1, f);
	out[n] = '\0';
	fclose(f);
	return out;
}

static void test_text_from_outside_can_not_draw(void **state)
{
	(void)state;
	assert_string_equal(said("caf\xc3\xa9 \xec\x84\x9c \xf0\x9f\x98\x80", 0), "caf\xc3\xa9 \xec\x84\x9c \xf0\x9f\x98\x80");
	assert_string_equal(said("a\x1b[2J\n\x7f", 0), "a?[2J??");
	assert_string_equal(said("\xc2\x9b" "31m", 0), "?31m");         /* CSI as one character, */
	assert_string_equal(said("\x9b" "31m\xff\xc3", 0), "?31m??");   /* as one byte, and broken ones */
	assert_string_equal(said("\xe2\x80\xaemoc.b", 0), "?moc.b");   /* read backwards */
	assert_string_equal(said("", 0), "");
}

static void test_columns_are_cut_and_filled_by_characters(void **state)
{
	(void)state;
	assert_string_equal(said("ab", WIDTH), "ab    ");
	assert_string_equal(said("\xc3\xa9\xc3\xa9", WIDTH), "\xc3\xa9\xc3\xa9    ");
	assert_string_equal(said("\xc3\xa9" "2345\xe2\x82\xac" "7", WIDTH), "\xc3\xa9" "2345\xe2\x82\xac");
	assert_string_equal(said("\xc2\x9b", WIDTH), "?     ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_from_outside_can_not_draw),
		cmocka_unit_test(test_columns_are_cut_and_filled_by_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
