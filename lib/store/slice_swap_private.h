/* SPDX-License-Identifier: MIT */
/* slice_swap_private.h - what the files of slice_swap.h share: one swap under way. */
#ifndef STORE_SLICE_SWAP_PRIVATE_H
#define STORE_SLICE_SWAP_PRIVATE_H

#include "store/correction.h"
#include "store/rerate.h"
#include "store/slice_swap.h"

struct stored { /* what is known of the slice before */
	int64_t state, rows, first_period, last_period, first_run_id;
};

/* OP_CORRECT: `row` is wanted now of a key whose usage period is closed (a quantity of 0 where there is none any more). */
enum op_kind { OP_ADD, OP_CHANGE, OP_WITHDRAW, OP_CORRECT };

struct op { /* gathered while the stored rows are read, done afterwards */
	enum op_kind kind;
	struct row old, row;
};

struct swap {
	const struct slice_swap *slice;
	struct store *s;
	int64_t since_seq;
	struct stored before;
	struct slice_change *change;
	struct rerate_groups groups;
	int64_t first_period, last_period;
	struct corrected_keys corrected;
	size_t op_count, op_room;
	struct op *ops;
};

/* PERIOD stands in its table, and the slice has rows of it. */
int swap_know_period(struct swap *w, int32_t period, struct err *e) MUST_CHECK;
/* Prices ROW; its group, when it has one, is priced at the end. */
int swap_rate(struct swap *w, struct row *row, struct err *e) MUST_CHECK;
/* One more thing to do, when everything was read. */
struct op *swap_gather(struct swap *w, enum op_kind kind);

/* A slice that nothing is stored of: its rows are written in one statement a period, and none is kept in memory. Those of closed periods are
 * gathered. */
int swap_fill(struct swap *w, struct err *e) MUST_CHECK;

#endif
