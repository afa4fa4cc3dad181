/* SPDX-License-Identifier: MIT */
/* slice_pages.h - the pages of a slice: bytes become records on one lane (boot->decode), batches of records go into the loading of the
 * slice on the store's (boot->lane).
 *
 * HAPPY PATH  restart -> feed* (decode) fill a batch -> decoded (loop) submits it -> take (lane) -> the batch is spare again
 * FAILURES    a page that begins again says so in its first batch: what it gave before is dropped. An error of the store ends the run at
 *             once, one of this slice alone shows when it is committed.
 *
 * SLICE_BATCHES_WAITING batches in front of the store, over all slices: then nothing more is decoded, chunks gather before the lane that
 * decodes, and the transfers pause. */
#ifndef DAEMON_SLICE_PAGES_H
#define DAEMON_SLICE_PAGES_H

#include "base/err.h"

#include <stdatomic.h>
#include <stddef.h>

#define SLICE_BATCHES_WAITING 4

struct slice;
struct pager_work;
struct usage_batch;

/* Batches from one thread to another: a stack that the one side takes as a whole. */
typedef _Atomic(struct usage_batch *) batch_list;

struct slice_pages_pool { /* one a run, zeroed */
	batch_list spare;
	struct usage_batch *own_spare; /* decode */
	unsigned waiting;              /* loop: batches on their way to the store */
};

extern const struct pager_work slice_pages_work;

/* As slice_fini. */
void slice_pages_fini(struct slice *s);
void slice_pages_pool_fini(struct slice_pages_pool *pool);

#endif
