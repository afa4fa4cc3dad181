/* SPDX-License-Identifier: MIT */
/* sched.h - when the next run starts. Pure but for the process's time zone (zone.h): clock and randomness are parameters.
 *
 * A slot is an instant at which the zone's wall clock shows the configured time. Each slot is served once, by a run that did not
 * fail. A slot that passed unserved (the machine was off) is caught up, the newest one only: a run fetches every day that is due,
 * so older slots have nothing more to give. A slot whose run failed is tried again every SCHED_RETRY_S until SCHED_REST_S before
 * the next one; every SCHED_RETRY_PERSON_S when a person must act first: a refused consent is not asked about more often. */
#ifndef DAEMON_SCHED_H
#define DAEMON_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#define SCHED_RETRY_S (30 * 60)
#define SCHED_RETRY_PERSON_S (60 * 60)
#define SCHED_REST_S (60 * 60)

enum sched_outcome { SCHED_SERVED, SCHED_FAILED, SCHED_NEEDS_PERSON };
enum sched_trigger { SCHED_SCHEDULE, SCHED_CATCHUP, SCHED_RETRY };

struct sched {
	/* the rule */
	int hour, minute;
	bool catch_up;
	int64_t jitter_s;
	/* what happened */
	int64_t served;          /* newest slot that was served, 0 when none */
	int64_t tried, tried_at; /* the slot whose run failed, and when that ended; 0 when none */
	int64_t retry_s;         /* how long after it the next try */
	/* private: the slot that this process waits for, and how long after it the run starts */
	int64_t awaited, delay_s;
};

struct sched_plan {
	int64_t at;   /* start the run at this instant; not after now: at once */
	int64_t slot; /* which it serves */
	enum sched_trigger trigger;
};

/* RANDOM is uniform over uint32_t; used when the process begins to wait for a new slot. */
struct sched_plan sched_next(struct sched *s, int64_t now, uint32_t random);
/* The run for SLOT is over at NOW. */
void sched_done(struct sched *s, int64_t slot, enum sched_outcome outcome, int64_t now);
/* The newest slot at or before NOW, when it is not served yet; else 0. */
int64_t sched_open_slot(const struct sched *s, int64_t now);
const char *sched_trigger_name(enum sched_trigger trigger);

#endif
