/* SPDX-License-Identifier: MIT */
/* rerate.h - prices again what a change has touched: the groups (subscription, usage period, meter) whose purchases share the tiers,
 * and the purchases of meters with new rates. In a closed period only its corrections have a price to change. Inside the store. */
#ifndef STORE_RERATE_H
#define STORE_RERATE_H

#include "store/group.h"

struct rerate_groups { /* a set, in the order added */
	size_t count;
	struct group *items;
};

/* The group of the purchase KEY, which has changed: what stands in front of it keeps its price. */
void rerate_groups_add_from(struct rerate_groups *groups, const struct row_key *key);
/* All of a group. */
void rerate_groups_add(struct rerate_groups *groups, int64_t period, int64_t meter);
void rerate_groups_fini(struct rerate_groups *groups);

struct pricing;

/* Fills the tiers of each group in the order usage start, reported day, purchase reference. P: position left out. */
int rerate_price_groups(struct pricing *p, int64_t subscription, const struct rerate_groups *groups, struct err *e) MUST_CHECK;

/* After new rates of the COUNT meters in temp.changed_meter, from the usage day FROM (instant) on: every active purchase of them in every
 * subscription. */
int rerate_meters(struct store *s, int64_t run_id, int64_t count, int64_t from, int64_t *revised, struct err *e) MUST_CHECK;
/* Every purchase of a period, by all rates ever seen: it was closed, and is open again. P: position left out. */
int rerate_period(struct pricing *p, int64_t period, struct err *e) MUST_CHECK;

#endif
