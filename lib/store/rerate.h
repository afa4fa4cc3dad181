/* SPDX-License-Identifier: MIT */
/* rerate.h - prices again what a change has touched: the groups (subscription, billing period, meter) of a banded meter, whose
 * purchases share the tiers, and the purchases of meters with new rates. Inside the store. */
#ifndef STORE_RERATE_H
#define STORE_RERATE_H

#include "store/row.h"

struct rerate_group {
	int64_t period, meter;
};

struct rerate_groups { /* a set, in the order added */
	size_t count;
	struct rerate_group *items;
};

void rerate_groups_add(struct rerate_groups *groups, int64_t period, int64_t meter);
void rerate_groups_fini(struct rerate_groups *groups);

/* Fills the tiers of one group in the order usage start, reported day, purchase reference. Rows written after SINCE_SEQ get their amount without a
 * revision of its own; for the others REASON is noted. *REVISED counts purchases from before this run. */
int rerate_group(struct store *s, int64_t run_id, int64_t subscription, const struct rerate_group *group, int64_t since_seq,
		 enum change_reason reason, int64_t *revised, struct err *e) MUST_CHECK;

/* After new rates of the meters in temp.changed_meter, from the usage day FROM (instant) on: every active purchase of them in every
 * subscription. */
int rerate_meters(struct store *s, int64_t run_id, int64_t from, int64_t *revised, struct err *e) MUST_CHECK;

#endif
