/* SPDX-License-Identifier: MIT */
/* digest.h - SHA-256 over a sequence of fields, cut to 128 bits: the identity of dimensions, rates and rate cards.
 * Each field goes in with its length, so that ("ab","c") and ("a","bc") differ. */
#ifndef VALUE_DIGEST_H
#define VALUE_DIGEST_H

#include "base/span.h"

#include <stdint.h>

struct digest {
	unsigned char b[16];
};

struct digester; /* heap; wraps the library's context, reusable: start .. field .. finish, and again */

struct digester *digester_new(void);
void digester_free(struct digester *d);
void digester_start(struct digester *d);
void digester_field(struct digester *d, struct span bytes);
void digester_number(struct digester *d, int64_t number);
/* Bytes without a length: for content that streams by. */
void digester_bytes(struct digester *d, struct span bytes);
struct digest digester_finish(struct digester *d);
/* Bytes known again by 128 bits under a secret key of 128 bits (GMAC of AES-128): many times as fast as SHA-256 where the processor helps,
 * and nobody who does not know the key can make two texts with the same digest. The key must stay where the digests are: unpublished. */
#define STAMP_KEY_BYTES 16
struct stamper; /* reusable: start .. bytes .. finish, and again */
struct stamper *stamper_new(void);
void stamper_free(struct stamper *st);
void stamper_start(struct stamper *st, const unsigned char key[STAMP_KEY_BYTES]);
void stamper_bytes(struct stamper *st, struct span bytes);
struct digest stamper_finish(struct stamper *st);

bool digest_equal(struct digest a, struct digest b);

#endif
