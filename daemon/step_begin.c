/* SPDX-License-Identifier: MIT */
/* BEGIN: the run gets its row, so that whatever happens next is on record.
 *
 * HAPPY PATH  store opened anew if the run before spoilt it (lane) -> row written (lane) -> an aborted run reported -> AUTH
 * FAILURES    database: the run has no row, ends failed, and only the log tells of it */
#include "base/log.h"
#include "daemon/boot.h"
#include "daemon/events.h"
#include "daemon/run_inner.h"
#include "value/day.h"

static void begin_on_lane(struct work *w)
{
	struct run *run = container_of(w, struct run, work);

	if (boot_refresh_store(run->boot, &w->err) == 0 &&
	    store_run_begin(run->boot->store, run->order.trigger, run->order.slot, run->started, run->correlation, &run->id,
			    &run->aborted_id, &w->err) == -1)
		err_wrap(&w->err, "begin the run");
}

static void log_begin(const struct run *run)
{
	char slot[INSTANT_TEXT_MAX];
	struct log_line l;

	if (run->aborted_id) {
		log_start(&l, LOG_WARN, EVENT_RUN_ABORTED);
		log_int(&l, "run", run->aborted_id);
		log_int(&l, "continued_by", run->id);
		log_finish(&l);
	}
	log_start(&l, LOG_INFO, EVENT_RUN_START);
	log_int(&l, "run", run->id);
	log_text(&l, "trigger", run->order.trigger);
	if (run->order.dry)
		log_text(&l, "dry_run", "yes"); /* its number is given again */
	if (run->order.slot) {
		instant_print(run->order.slot, slot);
		log_text(&l, "slot", slot);
	}
	log_finish(&l);
}

static void on_begun(struct work *w)
{
	struct run *run = container_of(w, struct run, work);

	if (w->err.kind) {
		run_fail(run, &w->err);
		return;
	}
	log_begin(run);
	run_goto(run, RUN_AUTH);
}

void step_begin_enter(struct run *run)
{
	work_submit(run, &run->work, begin_on_lane, on_begun);
}
