/* SPDX-License-Identifier: MIT */
/* player.h - what the files share that apply a history to a store. */
#ifndef BOOKS_PLAYER_H
#define BOOKS_PLAYER_H

#include "tests/books/history.h"

#include "store/store.h"

struct player {
	const struct history *h;
	const char *database;
	struct progress *progress;
	FILE *out;
	struct store *s;
	int64_t run_id, subscriptions[SUBSCRIPTIONS_MAX];
	size_t at; /* the op */
	struct rng rng;
	bool plain; /* no meter is renamed */
	struct err e;
};

/* What must be so: a {"problem": ...} when it is not. */
void check(struct player *p, bool good, const char *what);
/* What must not fail: ends the process when RC is -1. */
void ok(struct player *p, int rc, const char *what);

/* So many seconds after the op at hand began; time goes on from op to op. */
int64_t moment(const struct player *p, int64_t seconds);
/* A run begins, on the day of the op at hand. */
void begin_run(struct player *p, const char *trigger);
void end_run(struct player *p);

/* A number for all that stands in the tables of purchases, slices and prices. */
uint64_t dump_of(struct player *p);
/* The same of the purchases booked in PERIOD, with their bands and changes. */
uint64_t dump_of_period(struct player *p, int32_t period);
int64_t wal_bytes(struct player *p);
/* Prints what an importer reads: the purchases that have changed since it last looked. */
void poll_changes(struct player *p);

/* Closes a period that has ended, or opens the newest closed one again; the op's chance says which. */
void close_period(struct player *p);
void reopen_period(struct player *p);
/* No row of a closed period has changed since. */
void check_fixed(struct player *p);

#endif
