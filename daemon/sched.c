/* SPDX-License-Identifier: MIT */
#include "daemon/sched.h"

#include "value/zone.h"

/* Between two slots lie at most 25 hours, when summer time ends; a slot "served" further ahead than that is the trace of a clock
 * that was wrong then, and must not silence the daemon until that day comes. */
#define SLOT_GAP_MAX_S (26 * 60 * 60)

const char *sched_trigger_name(enum sched_trigger trigger)
{
	static const char *const names[] = { [SCHED_SCHEDULE] = "schedule", [SCHED_CATCHUP] = "catchup", [SCHED_RETRY] = "retry" };

	return names[trigger];
}

static int64_t served(const struct sched *s, int64_t now)
{
	return s->served > now + SLOT_GAP_MAX_S ? 0 : s->served;
}

int64_t sched_open_slot(const struct sched *s, int64_t now)
{
	int64_t slot = zone_previous(now, s->hour, s->minute);

	return slot > served(s, now) ? slot : 0;
}

/* Whether the open slot is still to be run, and when. */
static bool plan_open(const struct sched *s, int64_t slot, int64_t now, struct sched_plan *plan)
{
	int64_t latest = zone_next(slot, s->hour, s->minute) - SCHED_REST_S;

	if (slot == s->tried) {
		*plan = (struct sched_plan){ s->tried_at + s->retry_s, slot, SCHED_RETRY };
		if (s->tried_at > now)
			plan->at = now; /* the clock was set back since */
		return plan->at <= latest;
	}
	if (slot == s->awaited) {
		*plan = (struct sched_plan){ slot + s->delay_s, slot, SCHED_SCHEDULE };
		return true;
	}
	/* Missed while the process was up (a long run, a clock set forward): not a matter of catch_up. */
	*plan = (struct sched_plan){ now, slot, SCHED_CATCHUP };
	return s->catch_up || s->awaited;
}

struct sched_plan sched_next(struct sched *s, int64_t now, uint32_t random)
{
	int64_t open = sched_open_slot(s, now);
	int64_t done = served(s, now);
	struct sched_plan plan;
	int64_t next;

	if (open && plan_open(s, open, now, &plan))
		return plan;
	/* Behind a served slot even when the clock was set back to before it: once a slot means once. */
	next = zone_next(done > now ? done : now, s->hour, s->minute);
	if (next != s->awaited) {
		s->awaited = next;
		s->delay_s = s->jitter_s > 0 ? (int64_t)random % (s->jitter_s + 1) : 0;
	}
	return (struct sched_plan){ next + s->delay_s, next, SCHED_SCHEDULE };
}

void sched_done(struct sched *s, int64_t slot, enum sched_outcome outcome, int64_t now)
{
	if (slot == 0)
		return;
	if (outcome == SCHED_SERVED) {
		s->served = slot;
		return;
	}
	s->tried = slot;
	s->tried_at = now;
	s->retry_s = outcome == SCHED_NEEDS_PERSON ? SCHED_RETRY_PERSON_S : SCHED_RETRY_S;
}
