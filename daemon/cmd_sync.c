/* SPDX-License-Identifier: MIT */
/* `sync`: one run now. With --dry-run the same run in a transaction that is never committed, and then what it would have changed. */
#include "daemon/command.h"

#include "base/log.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/events.h"
#include "daemon/exit_code.h"
#include "daemon/options.h"
#include "daemon/progress.h"
#include "daemon/run.h"
#include "daemon/say.h"
#include "daemon/signals.h"
#include "net/timer.h"
#include "pull/plan.h"
#include "value/day.h"

struct sync {
	struct boot boot;
	struct signals signals;
	struct timer frame;
	struct run_ask ask;
	bool bar;
};

/* What the purchases that this run touched look like now, by customer. */
static const char changes_sql[] =
	"SELECT customer_name, customer_id, coalesce(currency, '') AS currency, sum(change = 'added') AS added,"
	" sum(change = 'changed') AS changed, sum(change = 'withdrawn') AS withdrawn,"
	" sum(change = 'added' AND new_amount_nanos IS NULL) AS unpriced,"
	" format('%+.2f', sum(coalesce(new_amount, 0) - coalesce(old_amount, 0))) AS amount"
	" FROM purchase_changes WHERE run_id = (SELECT max(run_id) FROM runs)"
	" GROUP BY customer_id, currency ORDER BY customer_name, customer_id, currency";

static void on_frame(struct timer *t)
{
	struct sync *s = container_of(t, struct sync, frame);
	struct progress_facts facts;

	run_facts(&s->ask, &facts);
	progress_show(&facts);
	timer_start(&s->frame, &s->boot.loop, PROGRESS_FRAME_MS, on_frame);
}

static void on_done(struct run_ask *ask)
{
	struct sync *s = container_of(ask, struct sync, ask);

	timer_cancel(&s->frame);
	if (s->bar)
		progress_end();
	signals_stop(&s->signals);
	/* A sign-in that still waits for its answer holds the loop, but not us: boot_down cancels it. */
	uv_stop(&s->boot.loop);
}

static void on_end(struct signals *signals, const char *name)
{
	struct sync *s = container_of(signals, struct sync, signals);
	struct log_line l;

	log_start(&l, LOG_INFO, EVENT_STOP);
	log_text(&l, "reason", name);
	log_finish(&l);
	run_stop(&s->ask);
}

static void start(struct sync *s, const struct options *o)
{
	s->ask = (struct run_ask){
		.trigger = "sync",
		.ranged = o->ranged,
		.from = o->from,
		.to = o->to,
		.customer = o->customer,
		.subscription = o->subscription,
		.dry = o->dry_run,
		.done = on_done,
	};
	s->bar = progress_wanted();
	if (s->bar) {
		progress_begin();
		timer_start(&s->frame, &s->boot.loop, 0, on_frame);
	}
	run_start(&s->ask, &s->boot);
}

static int exit_code(const struct run_ask *ask)
{
	if (ask->person)
		return EXIT_CODE_PERSON;
	switch (ask->status) {
	case RUN_OK:
		return EXIT_CODE_DONE;
	case RUN_PARTIAL:
	case RUN_ABORTED:
		return EXIT_CODE_PARTLY;
	case RUN_FAILED:
	case RUN_RUNNING:
		break;
	}
	return EXIT_CODE_FAILED;
}

struct changes {
	struct store_rows rows;
	bool any;
};

static int print_change(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	struct changes *changes = container_of(rows, struct changes, rows);

	(void)columns, (void)names, (void)e;
	if (!changes->any)
		puts("What this run would change, by customer (nothing was written):");
	changes->any = true;
	say_column(stdout, values[0], 32);
	printf(" %s %8s added %8s changed %8s withdrawn %8s unpriced  %s %s\n", values[1], values[3], values[4], values[5], values[6],
	       values[2], values[7]);
	return 0;
}

/* Nothing is on the lane any more, and the store has not been closed yet, which will drop it all. Of a run that failed there is nothing
 * to say: its summary said why. */
static int print_changes(const struct sync *s, struct err *e)
{
	struct changes changes = { .rows = { .on_row = print_change } };

	if (!s->boot.store || (s->ask.status != RUN_OK && s->ask.status != RUN_PARTIAL))
		return 0;
	if (store_select(s->boot.store, changes_sql, NULL, 0, &changes.rows, e) == -1)
		return -1;
	if (!changes.any)
		puts("Nothing would change.");
	return 0;
}

/* A range in the future has no slices: it would end well and have done nothing. */
static int check_range(const struct options *o, struct err *e)
{
	int32_t last = plan_last_day(clock_now());
	char from[DAY_TEXT_MAX], text[DAY_TEXT_MAX];

	if (!o->ranged || o->from <= last)
		return 0;
	day_print(o->from, from);
	day_print(last, text);
	return err_set(e, ERR_CONFIG, "--from %s: nothing is due yet: the last reported day that can be asked for now is %s", from, text);
}

int cmd_sync(const struct options *options, const struct config *config)
{
	struct sync s = { .boot = { .lock = LOCK_INIT }, .signals = { .on_end = on_end } };
	struct err e = ERR_INIT;
	int rc;

	if (check_range(options, &e) == -1)
		return say_error(&e);
	if (boot_up(&s.boot, config, options->dry_run, &e) == -1)
		return say_error(&e);
	rc = signals_start(&s.signals, &s.boot.loop, &e);
	if (rc == 0) {
		start(&s, options);
		uv_run(&s.boot.loop, UV_RUN_DEFAULT);
		if (options->dry_run)
			rc = print_changes(&s, &e);
	}
	signals_stop(&s.signals);
	boot_down(&s.boot);
	return rc == -1 ? say_error(&e) : exit_code(&s.ask);
}
