/* SPDX-License-Identifier: MIT */
#include "daemon/run.h"

#include "base/log.h"
#include "base/mem.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/events.h"
#include "daemon/progress.h"
#include "daemon/run_inner.h"
#include "value/guid.h"

#include <assert.h>

static const struct {
	const char *name;
	void (*enter)(struct run *run);
	unsigned next;
} states[] = {
#define X(name, enter, next) [RUN_##name] = { #name, enter, next },
	RUN_STATES(X)
#undef X
};

void run_goto(struct run *run, enum run_state next)
{
	struct log_line l;

	assert(states[run->state].next & 1u << next);
	run->state = next;
	log_start(&l, LOG_DEBUG, EVENT_RUN_STATE);
	log_text(&l, "step", states[next].name);
	log_finish(&l);
	states[next].enter(run);
}

void run_turn(struct run *run)
{
	run->era++;
	timer_cancel(&run->poke);
	if (run->token.waiting)
		token_cancel(run->boot->token, &run->token);
	if (run->state == RUN_RATES)
		pager_cancel(&run->rates.pager);
	if (run->state == RUN_CUSTOMERS)
		pager_cancel(&run->customers.pager);
	step_subscriptions_cancel(run);
	step_usage_cancel(run);
}

void run_note(struct run *run, const struct err *e)
{
	run->partial = true;
	/* The first error, unless a later one needs a person: that one is what `status` must show. */
	if (run->err.kind == ERR_NONE || (e->kind == ERR_AUTH && run->err.kind != ERR_AUTH))
		run->err = *e;
}

bool run_is_down(const struct pager *p, const struct err *e)
{
	return e->kind == ERR_NET || (e->kind == ERR_BUSY && !p->told_to_wait);
}

void run_fail(struct run *run, const struct err *e)
{
	if (run->state >= RUN_CLOSE)
		return;
	run->failed = true;
	run->err = *e;
	run_turn(run);
	run_goto(run, RUN_CLOSE);
}

void run_poke(struct run *run, timer_fn *pump)
{
	if (!timer_active(&run->poke))
		timer_start(&run->poke, &run->boot->loop, 0, pump);
}

void run_start(struct run_ask *ask, struct boot *boot)
{
	struct run *run = xcalloc(1, sizeof(*run));

	ask->run = run;
	run->ask = ask;
	run->order = *ask;
	run->boot = boot;
	atomic_init(&run->hurry, false);
	run->started = clock_now();
	run->started_ms = clock_ms();
	run->correlation = guid_random();
	fetch_new_run(boot->fetch, run->correlation);
	run->throttle.slower = run_report_slower;
	fetch_watch(boot->fetch, &run->throttle);
	run_goto(run, RUN_BEGIN);
}

/* Frees what the steps hold of the store; on the lane, or when the lane is idle or gone. */
static void fini_steps(struct run *run)
{
	step_rates_fini(run);
	step_customers_fini(run);
	step_usage_fini(run);
	step_subscriptions_fini(run);
}

void run_over(struct run *run)
{
	struct run_ask *ask = run->ask;

	fini_steps(run);
	fetch_watch(run->boot->fetch, NULL);
	/* Nothing that is secret waits in memory for tomorrow. */
	token_drop(run->boot->token);
	http_close_idle(run->boot->http);
	free(run);
	ask->run = NULL;
	ask->done(ask);
}

void run_stop(struct run_ask *ask)
{
	struct run *run = ask->run;

	if (!run || atomic_exchange(&run->hurry, true))
		return;
	if (run->state >= RUN_CLOSE)
		return; /* it is at its end already */
	run->stopped = true;
	run_turn(run);
	run_goto(run, RUN_CLOSE);
}

static void on_burial(struct lane_job *job)
{
	fini_steps(container_of(job, struct run, burial));
}

static void on_buried(struct lane_job *job)
{
	free(container_of(job, struct run, burial));
}

static void on_burial_dropped(struct lane_job *job)
{
	if (!job->ran)
		on_burial(job);
	on_buried(job);
}

static void nothing(struct lane_job *job)
{
	(void)job;
}

/* First past the lane that decodes, then past the store's: behind all jobs of the run. */
static void on_decode_idle(struct lane_job *job)
{
	struct run *run = container_of(job, struct run, burial);

	run->burial.drop = on_burial_dropped;
	lane_submit(run->boot->lane, &run->burial, on_burial, on_buried);
}

void run_cancel(struct run_ask *ask)
{
	struct run *run = ask->run;

	if (!run)
		return;
	ask->run = NULL;
	run->ask = NULL;
	atomic_store(&run->hurry, true);
	run_turn(run);
	fetch_watch(run->boot->fetch, NULL);
	/* Jobs of this run may be on the lane: its memory goes behind the last of them. */
	run->burial.drop = on_decode_idle;
	lane_submit(run->boot->decode, &run->burial, nothing, on_decode_idle);
}

void run_facts(const struct run_ask *ask, struct progress_facts *facts)
{
	const struct run *run = ask->run;
	const struct step_usage *u = run ? &run->usage : NULL;

	*facts = (struct progress_facts){ .step = run ? states[run->state].name : "" };
	if (!run || run->state < RUN_USAGE || u->due == 0)
		return;
	facts->done = u->done;
	facts->total = u->due;
	facts->rows = u->rows;
	facts->failed = u->failed;
	facts->elapsed_ms = clock_ms() - run->usage_ms;
}
