/* SPDX-License-Identifier: MIT */
/* books.h - inside the store: its state, and the calls that its files share. Nobody outside lib/store includes this. */
#ifndef STORE_BOOKS_H
#define STORE_BOOKS_H

#include "store/closed.h"
#include "store/db.h"
#include "store/intern.h"
#include "store/ratebook.h"
#include "store/sql.h"
#include "store/store.h"

struct parts;

struct sum { /* of amounts: whole units, and rests in nanos */
	int64_t units, nanos;
};

struct store {
	struct db *db;
	struct store_options options;
	char *path, *currency, *region; /* own copies of the options' texts */
	int64_t seq;            /* number of the last change, over the whole database */
	int64_t run_seq;        /* the seq at the start of the run: later ones are its work */
	/* By how much the amounts have changed since the run began; the same when the transaction and the mark at hand began. */
	struct sum run_sum, begun_sum, marked_sum;
	bool held;              /* nothing is committed until store_release */
	int64_t pending_rows;   /* written since the transaction began */
	int64_t began_ms;       /* monotonic */
	int32_t period_known;   /* the last period made sure to stand in its table */
	int32_t today;          /* the UTC day on which the run began */
	struct closed_periods closed;
	uint32_t loads;         /* slice loads so far: the number of the next */
	uint32_t rollbacks;     /* so far: what was begun before the last one refers to rows that are gone */
	struct intern *intern;
	struct ratebook *rates;
	struct parts *parts;
};

/* The open transaction; starts one. Every writer calls this first. */
int store_write(struct store *s, struct err *e) MUST_CHECK;
/* A unit of work is whole: commits when enough has gathered. */
int store_unit_done(struct store *s, int64_t rows, struct err *e) MUST_CHECK;
/* A part of the transaction that may be undone by itself. */
int store_mark(struct store *s, struct err *e) MUST_CHECK;
int store_mark_keep(struct store *s, struct err *e) MUST_CHECK;
void store_mark_undo(struct store *s);
/* Runs statement N with COUNT integer parameters, for the many that take nothing else. */
int store_run_ints(struct store *s, enum sql_statement n, const int64_t *values, int count, struct err *e) MUST_CHECK;

/* Hands each row of Q to rows->on_row, as text, adds their number to *COUNT (NULL: nobody asks), and finalizes Q; Q NULL: E is set
 * already. */
int store_hand_out(struct db *db, struct sqlite3_stmt *q, struct store_rows *rows, int64_t *count, struct err *e) MUST_CHECK;

#endif
