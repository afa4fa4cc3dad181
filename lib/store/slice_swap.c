/* SPDX-License-Identifier: MIT */
#include "store/slice_swap.h"

#include "base/mem.h"
#include "billing/period.h"
#include "store/correction.h"
#include "store/part.h"
#include "store/rerate.h"
#include "value/slice_state.h"

#include <stdlib.h>
#include <string.h>

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

static int read_stored(struct swap *w, struct err *e)
{
	struct sqlite3_stmt *q = db_query(w->s->db, SQL_SLICE_FIND, e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, w->slice->subscription);
	db_bind_int(q, 2, w->slice->day);
	rc = db_step(w->s->db, q, e);
	if (rc == 1)
		w->before = (struct stored){ db_int(q, 0), db_int(q, 1), db_int(q, 2), db_int(q, 3), db_int(q, 4) };
	db_reset(q);
	w->first_period = w->before.first_period;
	w->last_period = w->before.last_period;
	return rc == -1 ? -1 : 0;
}

static int know_period(struct swap *w, int32_t period, struct err *e)
{
	int start_day = w->s->options.period_start_day;
	int64_t values[] = { period, period_first_day(period, start_day), period_end_day(period, start_day) };

	if (!w->first_period || period < w->first_period)
		w->first_period = period;
	if (period > w->last_period)
		w->last_period = period;
	if (period == w->s->period_known)
		return 0;
	w->s->period_known = period;
	return store_run_ints(w->s, SQL_PERIOD_INSERT, values, 3, e);
}

static int rate_and_note(struct swap *w, struct row *row, struct err *e)
{
	if (row_rate(w->s, row, e) == -1) {
		char quantity[QUANTITY_TEXT_MAX];

		memcpy(quantity, row->quantity, sizeof(quantity));
		return err_wrap(e, "quantity %s", quantity);
	}
	if (row->kind == ROW_GROUPED)
		rerate_groups_add(&w->groups, row->key.period, row->key.meter);
	return 0;
}

/* -- what is done to a row ------------------------------------------------------------------------------------------------------- */

static int correct_row(struct swap *w, const struct row *row, struct err *e)
{
	enum correction_done done;
	struct decimal want;

	if (row_quantity(row, &want, e) == -1 ||
	    correction_want(w->s, w->slice->run_id, &row->key, want, row->product, &done, e) == -1)
		return -1;
	w->change->added += done == CORRECTION_ADDED;
	w->change->changed += done == CORRECTION_CHANGED;
	w->change->withdrawn += done == CORRECTION_WITHDRAWN;
	if (done == CORRECTION_NONE)
		return 0;
	rerate_groups_add(&w->groups, row->key.period, row->key.meter);
	return know_period(w, (int32_t)row->key.period, e);
}

/* A row that nothing is stored of. */
static int add_row(struct swap *w, struct row *row, struct err *e)
{
	int closed = closed_find(w->s, row->key.period, NULL, e);

	row->key.subscription = w->slice->subscription;
	row->key.day = w->slice->day;
	if (closed)
		return closed == -1 ? -1 : correct_row(w, row, e);
	if (know_period(w, (int32_t)row->key.period, e) == -1 || rate_and_note(w, row, e) == -1 ||
	    row_insert(w->s, w->slice->run_id, row, e) == -1)
		return -1;
	w->change->added++;
	return 0;
}

static int change_row(struct swap *w, struct op *op, struct err *e)
{
	op->row.key = op->old.key;
	if (rate_and_note(w, &op->row, e) == -1 ||
	    row_revise(w->s, w->slice->run_id, &op->old, &op->row, REASON_RESTATED, e) == -1)
		return -1;
	w->change->changed++;
	return 0;
}

static int withdraw_row(struct swap *w, struct op *op, struct err *e)
{
	op->row = op->old;
	row_withdraw(&op->row);
	if (op->row.kind == ROW_GROUPED)
		rerate_groups_add(&w->groups, op->row.key.period, op->row.key.meter);
	if (row_revise(w->s, w->slice->run_id, &op->old, &op->row, REASON_WITHDRAWN, e) == -1)
		return -1;
	w->change->withdrawn++;
	return 0;
}

static int apply_op(struct swap *w, struct op *op, struct err *e)
{
	switch (op->kind) {
	case OP_ADD:
		return add_row(w, &op->row, e);
	case OP_CHANGE:
		return change_row(w, op, e);
	case OP_WITHDRAW:
		return withdraw_row(w, op, e);
	case OP_CORRECT:
		return correct_row(w, &op->row, e);
	}
	return 0;
}

static int apply(struct swap *w, struct err *e)
{
	for (size_t i = 0; i < w->op_count; i++)
		if (apply_op(w, &w->ops[i], e) == -1)
			return -1;
	return 0;
}

/* -- what is to be done ------------------------------------------------------------------------------------------------------------ */

static struct op *gather(struct swap *w, enum op_kind kind)
{
	struct op *op;

	if (w->op_count == w->op_room) {
		w->op_room = w->op_room ? w->op_room * 2 : 64;
		w->ops = xreallocarray(w->ops, w->op_room, sizeof(*w->ops));
	}
	op = &w->ops[w->op_count++];
	*op = (struct op){ .kind = kind };
	return op;
}

static bool same_quantity(const struct row *a, const struct row *b)
{
	struct err ignored = ERR_INIT;
	struct decimal x, y;

	if (strcmp(a->quantity, b->quantity) == 0)
		return true;
	return row_quantity(a, &x, &ignored) == 0 && row_quantity(b, &y, &ignored) == 0 && decimal_compare(x, y) == 0;
}

/* Of a closed period: nothing is to be done when the books say the same and no correction adds to it. */
static void want(struct swap *w, const struct row_key *key, const struct row *row, bool same)
{
	struct corrected *corrected = corrected_find(&w->corrected, key);
	struct op *op;

	if (corrected)
		corrected->seen = true;
	else if (same)
		return;
	op = gather(w, OP_CORRECT);
	op->row = *row;
	op->row.key = *key;
}

static void want_nothing(struct swap *w, const struct row_key *key, const struct row *old)
{
	struct row none = { .product = old ? old->product : 0 };

	row_withdraw(&none);
	want(w, key, &none, old && old->withdrawn);
}

/* A row of the slice and the stored row of its key: nothing to do unless quantity or unit differ, or the stored one was withdrawn. */
static int compare_partners(struct swap *w, bool closed, const struct row *old, const struct row *row, struct err *e)
{
	struct op *op;
	bool same;

	if (ratebook_same_unit(w->s, old->product, row->product, &same, e) == -1)
		return -1;
	same = same && !old->withdrawn && same_quantity(old, row);
	if (closed) {
		want(w, &old->key, row, same);
	} else if (!same) {
		op = gather(w, OP_CHANGE);
		op->old = *old;
		op->row = *row;
	}
	return 0;
}

/* ROW, sorted by its key beside OLD: C says which of them there is (less than 0: OLD alone, more: ROW alone). */
static int compare(struct swap *w, int c, struct row *old, struct row *row, struct err *e)
{
	int closed = closed_find(w->s, c > 0 ? row->key.period : old->key.period, NULL, e);

	if (closed == -1)
		return -1;
	if (c == 0)
		return compare_partners(w, closed, old, row, e);
	if (c > 0) {
		row->key.subscription = w->slice->subscription;
		row->key.day = w->slice->day;
		if (closed)
			want(w, &row->key, row, false);
		else
			gather(w, OP_ADD)->row = *row;
	} else if (closed) {
		want_nothing(w, &old->key, old);
	} else if (!old->withdrawn) {
		gather(w, OP_WITHDRAW)->old = *old;
	}
	return 0;
}

/* Walks both sorted sequences at once. */
static int merge(struct swap *w, struct sqlite3_stmt *stored, struct err *e)
{
	struct row old, row;
	int has_old = 1, has_row = 1;
	bool read_old = true, read_row = true;

	for (;;) {
		int c;

		if (read_old && (has_old = db_step(w->s->db, stored, e)) == 1)
			row_read(stored, &old);
		if (read_row && has_old != -1)
			has_row = loading_next(w->slice->rows, &row, e);
		if (has_old == -1 || has_row == -1)
			return -1;
		if (!has_old && !has_row)
			return 0;
		c = !has_old ? 1 : !has_row ? -1 : row_key_compare(&old.key, &row.key, true);
		if (compare(w, c, &old, &row, e) == -1)
			return -1;
		w->change->rows += c >= 0;
		read_old = c <= 0 && has_old;
		read_row = c >= 0 && has_row;
	}
}

/* Late usage of a closed period that was in the slice and is no longer: it has corrections alone. */
static int want_no_more(struct swap *w, struct err *e)
{
	for (size_t i = 0; i < w->corrected.count; i++) {
		struct corrected *key = &w->corrected.items[i];
		int closed = closed_find(w->s, key->key.period, NULL, e);

		if (closed == -1)
			return -1;
		if (closed && !key->seen)
			want_nothing(w, &key->key, NULL);
	}
	return 0;
}

/* -- a slice that nothing is stored of: its rows are written in one statement a period, and none is kept in memory ---------------- */

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
	if (rate_and_note(f->w, &f->row, e) == -1)
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
		gather(w, OP_CORRECT)->row = f->row;
		next_to_fill(f, e);
		return 0;
	}
	f->period = f->row.key.period;
	if (know_period(w, (int32_t)f->period, e) == -1 || part_need(w->s, &f->row.key, &f->part, e) == -1)
		return -1;
	return db_run_source(w->s->db, SQL_USAGE_FILL, &f->source, e);
}

static int add_all(struct swap *w, struct err *e)
{
	struct fill f = { .source = { .next = fill_row }, .w = w };

	next_to_fill(&f, e);
	while (f.more == 1)
		if (fill_period(&f, e) == -1)
			return -1;
	return f.more == -1 ? -1 : apply(w, e);
}

static int read_corrected(struct swap *w, struct err *e)
{
	bool any;

	if (closed_any(w->s, &any, e) == -1)
		return -1;
	return any ? corrected_read(w->s, w->slice->subscription, w->slice->day, &w->corrected, e) : 0;
}

static int replace(struct swap *w, struct err *e)
{
	struct sqlite3_stmt *q;
	int rc;

	if (loading_sort(w->slice->rows, e) == -1)
		return -1;
	if (!w->before.first_run_id)
		return add_all(w, e);
	if (read_corrected(w, e) == -1 || !(q = db_query(w->s->db, SQL_USAGE_OF_SLICE, e)))
		return -1;
	db_bind_int(q, 1, w->slice->subscription);
	db_bind_int(q, 2, w->slice->day);
	rc = merge(w, q, e);
	db_reset(q);
	if (rc == 0)
		rc = want_no_more(w, e);
	return rc == -1 ? -1 : apply(w, e);
}

static int note_slice(struct swap *w, struct err *e)
{
	int64_t state = w->change->rows ? SLICE_COMPLETE : w->slice->unconfirmed ? SLICE_UNCONFIRMED : SLICE_EMPTY;
	int64_t values[] = { w->slice->subscription, w->slice->day,  state, w->change->rows,
			     w->first_period,        w->last_period, w->slice->run_id };

	w->change->wrote = w->s->seq != w->since_seq || state != w->before.state;
	return w->change->wrote ? store_run_ints(w->s, SQL_SLICE_STORED, values, 7, e) : 0;
}

static int swap_all(struct swap *w, struct err *e)
{
	struct pricing p = { .s = w->s, .run_id = w->slice->run_id, .since_seq = w->since_seq, .reason = REASON_RERATED_TIER,
			     .revised = &w->change->changed };

	if (read_stored(w, e) == -1 || replace(w, e) == -1 || rerate_price_groups(&p, w->slice->subscription, &w->groups, e) == -1)
		return -1;
	return note_slice(w, e);
}

int slice_swap(struct store *s, const struct slice_swap *slice, struct slice_change *change, struct err *e)
{
	struct swap w = { .slice = slice, .s = s, .since_seq = s->seq, .change = change };
	int rc = swap_all(&w, e);

	rerate_groups_fini(&w.groups);
	corrected_fini(&w.corrected);
	free(w.ops);
	return rc;
}
