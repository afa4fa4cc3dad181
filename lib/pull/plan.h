/* SPDX-License-Identifier: MIT */
/* plan.h - which slices are due: (subscription, reported UTC day). Pure: no clock, no database.
 *
 * Due are, up to yesterday (a reported day that has ended, with SETTLE hours over):
 *   - every day of the window [today - backfill_days, yesterday] that was never stored complete (first fetch, new days, holes,
 *     failures), and as far back as PLAN_RETENTION_DAYS what is older and either on record as failed or a hole: nothing is on
 *     record of that day but of an earlier one (the machine was off for longer than the window);
 *   - the last lookback_days again, because usage is reported late.
 * Oldest first: tiers fill in the order of usage, and then fewer stored purchases are priced again. */
#ifndef PULL_PLAN_H
#define PULL_PLAN_H

#include "value/slice_state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_RETENTION_DAYS 90 /* the service answers for about this long */
#define PLAN_SETTLE_HOURS 2    /* an end nearer to now than this was seen to answer 204 */

struct plan_rule {
	int64_t now; /* instant */
	int backfill_days, lookback_days;
	bool explicit_range; /* sync --from --to: exactly these days, whatever is known */
	int32_t from, to;    /* reported days, inclusive */
};

/* What is known of one subscription: states[i] belongs to reported day first + i; without states they are all complete. */
struct plan_known {
	int32_t first;
	size_t count;
	const unsigned char *states; /* enum slice_state */
	bool has_older;              /* days before `first` are on record, too */
};

/* The days due, oldest first, at most MAX of them (the newest) into DAYS; returns how many. UNCONFIRMED (an empty 204) is due again while it
 * is in the look-back. */
size_t plan_days(const struct plan_rule *rule, const struct plan_known *known, int32_t *days, size_t max);
/* The newest reported day that may be asked for at NOW. */
int32_t plan_last_day(int64_t now);

/* The due days of one subscription for as long as a run takes, small, for there may be 50,000 of them: bits, or from..to. */
#define PLAN_DUE_DAYS 128 /* more than an implicit plan can reach back */

struct plan_due {
	uint64_t bits[PLAN_DUE_DAYS / 64];
	int32_t next;
	uint32_t left;
};

/* COUNT days, ascending, from BASE to BASE + PLAN_DUE_DAYS - 1. */
void plan_due_pack(struct plan_due *due, int32_t base, const int32_t *days, size_t count);
/* Each day of FIRST, FIRST + 1, ... */
void plan_due_range(struct plan_due *due, int32_t first, size_t count);
/* Takes out the oldest. left > 0. BASE: as packed. */
int32_t plan_due_take(struct plan_due *due, int32_t base);

#endif
