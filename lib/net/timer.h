/* SPDX-License-Identifier: MIT */
/* timer.h - a one-shot delay on the loop, monotonic. Cancel is immediate, silent and idempotent: afterwards the callback does not
 * run and the memory may go. (That closing a libuv handle takes a turn of the loop is hidden here.) */
#ifndef NET_TIMER_H
#define NET_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct uv_loop_s;
struct uv_timer_s;
struct timer;
typedef void timer_fn(struct timer *t);

struct timer { /* embedded in its owner; zeroed is valid and idle */
	struct uv_timer_s *handle;
	timer_fn *fire;
};

/* Runs FIRE once after DELAY_MS (0: as soon as the present callback has returned). A timer that is already running is set anew; it
 * stays on the loop it was started on. When FIRE runs the timer is idle again: it may be started anew, or its memory may go. */
void timer_start(struct timer *t, struct uv_loop_s *loop, uint64_t delay_ms, timer_fn *fire);
void timer_cancel(struct timer *t);
bool timer_active(const struct timer *t);

#endif
