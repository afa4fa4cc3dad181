/* SPDX-License-Identifier: MIT */
/* A slice being read, and its swap with what is stored of it.
 *
 * HAPPY PATH  new -> (page_start -> add* -> page_end)* -> commit: the rows come sorted by key; beside the stored rows, sorted too, each
 *             is new, the same, or changed, and a stored row without a partner is withdrawn. Groups of banded meters that were touched
 *             are priced again. One transaction.
 * FAILURES    a page that is tried again drops what it gave. An amount out of range undoes this slice alone. */
#include "store/loading.h"
#include "store/rerate.h"

#include "base/mem.h"
#include "billing/period.h"
#include "value/slice_state.h"
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

/* -- the swap ---------------------------------------------------------------------------------------------------------------- */

struct stored { /* what is known of the slice before */
	int64_t state, rows, first_period, last_period, first_run_id;
};

enum op_kind { OP_ADD, OP_CHANGE, OP_WITHDRAW };

struct op { /* gathered while the stored rows are read, done afterwards */
	enum op_kind kind;
	struct row old, row;
};

struct swap {
	struct slice_load *load;
	struct store *s;
	int64_t run_id, since_seq;
	struct stored before;
	struct slice_change *change;
	struct rerate_groups groups;
	int64_t first_period, last_period;
	size_t op_count, op_room;
	struct op *ops;
};

static int read_stored(struct swap *w, struct err *e)
{
	struct sqlite3_stmt *q = db_query(w->s->db, SQL_SLICE_FIND, e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, w->load->subscription);
	db_bind_int(q, 2, w->load->day);
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
	if (row->banded)
		rerate_groups_add(&w->groups, row->key.period, row->key.meter);
	return 0;
}

static int add(struct swap *w, struct row *row, struct err *e)
{
	row->key.subscription = w->load->subscription;
	row->key.day = w->load->day;
	if (know_period(w, (int32_t)row->key.period, e) == -1 || rate_and_note(w, row, e) == -1 ||
	    row_insert(w->s, w->run_id, row, e) == -1)
		return -1;
	w->change->added++;
	return 0;
}

static void gather(struct swap *w, enum op_kind kind, const struct row *old, const struct row *row)
{
	struct op *op;

	if (w->op_count == w->op_room) {
		w->op_room = w->op_room ? w->op_room * 2 : 64;
		w->ops = xreallocarray(w->ops, w->op_room, sizeof(*w->ops));
	}
	op = &w->ops[w->op_count++];
	op->kind = kind;
	if (old)
		op->old = *old;
	if (row)
		op->row = *row;
}

static int same_unit(struct swap *w, int64_t a, int64_t b, bool *same, struct err *e)
{
	const char *first, *second;
	char *copy;

	*same = true;
	if (a == b)
		return 0;
	if (ratebook_unit(w->s, a, &first, e) == -1)
		return -1;
	copy = xstrdup(first);
	if (ratebook_unit(w->s, b, &second, e) == -1) {
		free(copy);
		return -1;
	}
	*same = strcmp(copy, second) == 0;
	free(copy);
	return 0;
}

static bool same_quantity(const struct row *a, const struct row *b)
{
	struct err ignored = ERR_INIT;
	struct decimal x, y;

	if (strcmp(a->quantity, b->quantity) == 0)
		return true;
	return decimal_parse(&x, span_of(a->quantity), &ignored) == 0 && decimal_parse(&y, span_of(b->quantity), &ignored) == 0 &&
	       decimal_compare(x, y) == 0;
}

/* Two rows of one key: nothing to do unless quantity or unit differ, or the stored one was withdrawn. */
static int compare_partners(struct swap *w, const struct row *old, const struct row *row, struct err *e)
{
	bool same;

	if (same_unit(w, old->product, row->product, &same, e) == -1)
		return -1;
	if (old->withdrawn || !same || !same_quantity(old, row))
		gather(w, OP_CHANGE, old, row);
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
			row_read(stored, w->load->subscription, &old);
		if (read_row && has_old != -1)
			has_row = loading_next(&w->load->rows, &row, e);
		if (has_old == -1 || has_row == -1)
			return -1;
		if (!has_old && !has_row)
			return 0;
		c = !has_old ? 1 : !has_row ? -1 : row_key_compare(&old.key, &row.key, true);
		if (c > 0)
			gather(w, OP_ADD, NULL, &row);
		else if (c < 0 && !old.withdrawn)
			gather(w, OP_WITHDRAW, &old, NULL);
		else if (c == 0 && compare_partners(w, &old, &row, e) == -1)
			return -1;
		w->change->rows += c >= 0;
		read_old = c <= 0 && has_old;
		read_row = c >= 0 && has_row;
	}
}

static int change_row(struct swap *w, struct op *op, struct err *e)
{
	op->row.key = op->old.key;
	if (rate_and_note(w, &op->row, e) == -1 || row_revise(w->s, w->run_id, &op->old, &op->row, REASON_RESTATED, e) == -1)
		return -1;
	w->change->changed++;
	return 0;
}

static int withdraw_row(struct swap *w, struct op *op, struct err *e)
{
	op->row = op->old;
	op->row.quantity[0] = '0';
	op->row.quantity[1] = '\0';
	op->row.withdrawn = true;
	op->row.rating = RATING_RATED;
	op->row.has_amount = true;
	op->row.amount = 0;
	if (op->row.banded)
		rerate_groups_add(&w->groups, op->row.key.period, op->row.key.meter);
	if (row_revise(w->s, w->run_id, &op->old, &op->row, REASON_WITHDRAWN, e) == -1)
		return -1;
	w->change->withdrawn++;
	return 0;
}

static int apply(struct swap *w, struct err *e)
{
	for (size_t i = 0; i < w->op_count; i++) {
		struct op *op = &w->ops[i];
		int rc = op->kind == OP_ADD ? add(w, &op->row, e) : op->kind == OP_CHANGE ? change_row(w, op, e) : withdraw_row(w, op, e);

		if (rc == -1)
			return -1;
	}
	return 0;
}

/* Nothing stored yet: every row is new, and none is kept in memory. */
static int add_all(struct swap *w, struct err *e)
{
	struct row row;
	int rc;

	while ((rc = loading_next(&w->load->rows, &row, e)) == 1) {
		if (add(w, &row, e) == -1)
			return -1;
		w->change->rows++;
	}
	return rc;
}

static int replace(struct swap *w, struct err *e)
{
	struct sqlite3_stmt *q;
	int rc;

	if (loading_sort(&w->load->rows, e) == -1)
		return -1;
	if (!w->before.first_run_id)
		return add_all(w, e);
	if (!(q = db_query(w->s->db, SQL_USAGE_OF_SLICE, e)))
		return -1;
	db_bind_int(q, 1, w->load->subscription);
	db_bind_int(q, 2, w->load->day);
	db_bind_int(q, 3, w->before.first_period);
	db_bind_int(q, 4, w->before.last_period);
	rc = merge(w, q, e);
	db_reset(q);
	return rc == -1 ? -1 : apply(w, e);
}

static int note_slice(struct swap *w, bool unconfirmed, struct err *e)
{
	int64_t state = w->change->rows ? SLICE_COMPLETE : unconfirmed ? SLICE_UNCONFIRMED : SLICE_EMPTY;
	int64_t values[] = { w->load->subscription, w->load->day, state, w->change->rows, w->first_period, w->last_period, w->run_id };

	w->change->wrote = w->s->seq != w->since_seq || state != w->before.state;
	return w->change->wrote ? store_run_ints(w->s, SQL_SLICE_STORED, values, 7, e) : 0;
}

static int swap_all(struct swap *w, bool unconfirmed, struct err *e)
{
	if (read_stored(w, e) == -1 || replace(w, e) == -1)
		return -1;
	for (size_t i = 0; i < w->groups.count; i++)
		if (rerate_group(w->s, w->run_id, w->load->subscription, &w->groups.items[i], w->since_seq, REASON_RERATED_TIER,
				 &w->change->changed, e) == -1)
			return -1;
	return note_slice(w, unconfirmed, e);
}

int slice_load_commit(struct slice_load *load, int64_t run_id, bool unconfirmed, struct slice_change *change, struct err *e)
{
	struct store *s = load->s;
	struct swap w = { .load = load, .s = s, .run_id = run_id, .change = change };
	char day[DAY_TEXT_MAX];
	int rc;

	*change = (struct slice_change){ .rows = 0 };
	if (check_whole(load, e) == -1 || store_write(s, e) == -1 || store_mark(s, e) == -1)
		return -1;
	w.since_seq = s->seq;
	rc = swap_all(&w, unconfirmed, e);
	rerate_groups_fini(&w.groups);
	free(w.ops);
	if (rc == -1 && e->kind == ERR_FORMAT) {
		store_mark_undo(s);
		day_print(load->day, day);
		return check_whole(load, e) == -1 ? -1 : err_wrap(e, "slice of %s", day);
	}
	if (rc == -1 || store_mark_keep(s, e) == -1) {
		store_rollback(s);
		return -1;
	}
	return store_unit_done(s, s->seq - w.since_seq, e);
}
