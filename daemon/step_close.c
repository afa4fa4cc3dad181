/* SPDX-License-Identifier: MIT */
/* CLOSE: the sums of the run, and its row. Entered from every state: at the end, after an error, when told to stop.
 *
 * HAPPY PATH  behind every job of the run (lane): sums, status, billing periods that are due closed, row written, all committed -> PUBLISH
 * FAILURES    the run ended by an error of the database: what is open is rolled back first, and the next run opens the database anew;
 *             the row can't be written: the run failed, and the next one finds it aborted */
#include "base/log.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/events.h"
#include "daemon/run_inner.h"

#include <stdio.h>

static bool is_covered(const struct run_target *t)
{
	return t->proven || (t->source == SOURCE_UTILIZATION && t->learnt == SOURCE_UTILIZATION);
}

/* On the lane, behind every other job of the run: what the loop knows is still, too. */
static void sum_up(struct run *run)
{
	const struct fetch_counts *f = fetch_counts(run->boot->fetch);
	struct run_counts *c = &run->counts;

	c->customers = (int64_t)run->customers.count;
	c->not_covered = run->subscriptions.azure_plan;
	for (size_t i = 0; i < run->subscriptions.count; i++) {
		bool covered = is_covered(&run->subscriptions.targets[i]);

		c->subscriptions += covered;
		c->not_covered += !covered;
	}
	c->requests = (int64_t)f->requests;
	c->retries = (int64_t)f->retries;
	c->throttled = (int64_t)f->throttled;
	c->bytes = (int64_t)f->bytes;
	c->duration_ms = clock_ms() - run->started_ms;
}

/* Nothing that was asked for came. */
static bool nothing_pulled(const struct run *run)
{
	const struct run_counts *c = &run->counts;

	if (run->customers.count && run->subscriptions.failed == (int64_t)run->customers.count)
		return true;
	return c->slices_failed > 0 && c->slices_failed == c->slices;
}

static enum run_status status_of(const struct run *run)
{
	if (run->stopped)
		return RUN_ABORTED;
	if (run->failed || (run->partial && nothing_pulled(run)))
		return RUN_FAILED;
	return run->partial ? RUN_PARTIAL : RUN_OK;
}

/* Of a run that pulled something; a dry one leaves the periods as they are. */
static int close_periods(struct run *run, struct err *e)
{
	bool good = run->status == RUN_OK || run->status == RUN_PARTIAL;

	if (!good || run->order.dry)
		return 0;
	return store_period_close_due(run->boot->store, run->id, clock_now(), run->periods, &run->period_count, e);
}

static void close_on_lane(struct work *w)
{
	struct run *run = container_of(w, struct run, close);
	struct store *store = run->boot->store;

	/* Also the error of a job whose end nobody heard, because the run had turned. */
	if (run->broken || run->err.kind == ERR_STORE) {
		run->boot->store_spoilt = true;
		run->counts = run->settled;
		if (store)
			store_rollback(store);
	}
	sum_up(run);
	run->status = status_of(run);
	if (run->id == 0)
		return;
	if (run->err.kind == ERR_NONE && run->stopped)
		err_set(&run->err, ERR_CANCELLED, "stopped by a signal");
	store_run_amount(store, run->amount, sizeof(run->amount));
	if (close_periods(run, &w->err) == -1 ||
	    store_run_end(store, run->id, run->status, &run->counts, run->err.kind ? &run->err : NULL, clock_now(), &w->err) == -1) {
		run->boot->store_spoilt = true;
		run->status = RUN_FAILED;
	}
}

static void log_periods(const struct run *run)
{
	for (size_t i = 0; i < run->period_count; i++) {
		const struct period_due *p = &run->periods[i];
		struct log_line l;

		log_start(&l, p->gaps ? LOG_WARN : LOG_INFO, p->gaps ? EVENT_PERIOD_HELD : EVENT_PERIOD_CLOSED);
		log_int(&l, "run", run->id);
		log_text(&l, "period", p->name);
		if (p->gaps) {
			log_int(&l, "gaps", p->gaps);
			log_text(&l, "remedy", "see csp-usaged coverage; to close it as it is: csp-usaged close --incomplete --period and its name");
		}
		log_finish(&l);
	}
}

static void on_closed(struct work *w)
{
	struct run *run = container_of(w, struct run, close);

	if (!w->err.kind)
		log_periods(run);
	if (w->err.kind) {
		run->failed = true;
		if (run->err.kind == ERR_NONE) /* the first error stays */
			run->err = w->err;
	}
	run_goto(run, RUN_PUBLISH);
}

static void nothing(struct lane_job *job)
{
	(void)job;
}

static void on_decode_idle(struct lane_job *job)
{
	struct run *run = container_of(job, struct run, decode_end);

	if (run->ask) /* not cancelled meanwhile */
		work_submit(run, &run->close, close_on_lane, on_closed);
}

/* What a run that failed or was stopped has left on the lane that decodes must be over before the run is. */
void step_close_enter(struct run *run)
{
	lane_submit(run->boot->decode, &run->decode_end, nothing, on_decode_idle);
}
