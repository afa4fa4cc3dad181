/* SPDX-License-Identifier: MIT */
#include "crypto/hash.h"

#include "crypto/hex.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct hash hash_of(struct span bytes)
{
	struct hash h;

	/* Fails only without memory or a usable OpenSSL: as in mem.h, better no answer than a wrong one. */
	if (EVP_Digest(bytes.n ? bytes.p : "", bytes.n, h.b, NULL, EVP_sha256(), NULL) != 1)
		abort();
	return h;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return CRYPTO_memcmp(a->b, b->b, HASH_BYTES) == 0;
}

void hash_print(const struct hash *h, char text[HASH_TEXT_MAX])
{
	hex_print((struct span){ (const char *)h->b, HASH_BYTES }, text);
}

bool hash_parse(struct hash *h, struct span text)
{
	return hex_parse(h->b, HASH_BYTES, text);
}
