/* SPDX-License-Identifier: MIT */
/* Which slices a run asks for, and in which order; on the lane.
 *
 * There may be 50,000 subscriptions: one question to the store settles each of which nothing is missing, and only for the others each
 * day is looked at. Those of which most is due go first, for one of them alone at the end would leave the others with nothing to do. */
#include "base/mem.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/run_inner.h"
#include "value/day.h"

#define ROWS_OF_A_DAY 100 /* what a reading costs beside its rows, in rows */

struct planning {
	struct plan_rule rule;
	int32_t first;
	size_t count; /* days from first to the last that may be asked for */
	unsigned char *states;
	int32_t *days;
};

static void planning_init(struct planning *plan, const struct run *run)
{
	const struct config *c = run->boot->config;
	int32_t today = instant_day(run->started), last = plan_last_day(run->started);
	int back = c->backfill_days > PLAN_RETENTION_DAYS ? c->backfill_days : PLAN_RETENTION_DAYS;

	*plan = (struct planning){ .rule = {
					   .now = run->started,
					   .backfill_days = c->backfill_days,
					   .lookback_days = c->lookback_days,
					   .explicit_range = run->order.ranged,
					   .from = run->order.from,
					   .to = run->order.to,
				   } };
	plan->first = run->order.ranged ? run->order.from : today - back - 1;
	if (run->order.ranged && run->order.to < last)
		last = run->order.to;
	plan->count = last >= plan->first ? (size_t)(last - plan->first) + 1 : 0;
	plan->states = xcalloc(PLAN_DUE_DAYS, sizeof(*plan->states));
	plan->days = xcalloc(PLAN_DUE_DAYS, sizeof(*plan->days));
}

static void planning_fini(struct planning *plan)
{
	free(plan->states);
	free(plan->days);
}

/* What is known of the days before the look-back, from the oldest on record on: that none is missing, or of each. */
static int look_up(struct planning *plan, struct run *run, const struct run_target *t, const struct slice_facts *facts,
		   struct plan_known *known, struct err *e)
{
	int32_t begin = facts->oldest > plan->first ? facts->oldest : plan->first;
	int64_t old_days = (int64_t)plan->first + (int64_t)plan->count - plan->rule.lookback_days - begin;

	*known = (struct plan_known){ .first = plan->first, .count = plan->count, .states = plan->states };
	known->has_older = facts->oldest < plan->first;
	if (old_days > 0 && facts->good == old_days) {
		known->first = begin;
		known->count = (size_t)old_days;
		known->states = NULL;
		return 0;
	}
	return store_slice_states(run->boot->store, t->id, plan->first, plan->count, plan->states, e);
}

static void weigh(struct run_target *t, const struct slice_facts *facts)
{
	uint64_t rows = facts->good ? (uint64_t)facts->rows / (uint64_t)facts->good : 0;
	uint64_t length = t->due.left * (rows + ROWS_OF_A_DAY) / 100;

	t->length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
}

static int plan_target(struct planning *plan, struct run *run, struct run_target *t, struct err *e)
{
	int32_t lookback = plan->rule.explicit_range ? 0 : plan->rule.lookback_days;
	struct slice_facts facts;
	struct plan_known known;

	if (plan->count == 0)
		return 0;
	if (store_slice_facts(run->boot->store, t->id, plan->first, plan->first + (int32_t)plan->count - lookback, &facts, e) == -1)
		return -1;
	t->on_record = facts.oldest != INT32_MAX;
	if (plan->rule.explicit_range) {
		plan_due_range(&t->due, plan->first, plan->count);
	} else {
		if (look_up(plan, run, t, &facts, &known, e) == -1)
			return -1;
		plan_due_pack(&t->due, plan->first, plan->days, plan_days(&plan->rule, &known, plan->days, plan->count));
	}
	weigh(t, &facts);
	run->usage.planned += t->due.left;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct run_target *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int longest_first(const void *a, const void *b)
{
	const struct run_target *x = a, *y = b;

	return x->length == y->length ? by_id(a, b) : (x->length < y->length) - (x->length > y->length);
}

/* A list that names a subscription twice, on two pages or by two customers, must not have it fetched twice side by side. */
static void drop_repeats(struct step_subscriptions *step)
{
	size_t kept = 0;

	if (step->count == 0)
		return;
	qsort(step->targets, step->count, sizeof(*step->targets), by_id);
	for (size_t i = 1; i < step->count; i++)
		if (step->targets[i].id != step->targets[kept].id)
			step->targets[++kept] = step->targets[i];
	step->count = kept + 1;
}

void usage_plan_on_lane(struct work *w)
{
	struct run *run = container_of(w, struct run, usage.work);
	struct step_subscriptions *subs = &run->subscriptions;
	struct planning plan;
	int rc = 0;

	if (run->usage.lists_complete && store_mark_missing(run->boot->store, run->started, &w->err) == -1)
		return;
	drop_repeats(subs);
	planning_init(&plan, run);
	run->usage.base = plan.first;
	for (size_t i = 0; i < subs->count && rc == 0; i++)
		rc = atomic_load(&run->hurry) ? err_set(&w->err, ERR_CANCELLED, "the run was stopped")
					      : plan_target(&plan, run, &subs->targets[i], &w->err);
	planning_fini(&plan);
	if (subs->count)
		qsort(subs->targets, subs->count, sizeof(*subs->targets), longest_first);
}
