/* SPDX-License-Identifier: MIT */
/* correction.h - late news of a closed billing period: purchases of their own, booked in an open period. Inside the store.
 *
 * Here the key of a purchase has its usage period in `period`. Fixed are the rows of a key that are booked in closed periods: the
 * purchase that was there when the period was closed, if any, and its corrections that have been closed in since. They never change.
 * What is wanted now, less what is fixed, is the live correction: at most one of a key, booked in the period that was open when it
 * came. It prices what of the wanted quantity has no amount among the fixed rows; that is the difference, unless the usage had no price
 * when its period was closed.
 *
 * The price is that of the rates seen until the period was closed, else, when they gave none, of all that were ever seen.
 * Corrections fill the tiers of their usage period behind its purchases, in the order in which they were booked and then in that of
 * purchases (rerate.h): what is closed next comes before what stays live, so that a closing moves no price. */
#ifndef STORE_CORRECTION_H
#define STORE_CORRECTION_H

#include "store/pricing.h"
#include "store/rerate.h"

enum correction_done { CORRECTION_NONE, CORRECTION_ADDED, CORRECTION_CHANGED, CORRECTION_WITHDRAWN };

/* The quantity of KEY is WANT now, PRODUCT what names it; both are 0 where the service no longer returns it. Writes the live correction, whose
 * amount follows with its group. ERR_FORMAT when it is counted in another unit than what is fixed. */
int correction_want(struct store *s, int64_t run_id, const struct row_key *key, struct decimal want, int64_t product,
		    enum correction_done *done, struct err *e) MUST_CHECK;
/* It says nothing any more. */
int correction_withdraw(struct store *s, int64_t run_id, const struct row *live, enum change_reason reason, struct err *e) MUST_CHECK;
/* The rate of a key whose usage period is closed. */
int correction_choose(struct store *s, const struct row_key *key, int64_t product, struct rating_choice *choice,
		      struct err *e) MUST_CHECK;
/* The live corrections of one group get their amounts. */
int correction_price_group(struct pricing *p, int64_t subscription, const struct group *group, struct err *e) MUST_CHECK;
/* New rates of the meters in temp.changed_meter: usage of closed periods that had no price may get one now. */
int correction_reprice(struct store *s, int64_t run_id, int64_t *revised, struct err *e) MUST_CHECK;

/* PERIOD is open again: corrections of older usage that are booked in it can change, and take over what later ones say. */
int correction_rejoin(struct pricing *p, int32_t period, struct err *e) MUST_CHECK;

/* The keys of a slice that corrections stand for, active ones, to find those that the slice no longer has. */
struct corrected {
	struct row_key key;
	bool seen;
};
struct corrected_keys { /* sorted as rows are merged */
	size_t count;
	struct corrected *items;
};
int corrected_read(struct store *s, int64_t subscription, int32_t day, struct corrected_keys *keys, struct err *e) MUST_CHECK;
/* NULL: none. */
struct corrected *corrected_find(const struct corrected_keys *keys, const struct row_key *key);
void corrected_fini(struct corrected_keys *keys);

#endif
