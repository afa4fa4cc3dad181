/* SPDX-License-Identifier: MIT */
/* entra_client.h - who signs in: client id with a secret (form or HTTP Basic) or with a signed assertion. */
#ifndef EMU_ENTRA_CLIENT_H
#define EMU_ENTRA_CLIENT_H

#include "request.h"

/* 0, or the AADSTS code to refuse with and what the refusal is about; *about is the caller's to free. */
int entra_check_client(struct request *r, const char *form, char **about);

#endif
