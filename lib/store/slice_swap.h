/* SPDX-License-Identifier: MIT */
/* slice_swap.h - the rows of a slice take the place of what is stored of it. Inside the store, and inside its transaction.
 *
 * Both come sorted by key: beside the stored rows each is new, the same, or changed, and a stored row without a partner is withdrawn.
 * Where the usage period is closed the stored row stays, and a correction says the difference (correction.h). Groups of purchases that
 * share their tiers are priced again when one of them was touched. */
#ifndef STORE_SLICE_SWAP_H
#define STORE_SLICE_SWAP_H

#include "store/loading.h"

struct slice_swap {
	int64_t subscription;
	int32_t day;
	int64_t run_id;
	bool unconfirmed;     /* an empty answer by 204 */
	struct loading *rows;
	struct span pages;    /* what its pages are known by; empty: nothing */
};

int slice_swap(struct store *s, const struct slice_swap *slice, struct slice_change *change, struct err *e) MUST_CHECK;

#endif
