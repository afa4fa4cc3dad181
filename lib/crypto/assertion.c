/* SPDX-License-Identifier: MIT */
#include "crypto/assertion.h"

#include "base/limits.h"
#include "base/mem.h"
#include "value/base64url.h"
#include "value/day.h"
#include "value/guid.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#define SKEW_S 60 /* clocks differ: valid since a minute ago */
#define LIFE_S 480
#define RSA_BITS_MIN 2048
#define FORM_REMEDY "give a certificate and its RSA key, both as PEM, the key without a passphrase"

struct pair {
	X509 *certificate;
	EVP_PKEY *key;
};

static void pair_fini(struct pair *p)
{
	X509_free(p->certificate);
	EVP_PKEY_free(p->key);
	ERR_clear_error(); /* the library's queue is of no use to us */
}

/* Instead of the library's question at a terminal. */
static int no_passphrase(char *to, int size, int writing, void *user)
{
	(void)to;
	(void)size;
	(void)writing;
	(void)user;
	return -1;
}

static X509 *read_certificate(struct span pem, struct err *e)
{
	BIO *bio = pem.n && pem.n <= INT_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;

	BIO_free(bio);
	if (!certificate) {
		err_set(e, ERR_AUTH, "the client certificate is not a certificate in PEM");
		(void)err_advise(e, "E-CERT-FORM", FORM_REMEDY);
	}
	return certificate;
}

static EVP_PKEY *read_key(struct span pem, struct err *e)
{
	BIO *bio = pem.n && pem.n <= INT_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;

	BIO_free(bio);
	if (key && EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= RSA_BITS_MIN)
		return key;
	err_set(e, ERR_AUTH, "the client key is not %s", key ? "an RSA key of 2048 bits or more" : "a private key in PEM without a passphrase");
	(void)err_advise(e, "E-CERT-FORM", FORM_REMEDY);
	EVP_PKEY_free(key);
	return NULL;
}

static bool to_instant(const ASN1_TIME *time, int64_t *instant)
{
	int days, seconds;
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	bool known = epoch && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;

	ASN1_TIME_free(epoch);
	if (known)
		*instant = (int64_t)days * DAY_SECONDS + seconds;
	return known;
}

static int check_dates(const X509 *certificate, int64_t now, struct err *e)
{
	char text[INSTANT_TEXT_MAX];
	int64_t from, to;

	if (!to_instant(X509_get0_notBefore(certificate), &from) || !to_instant(X509_get0_notAfter(certificate), &to)) {
		err_set(e, ERR_AUTH, "the client certificate has no dates that can be read");
		return err_advise(e, "E-CERT-FORM", FORM_REMEDY);
	}
	if (now >= from && now <= to)
		return 0;
	instant_print(now < from ? from : to, text);
	err_set(e, ERR_AUTH, "the client certificate %s %s", now < from ? "is not valid before" : "has expired on", text);
	return err_advise(e, "E-CERT-EXPIRED",
			  "make a new certificate and key, upload the certificate to the app in Entra, and put both in their files; check the clock");
}

static int pair_read(struct pair *p, const struct assertion *a, struct err *e)
{
	p->certificate = read_certificate(a->certificate_pem, e);
	if (!p->certificate)
		return -1;
	p->key = read_key(a->key_pem, e);
	if (!p->key)
		return -1;
	if (X509_check_private_key(p->certificate, p->key) != 1) {
		err_set(e, ERR_AUTH, "the client key is not that of the client certificate");
		return err_advise(e, "E-CERT-KEY", "put the certificate and the key that was made with it in the two files");
	}
	return check_dates(p->certificate, a->now, e);
}

static int put_header(struct buf *out, const X509 *certificate, enum assertion_algorithm algorithm)
{
	bool ps = algorithm == ASSERTION_PS256;
	unsigned char print[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct buf json;
	int rc;

	if (X509_digest(certificate, ps ? EVP_sha256() : EVP_sha1(), print, &n) != 1)
		return -1;
	buf_init(&json, LIMIT_LINK_BYTES);
	rc = buf_printf(&json, "{\"alg\":\"%s\",\"typ\":\"JWT\",\"%s\":\"", ps ? "PS256" : "RS256", ps ? "x5t#S256" : "x5t");
	rc = rc || base64url_encode(&json, (struct span){ (const char *)print, n }) || buf_add_text(&json, "\"}") ||
	     base64url_encode(out, buf_span(&json));
	buf_fini(&json);
	return rc ? -1 : 0;
}

static int put_claims(struct buf *out, const struct assertion *a)
{
	char jti[GUID_TEXT_MAX];
	long long from = (long long)a->now - SKEW_S, to = (long long)a->now + LIFE_S;
	struct buf json;
	int rc;

	guid_print(guid_random(), jti);
	buf_init(&json, LIMIT_LINK_BYTES);
	rc = buf_printf(&json, "{\"aud\":\"%s\",\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"%s\",\"nbf\":%lld,\"iat\":%lld,\"exp\":%lld}",
			a->audience, a->client_id, a->client_id, jti, from, from, to);
	rc = rc || base64url_encode(out, buf_span(&json));
	buf_fini(&json);
	return rc ? -1 : 0;
}

static bool use_pss(EVP_PKEY_CTX *c)
{
	return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/* Appends the signature of TEXT. */
static int put_signature(struct buf *out, EVP_PKEY *key, enum assertion_algorithm algorithm, struct span text)
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c = NULL; /* the digest's */
	size_t size = (size_t)EVP_PKEY_get_size(key);
	unsigned char *signature = xmalloc(size);
	int rc = -1;

	if (digest && EVP_DigestSignInit_ex(digest, &c, "SHA256", NULL, NULL, key, NULL) == 1 &&
	    (algorithm != ASSERTION_PS256 || use_pss(c)) &&
	    EVP_DigestSign(digest, signature, &size, (const unsigned char *)text.p, text.n) == 1)
		rc = base64url_encode(out, (struct span){ (const char *)signature, size });
	EVP_MD_CTX_free(digest);
	free(signature);
	return rc;
}

int assertion_make(struct buf *out, const struct assertion *a, struct err *e)
{
	struct pair p = { NULL, NULL };
	struct buf text;
	int rc;

	buf_init(&text, LIMIT_TOKEN_BYTES);
	rc = pair_read(&p, a, e);
	if (rc == 0 && (put_header(&text, p.certificate, a->algorithm) || buf_add_text(&text, ".") || put_claims(&text, a) ||
			buf_add_span(out, buf_span(&text)) || buf_add_text(out, ".") ||
			put_signature(out, p.key, a->algorithm, buf_span(&text)))) {
		err_set(e, ERR_AUTH, "the client key does not sign");
		rc = err_advise(e, "E-CERT-FORM", FORM_REMEDY);
	}
	buf_fini_secret(&text);
	pair_fini(&p);
	return rc;
}

int assertion_expires_at(struct span certificate_pem, int64_t *instant, struct err *e)
{
	struct pair p = { read_certificate(certificate_pem, e), NULL };
	int rc = -1;

	if (p.certificate) {
		rc = to_instant(X509_get0_notAfter(p.certificate), instant) ? 0 : err_set(e, ERR_AUTH, "the client certificate has no end");
		if (rc == -1)
			(void)err_advise(e, "E-CERT-FORM", FORM_REMEDY);
	}
	pair_fini(&p);
	return rc;
}
