/* SPDX-License-Identifier: MIT */
/* entra_assertion.h - the JWT by which an application proves itself with a certificate. */
#ifndef EMU_ENTRA_ASSERTION_H
#define EMU_ENTRA_ASSERTION_H

#include "request.h"

/* 0, or the AADSTS code to refuse with; *why then: what to say, the caller's to free. Each assertion is good once. */
int entra_check_assertion(struct request *r, const char *jwt, char **why);

#endif
