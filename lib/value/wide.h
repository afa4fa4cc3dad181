/* SPDX-License-Identifier: MIT */
/* wide.h - unsigned 256-bit integers, four words, least significant first: the coefficients of decimal.c and nothing else. */
#ifndef VALUE_WIDE_H
#define VALUE_WIDE_H

#include <stdbool.h>
#include <stdint.h>

#define WIDE_WORDS 4
#define WIDE_POWER_MAX 19 /* 10^19 is the largest power of ten in a word */

__extension__ typedef unsigned __int128 wide_pair;

extern const uint64_t wide_power_of_ten[WIDE_POWER_MAX + 1];

static inline bool wide_is_zero(const uint64_t w[WIDE_WORDS])
{
	return (w[0] | w[1] | w[2] | w[3]) == 0;
}

/* Number of words up to the highest that is not zero. */
static inline int wide_used(const uint64_t w[WIDE_WORDS])
{
	int used = WIDE_WORDS;

	while (used > 0 && w[used - 1] == 0)
		used--;
	return used;
}

static inline int wide_compare(const uint64_t a[WIDE_WORDS], const uint64_t b[WIDE_WORDS])
{
	for (int i = WIDE_WORDS - 1; i >= 0; i--)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* a += b; returns the carry. */
static inline uint64_t wide_add(uint64_t a[WIDE_WORDS], const uint64_t b[WIDE_WORDS])
{
	uint64_t carry = 0;

	for (int i = 0; i < WIDE_WORDS; i++) {
		wide_pair sum = (wide_pair)a[i] + b[i] + carry;

		a[i] = (uint64_t)sum;
		carry = (uint64_t)(sum >> 64);
	}
	return carry;
}

/* a -= b, which must not be larger. */
static inline void wide_subtract(uint64_t a[WIDE_WORDS], const uint64_t b[WIDE_WORDS])
{
	uint64_t borrow = 0;

	for (int i = 0; i < WIDE_WORDS; i++) {
		wide_pair difference = (wide_pair)a[i] - b[i] - borrow;

		a[i] = (uint64_t)difference;
		borrow = (uint64_t)(difference >> 64) & 1;
	}
}

/* a = a * factor + more; returns what does not fit. */
static inline uint64_t wide_multiply_word(uint64_t a[WIDE_WORDS], uint64_t factor, uint64_t more)
{
	for (int i = 0; i < WIDE_WORDS; i++) {
		wide_pair product = (wide_pair)a[i] * factor + more;

		a[i] = (uint64_t)product;
		more = (uint64_t)(product >> 64);
	}
	return more;
}

/* a = a / divisor; returns the remainder. */
static inline uint64_t wide_divide_word(uint64_t a[WIDE_WORDS], uint64_t divisor)
{
	uint64_t rest = 0;

	for (int i = wide_used(a) - 1; i >= 0; i--) {
		if (rest) {
			wide_pair part = (wide_pair)rest << 64 | a[i];

			a[i] = (uint64_t)(part / divisor);
			rest = (uint64_t)part - a[i] * divisor;
		} else {
			rest = a[i] % divisor;
			a[i] /= divisor;
		}
	}
	return rest;
}

/* product = a * b; false when that does not fit. The three are different arrays. */
bool wide_multiply(uint64_t product[WIDE_WORDS], const uint64_t a[WIDE_WORDS], const uint64_t b[WIDE_WORDS]);
/* a = a * 10^digits; false (a is then spoilt) when that does not fit. */
bool wide_shift_up(uint64_t a[WIDE_WORDS], int digits);

#endif
