/* SPDX-License-Identifier: MIT */
/* A slice being read.
 *
 * HAPPY PATH  new -> (page_start -> add* -> page_end)* -> commit: its rows take the place of what is stored of it (slice_swap.h), in one
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
	struct loading rows;
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
	*out = load;
	return 0;
}

void slice_load_free(struct slice_load *load)
{
	if (!load)
		return;
	loading_fini(&load->rows);
	free(load);
}

void slice_load_page_start(struct slice_load *load)
{
	loading_page_start(&load->rows);
}

/* The quantity as printed; an exponent is written out, so that every SQL tool reads the same number. */
static int quantity_text(const struct usage *u, char text[QUANTITY_TEXT_MAX], struct err *e)
{
	struct span t = u->quantity_text;

	if (t.n == 0 || memchr(t.p, 'e', t.n) || memchr(t.p, 'E', t.n)) {
		return row_number_text(u->quantity, text, e);
	}
	if (t.n >= QUANTITY_TEXT_MAX)
		return err_set(e, ERR_FORMAT, "quantity: longer than %d characters", QUANTITY_TEXT_MAX - 1);
	memcpy(text, t.p, t.n);
	text[t.n] = '\0';
	return 0;
}

/* A rollback took the dimensions that its rows refer to, and the rows that were too many for memory. */
static int check_whole(const struct slice_load *load, struct err *e)
{
	if (load->rollbacks == load->s->rollbacks)
		return 0;
	return err_set(e, ERR_STORE, "a slice that was being read when the transaction was rolled back");
}

int slice_load_add(struct slice_load *load, const struct usage *u, struct err *e)
{
	struct store *s = load->s;
	struct row_key key = { .start = u->start, .end = u->end };
	char quantity[QUANTITY_TEXT_MAX];
	int64_t product;

	key.period = period_of_day(instant_day(u->start), s->options.period_start_day);
	if (quantity_text(u, quantity, e) == -1 || intern_meter(s, u->meter, &key.meter, e) == -1 ||
	    intern_product(s, key.meter, u, &product, e) == -1 || intern_resource(s, load->subscription, u, &key.resource, e) == -1)
		return -1;
	return loading_add(&load->rows, &key, product, quantity, e);
}

int slice_load_page_end(struct slice_load *load, struct err *e)
{
	return loading_page_end(&load->rows, e);
}

int slice_load_commit(struct slice_load *load, int64_t run_id, bool unconfirmed, struct slice_change *change, struct err *e)
{
	struct store *s = load->s;
	const struct slice_swap swap = { .subscription = load->subscription, .day = load->day, .run_id = run_id,
					 .unconfirmed = unconfirmed, .rows = &load->rows };
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
