/* SPDX-License-Identifier: MIT */
/* partner_error.h - the codes by which Partner Center refuses. */
#ifndef EMU_PARTNER_ERROR_H
#define EMU_PARTNER_ERROR_H

#include "request.h"

/* The error document of a code becomes the reply; status 0: the code's usual one (400 for a code that is not in the table). */
void partner_error(struct request *r, int64_t code, unsigned status);

#endif
