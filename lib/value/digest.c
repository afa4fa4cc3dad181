/* SPDX-License-Identifier: MIT */
#include "value/digest.h"

#include "base/mem.h"

#include <endian.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 8
#define TAG_FIELD 'f' /* a number and a text of eight bytes differ by these */
#define TAG_NUMBER 'n'
#define GATHER_BYTES 512 /* most sequences of fields are shorter */

struct digester {
	EVP_MD *sha256;
	EVP_MD_CTX *context;
	size_t gathered;
	unsigned char bytes[GATHER_BYTES]; /* not yet hashed: the library is asked for many fields at once, not for each */
};

/* SHA-256 of bytes in memory fails only without memory or without a usable OpenSSL: as in mem.h, better no answer than a wrong one. */
static void must(int ok)
{
	if (!ok)
		abort();
}

struct digester *digester_new(void)
{
	struct digester *d = xcalloc(1, sizeof(*d));

	d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL); /* once: a look-up at every start would cost more than the hash */
	d->context = EVP_MD_CTX_new();
	must(d->sha256 && d->context);
	return d;
}

void digester_free(struct digester *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->context);
	EVP_MD_free(d->sha256);
	free(d);
}

void digester_start(struct digester *d)
{
	must(EVP_DigestInit_ex2(d->context, d->sha256, NULL));
	d->gathered = 0;
}

static void hash_gathered(struct digester *d)
{
	if (d->gathered)
		must(EVP_DigestUpdate(d->context, d->bytes, d->gathered));
	d->gathered = 0;
}

void digester_bytes(struct digester *d, struct span bytes)
{
	if (bytes.n > GATHER_BYTES - d->gathered)
		hash_gathered(d);
	if (bytes.n > GATHER_BYTES) {
		must(EVP_DigestUpdate(d->context, bytes.p, bytes.n));
	} else if (bytes.n) {
		memcpy(d->bytes + d->gathered, bytes.p, bytes.n);
		d->gathered += bytes.n;
	}
}

/* A tag and eight bytes in the order of the network: digests are stored, so they must not depend on the machine. */
static void add_word(struct digester *d, char tag, uint64_t word)
{
	char bytes[1 + NUMBER_BYTES];

	bytes[0] = tag;
	word = htobe64(word);
	memcpy(bytes + 1, &word, sizeof(word));
	digester_bytes(d, (struct span){ bytes, sizeof(bytes) });
}

void digester_field(struct digester *d, struct span bytes)
{
	add_word(d, TAG_FIELD, bytes.n);
	digester_bytes(d, bytes);
}

void digester_number(struct digester *d, int64_t number)
{
	add_word(d, TAG_NUMBER, (uint64_t)number);
}

struct digest digester_finish(struct digester *d)
{
	unsigned char whole[EVP_MAX_MD_SIZE];
	struct digest r;

	hash_gathered(d);
	must(EVP_DigestFinal_ex(d->context, whole, NULL));
	memcpy(r.b, whole, sizeof(r.b));
	return r;
}

/* -- with a key ---------------------------------------------------------------------------------------------------------------- */

#define STAMP_STEP ((size_t)1 << 30) /* the library counts in int */

struct stamper {
	EVP_CIPHER *gcm;
	EVP_CIPHER_CTX *context;
};

struct stamper *stamper_new(void)
{
	struct stamper *st = xcalloc(1, sizeof(*st));

	st->gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	st->context = EVP_CIPHER_CTX_new();
	must(st->gcm && st->context);
	return st;
}

void stamper_free(struct stamper *st)
{
	if (!st)
		return;
	EVP_CIPHER_CTX_free(st->context);
	EVP_CIPHER_free(st->gcm);
	free(st);
}

/* The same nonce for all: it would matter if somebody saw the digests. */
void stamper_start(struct stamper *st, const unsigned char key[STAMP_KEY_BYTES])
{
	static const unsigned char nonce[12];

	must(EVP_EncryptInit_ex2(st->context, st->gcm, key, nonce, NULL));
}

void stamper_bytes(struct stamper *st, struct span bytes)
{
	while (bytes.n) {
		const size_t n = bytes.n < STAMP_STEP ? bytes.n : STAMP_STEP;
		int taken;

		must(EVP_EncryptUpdate(st->context, NULL, &taken, (const unsigned char *)bytes.p, (int)n));
		bytes = (struct span){ bytes.p + n, bytes.n - n };
	}
}

struct digest stamper_finish(struct stamper *st)
{
	unsigned char nothing[EVP_MAX_BLOCK_LENGTH];
	struct digest r;
	int n;

	must(EVP_EncryptFinal_ex(st->context, nothing, &n));
	must(EVP_CIPHER_CTX_ctrl(st->context, EVP_CTRL_AEAD_GET_TAG, sizeof(r.b), r.b));
	return r;
}

bool digest_equal(struct digest a, struct digest b)
{
	return memcmp(a.b, b.b, sizeof(a.b)) == 0;
}
