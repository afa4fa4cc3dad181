/* SPDX-License-Identifier: MIT */
/* hash.h - the source of all generated content: pure functions of the seed, so that the same seed gives the same bytes. */
#ifndef EMU_HASH_H
#define EMU_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The finaliser of splitmix64. */
static inline uint64_t
hash_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static inline uint64_t
hash_two(uint64_t a, uint64_t b)
{
	return hash_mix(a ^ hash_mix(b));
}

static inline uint64_t
hash_three(uint64_t a, uint64_t b, uint64_t c)
{
	return hash_two(hash_two(a, b), c);
}

uint64_t hash_bytes(const void *p, size_t len);
/* A version-4-shaped GUID in lower case made from a hash. */
void hash_guid(uint64_t h, char out[37]);

#endif
