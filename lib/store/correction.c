/* SPDX-License-Identifier: MIT */
/* What a correction says; what it costs is in correction_price.c. */
#include "store/correction.h"

#include "base/mem.h"
#include "billing/period.h"
#include "store/standing.h"

#include <stdlib.h>

/* -- the live correction of a key ---------------------------------------------------------------------------------------------- */

struct wish { /* what the key is to say */
	const struct row_key *key;
	struct decimal want, difference; /* to what is fixed */
	int64_t product;
	int64_t run_id;
	struct standing standing;
};

static int check_unit(struct store *s, const struct wish *w, struct err *e)
{
	char name[PERIOD_TEXT_MAX];
	bool same;

	if (decimal_is_zero(w->want) || decimal_is_zero(w->standing.fixed))
		return 0;
	if (ratebook_same_unit(s, w->standing.product, w->product, &same, e) == -1)
		return -1;
	if (same)
		return 0;
	period_print((int32_t)w->key->period, name);
	err_set(e, ERR_FORMAT, "usage of the closed billing period %s is counted in another unit now", name);
	return err_advise(e, "E-USAGE-UNIT-CLOSED",
			  "run csp-usaged reopen until that period is open, then csp-usaged sync for this day, then csp-usaged close");
}

/* Usage that had no price when its period was closed, and has one now. */
static int has_late_price(struct store *s, const struct wish *w, bool *has, struct err *e)
{
	struct rating_choice choice;

	*has = false;
	if (decimal_compare(w->want, w->standing.priced) == 0 || decimal_compare(w->standing.fixed, w->standing.priced) == 0)
		return 0;
	if (correction_choose(s, w->key, w->product, &choice, e) == -1)
		return -1;
	*has = choice.status == RATING_RATED;
	return 0;
}

/* A difference can have more digits than the service prints: it is written and read as it is. */
static void fill(const struct wish *w, struct row *row)
{
	row->kind = ROW_CORRECTION;
	row->product = w->product;
	row->withdrawn = false;
	row->rating = RATING_UNPRICED; /* until its group is priced, in the same transaction */
	row->rate_id = 0;
	row->has_amount = false;
	row->amount = 0;
	decimal_print(decimal_normal(w->difference), row->quantity);
}

static int add(struct store *s, const struct wish *w, struct err *e)
{
	int start_day = s->options.period_start_day;
	struct row row = { .key = *w->key };
	int64_t period[3];

	if (closed_booking_period(s, w->key->period, &row.key.period, e) == -1)
		return -1;
	fill(w, &row);
	period[0] = row.key.period;
	period[1] = period_first_day((int32_t)row.key.period, start_day);
	period[2] = period_end_day((int32_t)row.key.period, start_day);
	if (store_run_ints(s, SQL_PERIOD_INSERT, period, 3, e) == -1)
		return -1;
	return row_insert(s, w->run_id, &row, e);
}

static int same_as_live(struct store *s, const struct wish *w, bool *same, struct err *e)
{
	const struct row *live = &w->standing.live;
	struct decimal quantity;

	if (row_quantity(live, &quantity, e) == -1 || ratebook_same_unit(s, live->product, w->product, same, e) == -1)
		return -1;
	*same = *same && !live->withdrawn && decimal_compare(quantity, w->difference) == 0;
	return 0;
}

static int change(struct store *s, const struct wish *w, enum correction_done *done, struct err *e)
{
	struct row row = w->standing.live;
	bool same;

	if (same_as_live(s, w, &same, e) == -1)
		return -1;
	if (same)
		return 0;
	*done = CORRECTION_CHANGED;
	fill(w, &row);
	return row_revise(s, w->run_id, &w->standing.live, &row, REASON_RESTATED, e);
}

int correction_withdraw(struct store *s, int64_t run_id, const struct row *live, enum change_reason reason, struct err *e)
{
	struct row row = *live;

	row_withdraw(&row);
	if (row_bands_write(s, &row.key, NULL, 0, e) == -1)
		return -1;
	return row_revise(s, run_id, live, &row, reason, e);
}

static int fulfil(struct store *s, const struct wish *w, bool needed, enum correction_done *done, struct err *e)
{
	if (!w->standing.has_live) {
		if (!needed)
			return 0;
		*done = CORRECTION_ADDED;
		return add(s, w, e);
	}
	if (needed)
		return change(s, w, done, e);
	if (w->standing.live.withdrawn)
		return 0;
	*done = CORRECTION_WITHDRAWN;
	return correction_withdraw(s, w->run_id, &w->standing.live, REASON_WITHDRAWN, e);
}

int correction_want(struct store *s, int64_t run_id, const struct row_key *key, struct decimal want, int64_t product,
		    enum correction_done *done, struct err *e)
{
	struct wish w = { .key = key, .want = want, .product = product, .run_id = run_id };
	bool needed;

	*done = CORRECTION_NONE;
	if (standing_read(s, key, &w.standing, e) == -1)
		return -1;
	if (w.standing.product && (!w.product || decimal_is_zero(want))) /* nothing, in whatever unit */
		w.product = w.standing.product;
	if (check_unit(s, &w, e) == -1 ||
	    decimal_subtract(&w.difference, want, w.standing.fixed, e) == -1 || has_late_price(s, &w, &needed, e) == -1)
		return -1;
	return fulfil(s, &w, needed || !decimal_is_zero(w.difference), done, e);
}

/* -- the keys of a slice that have one ------------------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
	return row_key_compare(&((const struct corrected *)a)->key, &((const struct corrected *)b)->key, true);
}

/* A key whose corrections were closed in and that has another since stands there more than once. */
static void drop_repeated(struct corrected_keys *keys)
{
	size_t kept = 0;

	for (size_t i = 0; i < keys->count; i++)
		if (i == 0 || by_key(&keys->items[i - 1], &keys->items[i]) != 0)
			keys->items[kept++] = keys->items[i];
	keys->count = kept;
}

int corrected_read(struct store *s, int64_t subscription, int32_t day, struct corrected_keys *keys, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_CORRECTIONS_OF_SLICE, e);
	struct row_list rows = { .count = 0 };
	int rc;

	*keys = (struct corrected_keys){ .count = 0 };
	if (!q)
		return -1;
	db_bind_int(q, 1, subscription);
	db_bind_int(q, 2, day);
	rc = row_list_read(s, q, &rows, e);
	keys->items = xcalloc(rows.count ? rows.count : 1, sizeof(*keys->items));
	for (size_t i = 0; rc == 0 && i < rows.count; i++)
		keys->items[keys->count++].key = standing_key(s, &rows.items[i]);
	qsort(keys->items, keys->count, sizeof(*keys->items), by_key);
	drop_repeated(keys);
	row_list_fini(&rows);
	return rc;
}

struct corrected *corrected_find(const struct corrected_keys *keys, const struct row_key *key)
{
	const struct corrected wanted = { .key = *key };

	return keys->count ? bsearch(&wanted, keys->items, keys->count, sizeof(*keys->items), by_key) : NULL;
}

void corrected_fini(struct corrected_keys *keys)
{
	free(keys->items);
	*keys = (struct corrected_keys){ .count = 0 };
}
