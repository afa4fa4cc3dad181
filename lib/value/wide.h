/* SPDX-License-Identifier: MIT */
/* wide.h - unsigned 256-bit integers, four words, least significant first: the coefficients of decimal.c and nothing else. */
#ifndef VALUE_WIDE_H
#define VALUE_WIDE_H

#include <stdbool.h>
#include <stdint.h>

#define WIDE_WORDS 4
#define WIDE_POWER_MAX 19 /* 10^19 is the largest power of ten in a word */

__extension__ typedef unsigned __int128 wide_pair;

/* A power of ten, and what dividing by it needs: the same shifted up to its full 64 bits, and (2^128 - 1) / divisor - 2^64. */
struct wide_power {
	uint64_t value, divisor, reciprocal;
	int shift;
};

extern const struct wide_power wide_power[WIDE_POWER_MAX + 1];

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

/* (high, low) / 10^digits, when high is less than that power. Multiplies instead of dividing, which is several times faster: Moeller
 * and Granlund, Improved division by invariant integers (2011), algorithm 4. */
static inline uint64_t wide_divide_pair(uint64_t high, uint64_t low, int digits, uint64_t *rest)
{
	const struct wide_power *by = &wide_power[digits];
	uint64_t top = high << by->shift | low >> 1 >> (63 - by->shift);
	uint64_t bottom = low << by->shift;
	wide_pair guess = (wide_pair)by->reciprocal * top + ((wide_pair)top << 64 | bottom);
	uint64_t quotient = (uint64_t)(guess >> 64) + 1;
	uint64_t r = bottom - quotient * by->divisor;

	if (r > (uint64_t)guess) {
		quotient--;
		r += by->divisor;
	}
	if (r >= by->divisor) {
		quotient++;
		r -= by->divisor;
	}
	*rest = r >> by->shift;
	return quotient;
}

/* a = a / 10^digits (1 to WIDE_POWER_MAX); returns the remainder. */
static inline uint64_t wide_shift_down(uint64_t a[WIDE_WORDS], int digits)
{
	uint64_t rest = 0;

	for (int i = wide_used(a) - 1; i >= 0; i--)
		a[i] = wide_divide_pair(rest, a[i], digits, &rest);
	return rest;
}

/* product = a * b; false when that does not fit. The three are different arrays. */
bool wide_multiply(uint64_t product[WIDE_WORDS], const uint64_t a[WIDE_WORDS], const uint64_t b[WIDE_WORDS]);
/* a = a * 10^digits; false (a is then spoilt) when that does not fit. */
bool wide_shift_up(uint64_t a[WIDE_WORDS], int digits);

#endif
