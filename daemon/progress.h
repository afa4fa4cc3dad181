/* SPDX-License-Identifier: MIT */
/* progress.h - the bar of `sync` on a terminal: one line, drawn again at most PROGRESS_FRAME_MS apart, out of the way of log lines. */
#ifndef DAEMON_PROGRESS_H
#define DAEMON_PROGRESS_H

#include "base/util.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_FRAME_MS 100
#define PROGRESS_LINE_MAX 256

struct progress_facts {
	const char *step;     /* what the run does before slices are known, "usage" and so on */
	int64_t done, total;  /* slices; total 0: not known yet */
	int64_t rows, failed;
	int64_t elapsed_ms;   /* since the first slice began */
};

/* The line for a terminal of WIDTH columns, without line end; never longer than it. Returns its length. Pure. */
size_t progress_line(const struct progress_facts *facts, size_t width, char *text, size_t size);

/* Only one bar a process: log lines have to know of it. Nothing is drawn unless stderr is a terminal. */
bool progress_wanted(void);
void progress_begin(void);
void progress_show(const struct progress_facts *facts);
/* Wipes the line and lets the log go on alone. */
void progress_end(void);

#endif
