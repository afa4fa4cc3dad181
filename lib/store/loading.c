/* SPDX-License-Identifier: MIT */
#include "store/loading.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX ((size_t)64 << 20)

void loading_init(struct loading *l, struct store *s)
{
	*l = (struct loading){ .s = s, .number = ++s->loads };
	buf_init_plain(&l->texts, TEXTS_MAX);
}

void loading_fini(struct loading *l)
{
	struct err ignored = ERR_INIT;
	int64_t number = l->number;

	if (l->q)
		db_reset(l->q);
	if (l->spilled && store_run_ints(l->s, SQL_LOADING_DROP, &number, 1, &ignored) == -1)
		l->spilled = 0; /* the rows stay in a table that goes with the connection */
	free(l->items);
	free(l->order);
	free(l->same);
	buf_fini(&l->texts);
}

void loading_page_start(struct loading *l)
{
	l->count = l->page_at;
	l->texts.n = l->page_text_at;
}

int loading_add(struct loading *l, const struct row_key *key, int64_t product, struct span quantity, struct err *e)
{
	if (key->meter > UINT32_MAX || key->resource > UINT32_MAX || product > UINT32_MAX)
		return err_set(e, ERR_STORE, "more than %u dimensions", UINT32_MAX);
	if (buf_add_span(&l->texts, quantity) == -1)
		return err_set(e, ERR_FORMAT, "a page of too many records");
	if (l->count == l->room) {
		l->room = l->room ? l->room * 2 : 1024;
		l->items = xreallocarray(l->items, l->room, sizeof(*l->items));
	}
	l->items[l->count++] = (struct loaded){
		.start = key->start,
		.end = key->end,
		.period = (uint32_t)key->period,
		.meter = (uint32_t)key->meter,
		.resource = (uint32_t)key->resource,
		.product = (uint32_t)product,
		.quantity_at = (uint32_t)(l->texts.n - quantity.n),
		.quantity_n = (uint32_t)quantity.n,
	};
	return 0;
}

static int spill_row(struct loading *l, const struct loaded *row, struct err *e)
{
	struct sqlite3_stmt *q = db_query(l->s->db, SQL_LOADING_ADD, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, l->number);
	db_bind_int(q, 2, row->period);
	db_bind_int(q, 3, row->meter);
	db_bind_int(q, 4, row->resource);
	db_bind_int(q, 5, row->start);
	db_bind_int(q, 6, row->end);
	db_bind_int(q, 7, (int64_t)l->spilled);
	db_bind_int(q, 8, row->product);
	db_bind_span(q, 9, (struct span){ l->texts.p + row->quantity_at, row->quantity_n });
	l->spilled++;
	return db_run(l->s->db, q, e);
}

static int spill(struct loading *l, struct err *e)
{
	if (store_write(l->s, e) == -1)
		return -1;
	for (size_t i = 0; i < l->count; i++)
		if (spill_row(l, &l->items[i], e) == -1)
			return -1;
	l->count = l->page_at = 0;
	l->page_text_at = 0;
	buf_clear(&l->texts);
	return 0;
}

int loading_page_end(struct loading *l, struct err *e)
{
	l->rows += l->count - l->page_at;
	l->page_at = l->count;
	l->page_text_at = l->texts.n;
	return l->count > LOADING_ROWS_MAX ? spill(l, e) : 0;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Few have the same meter and resource: the rows themselves are looked at for those alone. */
static int compare_loaded(const void *left, const void *right, void *rows)
{
	const struct loaded_place *x = left, *y = right;
	const struct loaded *items = rows, *a, *b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	a = &items[x->at];
	b = &items[y->at];
	return a->start != b->start ? compare_numbers(a->start, b->start) : compare_numbers(a->end, b->end);
}

static void sort_in_memory(struct loading *l)
{
	l->order = xreallocarray(NULL, l->count, sizeof(*l->order));
	for (size_t i = 0; i < l->count; i++)
		l->order[i] = (struct loaded_place){ .rank = (uint64_t)l->items[i].period << 32 | l->items[i].meter,
						     .resource = l->items[i].resource, .at = (uint32_t)i };
	qsort_r(l->order, l->count, sizeof(*l->order), compare_loaded, l->items);
}

int loading_sort(struct loading *l, struct err *e)
{
	loading_page_start(l); /* what a page that never ended has given */
	if (!l->spilled) {
		if (l->count)
			sort_in_memory(l);
		return 0;
	}
	if (spill(l, e) == -1 || !(l->q = db_query(l->s->db, SQL_LOADING_ALL, e)))
		return -1;
	db_bind_int(l->q, 1, l->number);
	return 0;
}

/* The next row of the sorted rows, without its ordinal. */
static int next_sorted(struct loading *l, struct row *row, struct err *e)
{
	const struct loaded *item;
	int rc;

	if (l->q) {
		rc = db_step(l->s->db, l->q, e);
		if (rc == 1) {
			struct span quantity = db_span(l->q, 6);

			*row = (struct row){ .key = { .period = db_int(l->q, 0), .meter = db_int(l->q, 1), .resource = db_int(l->q, 2),
						      .start = db_int(l->q, 3), .end = db_int(l->q, 4) },
					     .product = db_int(l->q, 5) };
			snprintf(row->quantity, sizeof(row->quantity), "%.*s", (int)quantity.n, quantity.p);
		} else {
			l->q = NULL;
			l->count = l->next = 0;
		}
		return rc;
	}
	if (l->next == l->count)
		return 0;
	item = &l->items[l->order[l->next++].at];
	*row = (struct row){ .key = { .period = item->period, .meter = item->meter, .resource = item->resource, .start = item->start,
				      .end = item->end },
			     .product = item->product };
	memcpy(row->quantity, l->texts.p + item->quantity_at, item->quantity_n);
	return 1;
}

static int compare_units(struct store *s, int64_t product_a, int64_t product_b)
{
	struct err ignored = ERR_INIT;
	const char *unit;
	char *copy;
	int c = 0;

	if (product_a == product_b || ratebook_unit(s, product_a, &unit, &ignored) == -1)
		return 0;
	copy = xstrdup(unit);
	if (ratebook_unit(s, product_b, &unit, &ignored) == 0)
		c = strcmp(copy, unit);
	free(copy);
	return c;
}

/* What a purchase keeps of a row, so that a row has the same ordinal in whatever order they come: quantity, then unit. */
static int compare_alike(const void *left, const void *right, void *store)
{
	const struct row *a = left, *b = right;
	struct err ignored = ERR_INIT;
	struct decimal x = DECIMAL_ZERO, y = DECIMAL_ZERO;
	int c;

	if (decimal_parse(&x, span_of(a->quantity), &ignored) == -1 || decimal_parse(&y, span_of(b->quantity), &ignored) == -1)
		return 0; /* cannot be: they were parsed when they came */
	c = decimal_compare(x, y);
	if (!c)
		c = compare_units(store, a->product, b->product);
	if (!c)
		c = strcmp(a->quantity, b->quantity);
	return c ? c : compare_numbers(a->product, b->product);
}

/* Reads the rows that share a key with the next one, and numbers them. */
static int read_same(struct loading *l, struct err *e)
{
	struct row row;
	int rc = 1;

	l->same_count = l->same_next = 0;
	if (l->has_ahead)
		row = l->ahead;
	else
		rc = next_sorted(l, &row, e);
	l->has_ahead = false;
	while (rc == 1) {
		if (l->same_count && row_key_compare(&l->same[0].key, &row.key, false) != 0) {
			l->ahead = row;
			l->has_ahead = true;
			break;
		}
		if (l->same_count == l->same_room) {
			l->same_room = l->same_room ? l->same_room * 2 : 4;
			l->same = xreallocarray(l->same, l->same_room, sizeof(*l->same));
		}
		l->same[l->same_count++] = row;
		rc = next_sorted(l, &row, e);
	}
	if (rc == -1)
		return -1;
	if (l->same_count > 1)
		qsort_r(l->same, l->same_count, sizeof(*l->same), compare_alike, l->s);
	for (size_t i = 0; i < l->same_count; i++)
		l->same[i].key.ordinal = (int64_t)i + 1;
	return 0;
}

int loading_next(struct loading *l, struct row *row, struct err *e)
{
	if (l->same_next == l->same_count && read_same(l, e) == -1)
		return -1;
	if (l->same_next == l->same_count)
		return 0;
	*row = l->same[l->same_next++];
	return 1;
}
