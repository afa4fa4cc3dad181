/* SPDX-License-Identifier: MIT */
/* loop_gap.h - for how long the loop was held up: the longest time between two waits for events, in which neither the watchdog, a
 * signal nor a socket was answered. Two readings of the clock a turn; it wakes nobody and holds the loop open for nobody. */
#ifndef DAEMON_LOOP_GAP_H
#define DAEMON_LOOP_GAP_H

#include <stdint.h>

struct uv_loop_s;
struct loop_gap_handle;

struct loop_gap { /* zeroed */
	uint64_t longest_us; /* since the start; stays after the stop */
	uint64_t turns;
	struct loop_gap_handle *handle; /* private */
};

/* LOOP was configured with UV_METRICS_IDLE_TIME. */
void loop_gap_start(struct loop_gap *g, struct uv_loop_s *loop);
/* Immediate and idempotent; fine when never started. */
void loop_gap_stop(struct loop_gap *g);

#endif
