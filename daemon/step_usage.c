/* SPDX-License-Identifier: MIT */
/* USAGE: every slice that is due, max_in_flight requests at a time.
 *
 * HAPPY PATH  what is known of each target -> days due (lane) -> slice, slice, ... -> all ended -> CLOSE
 * FAILURES    a slice: told and counted, the run is partial and goes on; RUN_NET_FAILURES_MAX in a row without an answer: no more are
 *             started; a target not found or forbidden: its other slices are not asked for; needs a person, database: the run fails
 *
 * Until a target has answered once its slices go one by one, so that one which the service does not cover costs a request or two
 * and not one for each day. A slice that was told to wait (a quarter of an hour, usually) does not count as going on: on a day when the
 * newest day of no subscription is ready, they wait side by side.
 *
 * More slices go on than requests may be in flight: while one is stored, or its page decoded, the request of another is on its way. */
#include "base/log.h"
#include "base/mem.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/events.h"
#include "daemon/slice.h"
#include "value/day.h"

#define WAITING_MAX 1024 /* slices that wait for their data, beside those that go on */
#define AHEAD_MAX 16     /* slices beyond those whose request may be in flight: each holds its rows */
#define TICK_MS 1000

/* Only lists that are complete may say that somebody is gone. */
static bool lists_are_complete(const struct run *run)
{
	const struct config *c = run->boot->config;

	return run->subscriptions.failed == 0 && guid_is_zero(run->order.customer) && guid_is_zero(run->order.subscription) &&
	       c->include_customers.count == 0 && c->exclude_customers.count == 0;
}

static void log_slice(const struct slice *s, const char *event)
{
	char customer[GUID_TEXT_MAX], subscription[GUID_TEXT_MAX], day[DAY_TEXT_MAX];
	struct log_line l;

	guid_print(s->target->customer, customer);
	guid_print(s->target->guid, subscription);
	day_print(s->day, day);
	log_start(&l, LOG_WARN, event);
	log_int(&l, "run", s->run->id);
	log_text(&l, "customer", customer);
	log_text(&l, "subscription", subscription);
	log_text(&l, "day", day);
	log_int(&l, "page", (int64_t)s->pager.pages + 1);
	log_err(&l, &s->err);
	log_finish(&l);
}

static void not_stored(struct slice *s)
{
	struct run *run = s->run;
	struct step_usage *step = &run->usage;
	struct err note = s->err;

	step->failed++;
	step->net_failures = run_is_down(&s->pager, &s->err) ? step->net_failures + 1 : 0;
	if (step->net_failures >= RUN_NET_FAILURES_MAX)
		step->stopped = true;
	if (quiet_show(&step->quiet))
		log_slice(s, EVENT_SLICE_FAILED);
	err_wrap(&note, "a slice");
	run_note(run, &note);
}

/* Nobody decided that this subscription's usage is not to be had: access was lost, and what it cost is missing. Once its usage was read,
 * a run without it is not whole. */
static void refused(struct slice *s)
{
	struct run *run = s->run;

	run->usage.refused++;
	if (quiet_show(&run->usage.quiet_refused))
		log_slice(s, EVENT_REFUSED);
	if (s->target->on_record)
		run_note(run, &s->err);
}

static void pump(struct timer *t);

static void on_slice(struct slice *s)
{
	struct run *run = s->run;
	struct step_usage *step = &run->usage;
	struct run_target *t = s->target;

	step->in_flight--;
	t->in_flight--;
	step->done++;
	switch (s->end) {
	case SLICE_STORED:
		step->ok++;
		step->rows += s->change.rows;
		step->net_failures = 0;
		t->proven = true;
		t->put_off = false;
		t->by_entitlement = s->by_entitlement;
		break;
	case SLICE_NOT_STORED:
		t->put_off = true;
		not_stored(s);
		break;
	case SLICE_NOT_COVERED:
		step->net_failures = 0;
		step->due -= t->due.left;
		t->due.left = 0;
		t->learnt = s->learnt;
		if (t->learnt == SOURCE_FORBIDDEN)
			refused(s);
		break;
	}
	run_poke(run, pump);
}

/* The next target that has a slice to start, or NULL. One with nothing in flight comes first: its days then arrive in order, and
 * few tiers have to be filled again. One whose last slice failed comes last: what is broken about a few subscriptions must neither hold
 * up the others nor pass for a service that is down. Those passed over are at most as many as are in flight or fail. */
static struct run_target *next_target(struct run *run)
{
	struct step_usage *step = &run->usage;
	struct step_subscriptions *subs = &run->subscriptions;
	struct run_target *busy = NULL, *failing = NULL;

	while (step->first < subs->count && subs->targets[step->first].due.left == 0)
		step->first++;
	for (size_t i = step->first; i < subs->count; i++) {
		struct run_target *t = &subs->targets[i];

		if (t->due.left == 0)
			continue;
		if (t->in_flight == 0 && !t->put_off)
			return t;
		if (!busy && t->proven && !t->put_off)
			busy = t;
		if (!failing && (t->proven || t->in_flight == 0))
			failing = t;
	}
	return busy ? busy : failing;
}

static void finish(struct run *run)
{
	struct step_usage *step = &run->usage;
	struct log_line l;

	timer_cancel(&step->tick);
	quiet_end(&step->quiet, run, EVENT_SLICE_FAILED);
	quiet_end(&step->quiet_refused, run, EVENT_REFUSED);
	if (step->unchanged || step->again) {
		log_start(&l, LOG_DEBUG, EVENT_SLICES_UNCHANGED);
		log_int(&l, "run", run->id);
		log_int(&l, "count", step->unchanged);
		log_int(&l, "again", step->again);
		log_finish(&l);
	}
	if (step->kept) {
		log_start(&l, LOG_WARN, EVENT_SLICES_KEPT);
		log_int(&l, "run", run->id);
		log_int(&l, "count", step->kept);
		log_finish(&l);
	}
	if (step->stopped) {
		log_start(&l, LOG_WARN, EVENT_USAGE_STOPPED);
		log_int(&l, "run", run->id);
		log_int(&l, "left", step->due - step->done);
		log_text(&l, "error", "the service does not answer");
		log_text(&l, "remedy", "nothing to do when it is down: what is left stays planned; else look at the network and the proxy");
		log_finish(&l);
	}
	run_goto(run, RUN_CLOSE);
}

static size_t going_on(const struct step_usage *step)
{
	size_t count = step->in_flight;

	for (size_t i = 0; i < step->slice_count && step->in_flight; i++)
		count -= step->slices[i].busy && pager_is_not_ready(&step->slices[i].pager);
	return count;
}

static size_t slices_at_a_time(const struct run *run)
{
	size_t requests = (size_t)run->boot->config->max_in_flight;
	size_t ahead = (requests + 1) / 2;

	return requests + (ahead < AHEAD_MAX ? ahead : AHEAD_MAX);
}

static void pump(struct timer *timer)
{
	struct run *run = container_of(timer, struct run, poke);
	struct step_usage *step = &run->usage;
	size_t most = slices_at_a_time(run);
	size_t count = going_on(step);

	for (size_t i = 0; i < step->slice_count && count < most && !step->stopped; i++) {
		struct slice *s = &step->slices[i];
		struct run_target *t = s->busy ? NULL : next_target(run);

		if (s->busy)
			continue;
		if (!t)
			break;
		count++;
		t->in_flight++;
		step->in_flight++;
		slice_start(s, run, t, plan_due_take(&t->due, step->base));
	}
	if (step->in_flight == 0)
		finish(run);
}

/* That a slice was told to wait is seen here, not told. */
static void on_tick(struct timer *timer)
{
	struct run *run = container_of(timer, struct run, usage.tick);

	if (clock_ms() - run->usage.told_ms >= RUN_PROGRESS_MS) {
		run->usage.told_ms = clock_ms();
		run_report_progress(run);
	}
	timer_start(&run->usage.tick, &run->boot->loop, TICK_MS, on_tick);
	run_poke(run, pump);
}

static void on_planned(struct work *w)
{
	struct run *run = container_of(w, struct run, usage.work);
	struct step_usage *step = &run->usage;
	struct log_line l;

	if (w->err.kind) {
		err_wrap(&w->err, "plan");
		run_fail(run, &w->err);
		return;
	}
	step->due = step->planned;
	run->usage_ms = clock_ms();
	step->told_ms = run->started_ms;
	log_start(&l, LOG_INFO, EVENT_PLAN_DONE);
	log_int(&l, "run", run->id);
	log_int(&l, "subscriptions", (int64_t)run->subscriptions.count);
	log_int(&l, "slices", step->due);
	log_finish(&l);
	on_tick(&step->tick);
}

void step_usage_enter(struct run *run)
{
	struct step_usage *step = &run->usage;

	step->net_failures = 0;
	step->lists_complete = lists_are_complete(run);
	step->slice_count = slices_at_a_time(run) + WAITING_MAX;
	step->slices = xcalloc(step->slice_count, sizeof(*step->slices));
	for (size_t i = 0; i < step->slice_count; i++)
		step->slices[i].done = on_slice;
	work_submit(run, &step->work, usage_plan_on_lane, on_planned);
}

void step_usage_cancel(struct run *run)
{
	struct step_usage *step = &run->usage;

	for (size_t i = 0; i < step->slice_count; i++)
		slice_cancel(&step->slices[i]);
	timer_cancel(&step->tick);
	step->in_flight = 0;
}

void step_usage_fini(struct run *run)
{
	struct step_usage *step = &run->usage;

	for (size_t i = 0; i < step->slice_count; i++)
		slice_fini(&step->slices[i]);
	slice_pages_pool_fini(&step->pool);
	free(step->slices);
	step->slices = NULL;
	step->slice_count = 0;
}
