/* SPDX-License-Identifier: MIT */
#include "crypto/seal.h"

#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/hex.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/random.h>

#define KEY_ID_BYTES ((SEAL_KEY_ID_MAX - 1) / 2)

/* What can't fail but without memory or a usable OpenSSL. */
static void must(int ok)
{
	if (ok != 1)
		abort();
}

void seal_key_id(const struct seal_key *key, char id[SEAL_KEY_ID_MAX])
{
	static const char what[] = "csp-usaged token key";
	unsigned char both[sizeof(what) + SEAL_KEY_BYTES];
	struct hash h;

	memcpy(both, what, sizeof(what));
	memcpy(both + sizeof(what), key->b, SEAL_KEY_BYTES);
	h = hash_of((struct span){ (const char *)both, sizeof(both) });
	mem_wipe(both, sizeof(both));
	hex_print((struct span){ (const char *)h.b, KEY_ID_BYTES }, id);
}

int seal_close(struct buf *out, const struct seal_key *key, unsigned char nonce[SEAL_NONCE_BYTES], struct span bound, struct span plain)
{
	size_t size = plain.n + SEAL_TAG_BYTES;
	unsigned char *sealed;
	EVP_CIPHER_CTX *c;
	int n, rc;

	if (plain.n > INT_MAX - SEAL_TAG_BYTES || bound.n > INT_MAX)
		return -1;
	sealed = xmalloc(size);
	c = EVP_CIPHER_CTX_new();
	must(c && getrandom(nonce, SEAL_NONCE_BYTES, 0) == SEAL_NONCE_BYTES);
	must(EVP_EncryptInit_ex2(c, EVP_aes_256_gcm(), key->b, nonce, NULL)); /* its nonce has SEAL_NONCE_BYTES */
	must(EVP_EncryptUpdate(c, NULL, &n, (const unsigned char *)bound.p, (int)bound.n));
	must(EVP_EncryptUpdate(c, sealed, &n, (const unsigned char *)plain.p, (int)plain.n));
	must(EVP_EncryptFinal_ex(c, sealed + n, &n));
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_BYTES, sealed + plain.n));
	EVP_CIPHER_CTX_free(c);
	rc = buf_add(out, sealed, size);
	free(sealed);
	return rc;
}

int seal_open(struct buf *out, const struct seal_key *key, const unsigned char nonce[SEAL_NONCE_BYTES], struct span bound,
	      struct span sealed)
{
	size_t size = sealed.n < SEAL_TAG_BYTES ? 0 : sealed.n - SEAL_TAG_BYTES;
	unsigned char tag[SEAL_TAG_BYTES], *plain;
	EVP_CIPHER_CTX *c;
	int n, rc = -1;

	if (sealed.n < SEAL_TAG_BYTES || size > INT_MAX || bound.n > INT_MAX)
		return -1;
	memcpy(tag, sealed.p + size, sizeof(tag));
	plain = xmalloc(size);
	c = EVP_CIPHER_CTX_new();
	must(c != NULL);
	must(EVP_DecryptInit_ex2(c, EVP_aes_256_gcm(), key->b, nonce, NULL));
	must(EVP_DecryptUpdate(c, NULL, &n, (const unsigned char *)bound.p, (int)bound.n));
	must(EVP_DecryptUpdate(c, plain, &n, (const unsigned char *)sealed.p, (int)size));
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG_BYTES, tag));
	if (EVP_DecryptFinal_ex(c, plain + n, &n) == 1)
		rc = buf_add(out, plain, size);
	EVP_CIPHER_CTX_free(c);
	mem_wipe(plain, size);
	free(plain);
	return rc;
}
