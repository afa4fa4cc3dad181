/* SPDX-License-Identifier: MIT */
#include "value/wide.h"

#include <string.h>

const uint64_t wide_power_of_ten[WIDE_POWER_MAX + 1] = {
	1u,
	10u,
	100u,
	1000u,
	10000u,
	100000u,
	1000000u,
	10000000u,
	100000000u,
	1000000000u,
	10000000000u,
	100000000000u,
	1000000000000u,
	10000000000000u,
	100000000000000u,
	1000000000000000u,
	10000000000000000u,
	100000000000000000u,
	1000000000000000000u,
	10000000000000000000u,
};

/* Schoolbook, for operands of any length. */
static bool multiply_long(uint64_t product[WIDE_WORDS], const uint64_t a[WIDE_WORDS], const uint64_t b[WIDE_WORDS])
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

bool wide_multiply(uint64_t product[WIDE_WORDS], const uint64_t a[WIDE_WORDS], const uint64_t b[WIDE_WORDS])
{
	wide_pair low, middle, high;

	if (a[2] | a[3] | b[1] | b[2] | b[3])
		return multiply_long(product, a, b);
	/* two words by one: nearly every rate and quantity */
	low = (wide_pair)a[0] * b[0];
	middle = (wide_pair)a[1] * b[0] + (uint64_t)(low >> 64);
	high = middle >> 64;
	product[0] = (uint64_t)low;
	product[1] = (uint64_t)middle;
	product[2] = (uint64_t)high;
	product[3] = 0;
	return true;
}

bool wide_shift_up(uint64_t a[WIDE_WORDS], int digits)
{
	while (digits > 0) {
		int step = digits < WIDE_POWER_MAX ? digits : WIDE_POWER_MAX;

		if (wide_multiply_word(a, wide_power_of_ten[step], 0))
			return false;
		digits -= step;
	}
	return true;
}
