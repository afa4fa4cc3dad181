/* SPDX-License-Identifier: MIT */
/* entra_error.h - how Entra refuses: one table of AADSTS codes, and the three forms in which it says them. */
#ifndef EMU_ENTRA_ERROR_H
#define EMU_ENTRA_ERROR_H

#include "request.h"

struct refusal {
	int code;
	unsigned status;
	const char *error, *suberror;	/* suberror: NULL when there is none */
	const char *text;		/* the first %s: what the refusal is about; the second: the tenant */
};

/* The row of the table; an unknown code is a general one. */
struct refusal entra_refusal(int code);
/* "AADSTS700016: Application with ...\r\nTrace ID: ...", the description of every form. */
void entra_describe(struct request *r, const struct refusal *f, const char *about, struct text *out);
/* The error document of the token and device code endpoints becomes the reply. */
void entra_refuse(struct request *r, int code, const char *about);
/* The same with another name of the error than the table's. */
void entra_refuse_as(struct request *r, int code, const char *error, const char *about);
/* The error page that a browser shows when Entra cannot send it back to the application becomes the reply. */
void entra_refuse_page(struct request *r, int code, const char *about);

#endif
