/* SPDX-License-Identifier: MIT */
/* lane.h - the second lane: one job at a time on a worker thread, in the order submitted. What jobs touch (decoders, database) is
 * touched by jobs alone, so it needs no locks; what the loop owns is touched in `done` alone.
 *
 * A job is the caller's memory from lane_submit until done() was called. */
#ifndef NET_LANE_H
#define NET_LANE_H

#include <stdbool.h>
#include <stddef.h>

struct uv_loop_s;
struct lane;
struct lane_job;
typedef void lane_fn(struct lane_job *job);

struct lane_job {
	lane_fn *run;  /* on the worker; may block */
	lane_fn *done; /* on the loop, once, after run; may free the job and submit others */
	struct lane_job *next;
};

struct lane *lane_new(struct uv_loop_s *loop);
/* Waits for the job that runs, drops the others without calling their done, frees. Call when nobody submits any more. */
void lane_free(struct lane *lane);
void lane_submit(struct lane *lane, struct lane_job *job, lane_fn *run, lane_fn *done);
/* Jobs submitted whose done has not run. */
size_t lane_waiting(const struct lane *lane);

#endif
