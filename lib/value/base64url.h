/* SPDX-License-Identifier: MIT */
/* base64url.h - base64 in the alphabet of URLs, without padding (RFC 4648 section 5): the parts of a JWT, PKCE, the token file. */
#ifndef VALUE_BASE64URL_H
#define VALUE_BASE64URL_H

#include "base/buf.h"

/* Appends BYTES encoded; -1 when the buffer's maximum is reached. */
int base64url_encode(struct buf *out, struct span bytes) MUST_CHECK;
/* Appends TEXT decoded; -1 (OUT may hold a part of it) when it is not base64url as base64url_encode writes it, down to the unused bits
 * of its last character, or the maximum is reached. */
int base64url_decode(struct buf *out, struct span text) MUST_CHECK;

#endif
