/* SPDX-License-Identifier: MIT */
#include "certs.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define CERTS_MAX 8

int
certs_load(struct certs *c, const char *path, struct err *e)
{
	struct text pem = {0};
	BIO *bio = NULL;
	int rc = -1;

	*c = (struct certs){0};
	if (*path == '\0')
		return 0;
	if (text_file(&pem, path, e) != 0)
		goto out;
	c->all = mem_new(CERTS_MAX, sizeof(*c->all));
	bio = BIO_new_mem_buf(pem.p, (int)pem.len);
	while (bio != NULL && c->count < CERTS_MAX && (c->all[c->count] = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		c->count++;
	ERR_clear_error();
	rc = c->count > 0 ? 0 : err_set(e, "%s: no certificate (PEM) in it", path);
out:
	if (rc != 0)
		certs_fini(c);
	BIO_free(bio);
	text_fini(&pem);
	return rc;
}

void
certs_fini(struct certs *c)
{
	for (size_t i = 0; i < c->count; i++)
		X509_free(c->all[i]);
	free(c->all);
	*c = (struct certs){0};
}

struct x509_st *
certs_find(const struct certs *c, enum cert_digest kind, const char *thumbprint)
{
	for (size_t i = 0; i < c->count; i++) {
		unsigned char digest[EVP_MAX_MD_SIZE];
		struct text made = {0};
		unsigned n = 0;
		int same;

		if (X509_digest(c->all[i], kind == CERT_SHA1 ? EVP_sha1() : EVP_sha256(), digest, &n) != 1)
			abort();
		text_base64(&made, digest, n, 1);
		same = strcmp(made.p, thumbprint) == 0;
		text_fini(&made);
		if (same)
			return c->all[i];
	}
	return NULL;
}

int
cert_verifies(struct x509_st *cert, enum cert_scheme scheme, const void *p, size_t len, const unsigned char *signature, size_t signature_len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key = NULL;
	int good = 0;

	if (ctx == NULL)
		abort();
	if (EVP_DigestVerifyInit(ctx, &key, EVP_sha256(), NULL, X509_get0_pubkey(cert)) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(key, scheme == CERT_PS256 ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) > 0 &&
	    (scheme != CERT_PS256 || EVP_PKEY_CTX_set_rsa_pss_saltlen(key, RSA_PSS_SALTLEN_DIGEST) > 0))
		good = EVP_DigestVerify(ctx, signature, signature_len, p, len) == 1;
	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	return good;
}

int
cert_has_expired(struct x509_st *cert, long long now)
{
	time_t at = (time_t)now;

	return X509_cmp_time(X509_get0_notAfter(cert), &at) <= 0;
}
