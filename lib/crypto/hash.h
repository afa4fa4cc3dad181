/* SPDX-License-Identifier: MIT */
/* hash.h - SHA-256 of bytes: checksums, what a credential was, PKCE. */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "base/span.h"

#define HASH_BYTES 32
#define HASH_TEXT_MAX (2 * HASH_BYTES + 1)

struct hash {
	unsigned char b[HASH_BYTES];
};

struct hash hash_of(struct span bytes);
bool hash_equal(const struct hash *a, const struct hash *b);
void hash_print(const struct hash *h, char text[HASH_TEXT_MAX]); /* lower case hex */
/* Reads what hash_print writes, and nothing else; false when it is not that. */
bool hash_parse(struct hash *h, struct span text);

#endif
