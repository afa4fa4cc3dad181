/* SPDX-License-Identifier: MIT */
#include "daemon/codes.c"

#include "base/err.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SOURCE_MAX (1 << 20)

/* A whole source file; the caller frees it. */
static char *read_source(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, SOURCE_MAX);
	size_t n;

	assert_non_null(f);
	assert_non_null(text);
	n = fread(text, 1, SOURCE_MAX - 1, f);
	assert_true(n > 0 && n < SOURCE_MAX - 1);
	fclose(f);
	return text;
}

static void each_source(void (*look)(const char *path, const char *text, void *about), void *about)
{
	glob_t found;

	/* Run from the folder of the source, as tests/unit/run does. */
	assert_int_equal(glob("lib/*/*.c", 0, NULL, &found), 0);
	assert_int_equal(glob("daemon/*.c", GLOB_APPEND, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];
		char *text;

		if (strcmp(path, "daemon/codes.c") == 0 || strcmp(path, "lib/partner/pc_error_table.c") == 0)
			continue;
		text = read_source(path);
		look(path, text, about);
		free(text);
	}
	globfree(&found);
}

/* A whole string literal that looks like a code, or like the pattern of one: "E-LOCK", "E-PC-HTTP-%ld". */
static void look_for_strangers(const char *path, const char *text, void *about)
{
	unsigned *seen = about;
	/* The beginnings of codes that the tables of Entra and Partner Center complete. */
	static const char *const openings[] = { "E-AUTH-", "E-AUTH-%ld", "E-PC-", "E-PC-%ld", "E-" };

	for (const char *p = text; (p = strstr(p, "\"E-")); p++) {
		size_t n = strcspn(p + 1, "\"\n");
		char code[ERR_CODE_MAX + 1];
		struct code found;
		bool known = false;

		assert_true(n < sizeof(code));
		snprintf(code, sizeof(code), "%.*s", (int)n, p + 1);
		for (size_t i = 0; i < countof(openings); i++)
			known = known || strcmp(code, openings[i]) == 0;
		if (strlen(code) > 3 && strcmp(code + strlen(code) - 3, "%ld") == 0)
			memcpy(code + strlen(code) - 3, "999", 3);
		if (!known && !codes_find(code, &found))
			fail_msg("%s: the code \"%s\" is not in daemon/codes.c", path, code);
		(*seen)++;
	}
}

static void test_every_code_of_the_source_is_in_the_table(void **state)
{
	unsigned seen = 0;

	(void)state;
	each_source(look_for_strangers, &seen);
	assert_true(seen > 30);
}

static void look_for_use(const char *path, const char *text, void *about)
{
	unsigned *used = about;

	(void)path;
	for (size_t i = 0; i < countof(own); i++) {
		char literal[ERR_CODE_MAX + 4];
		size_t n = strlen(own[i].code);

		if (own[i].code[n - 1] == '*')
			snprintf(literal, sizeof(literal), "\"%.*s%%ld\"", (int)n - 1, own[i].code);
		else
			snprintf(literal, sizeof(literal), "\"%s\"", own[i].code);
		used[i] += strstr(text, literal) != NULL;
	}
}

static void test_every_code_of_our_own_is_in_use(void **state)
{
	unsigned used[countof(own)] = { 0 };

	(void)state;
	each_source(look_for_use, used);
	for (size_t i = 0; i < countof(own); i++)
		if (!used[i])
			fail_msg("nothing makes the code %s", own[i].code);
}

static void test_codes_are_unique_fit_an_error_and_have_a_remedy(void **state)
{
	(void)state;
	for (size_t i = 0; i < codes_count(); i++) {
		struct code c = codes_at(i), found;

		assert_true(strncmp(c.code, "E-", 2) == 0 && strlen(c.code) < ERR_CODE_MAX);
		assert_true(c.meaning[0] && c.remedy[0] && strlen(c.remedy) < ERR_REMEDY_MAX);
		assert_true(code_doing_text(c.doing)[0]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(codes_at(j).code, c.code);
		if (c.code[strlen(c.code) - 1] == '*')
			continue;
		assert_true(codes_find(c.code, &found));
		assert_ptr_equal(found.meaning, c.meaning);
		assert_int_equal(found.doing, c.doing);
	}
}

static void test_find_a_family_by_its_number_alone(void **state)
{
	struct code c;

	(void)state;
	assert_true(codes_find("E-PC-HTTP-418", &c));
	assert_string_equal(c.code, "E-PC-HTTP-*");
	assert_true(codes_find("E-PC-HTTP-503", &c));
	assert_string_equal(c.code, "E-PC-HTTP-503");
	assert_true(codes_find("E-AUTH-HTTP-500", &c));
	assert_false(codes_find("E-PC-HTTP-", &c));
	assert_false(codes_find("E-PC-HTTP-4x", &c));
	assert_false(codes_find("", &c));
	assert_false(codes_find("E-", &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_of_the_source_is_in_the_table),
		cmocka_unit_test(test_every_code_of_our_own_is_in_use),
		cmocka_unit_test(test_codes_are_unique_fit_an_error_and_have_a_remedy),
		cmocka_unit_test(test_find_a_family_by_its_number_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
