/* SPDX-License-Identifier: MIT */
/* The decimal functions in SQL: exact, or an error; and as the sqlite3 shell's, where there is one. */
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define ANSWER_MAX (ERR_TEXT_MAX + 20)
#define EXPRESSIONS 2000

static struct db *db;
static struct err e;

/* The one value that SELECT EXPRESSION gives; "NULL", or "error: " and its text. */
static const char *value_of(const char *expression)
{
	static char answer[ANSWER_MAX];
	char sql[600];
	struct sqlite3_stmt *q;
	struct span value;

	snprintf(sql, sizeof(sql), "SELECT %s", expression);
	q = db_prepare(db, sql, &e);
	if (!q)
		fail_msg("%s", e.text);
	if (db_step(db, q, &e) != 1) {
		snprintf(answer, sizeof(answer), "error: %s", e.text);
	} else if (db_is_null(q, 0)) {
		snprintf(answer, sizeof(answer), "NULL");
	} else {
		value = db_span(q, 0);
		snprintf(answer, sizeof(answer), "%.*s", (int)value.n, value.p);
	}
	db_finalize(q);
	return answer;
}

struct expectation {
	const char *expression, *value;
};

static void expect(const struct expectation *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(value_of(list[i].expression), list[i].value) != 0)
			fail_msg("%s is %s, not %s", list[i].expression, value_of(list[i].expression), list[i].value);
}

static void test_arithmetic(void **state)
{
	static const struct expectation list[] = {
		{ "decimal_add('0.1', '0.2')", "0.3" },
		{ "decimal_add('1.50', '2')", "3.50" },
		{ "decimal_add(9223372036854775807, 1)", "9223372036854775808" },
		{ "decimal_add(1.5, 1e30)", "1000000000000000000000000000001.5" },
		{ "decimal_add('-.5', '5.')", "4.5" },
		{ "decimal_sub('1', '1.00')", "0.00" },
		{ "decimal_sub('-1', '-1')", "0" },
		{ "decimal_sub('0.5', '1024')", "-1023.5" },
		{ "decimal_mul('1.50', '2.00')", "3.00" },
		{ "decimal_mul('0.10', '0.1')", "0.01" },
		{ "decimal_mul('0.5', '2')", "1" },
		{ "decimal_mul('0', '-5')", "0" },
		{ "decimal_mul('12345678901234567890.12345678', '98765432109876543210.87654321')",
		  "1219326311370217952260478584348574912223.6092059022374638" },
		{ "decimal_mul(decimal_mul('9999999999999999999999999999', '9999999999999999999999999999'), '1000000000')",
		  "99999999999999999999999999980000000000000000000000000001000000000" },
		{ "decimal_cmp('1.5', '1.50')", "0" },
		{ "decimal_cmp('-1', '-2')", "1" },
		{ "decimal_cmp('10', '9')", "1" },
		{ "decimal_cmp('0.5', 1)", "-1" },
		{ "decimal_add(NULL, '1') IS NULL AND decimal_sub('1', NULL) IS NULL AND decimal_cmp(NULL, NULL) IS NULL", "1" },
		{ "typeof(decimal_add(1, 2)) || typeof(decimal_cmp(1, 2))", "textinteger" },
	};

	(void)state;
	expect(list, countof(list));
}

static void test_sums(void **state)
{
	static const struct expectation list[] = {
		{ "decimal_sum(x) FROM (SELECT '0.1' AS x UNION ALL SELECT NULL UNION ALL SELECT 2 UNION ALL SELECT '-1.05')", "1.05" },
		{ "decimal_sum(x) FROM (SELECT NULL AS x)", "0" },
		{ "decimal_sum(x) FROM (SELECT 1 AS x WHERE 0)", "NULL" },
		{ "group_concat(coalesce(s, '-'), ' ') FROM (SELECT decimal_sum(column1) OVER (ORDER BY column1 ROWS BETWEEN UNBOUNDED"
		  " PRECEDING AND 1 PRECEDING) AS s FROM (VALUES ('1.5'), ('2'), ('4')))", "- 1.5 3.5" },
		{ "group_concat(s, ' ') FROM (SELECT decimal_sum(column1) OVER (ORDER BY column1 ROWS BETWEEN 1 PRECEDING AND CURRENT"
		  " ROW) AS s FROM (VALUES ('1.5'), ('2'), ('4'), ('8')))", "1.5 3.5 6.0 12.0" },
	};

	(void)state;
	expect(list, countof(list));
}

static void test_what_can_not_be_exact_is_an_error(void **state)
{
	static const char *const bad[] = {
		"decimal_add('', 1)", "decimal_add('abc', 1)", "decimal_mul('1', '1x')", "decimal_cmp('1,5', 1)", "decimal_add('--1', 1)",
		"decimal_add('1.2.3', 1)", "decimal_add('-', 1)", "decimal_add('.', 1)", "decimal_add(' 1', 1)", "decimal_add(1e300, 1)",
		"decimal_add('1e', 1)", "decimal_add('1e999999999999', 1)", "decimal_add('1e-200', 1)",
		"decimal_sum(column1) FROM (VALUES ('1'), ('one'))",
		/* 2^256 has 78 digits */
		"decimal_mul('1000000000000000000000000000000000000000', '1000000000000000000000000000000000000000')",
		"decimal_sum(column1) FROM (VALUES ('9e76'), ('9e76'))",
	};

	(void)state;
	for (size_t i = 0; i < countof(bad); i++)
		if (strncmp(value_of(bad[i]), "error: ", 7) != 0)
			fail_msg("%s is %s", bad[i], value_of(bad[i]));
	assert_non_null(strstr(value_of("decimal_add('abc', 1)"), "\"abc\" is not a number"));
}

static void test_a_sum_that_was_too_large_on_the_way_is_an_error_too(void **state)
{
	(void)state;
	assert_non_null(strstr(value_of("decimal_sum(column1) FROM (VALUES ('9e76'), ('9e76'), ('-9e76'))"), "too large"));
}

static uint64_t seed = 20261121;

static unsigned random_below(unsigned n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(seed >> 33) % n;
}

/* Up to 14 digits on each side of the point, no zero in front. */
static void random_number(char text[40])
{
	size_t n = 0, whole = random_below(14), fraction = random_below(15);

	if (random_below(3) == 0)
		text[n++] = '-';
	text[n++] = (char)('1' + random_below(9));
	while (whole--)
		text[n++] = (char)('0' + random_below(10));
	if (fraction)
		text[n++] = '.';
	while (fraction--)
		text[n++] = (char)('0' + random_below(3) * random_below(4));
	text[n] = '\0';
}

static void random_expression(char text[400])
{
	static const char *const names[] = { "decimal_add", "decimal_sub", "decimal_mul", "decimal_cmp" };
	char a[40], b[40], c[40];

	random_number(a);
	random_number(b);
	random_number(c);
	if (random_below(5) == 0)
		snprintf(text, 400, "decimal_sum(column1) FROM (VALUES ('%s'), ('%s'), ('%s'))", a, b, c);
	else
		snprintf(text, 400, "%s('%s', '%s')", names[random_below(4)], a, b);
}

static bool shell_has_decimals(void)
{
	return system("test \"$(sqlite3 :memory: \"SELECT decimal_add('1', '2')\" 2>/dev/null)\" = 3") == 0;
}

static void test_as_the_shell_computes(void **state)
{
	char path[] = "/tmp/csp-decimal-XXXXXX", command[100], expression[400], answer[ANSWER_MAX];
	uint64_t first = seed;
	FILE *f;

	(void)state;
	if (!shell_has_decimals())
		skip();
	f = fdopen(mkstemp(path), "w");
	for (int i = 0; i < EXPRESSIONS; i++) {
		random_expression(expression);
		fprintf(f, "SELECT %s;\n", expression);
	}
	fclose(f);
	snprintf(command, sizeof(command), "sqlite3 :memory: <%s", path);
	f = popen(command, "r");
	seed = first;
	for (int i = 0; i < EXPRESSIONS; i++) {
		random_expression(expression);
		assert_non_null(fgets(answer, sizeof(answer), f));
		answer[strcspn(answer, "\n")] = '\0';
		expect(&(struct expectation){ expression, answer }, 1);
	}
	pclose(f);
	unlink(path);
}

static int setup(void **state)
{
	(void)state;
	return db_open(&db, ":memory:", DB_CREATE, NULL, 0, &e);
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_what_can_not_be_exact_is_an_error),
		cmocka_unit_test(test_a_sum_that_was_too_large_on_the_way_is_an_error_too),
		cmocka_unit_test(test_as_the_shell_computes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
