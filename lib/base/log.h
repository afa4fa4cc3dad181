/* SPDX-License-Identifier: MIT */
/* log.h - one line an event, logfmt, on stderr.
 *
 *     struct log_line l;
 *     log_start(&l, LOG_INFO, "run.done");
 *     log_int(&l, "run", 42);
 *     log_text(&l, "error", e.text);
 *     log_finish(&l);
 *
 * `event=` comes first. Text values are quoted when needed and escaped always: nothing that came from outside can add a line, a
 * key or a priority. Under the journal (stderr is the socket named by JOURNAL_STREAM) each line starts with "<N>", elsewhere with
 * a UTC time stamp. A line that is too long is cut inside its last value, and says so by a trailing "...". */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

#define LOG_LINE_MAX 4096
#define LOG_VALUE_MAX 700

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_line {
	bool on; /* false: below the level, everything is skipped */
	enum log_level level;
	size_t n;
	char text[LOG_LINE_MAX];
};

/* Set once at start, before any thread: the level, and whether lines are for the journal. */
void log_setup(enum log_level level, bool journal);
/* Whether stderr is the journal's socket. */
bool log_stderr_is_journal(void);
bool log_enabled(enum log_level level);
/* Called before each line is written, and after: lets a progress bar get out of the way. NULL for none. */
void log_set_hooks(void (*before)(void), void (*after)(void));

void log_start(struct log_line *l, enum log_level level, const char *event);
void log_int(struct log_line *l, const char *key, int64_t value);
void log_text(struct log_line *l, const char *key, const char *value);
void log_span(struct log_line *l, const char *key, struct span value);
/* code= and remedy= and error= of an error, those that are set; ends nothing. */
struct err;
void log_err(struct log_line *l, const struct err *e);
void log_finish(struct log_line *l);

#endif
