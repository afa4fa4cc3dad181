/* SPDX-License-Identifier: MIT */
/* paste.h - lines that a person pastes on standard input while the loop runs. On a terminal what is pasted is not shown (a code may be in
 * it) and may be longer than the 4095 bytes that a terminal takes by itself; the terminal gets its ways back at the end. */
#ifndef DAEMON_PASTE_H
#define DAEMON_PASTE_H

#include "base/buf.h"
#include "net/timer.h"

#include <termios.h>

#define PASTE_LINE_MAX ((size_t)48 << 10) /* what is longer is cut there */

struct uv_loop_s;
struct uv_poll_s;
struct paste;

struct paste { /* zeroed, with on_line set */
	/* A line without its end, borrowed; not an empty one. May stop P. */
	void (*on_line)(struct paste *p, struct span line);

	/* private */
	struct uv_loop_s *loop;
	struct uv_poll_s *handle;
	struct timer timer;
	struct buf line;
	int flags; /* of the descriptor, before */
	bool terminal;
	struct termios before;
};

/* From a terminal, a pipe or a file; there may be nothing to read, then nothing comes. A terminal of which we are in the background is
 * left alone. on_line is never called inside. */
void paste_start(struct paste *p, struct uv_loop_s *loop);
/* Silent and immediate; fine when never started. */
void paste_stop(struct paste *p);

#endif
