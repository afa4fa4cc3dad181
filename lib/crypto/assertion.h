/* SPDX-License-Identifier: MIT */
/* assertion.h - a JWT that an application proves itself with to Entra in place of a secret (RFC 7523), signed by the key of a
 * certificate that was uploaded to the app. No key, and nothing made of it but the signature, is ever in an error. */
#ifndef CRYPTO_ASSERTION_H
#define CRYPTO_ASSERTION_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

enum assertion_algorithm {
	ASSERTION_PS256, /* the header names the certificate by x5t#S256 */
	ASSERTION_RS256, /* by x5t, as before 2025 */
};

struct assertion {
	struct span certificate_pem, key_pem; /* the first of each in the text; borrowed */
	enum assertion_algorithm algorithm;
	const char *client_id, *audience; /* of the configuration: they hold nothing that JSON would escape */
	int64_t now;
};

/* Appends the JWT, good for minutes. ERR_AUTH with the remedy when certificate or key can't be read (E-CERT-FORM), are not RSA, don't
 * belong together (E-CERT-KEY), or the certificate is not valid at NOW (E-CERT-EXPIRED). */
int assertion_make(struct buf *out, const struct assertion *a, struct err *e) MUST_CHECK;
/* The instant at which the certificate expires. */
int assertion_expires_at(struct span certificate_pem, int64_t *instant, struct err *e) MUST_CHECK;

#endif
