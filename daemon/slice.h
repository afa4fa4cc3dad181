/* SPDX-License-Identifier: MIT */
/* slice.h - one slice (subscription, reported UTC day) of a run: fetched to its end, stored as a whole or on record as failed. */
#ifndef DAEMON_SLICE_H
#define DAEMON_SLICE_H

#include "daemon/run_inner.h"

struct slice { /* the step's, zeroed; one after the other in the same memory */
	void (*done)(struct slice *s); /* on the loop: ended, however; not after slice_cancel or when the run failed */

	struct run *run;
	struct run_target *target;
	int32_t day;
	bool busy;
	enum slice_end { SLICE_STORED, SLICE_NOT_STORED, SLICE_NOT_COVERED } end;
	struct err err;             /* of SLICE_NOT_STORED */
	struct slice_change change; /* of SLICE_STORED */

	/* private */
	struct pager pager;
	bool by_entitlement;
	enum usage_source learnt;
	struct pc_usage decoder;   /* decode */
	struct usage_batch *batch; /* decode: being filled */
	bool page_begins;          /* decode: no batch of this page yet */
	struct pc_prints known;    /* lane, then decode: the pages as they are stored */
	int64_t known_rows;        /* lane: of them */
	struct pc_prints prints;   /* decode: those read so far */
	struct slice_hold *hold;   /* decode */
	bool skips;                /* decode: all pages so far are as they are stored */
	bool again;                /* decode: they are not after all, and must be read once more from the first on */
	batch_list ready;          /* decoded, not yet submitted to the store */
	struct slice_load *load;   /* lane */
	struct err load_err;       /* lane: the first error of taking a batch */
	bool unconfirmed;
	struct work work;
};

void slice_start(struct slice *s, struct run *run, struct run_target *target, int32_t day);
/* Ends what the loop has in flight, silently. */
void slice_cancel(struct slice *s);
/* On the lane, or when nothing of it can be there; and nothing of it is on the lane that decodes. */
void slice_fini(struct slice *s);
/* For its files alone: an error that ends the run, with this slice's name in front. */
void slice_fail_run(struct slice *s, const struct err *e);

#endif
