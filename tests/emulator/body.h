/* SPDX-License-Identifier: MIT */
/* body.h - what happens to a finished body: indenting, UTF-16, byte order mark, gzip. */
#ifndef EMU_BODY_H
#define EMU_BODY_H

#include "request.h"

/* Applies the quirks of the scenario to r->reply.body, and the headers they need. */
void body_transform(struct request *r);
/* The whole of in as one gzip member; spaces more blanks follow it inside. */
void body_gzip(const struct text *in, uint64_t spaces, struct text *out);
int body_accepts_json(const struct request *r);
/* Whether it will be gzip, and the headers that say so. */
int body_wants_gzip(const struct request *r);
void body_say_gzip(struct request *r);
/* The first object of "items", or NULL; its length in *len. */
const char *body_first_item(const struct text *body, size_t *len);

#endif
