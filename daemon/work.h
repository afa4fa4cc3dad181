/* SPDX-License-Identifier: MIT */
/* work.h - a run's job on the lane, with the one thing that the lane leaves to its users: after the run has turned to something
 * else (failed, stopped, cancelled) the end of a job that was on its way is nobody's business any more. */
#ifndef DAEMON_WORK_H
#define DAEMON_WORK_H

#include "base/err.h"
#include "net/lane.h"

#include <stdbool.h>

struct run;
struct work;
typedef void work_fn(struct work *w);

struct work { /* zeroed; embedded in what it works for, which lives as long as the run */
	struct err err; /* set by `lane`, read by `then` */
	/* private */
	struct lane_job job;
	struct run *run;
	work_fn *lane, *then;
	unsigned era;
	bool pending, closing;
};

/* LANE runs on the lane, unless the run was stopped or an earlier job of it met an error of the database (then err is ERR_CANCELLED);
 * THEN on the loop, unless the run has turned (run_turn). W must not be pending. */
void work_submit(struct run *run, struct work *w, work_fn *lane, work_fn *then);

#endif
