/* SPDX-License-Identifier: MIT */
/* slice_pages.h - the pages of a slice: bytes become records on one lane (boot->decode), batches of records go into the loading of the
 * slice on the store's (boot->lane).
 *
 * HAPPY PATH  restart -> feed* (decode) fill a batch -> decoded (loop) submits it -> take (lane) -> the batch is spare again
 * FAILURES    a page that begins again says so in its first batch: what it gave before is dropped. An error of the store ends the run at
 *             once, one of this slice alone shows when it is committed.
 *
 * A slice that is stored, and whose pages are the same bytes as then, is neither decoded nor stored: each page is compared by its digest
 * (pc_usage.h) while it streams by. When the first page differs it is decoded from what was held of it; when it is not held or a later one
 * does, or there are more or fewer of them, the slice is read again from its first page on, in full (`again`).
 *
 * SLICE_BATCHES_WAITING batches in front of the store, over all slices: then nothing more is decoded, chunks gather before the lane that
 * decodes, and the transfers pause. */
#ifndef DAEMON_SLICE_PAGES_H
#define DAEMON_SLICE_PAGES_H

#include "base/buf.h"
#include "base/err.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define SLICE_BATCHES_WAITING 4
#define SLICE_HOLDS 8 /* first pages that are held at a time: memory does not grow with the requests in flight */
#define SLICE_HOLD_BYTES ((size_t)1536 << 10) /* of each: 1,000 records were measured at 0.8 MB */

struct slice;
struct pager_work;
struct usage_batch;

/* Batches from one thread to another: a stack that the one side takes as a whole. */
typedef _Atomic(struct usage_batch *) batch_list;

struct slice_hold {
	atomic_bool taken;
	struct buf bytes;
};

struct slice_pages_pool { /* one a run, zeroed */
	struct slice_hold holds[SLICE_HOLDS];
	batch_list spare;
	struct usage_batch *own_spare; /* decode */
	unsigned waiting;              /* loop: batches on their way to the store */
};

extern const struct pager_work slice_pages_work;

/* On the loop, before the pager starts. */
void slice_pages_start(struct slice *s);
/* On the loop, when the pager has ended well: every page was what it was, and none more. */
bool slice_pages_unchanged(const struct slice *s);

/* As slice_fini. */
void slice_pages_fini(struct slice *s);
void slice_pages_pool_fini(struct slice_pages_pool *pool);

#endif
