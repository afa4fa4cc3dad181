/* SPDX-License-Identifier: MIT */
#include "hash.h"

uint64_t
hash_bytes(const void *p, size_t len)
{
	const unsigned char *b = p;
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	return hash_mix(h);
}

void
hash_guid(uint64_t h, char out[37])
{
	static const char hex[] = "0123456789abcdef";
	uint64_t v = 0;
	int n = 0;

	for (int i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			out[i] = '-';
			continue;
		}
		if (n % 16 == 0)
			v = hash_two(h, (uint64_t)n + 1);
		out[i] = hex[v & 15];
		v >>= 4;
		n++;
	}
	out[14] = '4';
	out[19] = "89ab"[h & 3];
	out[36] = '\0';
}
