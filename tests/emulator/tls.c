/* SPDX-License-Identifier: MIT */
#include "tls.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIFE_SECONDS (397L * 86400)
#define REUSE_SECONDS (30L * 86400)

static int
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *x;
	X509V3_CTX ctx;
	int ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (x == NULL)
		return 0;
	ok = X509_add_ext(cert, x, -1);
	X509_EXTENSION_free(x);
	return ok;
}

static int
set_names(X509 *cert, X509 *issuer, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(cert);

	return X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, (const unsigned char *)"csp-usaged emulator", -1, -1, 0) == 1 &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) == 1 &&
	    X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1;
}

static int
set_serial(X509 *cert)
{
	unsigned char bytes[8];
	uint64_t serial = 0;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return 0;
	for (size_t i = 0; i < sizeof(bytes); i++)
		serial = serial << 8 | bytes[i];
	return ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1 | 1);
}

/* A certificate of key, signed by the issuer (itself when NULL). */
static X509 *
make_cert(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *cert = X509_new(), *by = issuer != NULL ? issuer : cert;
	int ca = issuer == NULL;

	if (cert == NULL)
		return NULL;
	if (X509_set_version(cert, 2) && set_serial(cert) && X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), LIFE_SECONDS) != NULL && X509_set_pubkey(cert, key) && set_names(cert, by, name) &&
	    add_extension(cert, by, NID_basic_constraints, ca ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
	    add_extension(cert, by, NID_key_usage, ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
	    add_extension(cert, by, NID_subject_key_identifier, "hash") &&
	    add_extension(cert, by, NID_authority_key_identifier, "keyid") &&
	    (ca || (add_extension(cert, by, NID_ext_key_usage, "serverAuth") &&
	    add_extension(cert, by, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1"))) &&
	    X509_sign(cert, issuer_key, EVP_sha256()) > 0)
		return cert;
	X509_free(cert);
	return NULL;
}

static FILE *
create(const char *path, mode_t mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	/* the mode whatever the umask, and also of a file that was there */
	FILE *f = fd < 0 || fchmod(fd, mode) != 0 ? NULL : fdopen(fd, "w");

	if (f == NULL) {
		err_set(e, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	return f;
}

static int
write_cert(const char *path, X509 *cert, X509 *issuer, struct err *e)
{
	FILE *f = create(path, 0644, e);
	int ok;

	if (f == NULL)
		return -1;
	ok = PEM_write_X509(f, cert) && (issuer == NULL || PEM_write_X509(f, issuer));
	if (fclose(f) != 0 || !ok)
		return err_set(e, "%s: cannot be written", path);
	return 0;
}

static int
write_key(const char *path, EVP_PKEY *key, struct err *e)
{
	FILE *f = create(path, 0600, e);
	int ok;

	if (f == NULL)
		return -1;
	ok = PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	if (fclose(f) != 0 || !ok)
		return err_set(e, "%s: cannot be written", path);
	return 0;
}

static int
make_all(const char *ca_path, const char *cert_path, const char *key_path, struct err *e)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *ca = NULL, *cert = NULL;
	int rc = -1;

	if (ca_key != NULL && key != NULL)
		ca = make_cert(ca_key, "emulator test authority", NULL, ca_key);
	if (ca != NULL)
		cert = make_cert(key, "localhost", ca, ca_key);
	if (cert == NULL)
		err_set(e, "OpenSSL cannot make a certificate");
	else if (write_cert(ca_path, ca, NULL, e) == 0 && write_cert(cert_path, cert, ca, e) == 0)
		rc = write_key(key_path, key, e);
	X509_free(ca);
	X509_free(cert);
	EVP_PKEY_free(ca_key);
	EVP_PKEY_free(key);
	return rc;
}

static int
is_fresh(const char *path)
{
	FILE *f = fopen(path, "r");
	X509 *cert = f != NULL ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	time_t soon = time(NULL) + REUSE_SECONDS;
	int fresh = cert != NULL && X509_cmp_time(X509_get0_notAfter(cert), &soon) > 0;

	X509_free(cert);
	if (f != NULL)
		fclose(f);
	return fresh;
}

int
tls_prepare(struct tls *t, const char *dir, struct err *e)
{
	char cert[600], key[600];

	if (strlen(dir) > 500)
		return err_set(e, "%s: name is too long", dir);
	snprintf(t->ca_file, sizeof(t->ca_file), "%s/ca.pem", dir);
	snprintf(cert, sizeof(cert), "%s/server.pem", dir);
	snprintf(key, sizeof(key), "%s/server.key", dir);
	if ((!is_fresh(t->ca_file) || !is_fresh(cert) || access(key, R_OK) != 0) && make_all(t->ca_file, cert, key, e) != 0)
		return -1;
	return text_file(&t->cert, cert, e) == 0 && text_file(&t->key, key, e) == 0 ? 0 : -1;
}

void
tls_fini(struct tls *t)
{
	text_fini(&t->cert);
	text_fini(&t->key);
}
