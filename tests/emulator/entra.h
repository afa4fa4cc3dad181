/* SPDX-License-Identifier: MIT */
/* entra.h - the sign-in side: POST /{tenant}/oauth2/v2.0/token and /{tenant}/oauth2/token. */
#ifndef EMU_ENTRA_H
#define EMU_ENTRA_H

#include "request.h"

void entra_token(struct request *r);

#endif
