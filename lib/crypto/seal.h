/* SPDX-License-Identifier: MIT */
/* seal.h - AES-256-GCM: bytes that nobody without the key reads, or changes unnoticed. */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "base/buf.h"

#define SEAL_KEY_BYTES 32
#define SEAL_NONCE_BYTES 12
#define SEAL_TAG_BYTES 16
#define SEAL_KEY_ID_MAX 17

struct seal_key {
	unsigned char b[SEAL_KEY_BYTES]; /* to be wiped */
};

/* Tells keys apart without telling the key: 16 hex digits. */
void seal_key_id(const struct seal_key *key, char id[SEAL_KEY_ID_MAX]);
/* Appends PLAIN sealed and the tag; NONCE gets a random one. BOUND is not in there, but must be the same again to open it. -1 when the
 * buffer's maximum is reached. */
int seal_close(struct buf *out, const struct seal_key *key, unsigned char nonce[SEAL_NONCE_BYTES], struct span bound, struct span plain)
	MUST_CHECK;
/* Appends what was sealed, to a buffer that the caller ends with buf_fini_secret; -1 with nothing appended when a single bit is not as
 * it was, or the maximum is reached. */
int seal_open(struct buf *out, const struct seal_key *key, const unsigned char nonce[SEAL_NONCE_BYTES], struct span bound,
	      struct span sealed) MUST_CHECK;

#endif
