/* SPDX-License-Identifier: MIT */
/* tls.h - a certificate authority of the emulator's own and a leaf for localhost, 127.0.0.1 and ::1. */
#ifndef EMU_TLS_H
#define EMU_TLS_H

#include "text.h"

struct tls {
	struct text cert, key;	/* PEM of the leaf with its issuer, and its private key */
	char ca_file[600];
};

/* Uses what dir holds from an earlier start (ca.pem, server.pem, server.key) if it is still valid for 30 days, or makes it. */
int tls_prepare(struct tls *t, const char *dir, struct err *e) MUST_CHECK;
void tls_fini(struct tls *t);

#endif
