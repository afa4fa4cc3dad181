/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "json/canonical.h"

static void expect(const char *raw, const char *form)
{
	struct buf out;

	buf_init(&out, 10000);
	canonical_json(&out, span_of(raw));
	assert_string_equal(buf_text(&out), form);
	buf_fini(&out);
}

static void test_members_are_sorted_and_closed_up(void **state)
{
	(void)state;
	expect("{\"b\": \"2\",\r\n \"a\" : {\"z\": 1, \"y\":2}}", "\"a\":{\"z\": 1, \"y\":2},\"b\":\"2\",");
	expect("{\"a\":1,\"ab\":2,\"B\":1e-06}", "\"B\":1e-06,\"a\":1,\"ab\":2,");
}

static void test_other_values_stay_as_they_are(void **state)
{
	(void)state;
	expect("", "");
	expect("[1, 2]", "[1, 2]");
	expect("\"text\"", "\"text\"");
	expect("{\"cut", "{\"cut");
	expect("{}", "");
}

static void test_compact_leaves_strings_alone(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	assert_int_equal(compact_json(&out, span_of("\r\n { \"a b\" : \"x \\\" { y\\\\\" ,\t\"c\":[ 1e-06 , null ] } ")), 0);
	assert_string_equal(buf_text(&out), "{\"a b\":\"x \\\" { y\\\\\",\"c\":[1e-06,null]}");
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_are_sorted_and_closed_up),
		cmocka_unit_test(test_compact_leaves_strings_alone),
		cmocka_unit_test(test_other_values_stay_as_they_are),
	};

	return cmocka_run_group_tests_name("canonical", tests, NULL, NULL);
}
