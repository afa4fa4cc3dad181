/* SPDX-License-Identifier: MIT */
/* A slice being read.
 *
 * HAPPY PATH  new -> take* -> commit: its rows take the place of what is stored of it (slice_swap.h), in one
 *             transaction.
 * FAILURES    a page that is tried again drops what it gave. An amount out of range undoes this slice alone. */
#include "store/slice_swap.h"

#include "base/mem.h"
#include "billing/period.h"
#include "value/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slice_load {
	struct store *s;
	int64_t subscription;
	int32_t day;
	uint32_t rollbacks; /* of the store when it began */
	int32_t period_day, period; /* of the record before: most have the same; period 0: there was none */
	struct loading rows;
	struct buf pages;
};

int slice_load_new(struct slice_load **out, struct store *s, int64_t subscription_id, int32_t day, struct err *e)
{
	struct slice_load *load = xcalloc(1, sizeof(*load));

	(void)e;
	load->s = s;
	load->subscription = subscription_id;
	load->day = day;
	load->rollbacks = s->rollbacks;
	loading_init(&load->rows, s);
	buf_init(&load->pages, STORE_PAGES_BYTES);
	*out = load;
	return 0;
}

void slice_load_free(struct slice_load *load)
{
	if (!load)
		return;
	loading_fini(&load->rows);
	buf_fini(&load->pages);
	free(load);
}

/* A rollback took the dimensions that its rows refer to, and the rows that were too many for memory. */
static int check_whole(const struct slice_load *load, struct err *e)
{
	if (load->rollbacks == load->s->rollbacks)
		return 0;
	return err_set(e, ERR_STORE, "a slice that was being read when the transaction was rolled back");
}

static int32_t period_of(struct slice_load *load, int64_t instant)
{
	const int32_t day = instant_day(instant);

	if (load->period == 0 || day != load->period_day) {
		load->period_day = day;
		load->period = period_of_day(day, load->s->options.period_start_day);
	}
	return load->period;
}

int slice_load_take(struct slice_load *load, const struct usage_batch *b, struct err *e)
{
	if (b->begins_page)
		loading_page_start(&load->rows);
	for (size_t i = 0; i < b->count; i++) {
		const struct usage_entry *entry = &b->entries[i];
		struct row_key key = { .start = entry->start, .end = entry->end, .period = period_of(load, entry->start) };
		struct interned ids;

		if (intern_entry(load->s, load->subscription, b, entry, &ids, e) == -1)
			return -1;
		key.meter = ids.meter;
		key.resource = ids.resource;
		if (loading_add(&load->rows, &key, ids.product, (struct span){ b->bytes + entry->quantity_at, entry->quantity_n }, e) == -1)
			return -1;
	}
	return b->ends_page ? loading_page_end(&load->rows, e) : 0;
}

void slice_load_note_pages(struct slice_load *load, struct span pages)
{
	buf_clear(&load->pages);
	if (buf_add_span(&load->pages, pages) == -1)
		buf_clear(&load->pages); /* too many: not known again */
}

int slice_load_commit(struct slice_load *load, int64_t run_id, bool unconfirmed, struct slice_change *change, struct err *e)
{
	struct store *s = load->s;
	const struct slice_swap swap = { .subscription = load->subscription, .day = load->day, .run_id = run_id,
					 .unconfirmed = unconfirmed, .rows = &load->rows, .pages = buf_span(&load->pages) };
	int64_t since_seq;
	char day[DAY_TEXT_MAX];
	int rc;

	*change = (struct slice_change){ .rows = 0 };
	if (check_whole(load, e) == -1 || store_write(s, e) == -1 || store_mark(s, e) == -1)
		return -1;
	since_seq = s->seq;
	rc = slice_swap(s, &swap, change, e);
	if (rc == -1 && e->kind == ERR_FORMAT) {
		store_mark_undo(s);
		day_print(load->day, day);
		return check_whole(load, e) == -1 ? -1 : err_wrap(e, "slice of %s", day);
	}
	if (rc == -1 || store_mark_keep(s, e) == -1) {
		store_rollback(s);
		return -1;
	}
	return store_unit_done(s, s->seq - since_seq, e);
}
