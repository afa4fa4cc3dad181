/* SPDX-License-Identifier: MIT */
/* records.h - records given to a slice one by one, each in a batch of its own. */
#ifndef SUPPORT_RECORDS_H
#define SUPPORT_RECORDS_H

#include "store/store.h"
#include "store/usage_batch.h"

static inline int take_record(struct slice_load *load, const struct usage *u, bool begins, bool ends, struct err *e)
{
	struct usage_batch *b = usage_batch_new();
	int rc = u ? usage_batch_add(b, u, e) : 0;

	b->begins_page = begins;
	b->ends_page = ends;
	if (rc == 0)
		rc = slice_load_take(load, b, e);
	usage_batch_free(b);
	return rc;
}

static inline int record_page_start(struct slice_load *load, struct err *e)
{
	return take_record(load, NULL, true, false, e);
}

static inline int record_add(struct slice_load *load, const struct usage *u, struct err *e)
{
	return take_record(load, u, false, false, e);
}

static inline int record_page_end(struct slice_load *load, struct err *e)
{
	return take_record(load, NULL, false, true, e);
}

#endif
