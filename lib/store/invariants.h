/* SPDX-License-Identifier: MIT */
/* invariants.h - what holds in every book, looked after: packaging/invariants.sql, the script that ships for the sqlite3 shell. */
#ifndef STORE_INVARIANTS_H
#define STORE_INVARIANTS_H

#include "store/store.h"

/* Looks through the whole database of S as it is now, by a connection of its own that only reads: beside a run, and with a store that is
 * open in any way. Hands out each offence as a row of three texts (the invariant's name, where, what) and counts them. Takes about as
 * long as reading everything several times over; what it sorts meanwhile is in SQLite's temporary files. A book that can't be read to
 * its end, for a number in it is none, is an error: ERR_STORE. */
int store_check_invariants(struct store *s, struct store_rows *broken, int64_t *count, struct err *e) MUST_CHECK;

#endif
