/* SPDX-License-Identifier: MIT */
/* store_explain.h - one purchase by its reference, for the command `explain`: found by its key, never by looking through the purchases.
 * What the public views say of it is asked by its seq (store_select). */
#ifndef STORE_STORE_EXPLAIN_H
#define STORE_STORE_EXPLAIN_H

#include "store/reference.h"
#include "store/store.h"

/* From here on a store that only reads sees the database as it is now, whatever a run does meanwhile; until it is closed. */
int store_hold_still(struct store *s, struct err *e) MUST_CHECK;
/* purchases.seq of the purchase, 0 when there is none. */
int store_purchase_seq(struct store *s, const struct reference *r, int64_t *seq, struct err *e) MUST_CHECK;
/* Hands out the numbers of its changes (purchase_changes.seq), the first revision's first. */
int store_purchase_changes(struct store *s, const struct reference *r, struct store_rows *rows, struct err *e) MUST_CHECK;
/* Hands out the seqs of all that is charged for its usage: the purchase in the period of the usage, if there is one, then its corrections;
 * withdrawn ones, too. In a second column the period of a correction, else 0. */
int store_purchase_family(struct store *s, const struct reference *r, struct store_rows *rows, struct err *e) MUST_CHECK;
/* Hands out one text: how much of the meter the tiers of its group held before it; "" for a correction in a closed period, of which that is
 * not on record. Of a purchase that is priced in its group, or a correction. */
int store_purchase_position(struct store *s, const struct reference *r, struct store_rows *rows, struct err *e) MUST_CHECK;
/* Hands out references of the same slice and meter, those of the same usage first, at most MOST. */
int store_purchases_beside(struct store *s, const struct reference *r, int most, struct store_rows *rows, struct err *e) MUST_CHECK;

#endif
