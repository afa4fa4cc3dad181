/* SPDX-License-Identifier: MIT */
#include "store/slice_swap_private.h"

#include "base/mem.h"
#include "billing/period.h"
#include "value/slice_state.h"

#include <stdlib.h>
#include <string.h>

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

int swap_know_period(struct swap *w, int32_t period, struct err *e)
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

int swap_rate(struct swap *w, struct row *row, struct err *e)
{
	if (row_rate(w->s, row, e) == -1) {
		char quantity[QUANTITY_TEXT_MAX];

		memcpy(quantity, row->quantity, sizeof(quantity));
		return err_wrap(e, "quantity %s", quantity);
	}
	if (row->kind == ROW_GROUPED)
		rerate_groups_add_from(&w->groups, &row->key);
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
	return swap_know_period(w, (int32_t)row->key.period, e);
}

/* A row that nothing is stored of. */
static int add_row(struct swap *w, struct row *row, struct err *e)
{
	int closed = closed_find(w->s, row->key.period, NULL, e);

	row->key.subscription = w->slice->subscription;
	row->key.day = w->slice->day;
	if (closed)
		return closed == -1 ? -1 : correct_row(w, row, e);
	if (swap_know_period(w, (int32_t)row->key.period, e) == -1 || swap_rate(w, row, e) == -1 ||
	    row_insert(w->s, w->slice->run_id, row, e) == -1)
		return -1;
	w->change->added++;
	return 0;
}

static int change_row(struct swap *w, struct op *op, struct err *e)
{
	op->row.key = op->old.key;
	if (swap_rate(w, &op->row, e) == -1 ||
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
		rerate_groups_add_from(&w->groups, &op->row.key);
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

struct op *swap_gather(struct swap *w, enum op_kind kind)
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
	op = swap_gather(w, OP_CORRECT);
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
		op = swap_gather(w, OP_CHANGE);
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
			swap_gather(w, OP_ADD)->row = *row;
	} else if (closed) {
		want_nothing(w, &old->key, old);
	} else if (!old->withdrawn) {
		swap_gather(w, OP_WITHDRAW)->old = *old;
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
		return swap_fill(w, e) == -1 ? -1 : apply(w, e);
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
	struct sqlite3_stmt *q;

	w->change->wrote = w->s->seq != w->since_seq || state != w->before.state;
	if (!w->change->wrote)
		return 0;
	q = db_query(w->s->db, SQL_SLICE_STORED, e);
	if (!q)
		return -1;
	for (size_t i = 0; i < countof(values); i++)
		db_bind_int(q, (int)i + 1, values[i]);
	if (w->slice->pages.n)
		db_bind_blob(q, countof(values) + 1, w->slice->pages.p, w->slice->pages.n);
	else
		db_bind_null(q, countof(values) + 1);
	return db_run(w->s->db, q, e);
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
