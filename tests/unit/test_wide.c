/* SPDX-License-Identifier: MIT */
#include "value/wide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ROUNDS 2000000

/* A repeatable source of numbers (splitmix64). */
static uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void check_divide(uint64_t high, uint64_t low, int digits)
{
	wide_pair whole = (wide_pair)high << 64 | low;
	uint64_t power = wide_power[digits].value;
	uint64_t rest, quotient = wide_divide_pair(high, low, digits, &rest);

	assert_true(quotient == (uint64_t)(whole / power));
	assert_true(rest == (uint64_t)(whole % power));
}

static void test_divide_pair_is_division(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		int digits = (int)(next_random(&seed) % (WIDE_POWER_MAX + 1));
		uint64_t high = next_random(&seed) % wide_power[digits].value;

		check_divide(high >> next_random(&seed) % 64, next_random(&seed) >> next_random(&seed) % 64, digits);
	}
}

static void test_divide_pair_at_the_edges(void **state)
{
	static const uint64_t lows[] = { 0, 1, 2, UINT64_MAX, UINT64_MAX - 1, (uint64_t)1 << 63, ((uint64_t)1 << 63) - 1 };

	(void)state;
	for (int digits = 0; digits <= WIDE_POWER_MAX; digits++) {
		uint64_t power = wide_power[digits].value;

		for (size_t i = 0; i < sizeof(lows) / sizeof(lows[0]); i++) {
			check_divide(0, lows[i], digits);
			check_divide(power - 1, lows[i], digits);
			check_divide(power / 2, lows[i], digits);
			check_divide(power - 1, power * lows[i], digits);
			check_divide(power / 2, power * lows[i] - 1, digits);
		}
	}
}

static void test_shift_up_and_down_are_inverse(void **state)
{
	uint64_t seed = 2;

	(void)state;
	for (int i = 0; i < ROUNDS / 10; i++) {
		uint64_t a[WIDE_WORDS] = { next_random(&seed), next_random(&seed), 0, 0 };
		uint64_t b[WIDE_WORDS] = { a[0], a[1], 0, 0 };
		int digits = 1 + (int)(next_random(&seed) % WIDE_POWER_MAX);

		assert_true(wide_shift_up(a, 38));
		assert_true(wide_shift_down(a, WIDE_POWER_MAX) == 0);
		assert_true(wide_shift_down(a, WIDE_POWER_MAX) == 0);
		assert_int_equal(wide_compare(a, b), 0);
		assert_true(wide_multiply_word(a, wide_power[digits].value, wide_power[digits].value - 1) == 0);
		assert_true(wide_shift_down(a, digits) == wide_power[digits].value - 1);
		assert_int_equal(wide_compare(a, b), 0);
	}
}

static void test_multiply_says_what_does_not_fit(void **state)
{
	uint64_t two_128[WIDE_WORDS] = { 0, 0, 1, 0 };
	uint64_t below[WIDE_WORDS] = { UINT64_MAX, UINT64_MAX, 0, 0 };
	uint64_t product[WIDE_WORDS];

	(void)state;
	assert_false(wide_multiply(product, two_128, two_128));
	assert_true(wide_multiply(product, two_128, below));
	assert_true(product[0] == 0 && product[1] == 0 && product[2] == UINT64_MAX && product[3] == UINT64_MAX);
	assert_true(wide_multiply(product, below, below));
	assert_true(product[0] == 1 && product[1] == 0 && product[2] == UINT64_MAX - 1 && product[3] == UINT64_MAX);
	assert_false(wide_shift_up(product, 1));
	assert_true(wide_add(product, product) == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_divide_pair_is_division),
		cmocka_unit_test(test_divide_pair_at_the_edges),
		cmocka_unit_test(test_shift_up_and_down_are_inverse),
		cmocka_unit_test(test_multiply_says_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
