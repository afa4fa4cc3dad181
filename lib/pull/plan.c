/* SPDX-License-Identifier: MIT */
#include "pull/plan.h"

#include "value/day.h"

#include <assert.h>

int32_t plan_last_day(int64_t now)
{
	return instant_day(now - (int64_t)PLAN_SETTLE_HOURS * 3600) - 1;
}

static enum slice_state state_of(const struct plan_known *known, int32_t day)
{
	int64_t at = (int64_t)day - known->first;

	if (at < 0 || (uint64_t)at >= known->count)
		return SLICE_UNKNOWN;
	return known->states ? (enum slice_state)known->states[at] : SLICE_COMPLETE;
}

/* The first day of which anything is on record; a day after it without a record is a hole. */
static int64_t first_on_record(const struct plan_known *known)
{
	size_t at = 0;

	if (known->has_older)
		return INT64_MIN;
	while (at < known->count && known->states && known->states[at] == SLICE_UNKNOWN)
		at++;
	return at < known->count ? (int64_t)known->first + (int64_t)at : INT64_MAX;
}

/* Was it never stored whole, and should it have been? The look-back is not asked here. */
static bool is_missing(const struct plan_rule *rule, enum slice_state state, int32_t day, int64_t first)
{
	int64_t today = instant_day(rule->now);
	bool in_window = day >= today - rule->backfill_days;
	bool retained = day >= today - PLAN_RETENTION_DAYS;

	switch (state) {
	case SLICE_UNKNOWN:
		return in_window || (retained && day > first);
	case SLICE_FAILED:
		return in_window || retained;
	case SLICE_COMPLETE:
	case SLICE_EMPTY:
	case SLICE_UNCONFIRMED:
		break;
	}
	return false;
}

/* The oldest day that could be due. */
static int64_t oldest_day(const struct plan_rule *rule, int32_t last)
{
	int64_t today = instant_day(rule->now);
	int64_t oldest = today - PLAN_RETENTION_DAYS;

	if (today - rule->backfill_days < oldest)
		oldest = today - rule->backfill_days;
	if ((int64_t)last - rule->lookback_days + 1 < oldest)
		oldest = (int64_t)last - rule->lookback_days + 1;
	return oldest;
}

size_t plan_days(const struct plan_rule *rule, const struct plan_known *known, int32_t *days, size_t max)
{
	int32_t last = plan_last_day(rule->now);
	int64_t from = rule->explicit_range ? rule->from : oldest_day(rule, last);
	int64_t to = rule->explicit_range && rule->to < last ? rule->to : last;
	int64_t first = first_on_record(known);
	size_t count = 0;

	for (int64_t at = to; at >= from && count < max; at--) {
		int32_t day = (int32_t)at;
		bool again = rule->explicit_range || at > (int64_t)last - rule->lookback_days;

		if (again || is_missing(rule, state_of(known, day), day, first))
			days[count++] = day;
	}
	/* Tiers fill in the order of usage, so the oldest day goes first: fewer stored rows have to be priced again. */
	for (size_t i = 0; i < count / 2; i++) {
		int32_t day = days[i];

		days[i] = days[count - 1 - i];
		days[count - 1 - i] = day;
	}
	return count;
}

void plan_due_pack(struct plan_due *due, int32_t base, const int32_t *days, size_t count)
{
	*due = (struct plan_due){ .left = (uint32_t)count };
	for (size_t i = 0; i < count; i++) {
		uint32_t at = (uint32_t)(days[i] - base);

		assert(at < PLAN_DUE_DAYS);
		due->bits[at / 64] |= UINT64_C(1) << at % 64;
	}
}

void plan_due_range(struct plan_due *due, int32_t first, size_t count)
{
	*due = (struct plan_due){ .next = first, .left = (uint32_t)count };
}

int32_t plan_due_take(struct plan_due *due, int32_t base)
{
	assert(due->left > 0);
	due->left--;
	for (int i = 0; i < PLAN_DUE_DAYS / 64; i++) {
		int bit = due->bits[i] ? __builtin_ctzll(due->bits[i]) : 0;

		if (!due->bits[i])
			continue;
		due->bits[i] &= due->bits[i] - 1;
		return base + 64 * i + bit;
	}
	return due->next++;
}
