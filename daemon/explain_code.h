/* SPDX-License-Identifier: MIT */
/* explain_code.h - `explain E-AUTH-700082`: what a code means, what to do, and whether the daemon tries again by itself. */
#ifndef DAEMON_EXPLAIN_CODE_H
#define DAEMON_EXPLAIN_CODE_H

#include <stdbool.h>
#include <stdio.h>

/* Whether WORD is meant as a code: "E-...", in any case, or a number, with AADSTS in front or alone. */
bool explain_is_code(const char *word);
/* Prints the entry of CODE to OUT. The exit code: 2 when there is no such code, and then stderr names the nearest ones. */
int explain_code(const char *code, FILE *out);
/* All codes, a line each. */
void explain_code_list(FILE *out);
/* All codes as a list of mdoc(7), for the manual. */
void explain_mdoc(FILE *out);

#endif
