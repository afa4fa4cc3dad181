/* SPDX-License-Identifier: MIT */
/* Decimals against themselves (laws that random numbers must obey) and against another implementation (stored vectors). */
#include "value/decimal.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "decimal_checks.h"

#define VECTORS "tests/unit/data/decimal_vectors.txt" /* tests run in the top directory */
#define ROUNDS 100000
#define SEED 20261120u

/* A repeatable source of numbers (splitmix64). */
static uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static struct decimal random_number(uint64_t *seed)
{
	char text[64];
	int n = 0;
	int whole = 1 + (int)(next_random(seed) % 9);
	int fraction = (int)(next_random(seed) % 16);

	if (next_random(seed) % 3 == 0)
		text[n++] = '-';
	text[n++] = (char)('1' + next_random(seed) % 9);
	while (--whole > 0)
		text[n++] = (char)('0' + next_random(seed) % 10);
	if (fraction > 0)
		text[n++] = '.';
	while (fraction-- > 0)
		text[n++] = (char)('0' + next_random(seed) % 10);
	if (next_random(seed) % 4 == 0)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "e%d", (int)(next_random(seed) % 13) - 6);
	text[n] = '\0';
	return number(text);
}

static void assert_same(struct decimal a, struct decimal b)
{
	char one[DECIMAL_TEXT_MAX], other[DECIMAL_TEXT_MAX];

	if (decimal_compare(a, b) == 0)
		return;
	decimal_print(a, one);
	decimal_print(b, other);
	fail_msg("%s is not %s", one, other);
}

static void test_algebra_of_random_numbers(void **state)
{
	uint64_t seed = SEED;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct decimal a = random_number(&seed), b = random_number(&seed), c = random_number(&seed);
		struct decimal a_less_b = difference(a, b);
		int order = decimal_compare(a, b);

		assert_same(difference(sum(a, b), b), a);
		assert_same(sum(a, b), sum(b, a));
		assert_same(product(a, b), product(b, a));
		assert_same(product(a, sum(b, c)), sum(product(a, b), product(a, c)));
		assert_int_equal(order, decimal_is_zero(a_less_b) ? 0 : a_less_b.negative ? -1 : 1);
		assert_int_equal(order, -decimal_compare(b, a));
	}
}

static void test_random_numbers_print_and_read_back(void **state)
{
	uint64_t seed = SEED + 1;
	char text[DECIMAL_TEXT_MAX], again[DECIMAL_TEXT_MAX];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct decimal a = random_number(&seed);
		int64_t n = nanos(product(a, number("1e-7")));

		decimal_print(a, text);
		assert_prints(number(text), text);
		decimal_print(decimal_normal(a), again);
		assert_same(number(again), a);
		assert_true(nanos(decimal_from_nanos(n)) == n);
	}
}

static void check_vector(const char *operation, struct decimal a, const char *second, const char *result)
{
	char text[DECIMAL_TEXT_MAX] = "?";
	struct err e = ERR_INIT;
	int64_t n;

	if (strcmp(operation, "parse") == 0)
		decimal_print(a, text);
	else if (strcmp(operation, "nanos") == 0 && decimal_to_nanos(&n, a, &e))
		snprintf(text, sizeof(text), "!");
	else if (strcmp(operation, "nanos") == 0)
		snprintf(text, sizeof(text), "%" PRId64, n);
	else if (strcmp(operation, "add") == 0)
		decimal_print(sum(a, number(second)), text);
	else if (strcmp(operation, "subtract") == 0)
		decimal_print(difference(a, number(second)), text);
	else if (strcmp(operation, "multiply") == 0)
		decimal_print(product(a, number(second)), text);
	else if (strcmp(operation, "compare") == 0)
		snprintf(text, sizeof(text), "%d", decimal_compare(a, number(second)));
	assert_string_equal(text, result);
}

static void test_vectors_of_another_implementation(void **state)
{
	char line[512], operation[16], words[3][200];
	FILE *f = fopen(VECTORS, "r");
	int checked = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		int n = sscanf(line, "%15s %199s %199s %199s", operation, words[0], words[1], words[2]);

		if (operation[0] == '#')
			continue;
		assert_in_range(n, 3, 4);
		check_vector(operation, number(words[0]), words[1], words[n - 2]);
		checked++;
	}
	fclose(f);
	assert_true(checked > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_algebra_of_random_numbers),
		cmocka_unit_test(test_random_numbers_print_and_read_back),
		cmocka_unit_test(test_vectors_of_another_implementation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
