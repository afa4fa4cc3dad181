/* SPDX-License-Identifier: MIT */
/* rng.h - splitmix64: repeatable chance for tests. The seed of a failing round is printed, CSP_TEST_SEED repeats it. */
#ifndef TESTS_SUPPORT_RNG_H
#define TESTS_SUPPORT_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 .. below - 1 */
static inline size_t rng_below(struct rng *r, size_t below)
{
	return (size_t)(rng_next(r) % below);
}

static inline bool rng_one_in(struct rng *r, size_t n)
{
	return rng_below(r, n) == 0;
}

/* CSP_TEST_SEED, or another one every second. */
static inline uint64_t rng_seed(void)
{
	const char *text = getenv("CSP_TEST_SEED");

	return text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
}

#endif
