/* SPDX-License-Identifier: MIT */
/* part.h - what one slice has put into one billing period: the ids of parts, and the sums that they carry. Inside the store.
 *
 * Every change of a purchase is told here, by the functions of row.h. The sums gather in memory and are written before the mark is kept
 * and before the transaction is committed. */
#ifndef STORE_PART_H
#define STORE_PART_H

#include "store/row.h"

struct parts;

struct parts *parts_new(void);
void parts_free(struct parts *parts); /* NULL is fine */
/* Ids and sums that were not written: a rollback has taken what they speak of. */
void parts_forget(struct parts *parts);
/* Writes the sums that have gathered. */
int parts_flush(struct store *s, struct err *e) MUST_CHECK;

/* The part of KEY's subscription, period and reported day; 0 when there is none. */
int part_find(struct store *s, const struct row_key *key, int64_t *id, struct err *e) MUST_CHECK;
/* The same, made when there is none. */
int part_need(struct store *s, const struct row_key *key, int64_t *id, struct err *e) MUST_CHECK;
/* ROW, of a part that was needed or found, takes the place of OLD (NULL: there was none). Counts for the run's amount, too. */
void part_account(struct store *s, const struct row *old, const struct row *row);

#endif
