/* SPDX-License-Identifier: MIT */
/* run.h - one run: everything that is due, fetched, priced, stored and published.
 *
 *     AUTH -> RATES -> CUSTOMERS -> SUBSCRIPTIONS -> USAGE -> CLOSE -> PUBLISH -> DONE
 *
 * One at a time; the store is the run's (on the lane) until done() was called. */
#ifndef DAEMON_RUN_H
#define DAEMON_RUN_H

#include "base/err.h"
#include "store/store.h"
#include "value/guid.h"

#include <stdbool.h>
#include <stdint.h>

struct boot;
struct run;
struct run_ask;
struct progress_facts;

struct run_ask { /* the caller's, zeroed, until done() or run_cancel */
	/* filled by the caller */
	const char *trigger; /* "schedule", "catchup", "retry", "signal", "sync" */
	int64_t slot;        /* the schedule's instant that this run serves, 0 for none */
	bool ranged;         /* exactly the reported days FROM..TO, instead of what is due */
	int32_t from, to;
	struct guid customer, subscription; /* zero: all */
	bool dry;            /* the store is open for a dry run: publish nothing */
	void (*done)(struct run_ask *ask); /* once; may start the next run */

	/* filled for done() */
	enum run_status status;
	bool person;    /* somebody must act: see err */
	struct err err; /* what ended the run, or else the first thing that went wrong in it */

	struct run *run; /* private */
};

void run_start(struct run_ask *ask, struct boot *boot);
/* Ends early with what is stored: done() follows within seconds, status aborted unless the run was at its end already. */
void run_stop(struct run_ask *ask);
/* Immediate and silent, from any state; fine when none is on. What the lane still works on is freed by the lane. */
void run_cancel(struct run_ask *ask);
/* How far it is; the step's name is borrowed for good. */
void run_facts(const struct run_ask *ask, struct progress_facts *facts);

#endif
