/* SPDX-License-Identifier: MIT */
#include "daemon/scope.c"

#include "tests/support/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define A "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define B "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
#define C "33333333-cccc-4ccc-8ccc-cccccccccccc"

/* The ids as "1@LINE 2@LINE", by the digit each begins with. */
static void parsed_is(const char *text, const char *expected)
{
	struct scope s = { .ids = NULL };
	struct err e = ERR_INIT;
	char got[200] = "";
	size_t n = 0;

	if (scope_parse(&s, "F", span_of(text), &e) == -1)
		fail_msg("%s", e.text);
	for (size_t i = 0; i < s.count; i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%x@%u", i ? " " : "", s.ids[i].id.b[0] >> 4, s.ids[i].line);
	assert_string_equal(got, expected);
	scope_fini(&s);
}

static void refused_is(const char *text, const char *expected)
{
	struct scope s = { .ids = NULL };
	struct err e = ERR_INIT;

	assert_int_equal(scope_parse(&s, "F", span_of(text), &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_string_equal(e.text, expected);
	assert_true(e.remedy[0]);
	scope_fini(&s);
}

static void test_one_id_a_line_with_all_that_editors_add(void **state)
{
	(void)state;
	parsed_is(A, "1@1");
	parsed_is(B "\n" A "\n", "1@2 2@1");
	parsed_is("\xef\xbb\xbf" A "\r\n# 2025\r\n\r\n  " B "  \r\n", "1@1 2@4");
	parsed_is("{22222222-BBBB-4BBB-8BBB-BBBBBBBBBBBB}\n\"" A "\"", "1@2 2@1");
	parsed_is(A "\n" B "\n" A "\n", "1@1 2@2");
	parsed_is(A " \n#" B, "1@1");
}

static void test_a_csv_without_a_header_gives_the_first_id_of_a_line(void **state)
{
	(void)state;
	parsed_is("Contoso, Ltd.," A ",12.50\nFabrikam;" B ";1\n", "1@1 2@2");
	parsed_is("\"a," C "\"," A "\n", "1@1");
	parsed_is(A "\t" B "\n", "1@1");
	parsed_is("name,price\nx," A "\n", "1@2");
}

static void test_a_csv_with_a_header_gives_its_column(void **state)
{
	(void)state;
	parsed_is("customerId,SubscriptionId,x\n" C "," A ",\n" C "," B ",\n", "1@2 2@3");
	parsed_is("# export\n\"Customer ID\";\"Subscription ID\"\n\"" C "\";\"" A "\"\n", "1@3");
	parsed_is("PartnerId,azureSubscriptionId\n" C "," B "\n", "2@2");
}

static void test_a_line_without_an_id_is_named(void **state)
{
	(void)state;
	refused_is("", "F: there is no subscription id in it");
	refused_is("# nothing\n", "F: there is no subscription id in it");
	refused_is("header\n", "F: there is no subscription id in it");
	refused_is(A "\nContoso\n", "F:2: there is no subscription id in this line");
	refused_is("a,subscriptionId\n" C ",\n", "F:2: there is no subscription id in this line");
	refused_is("a\nb\n", "F:2: there is no subscription id in this line");
	refused_is("11111111-aaaa-4aaa-8aaa-aaaaaaaaaaa\n" A "\nx", "F:3: there is no subscription id in this line");
}

static void test_what_is_no_text_is_refused(void **state)
{
	static const char utf16[] = "\xff\xfe" "1\0" "1\0";
	struct scope s = { .ids = NULL };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(scope_parse(&s, "F", (struct span){ utf16, sizeof(utf16) - 1 }, &e), -1);
	assert_string_equal(e.text, "F: not a text in UTF-8");
	assert_int_equal(scope_read(&s, "/nowhere/list.csv", &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_non_null(strstr(e.text, "/nowhere/list.csv"));
	assert_int_equal(scope_read(&s, "/", &e), -1);
	scope_fini(&s);
}

static void test_any_bytes_are_survived(void **state)
{
	static const char alphabet[] = "\"',;\t\r\n#{}-1a " A;
	struct rng rng = { rng_seed() };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)rng.state);
	for (int round = 0; round < 20000; round++) {
		size_t n = rng_below(&rng, 120);
		char *text = xmalloc(n + 1);
		struct scope s = { .ids = NULL };
		struct err e = ERR_INIT;

		for (size_t i = 0; i < n; i++)
			text[i] = alphabet[rng_below(&rng, sizeof(alphabet) - 1)];
		if (rng_below(&rng, 2) && n > sizeof(A))
			memcpy(text + rng_below(&rng, n - sizeof(A)), A, sizeof(A) - 1);
		if (scope_parse(&s, "F", (struct span){ text, n }, &e) == 0)
			assert_true(s.count > 0);
		else
			assert_int_equal(e.kind, ERR_CONFIG);
		scope_fini(&s);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_id_a_line_with_all_that_editors_add),
		cmocka_unit_test(test_a_csv_without_a_header_gives_the_first_id_of_a_line),
		cmocka_unit_test(test_a_csv_with_a_header_gives_its_column),
		cmocka_unit_test(test_a_line_without_an_id_is_named),
		cmocka_unit_test(test_what_is_no_text_is_refused),
		cmocka_unit_test(test_any_bytes_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
