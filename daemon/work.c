/* SPDX-License-Identifier: MIT */
#include "daemon/work.h"

#include "base/util.h"
#include "daemon/boot.h"
#include "daemon/run_inner.h"

#include <assert.h>

static void on_lane(struct lane_job *job)
{
	struct work *w = container_of(job, struct work, job);

	struct run *run = w->run;

	if (!w->closing && (run->broken || atomic_load(&run->hurry)))
		err_set(&w->err, ERR_CANCELLED, "the run was stopped");
	else
		w->lane(w);
	run->broken = run->broken || w->err.kind == ERR_STORE;
}

static void on_done(struct lane_job *job)
{
	struct work *w = container_of(job, struct work, job);

	w->pending = false;
	if (w->era == w->run->era)
		w->then(w);
}

void work_submit(struct run *run, struct work *w, work_fn *lane, work_fn *then)
{
	assert(!w->pending);
	w->run = run;
	w->lane = lane;
	w->then = then;
	w->era = run->era;
	w->closing = run->state >= RUN_CLOSE;
	w->pending = true;
	err_clear(&w->err);
	lane_submit(run->boot->lane, &w->job, on_lane, on_done);
}
