/* SPDX-License-Identifier: MIT */
/* history.h - a random history of the books: what was fetched, in which order, and where the program was killed. Made whole from its
 * seed before anything happens (generate.c), applied to a store (replay.c), and printed for the judge (print.c, oracle.py). */
#ifndef BOOKS_HISTORY_H
#define BOOKS_HISTORY_H

#include "tests/support/rng.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define METERS 8          /* the last one is for slices that must be refused */
#define METER_REFUSED (METERS - 1)
#define SUBSCRIPTIONS_MAX 3
#define DAYS_MAX 9        /* reported days of a subscription */
#define TIERS_MAX 4
#define ENTRIES_MAX (2 * METERS)
#define OPS_MAX 64
#define NUMBER_MAX 48
#define PLENTY 17000      /* more rows than a slice may hold in memory */

enum killing { KILL_NEVER, KILL_AT_OPS, KILL_BY_TIME };

struct line { /* a usage record */
	int32_t day;
	int hour;     /* -1: the whole day */
	int hours;    /* its length, of an hourly one */
	int meter, resource, unit;
	char quantity[NUMBER_MAX];
};

struct content { /* of a slice */
	int subscription;
	int32_t day;
	size_t count;
	struct line *lines;
};

struct price {
	int meter, effective, unit, tier_count;
	char included[NUMBER_MAX], from[TIERS_MAX][NUMBER_MAX], price[TIERS_MAX][NUMBER_MAX];
};

struct card {
	int count;
	struct price prices[ENTRIES_MAX];
};

enum op_kind {
	OP_SLICE,      /* a slice, with another content than before */
	OP_AGAIN,      /* the same content once more: nothing may change */
	OP_REFUSED,    /* a content with an amount out of range: nothing may change */
	OP_ABANDONED,  /* a slice that is read but never finished */
	OP_CARD,
	OP_CARD_AGAIN, /* the same card in another order: nothing may change */
	OP_CARD_BROKEN, /* a card that ends too early, or in another currency */
	OP_FLUSH,
	OP_RUN,        /* the run ends, another begins, perhaps days or weeks later */
	OP_CLOSE,      /* a period that has ended is closed */
	OP_REOPEN,     /* the newest closed period is opened again */
	OP_RESTART,    /* the program ends in good order and starts */
	OP_DROP,       /* it ends without a flush */
	OP_KILL,       /* the process ends at this place, in the middle of a slice or a card */
	OP_POLL,       /* what an importer reads: the purchases since it last looked */
};

struct op {
	enum op_kind kind;
	int32_t today;
	struct content content;
	struct card card;
	uint64_t seed; /* of the order within it */
};

struct history {
	uint64_t seed;
	enum killing killing;
	int period_start_day, subscriptions;
	bool plenty, closing;
	size_t op_count;
	struct op ops[OPS_MAX];
};

extern const char *const history_effective[];
extern const char *const history_units[];
void history_meter(int meter, char text[40]);
void history_subscription(int subscription, char text[40]);
int history_customer_of(int subscription); /* 0 or 1 */

/* What a record says of a resource; FORM changes only how its tags are written. */
struct resource {
	char uri[100], tags[100];
	const char *location;
};
void history_resource(int number, int form, struct resource *r);

void history_make(struct history *h, uint64_t seed);
void history_free(struct history *h);

#define FIXED_MAX 24

/* Shared with the process that applies the history: it may be killed. */
struct progress {
	volatile size_t durable;  /* the ops before this one survive whatever happens */
	volatile bool spent[OPS_MAX]; /* a death that has been died */
	volatile bool refused[OPS_MAX];   /* the slice was refused: another unit in a closed period */
	volatile int32_t period[OPS_MAX]; /* the period that the op closed or reopened; 0: not done, -1: there was none */
	struct fixed {
		volatile int32_t period;
		volatile uint64_t sum; /* of its rows when it was closed */
	} fixed[FIXED_MAX];       /* by place; period 0: free */
	volatile int64_t polled;
};

void history_print(const struct history *h, const struct progress *progress, const char *database, FILE *out);

/* Applies the ops from progress->durable on. Prints {"problem": ...} lines. */
void replay(const struct history *h, const char *database, struct progress *progress, FILE *out);

#endif
