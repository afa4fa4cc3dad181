/* SPDX-License-Identifier: MIT */
/* redirect.h - what the sign-in service sends back through the browser: the query of the redirect address (RFC 6749 4.1.2). Pure. */
#ifndef AUTH_REDIRECT_H
#define AUTH_REDIRECT_H

#include "base/buf.h"
#include "base/err.h"

struct redirect { /* decoded; empty when absent */
	struct buf code, state;        /* visible ASCII */
	struct buf error, description; /* any bytes */
};

/* Fills R from QUERY, what stands behind the "?". ERR_FORMAT when one of the four is there twice, is wrongly encoded or longer than
 * LIMIT_REDIRECT_BYTES, when code or state hold what no code has, or when there is neither a code nor an error, or both. Other names
 * are passed over. R is ended with redirect_fini in any case; no error holds a byte of QUERY. */
int redirect_parse(struct redirect *r, struct span query, struct err *e) MUST_CHECK;
/* Wipes. */
void redirect_fini(struct redirect *r);

/* The query in what a person pasted: the whole address, or only what stands behind its "?"; without white space and quotes around it, and
 * without a fragment. Borrowed from PASTED. */
struct span redirect_query_of(struct span pasted);

#endif
