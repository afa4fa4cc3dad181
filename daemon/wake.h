/* SPDX-License-Identifier: MIT */
/* wake.h - an alarm at an instant of the wall clock, and the news that the clock was set. The loop's own timers are monotonic: after
 * the clock is set, or the machine slept, they fire at the wrong hour. */
#ifndef DAEMON_WAKE_H
#define DAEMON_WAKE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct uv_loop_s;
struct wake_handle;
struct wake;

struct wake {
	void (*on_wake)(struct wake *w, bool clock_set); /* filled by the caller */
	struct wake_handle *handle;                      /* private */
};

int wake_start(struct wake *w, struct uv_loop_s *loop, struct err *e) MUST_CHECK;
/* Sets the alarm, instead of the one before; an instant that is past fires in the next turn. */
void wake_at(struct wake *w, int64_t instant);
/* Silent and immediate; fine when never started. */
void wake_stop(struct wake *w);

#endif
