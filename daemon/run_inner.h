/* SPDX-License-Identifier: MIT */
/* run_inner.h - a run from inside: its states, and what its steps share. For run*.c, step_*.c, slice.c and work.c alone.
 *
 * Loop and lanes share struct run. What is marked "lane" is touched by jobs on the store's lane alone (and by the loop when no job of the
 * run can be on it: before BEGIN, after CLOSE), what is marked "decode" by jobs on the lane that decodes; everything else by the loop. */
#ifndef DAEMON_RUN_INNER_H
#define DAEMON_RUN_INNER_H

#include "auth/token.h"
#include "base/buf.h"
#include "daemon/loop_gap.h"
#include "daemon/run.h"
#include "daemon/slice_pages.h"
#include "daemon/work.h"
#include "net/timer.h"
#include "partner/pc_prints.h"
#include "partner/pc_rates.h"
#include "partner/pc_usage.h"
#include "pull/pager.h"
#include "pull/plan.h"

#include <stdatomic.h>

#define RUN_FAILURES_SHOWN 50 /* failures of a kind that are logged in full in one run */
#define RUN_NET_FAILURES_MAX 20 /* in a row: the service is down */
#define RUN_PROGRESS_MS 300000L /* a run that is still on says how far it is */

/* X(state, its step's enter function, states that may follow) */
#define RUN_STATES(X)                                                                       \
	X(IDLE, NULL, RUN_TO(BEGIN))                                                        \
	X(BEGIN, step_begin_enter, RUN_TO(AUTH) | RUN_TO(CLOSE))                            \
	X(AUTH, step_auth_enter, RUN_TO(RATES) | RUN_TO(CLOSE))                             \
	X(RATES, step_rates_enter, RUN_TO(CUSTOMERS) | RUN_TO(CLOSE))                       \
	X(CUSTOMERS, step_customers_enter, RUN_TO(SUBSCRIPTIONS) | RUN_TO(CLOSE))           \
	X(SUBSCRIPTIONS, step_subscriptions_enter, RUN_TO(USAGE) | RUN_TO(CLOSE))           \
	X(USAGE, step_usage_enter, RUN_TO(CLOSE))                                           \
	X(CLOSE, step_close_enter, RUN_TO(PUBLISH))                                         \
	X(PUBLISH, step_publish_enter, RUN_TO(DONE))                                        \
	X(DONE, run_report, 0)

enum run_state {
#define X(name, enter, next) RUN_##name,
	RUN_STATES(X)
#undef X
};
#define RUN_TO(name) (1u << RUN_##name)

struct quiet { /* failures of one kind: the first ones in full, the others counted */
	int64_t seen;
};

struct run_customer {
	int64_t id; /* in the store */
	struct guid guid;
};

struct run_target { /* a subscription whose usage is asked for */
	int64_t id;
	struct guid customer, guid, entitlement;
	enum usage_source source; /* known before this run's answers */
	bool by_entitlement; /* this service knows it by its entitlement id */
	bool on_record;      /* some of its days were read before */
	bool proven;         /* answered: its slices may be asked for side by side */
	bool put_off;        /* its last slice failed: the others come first */
	enum usage_source learnt; /* not found or forbidden by this run's answer; else SOURCE_UTILIZATION, which says nothing */
	unsigned in_flight;
	struct plan_due due; /* not started yet */
	uint32_t length;     /* what is due of it, by what was read before, in hundred rows: the longest go first */
};

struct slice; /* one subscription's reported day on its way */
struct listing; /* one customer's subscriptions on their way */

struct step_rates {
	struct pager pager;
	struct pc_rates decoder;   /* lane */
	struct rates_load *load;   /* lane */
	struct err err;            /* lane: of restart, which can't tell */
	struct rates_change change;
	struct work work;
};

struct step_customers {
	struct pager pager;
	struct buf body; /* lane */
	struct run_customer *items; /* lane while its pages come */
	size_t count, room;
	int64_t others; /* lane: relationships that do not bill, and what the configuration leaves out */
};

struct step_subscriptions {
	struct listing *listings;
	size_t listing_count, in_flight;
	size_t next;      /* customer */
	int64_t failed;   /* customers */
	struct quiet quiet;
	struct run_target *targets; /* lane while lists come */
	size_t count, room;
	int64_t azure_plan, none;   /* lane */
};

struct step_usage {
	struct slice_pages_pool pool;
	struct slice *slices;
	size_t slice_count, in_flight;
	size_t first;          /* target: those before it have no more slices */
	int32_t base;          /* of their due days */
	int64_t due, done, failed, rows; /* slices; for the bar and the pump */
	int64_t ok;            /* stored */
	unsigned net_failures; /* in a row */
	bool stopped;          /* start no more */
	bool lists_complete;   /* both: every customer's subscriptions were listed, nobody was left out */
	int64_t planned;       /* lane, while planning */
	int64_t refused;       /* subscriptions that access was lost to */
	struct quiet quiet_refused;
	int64_t unchanged;     /* lane: slices that were the same bytes as before */
	int64_t again;         /* slices that were taken for that, and had to be read twice */
	int64_t kept;          /* lane: slices answered with nothing that keep their purchases */
	struct quiet quiet;
	struct timer tick;
	int64_t told_ms; /* monotonic: when it last said how far it is */
	struct work work;
};

struct run {
	struct run_ask *ask;   /* NULL: cancelled */
	struct run_ask order;  /* both: what the ask said at the start; never changed */
	struct boot *boot;
	enum run_state state;
	unsigned era;          /* grows when the run turns: jobs submitted before it end unheard */
	atomic_bool hurry;     /* both: stopped; jobs that have not begun should not */
	int64_t started;       /* instant, fixed for the run */
	int64_t started_ms, usage_ms; /* monotonic */
	struct guid correlation;
	bool failed, stopped, partial, publish_failed;
	struct err err;
	struct timer poke;
	struct fetch_watch throttle;
	struct loop_gap gap;
	struct token_ask token;
	struct step_rates rates;
	struct step_customers customers;
	struct step_subscriptions subscriptions;
	struct step_usage usage;
	struct work work, close;
	struct lane_job burial, decode_end;
	/* lane */
	bool broken; /* a job met an error of the database: what was open is rolled back, and the others must not go on from there */
	int64_t id, aborted_id;
	struct run_counts counts;
	struct run_counts settled; /* counts as of the last commit: what is true when the rest is rolled back */
	enum run_status status;
	char amount[200];
	struct period_due periods[STORE_PERIODS_DUE_MAX]; /* closed by this run, or held open by gaps */
	size_t period_count;
};

/* The only writer of run->state. */
void run_goto(struct run *run, enum run_state next);
/* The run can't go on: everything in flight is cancelled, CLOSE comes next. E takes the place of what was only noted; once the run
 * closes, no other error does. */
void run_fail(struct run *run, const struct err *e);
/* Something went wrong that does not end the run: it will be partial, and E is what its row tells unless there was one before. */
void run_note(struct run *run, const struct err *e);
/* Runs PUMP in the next turn of the loop: "there may be more to start". */
void run_poke(struct run *run, timer_fn *pump);
/* Cancels what the loop has in flight; jobs on the lane end unheard. */
void run_turn(struct run *run);
/* Whether a failure of this kind is still to be logged in full; counts it. */
bool quiet_show(struct quiet *q);
/* "suppressed count=N" when there were more. */
void quiet_end(const struct quiet *q, const struct run *run, const char *event);

/* Whether a failure speaks against the service as a whole: no answer, or one that refuses everybody (429, 503) to the last try. "Not
 * ready" is about one slice. */
bool run_is_down(const struct pager *p, const struct err *e);

/* step_*.c: enter starts, cancel ends what the loop has in flight, fini (on the lane, or when nothing is) frees. */
void step_begin_enter(struct run *run);
void step_auth_enter(struct run *run);
void step_rates_enter(struct run *run);
void step_rates_fini(struct run *run);
void step_customers_enter(struct run *run);
void step_customers_fini(struct run *run);
void step_subscriptions_enter(struct run *run);
void step_subscriptions_cancel(struct run *run);
void step_subscriptions_fini(struct run *run);
/* usage_plan.c: what is due of each target, and in which order they go. */
void usage_plan_on_lane(struct work *w);
void step_usage_enter(struct run *run);
void step_usage_cancel(struct run *run);
void step_usage_fini(struct run *run);
void step_close_enter(struct run *run);
void step_publish_enter(struct run *run);
/* run_report.c: how far a long run is. */
void run_report_progress(const struct run *run);
/* run_consent.c: what a person should hear of the consent in time. */
void run_report_consent(const struct run *run);
/* Microsoft asked to slow down. */
void run_report_slower(struct fetch_watch *watch, unsigned in_flight, int64_t told_s);
/* The summary line; then the run is over. */
void run_report(struct run *run);
/* Frees the run and tells who asked for it. */
void run_over(struct run *run);

#endif
