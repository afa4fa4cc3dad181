/* SPDX-License-Identifier: MIT */
#include "daemon/explain_code.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* What explain_code prints for WORD; the caller frees it. */
static char *explained(const char *word, int exit_code)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	assert_int_equal(explain_code(word, out), exit_code);
	fclose(out);
	return text;
}

static void test_a_code_is_explained_whole(void **state)
{
	static const char *const words[] = { "E-AUTH-700082", "e-auth-700082", "AADSTS700082", "700082" };

	(void)state;
	for (size_t i = 0; i < countof(words); i++) {
		char *text = explained(words[i], 0);

		assert_string_equal(text, "E-AUTH-700082\n"
					  "  meaning     the refresh token has expired: it was not used for too long\n"
					  "  what to do  run csp-usaged login, and sign in with multi-factor authentication\n"
					  "  the daemon  tries once in each run; a person must act first\n");
		free(text);
	}
}

static void test_a_family_is_explained_under_the_code_asked_for(void **state)
{
	char *text = explained("E-PC-HTTP-418", 0);

	(void)state;
	assert_ptr_equal(strstr(text, "E-PC-HTTP-418\n"), text);
	free(text);
}

static void test_a_number_that_is_none_of_entras_is_partner_centers(void **state)
{
	char *text = explained("900421", 0);

	(void)state;
	assert_ptr_equal(strstr(text, "E-PC-900421\n"), text);
	free(text);
}

static void test_all_codes_are_listed_a_line_each(void **state)
{
	char *text = NULL;
	size_t n = 0, lines = 0;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	assert_non_null(out);
	explain_code_list(out);
	fclose(out);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, codes_count());
	assert_non_null(strstr(text, "E-LOCK  "));
	assert_non_null(strstr(text, "E-PC-900421  "));
	for (size_t i = 0; i < codes_count(); i++)
		assert_true(strlen(codes_at(i).code) < COLUMN);
	free(text);
}

static void test_an_unknown_code_is_told_with_the_nearest(void **state)
{
	struct near near[NEAREST];
	FILE *said = tmpfile();
	int kept = dup(STDERR_FILENO);
	char line[600] = "", *text;

	(void)state;
	assert_non_null(said);
	dup2(fileno(said), STDERR_FILENO);
	text = explained("E-AUTH-700081", 2);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(said);
	assert_non_null(fgets(line, sizeof(line), said));
	fclose(said);
	assert_string_equal(text, "");
	assert_non_null(strstr(line, "E-AUTH-700081"));
	assert_non_null(strstr(line, "E-AUTH-700082"));
	assert_non_null(strstr(line, "AADSTS"));
	free(text);
	find_nearest("E-LOK", near);
	assert_string_equal(near[0].code, "E-LOCK");
	assert_true(near[0].distance == 1 && near[0].distance <= near[1].distance && near[1].distance <= near[2].distance);
	find_nearest("", near);
	assert_true(near[2].code[0] != '\0');
}

static void test_a_word_is_a_code_or_not(void **state)
{
	(void)state;
	assert_true(explain_is_code("E-LOCK") && explain_is_code("e-x") && explain_is_code("AADSTS50076") && explain_is_code("aadsts50076") && explain_is_code("7000215"));
	assert_false(explain_is_code("") || explain_is_code("E") || explain_is_code("7000215x") || explain_is_code("run.done") || explain_is_code("f6379ffd-2c60-431b-8c94-967e15ae5b0a:20261013"));
}

static void test_a_word_of_any_length_is_survived(void **state)
{
	char word[1000];
	char code[ERR_CODE_MAX];

	(void)state;
	memset(word, 'x', sizeof(word));
	word[sizeof(word) - 1] = '\0';
	normalise(word, code);
	assert_int_equal(strlen(code), ERR_CODE_MAX - 1);
	assert_true(distance(code, "E-LOCK") > 0);
}

static void test_the_manuals_list_has_no_request_of_its_own_in_a_text(void **state)
{
	char *text = NULL;
	size_t n = 0, items = 0;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	explain_mdoc(out);
	print_mdoc(".x\\y\n'z", out);
	fclose(out);
	assert_non_null(strstr(text, "\\&.x\\ey"));
	for (const char *p = text; (p = strstr(p, "\n.It Sy E\\-")); p++)
		items++;
	assert_int_equal(items, codes_count());
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_code_is_explained_whole),
		cmocka_unit_test(test_a_family_is_explained_under_the_code_asked_for),
		cmocka_unit_test(test_a_number_that_is_none_of_entras_is_partner_centers),
		cmocka_unit_test(test_all_codes_are_listed_a_line_each),
		cmocka_unit_test(test_an_unknown_code_is_told_with_the_nearest),
		cmocka_unit_test(test_a_word_is_a_code_or_not),
		cmocka_unit_test(test_a_word_of_any_length_is_survived),
		cmocka_unit_test(test_the_manuals_list_has_no_request_of_its_own_in_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
