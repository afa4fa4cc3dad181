/* SPDX-License-Identifier: MIT */
#include "value/wide.h"

#include <string.h>

#define FULL(value) ((uint64_t)(value) << __builtin_clzll(value))
#define POWER(value) { value, FULL(value), (uint64_t)(~(wide_pair)0 / FULL(value)), __builtin_clzll(value) }

const struct wide_power wide_power[WIDE_POWER_MAX + 1] = {
	POWER(1u),
	POWER(10u),
	POWER(100u),
	POWER(1000u),
	POWER(10000u),
	POWER(100000u),
	POWER(1000000u),
	POWER(10000000u),
	POWER(100000000u),
	POWER(1000000000u),
	POWER(10000000000u),
	POWER(100000000000u),
	POWER(1000000000000u),
	POWER(10000000000000u),
	POWER(100000000000000u),
	POWER(1000000000000000u),
	POWER(10000000000000000u),
	POWER(100000000000000000u),
	POWER(1000000000000000000u),
	POWER(10000000000000000000u),
};

bool wide_multiply(uint64_t product[WIDE_WORDS], const uint64_t a[WIDE_WORDS], const uint64_t b[WIDE_WORDS])
{
	int a_used = wide_used(a);
	int b_used = wide_used(b);
	uint64_t all[2 * WIDE_WORDS] = { 0 };

	for (int i = 0; i < a_used; i++) {
		uint64_t carry = 0;

		for (int j = 0; j < b_used; j++) {
			wide_pair sum = (wide_pair)a[i] * b[j] + all[i + j] + carry;

			all[i + j] = (uint64_t)sum;
			carry = (uint64_t)(sum >> 64);
		}
		all[i + b_used] = carry;
	}
	memcpy(product, all, WIDE_WORDS * sizeof(all[0]));
	return (all[4] | all[5] | all[6] | all[7]) == 0;
}

bool wide_shift_up(uint64_t a[WIDE_WORDS], int digits)
{
	while (digits > 0) {
		int step = digits < WIDE_POWER_MAX ? digits : WIDE_POWER_MAX;

		if (wide_multiply_word(a, wide_power[step].value, 0))
			return false;
		digits -= step;
	}
	return true;
}
