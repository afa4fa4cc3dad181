/* SPDX-License-Identifier: MIT */
/* entra_client.h - who signs in: client id with a secret (form or HTTP Basic) or with a signed assertion. */
#ifndef EMU_ENTRA_CLIENT_H
#define EMU_ENTRA_CLIENT_H

#include "request.h"

/* 0, or the AADSTS code to refuse with. SENT: the client id of the request or NULL, the caller's to free. */
int entra_check_client(struct request *r, const char *form, char **sent);

#endif
