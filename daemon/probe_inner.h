/* SPDX-License-Identifier: MIT */
/* probe_inner.h - a probe from inside, for probe*.c alone.
 *
 *     CLOCK -> TOKEN -> CUSTOMERS -> SUBSCRIPTIONS -> USAGE -> RATES -> END
 *
 * As in a run, "lane" marks what jobs on the lane touch alone while they may be on it. */
#ifndef DAEMON_PROBE_INNER_H
#define DAEMON_PROBE_INNER_H

#include "auth/token.h"
#include "daemon/ask.h"
#include "daemon/boot.h"
#include "daemon/probe.h"
#include "net/http.h"
#include "net/lane.h"
#include "net/timer.h"
#include "partner/pc_rates.h"
#include "partner/pc_usage.h"
#include "pull/pager.h"

/* How long each step may take; a step that waits for its turn after a 429 ends with that error. */
#define PROBE_CLOCK_MS 60000
#define PROBE_TOKEN_MS 90000  /* with the token's own tries */
#define PROBE_LISTS_MS 120000
#define PROBE_FULL_MS 1800000 /* the subscriptions of every customer */
#define PROBE_USAGE_MS 120000
#define PROBE_RATES_MS 240000 /* a card was seen to begin after more than two minutes */

enum probe_step { STEP_CLOCK, STEP_TOKEN, STEP_CUSTOMERS, STEP_SUBSCRIPTIONS, STEP_USAGE, STEP_RATES, STEP_END };

struct probe_listing;

struct probe {
	const struct config *config;
	struct probe_facts *facts; /* its lists: lane */
	bool all;
	struct boot boot;
	enum probe_step step;
	struct timer deadline, turn;
	struct lane_job barrier;

	char *url;                 /* of CLOCK */
	struct http_request http;
	struct token_ask ask;      /* of TOKEN */
	struct pager pager;        /* of CUSTOMERS */
	struct buf body;           /* lane */
	size_t list_room, sub_room; /* lane */
	struct probe_listing *listings; /* of SUBSCRIPTIONS */
	size_t listing_count, busy;
	struct fetch_request request; /* of USAGE and RATES */
	char path[ASK_PATH_MAX];
	size_t next_sub;
	struct pc_usage usage;
	struct pc_rates rates;
	struct timer tick;         /* of USAGE */
};

/* From within a step, as its last statement: the next turn of the loop begins STEP. */
void probe_goto(struct probe *p, enum probe_step step);
void probe_answered(struct probe_outcome *o);
void probe_refused(struct probe_outcome *o, const struct err *e);
/* No answer in time; TROUBLE: what went wrong with the last try, or NULL. */
void probe_late(struct probe_outcome *o, const struct err *trouble, uint32_t most_ms);

/* probe_lists.c, probe_calls.c: enter starts; late ends silently what is in flight and notes that the time is up. */
void probe_customers_enter(struct probe *p);
void probe_customers_late(struct probe *p);
void probe_subscriptions_enter(struct probe *p);
void probe_subscriptions_late(struct probe *p);
void probe_lists_fini(struct probe *p);
void probe_usage_enter(struct probe *p);
void probe_usage_late(struct probe *p);
void probe_rates_enter(struct probe *p);
void probe_rates_late(struct probe *p);

#endif
