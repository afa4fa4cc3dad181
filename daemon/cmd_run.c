/* SPDX-License-Identifier: MIT */
/* `run`: the daemon. Sleeps until a slot of the schedule, or SIGHUP, starts a run, and never two at once.
 *
 * consider() is the only place that decides what comes next. It is asked at start, by the alarm, when the clock was set, after each
 * run, and by a tick once a minute, in case the alarm was lost with a suspended machine or a broken timer. */
#include "daemon/command.h"

#include "base/log.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/events.h"
#include "daemon/exit_code.h"
#include "daemon/memory.h"
#include "daemon/notify.h"
#include "daemon/progress.h"
#include "daemon/run.h"
#include "daemon/say.h"
#include "daemon/sched.h"
#include "daemon/signals.h"
#include "daemon/wake.h"
#include "net/lane.h"
#include "net/timer.h"
#include "value/day.h"
#include "value/zone.h"

#include <sys/random.h>

#define TICK_MS 60000
#define STATUS_MS 1000
#define REST_MS 1000
#define STOP_PATIENCE_MS 20000 /* below the unit's TimeoutStopSec */

struct service {
	const struct config *config;
	struct boot boot;
	struct sched sched;
	struct wake wake;
	struct signals signals;
	struct notify notify;
	struct timer tick, status, patience, rest_soon;
	struct run_ask ask;
	struct lane_job rest; /* what follows a run */
	bool resting;
	bool again;        /* SIGHUP came while a run was on */
	bool stopping;
	int64_t told_at, told_slot; /* the plan that the log knows of */
};

static void consider(struct service *s);

static uint32_t random32(void)
{
	uint32_t value = 0;

	if (getrandom(&value, sizeof(value), GRND_NONBLOCK) != (ssize_t)sizeof(value))
		return 0; /* no jitter is better than no run */
	return value;
}

/* -- while a run is on ----------------------------------------------------------------------------------------------------------- */

static void on_status(struct timer *t)
{
	struct service *s = container_of(t, struct service, status);
	struct progress_facts facts;
	char text[120];

	run_facts(&s->ask, &facts);
	if (facts.total)
		snprintf(text, sizeof(text), "running: %lld of %lld slices, %lld rows, %lld failed", (long long)facts.done,
			 (long long)facts.total, (long long)facts.rows, (long long)facts.failed);
	else
		snprintf(text, sizeof(text), "running: %s", facts.step);
	notify_status(&s->notify, text);
	timer_start(&s->status, &s->boot.loop, STATUS_MS, on_status);
}

static void take_down(struct service *s)
{
	timer_cancel(&s->tick);
	timer_cancel(&s->status);
	timer_cancel(&s->rest_soon);
	timer_cancel(&s->patience);
	wake_stop(&s->wake);
	signals_stop(&s->signals);
	notify_close(&s->notify);
}

/* Lets uv_run return. A sign-in that still waits for its answer holds the loop, but not us: boot_down cancels it. */
static void leave(struct service *s)
{
	take_down(s);
	uv_stop(&s->boot.loop);
}

static void rest_on_lane(struct lane_job *job)
{
	struct service *s = container_of(job, struct service, rest);

	if (s->boot.store)
		store_rest(s->boot.store);
	memory_give_back();
}

static void on_rested(struct lane_job *job)
{
	container_of(job, struct service, rest)->resting = false;
}

static void on_rest_soon(struct timer *t)
{
	struct service *s = container_of(t, struct service, rest_soon);

	if (s->resting)
		return;
	s->resting = true;
	lane_submit(s->boot.lane, &s->rest, rest_on_lane, on_rested);
}

/* Not at once: the connections of a run close in the loop's next turn, which reads libcurl's and OpenSSL's code once more. */
static void rest(struct service *s)
{
	timer_start(&s->rest_soon, &s->boot.loop, REST_MS, on_rest_soon);
}

static void on_run_done(struct run_ask *ask)
{
	struct service *s = container_of(ask, struct service, ask);
	enum sched_outcome outcome = ask->person ? SCHED_NEEDS_PERSON : SCHED_FAILED;

	if (ask->status == RUN_OK || ask->status == RUN_PARTIAL)
		outcome = SCHED_SERVED;
	timer_cancel(&s->status);
	sched_done(&s->sched, ask->slot, outcome, clock_now());
	if (s->stopping) {
		leave(s);
		return;
	}
	rest(s);
	consider(s);
}

static void start(struct service *s, const char *trigger, int64_t slot)
{
	s->ask = (struct run_ask){ .trigger = trigger, .slot = slot, .done = on_run_done };
	timer_cancel(&s->rest_soon);
	s->told_at = 0; /* after the run the log tells the next start, even when it is the same */
	run_start(&s->ask, &s->boot);
	on_status(&s->status);
}

/* -- between runs ------------------------------------------------------------------------------------------------------------------ */

static void tell_plan(struct service *s, const struct sched_plan *plan)
{
	char zone[ZONE_TEXT_MAX], utc[INSTANT_TEXT_MAX], status[ZONE_TEXT_MAX + 20];
	struct log_line l;

	if (plan->at == s->told_at && plan->slot == s->told_slot)
		return;
	s->told_at = plan->at;
	s->told_slot = plan->slot;
	zone_print(plan->at, zone);
	instant_print(plan->at, utc);
	log_start(&l, LOG_INFO, EVENT_SCHEDULE_NEXT);
	log_text(&l, "at", zone);
	log_text(&l, "utc", utc);
	log_text(&l, "trigger", sched_trigger_name(plan->trigger));
	log_finish(&l);
	snprintf(status, sizeof(status), "next run %s", zone);
	notify_status(&s->notify, status);
}

static void consider(struct service *s)
{
	int64_t now = clock_now();
	struct sched_plan plan;

	if (s->ask.run || s->stopping)
		return;
	if (s->again) {
		s->again = false;
		start(s, "signal", sched_open_slot(&s->sched, now));
		return;
	}
	plan = sched_next(&s->sched, now, random32());
	if (plan.at <= now) {
		start(s, sched_trigger_name(plan.trigger), plan.slot);
		return;
	}
	tell_plan(s, &plan);
	wake_at(&s->wake, plan.at);
}

static void on_wake(struct wake *w, bool clock_set)
{
	struct service *s = container_of(w, struct service, wake);
	struct log_line l;

	if (clock_set) {
		log_start(&l, LOG_INFO, EVENT_CLOCK_CHANGED);
		log_finish(&l);
		s->told_at = 0;
	}
	consider(s);
}

static void on_tick(struct timer *t)
{
	struct service *s = container_of(t, struct service, tick);

	timer_start(&s->tick, &s->boot.loop, TICK_MS, on_tick);
	consider(s);
}

/* -- signals ----------------------------------------------------------------------------------------------------------------------- */

static void on_hup(struct signals *signals)
{
	struct service *s = container_of(signals, struct service, signals);
	struct log_line l;

	s->again = true;
	if (s->ask.run) {
		log_start(&l, LOG_INFO, EVENT_RUN_QUEUED);
		log_finish(&l);
	}
	consider(s);
}

static void on_patience(struct timer *t)
{
	struct log_line l;

	(void)t;
	/* A job of the lane takes longer than a stop may. Everything committed is safe, what is not will be fetched again. */
	log_start(&l, LOG_WARN, EVENT_STOP_FORCED);
	log_text(&l, "reason", "a job on the database takes too long");
	log_finish(&l);
	_exit(EXIT_CODE_DONE);
}

static void on_end(struct signals *signals, const char *name)
{
	struct service *s = container_of(signals, struct service, signals);
	struct log_line l;

	log_start(&l, LOG_INFO, EVENT_STOP);
	log_text(&l, "reason", name);
	log_finish(&l);
	notify_stopping(&s->notify);
	s->stopping = true;
	if (!s->ask.run) {
		leave(s);
		return;
	}
	timer_start(&s->patience, &s->boot.loop, STOP_PATIENCE_MS, on_patience);
	run_stop(&s->ask);
}

/* -- up and down --------------------------------------------------------------------------------------------------------------------- */

static void log_ready(const struct service *s)
{
	struct log_line l;

	log_start(&l, LOG_INFO, EVENT_READY);
	log_text(&l, "version", PROGRAM_VERSION);
	log_text(&l, "database", s->config->database_path);
	log_text(&l, "service", s->config->base_url);
	log_text(&l, "timezone", s->config->timezone);
	log_finish(&l);
}

static int begin(struct service *s, struct err *e)
{
	const struct config *c = s->config;

	s->sched.hour = c->time.hour;
	s->sched.minute = c->time.minute;
	s->sched.catch_up = c->catch_up;
	s->sched.jitter_s = c->jitter_s;
	/* Nothing is on the lane yet, so the store is ours for this question. */
	if (store_last_slot(s->boot.store, &s->sched.served, e) == -1)
		return -1;
	if (wake_start(&s->wake, &s->boot.loop, e) == -1 || signals_start(&s->signals, &s->boot.loop, e) == -1)
		return -1;
	notify_open(&s->notify, &s->boot.loop);
	timer_start(&s->tick, &s->boot.loop, TICK_MS, on_tick);
	return 0;
}

int cmd_run(const struct options *options, const struct config *config)
{
	struct service s = {
		.config = config,
		.boot = { .lock = LOCK_INIT },
		.wake = { .on_wake = on_wake },
		.signals = { .on_end = on_end, .on_hup = on_hup },
		.notify = NOTIFY_INIT,
	};
	struct err e = ERR_INIT;

	(void)options;
	if (boot_up(&s.boot, config, false, &e) == -1)
		return say_error(&e);
	if (begin(&s, &e) == 0) {
		log_ready(&s);
		notify_ready(&s.notify);
		consider(&s);
		if (!s.ask.run)
			rest(&s);
		uv_run(&s.boot.loop, UV_RUN_DEFAULT);
	} else {
		take_down(&s);
	}
	boot_down(&s.boot);
	return e.kind ? say_error(&e) : EXIT_CODE_DONE;
}
