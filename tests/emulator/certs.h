/* SPDX-License-Identifier: MIT */
/* certs.h - the certificates registered for the application, by which its assertions are checked. */
#ifndef EMU_CERTS_H
#define EMU_CERTS_H

#include <stddef.h>

#include "err.h"

struct x509_st;

struct certs {
	struct x509_st **all;
	size_t count;
};

enum cert_digest { CERT_SHA1, CERT_SHA256 };
enum cert_scheme { CERT_RS256, CERT_PS256 };

/* Reads every certificate of a PEM file; none when path is "". On error *c is empty. */
int certs_load(struct certs *c, const char *path, struct err *e) MUST_CHECK;
void certs_fini(struct certs *c);
/* The one whose digest (of the DER) is, in base64url, this thumbprint; NULL when none. */
struct x509_st *certs_find(const struct certs *c, enum cert_digest kind, const char *thumbprint);
/* 1 when the signature of the bytes was made with its key; PS256 with a salt of 32 bytes. */
int cert_verifies(struct x509_st *cert, enum cert_scheme scheme, const void *p, size_t len, const unsigned char *signature, size_t signature_len);
/* 1 when the certificate itself has expired at this time (seconds since 1970). */
int cert_has_expired(struct x509_st *cert, long long now);

#endif
