/* SPDX-License-Identifier: MIT */
/* say.h - how a command tells its caller that it can't go on: one plain line for a person, a log line for the journal;
 * and texts from outside on a terminal. */
#ifndef DAEMON_SAY_H
#define DAEMON_SAY_H

#include "base/err.h"

#include <stdio.h>

/* Prints E once on stderr and returns the exit code that belongs to it. */
int say_error(const struct err *e);

/* Prints TEXT, which may come from outside, with control characters made harmless. */
void say_text(FILE *out, const char *text);
/* The same as a column: cut or filled up to WIDTH characters. */
void say_column(FILE *out, const char *text, int width);

#endif
