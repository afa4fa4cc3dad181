/* SPDX-License-Identifier: MIT */
/* err.h - what went wrong, filled by the callee and completed on the way up.
 *
 * A function that can fail returns 0 or -1 and takes `struct err *e` last. The kind says what to DO, the text says what
 * happened; err_wrap() puts "where" in front of it, so the one who decides logs one whole sentence. lib/ never logs errors. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/util.h"

#define ERR_TEXT_MAX 512
#define ERR_CODE_MAX 40
#define ERR_REMEDY_MAX 256

enum err_kind {
	ERR_NONE = 0,
	ERR_NET,       /* no answer: connection, TLS, time-out; try again later */
	ERR_BUSY,      /* asked to wait (429, 204 not ready, database locked); try again later */
	ERR_AUTH,      /* a person must act: consent, secret, role */
	ERR_REMOTE,    /* the service refuses this request for good */
	ERR_FORMAT,    /* bytes from outside are not what the contract says */
	ERR_STORE,     /* database or disk */
	ERR_CONFIG,    /* the configuration or the command line */
	ERR_CANCELLED, /* we were told to stop */
};

struct err {
	enum err_kind kind;
	char code[ERR_CODE_MAX];     /* stable code for people, e.g. "E-AUTH-700082"; "" when there is none */
	char remedy[ERR_REMEDY_MAX]; /* the sentence that fixes it; "" when there is none */
	char text[ERR_TEXT_MAX];     /* what happened; always terminated, cut with "..." when too long */
}; /* all of it UTF-8 that prints: each byte of an argument that does not is a "?" */

#define ERR_INIT { .kind = ERR_NONE }

/* Sets the error and returns -1, for `return err_set(e, ...)`. Text from outside may be passed as an argument, never as format. */
int err_set(struct err *e, enum err_kind kind, const char *format, ...) PRINTF(3, 4);

/* The same with errno's text behind: "open FILE: No space left on device". */
int err_errno(struct err *e, enum err_kind kind, const char *format, ...) PRINTF(3, 4);

/* Puts "where: " in front of the text, keeps kind, code and remedy; returns -1. */
int err_wrap(struct err *e, const char *format, ...) PRINTF(2, 3);

/* Adds the stable code and the remedy to an error that is set; either may be NULL to leave it. Returns -1. */
int err_advise(struct err *e, const char *code, const char *remedy);

void err_clear(struct err *e);
const char *err_kind_name(enum err_kind kind);

#endif
