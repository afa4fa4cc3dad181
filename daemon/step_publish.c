/* SPDX-License-Identifier: MIT */
/* PUBLISH: the copy for spreadsheets and other hosts, made of what is committed.
 *
 * HAPPY PATH  copied, checked, swapped in (lane) -> DONE
 * FAILURES    any: the copy stays that of an earlier run, which is told; the run's data is safe, its row is written again as partial
 *             told to stop before it is done: likewise, but as aborted, so that its slot is run again and the copy made
 * Skipped for a run that failed or was stopped, when it is not configured, and for dry runs. */
#include "base/log.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/events.h"
#include "daemon/run_inner.h"

static void publish_on_lane(struct work *w)
{
	struct run *run = container_of(w, struct run, close);
	const struct config *c = run->boot->config;
	struct err ignored = ERR_INIT;

	if (atomic_load(&run->hurry)) {
		err_set(&w->err, ERR_CANCELLED, "stopped by a signal before the copy was made");
		run->status = RUN_ABORTED;
	} else if (store_publish(c->database_path, c->publish_path, &run->hurry, &w->err) == -1) {
		run->status = w->err.kind == ERR_CANCELLED ? RUN_ABORTED : RUN_PARTIAL;
	} else {
		return;
	}
	/* What the row says instead is not worse than the truth when this fails, too. */
	if (store_run_end(run->boot->store, run->id, run->status, &run->counts, run->err.kind ? &run->err : &w->err, clock_now(),
			  &ignored) == -1)
		run->boot->store_spoilt = true;
}

static void on_published(struct work *w)
{
	struct run *run = container_of(w, struct run, close);
	struct log_line l;

	log_start(&l, w->err.kind ? LOG_WARN : LOG_DEBUG, w->err.kind ? EVENT_PUBLISH_FAILED : EVENT_PUBLISH_DONE);
	log_int(&l, "run", run->id);
	log_text(&l, "path", run->boot->config->publish_path);
	if (w->err.kind)
		log_err(&l, &w->err);
	log_finish(&l);
	if (w->err.kind) {
		run->publish_failed = true;
		run_note(run, &w->err);
	}
	run_goto(run, RUN_DONE);
}

void step_publish_enter(struct run *run)
{
	bool worth = run->status == RUN_OK || run->status == RUN_PARTIAL;

	if (worth && !run->order.dry && run->boot->config->publish_path)
		work_submit(run, &run->close, publish_on_lane, on_published);
	else
		run_goto(run, RUN_DONE);
}
