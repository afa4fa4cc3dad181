/* SPDX-License-Identifier: MIT */
#include "store/slice_swap_private.h"

#include "store/part.h"

struct fill {
	struct db_source source;
	struct swap *w;
	int64_t period, part;
	struct row row, written; /* the next one to write, and the one before it */
	int more;       /* 1: there is one */
};

static void next_to_fill(struct fill *f, struct err *e)
{
	f->more = loading_next(f->w->slice->rows, &f->row, e);
	f->row.key.subscription = f->w->slice->subscription;
	f->row.key.day = f->w->slice->day;
	f->w->change->rows += f->more == 1;
}

static int fill_row(struct db_source *source, struct db_value *values, struct err *e)
{
	struct fill *f = container_of(source, struct fill, source);

	if (f->more != 1 || f->row.key.period != f->period)
		return f->more == -1 ? -1 : 0;
	if (swap_rate(f->w, &f->row, e) == -1)
		return -1;
	row_first(f->w->s, f->w->slice->run_id, &f->row);
	f->written = f->row;
	row_values(&f->written, f->part, values);
	f->w->change->added++;
	next_to_fill(f, e);
	return 1;
}

static int fill_period(struct fill *f, struct err *e)
{
	struct swap *w = f->w;
	int closed = closed_find(w->s, f->row.key.period, NULL, e);

	if (closed == -1)
		return -1;
	if (closed) {
		swap_gather(w, OP_CORRECT)->row = f->row;
		next_to_fill(f, e);
		return 0;
	}
	f->period = f->row.key.period;
	if (swap_know_period(w, (int32_t)f->period, e) == -1 || part_need(w->s, &f->row.key, &f->part, e) == -1)
		return -1;
	return db_run_source(w->s->db, SQL_USAGE_FILL, &f->source, e);
}

int swap_fill(struct swap *w, struct err *e)
{
	struct fill f = { .source = { .next = fill_row }, .w = w };

	next_to_fill(&f, e);
	while (f.more == 1)
		if (fill_period(&f, e) == -1)
			return -1;
	return f.more;
}
