/* SPDX-License-Identifier: MIT */
/* codes.h - every stable code (`code=` in the log, `E-...`) in one list: those that the program makes itself, and those of Entra and
 * Partner Center from pc_error.h. A test fails when a code in the source is not among them. */
#ifndef DAEMON_CODES_H
#define DAEMON_CODES_H

#include <stdbool.h>
#include <stddef.h>

/* What the daemon does about it by itself. */
enum code_doing {
	CODE_RETRIED,   /* again in the same run, and in the next ones */
	CODE_NEXT_RUN,  /* goes on without; the next run asks again */
	CODE_NEW_TOKEN, /* once more with a fresh token, then a person must act */
	CODE_LEFT_OUT,  /* this subscription or customer is asked about once a night */
	CODE_PERSON,    /* a person must act; each run tries once */
	CODE_REFUSED,   /* the program ends, or does not start */
	CODE_TOLD,      /* a finding of `check` alone */
};

struct code {
	const char *code; /* "E-LOCK"; "E-PC-HTTP-*" stands for every number */
	const char *meaning, *remedy;
	enum code_doing doing;
};

size_t codes_count(void);
/* The program's own first, then Entra's and Partner Center's, in the order of their tables. */
struct code codes_at(size_t i);
/* The entry for CODE as the log has it. */
bool codes_find(const char *code, struct code *found);
/* A sentence: "tries again by itself, ..." */
const char *code_doing_text(enum code_doing doing);

#endif
