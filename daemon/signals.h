/* SPDX-License-Identifier: MIT */
/* signals.h - SIGTERM and SIGINT (end), SIGHUP (run now), delivered on the loop. A second signal to end exits at once: everything
 * on disk is whole at every instant, so haste costs work, not data. */
#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

#include "base/err.h"

#include <stdbool.h>

struct uv_loop_s;
struct uv_signal_s;
struct signals;

struct signals { /* filled by the caller; zeroed otherwise */
	void (*on_end)(struct signals *s, const char *name); /* once; NAME: "SIGTERM" */
	void (*on_hup)(struct signals *s);                   /* NULL: SIGHUP ends as SIGTERM does */

	struct uv_signal_s *handles[3]; /* private */
	bool ending;
};

int signals_start(struct signals *s, struct uv_loop_s *loop, struct err *e) MUST_CHECK;
/* Silent and immediate; fine when never started. */
void signals_stop(struct signals *s);

#endif
