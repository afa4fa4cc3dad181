/* SPDX-License-Identifier: MIT */
/* lane.h - the second lane: one job at a time on a worker thread, in the order submitted. What jobs touch (decoders, database) is
 * touched by jobs alone, so it needs no locks; what the loop owns is touched in `done` alone.
 *
 * A job is the caller's memory, zeroed, from lane_submit until done() was called, lane_cancel() took it out, or lane_free(). */
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
	/* NULL, or what lane_free calls in place of done for a job that it drops: frees what the job holds, and nothing else. `ran`
	 * tells whether run had its turn. */
	lane_fn *drop;
	bool ran;
	struct lane_job *next;
};

struct lane *lane_new(struct uv_loop_s *loop);
/* Waits for the job that runs, drops it and the others without calling their done, frees. Not from inside run or done. The loop
 * needs one more turn to be rid of the worker. */
void lane_free(struct lane *lane);
void lane_submit(struct lane *lane, struct lane_job *job, lane_fn *run, lane_fn *done);
/* True: the job was still waiting and is taken out; neither run, done nor drop is called, its memory may go. False: it runs or has
 * run (done is to come), or was never submitted. */
bool lane_cancel(struct lane *lane, struct lane_job *job);
/* While HELD no further job begins; one that runs goes on. For back-pressure: what comes behind this lane has enough to do. */
void lane_hold(struct lane *lane, bool held);
/* Jobs submitted whose done has not run. */
size_t lane_waiting(const struct lane *lane);

#endif
