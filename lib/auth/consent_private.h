/* SPDX-License-Identifier: MIT */
/* consent_private.h - shared by consent.c (files, credentials) and consent_text.c (the document). */
#ifndef AUTH_CONSENT_PRIVATE_H
#define AUTH_CONSENT_PRIVATE_H

#include "auth/consent.h"
#include "crypto/seal.h"

#define CONSENT_REMEDY "run csp-usaged login"

/* Appends the document; KEY NULL: with a checksum. BOUND as in seal.h. */
int consent_print(struct buf *out, const struct consent *c, const struct seal_key *key, struct span bound, struct err *e) MUST_CHECK;
/* Fills C from the file's BYTES, a document of consent_print or a bare token. KEY may be NULL: then of a sealed one, which is
 * refused, the origin alone is filled in. */
int consent_parse(struct consent *c, struct span bytes, const struct seal_key *key, struct span bound, struct err *e) MUST_CHECK;

#endif
