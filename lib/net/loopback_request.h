/* SPDX-License-Identifier: MIT */
/* loopback_request.h - the one kind of request that loopback.h serves, read strictly. Pure. */
#ifndef NET_LOOPBACK_REQUEST_H
#define NET_LOOPBACK_REQUEST_H

#include "base/span.h"

#include <stdint.h>

#define LOOPBACK_REQUEST_OK 200

/* The length of the head, with the empty line that ends it, or 0 when that has not come yet. FROM: bytes that an earlier call has
 * looked at in vain, so that a head which comes byte by byte costs no more than another. */
size_t loopback_head_size(struct span bytes, size_t from);

/* HEAD: "GET /path?query HTTP/1.1" and the header lines, each ended by CR LF, as loopback_head_size() found it. Returns the HTTP
 * status: LOOPBACK_REQUEST_OK, with PATH and QUERY (what stands behind the "?", empty when there is none) borrowed from HEAD, both
 * visible ASCII; or what to refuse it with:
 *   400  not HTTP, a control character anywhere, a target that is not "/...", a folded or nameless header, no Host or two, a body
 *   405  another method than GET
 *   421  Host is not localhost, 127.0.0.1 or [::1] with PORT: a page of another site that had its name lead here (DNS rebinding)
 *   431  more header lines than LIMIT_LOOPBACK_HEADERS
 *   505  another version than HTTP/1.0 and 1.1 */
unsigned loopback_request_read(struct span head, uint16_t port, struct span *path, struct span *query);

#endif
