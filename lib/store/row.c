/* SPDX-License-Identifier: MIT */
#include "store/row.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void row_read(struct sqlite3_stmt *q, struct row *row)
{
	struct span quantity = db_span(q, 8);

	*row = (struct row){
		.key = { db_int(q, 17), db_int(q, 0), db_int(q, 1), db_int(q, 2), db_int(q, 3), db_int(q, 4), db_int(q, 5), db_int(q, 6) },
		.product = db_int(q, 7),
		.kind = (enum row_kind)db_int(q, 9),
		.rating = (enum rating_status)db_int(q, 10),
		.rate_id = db_int(q, 11),
		.has_amount = !db_is_null(q, 12),
		.amount = db_int(q, 12),
		.withdrawn = db_int(q, 13) != 0,
		.revision = db_int(q, 14),
		.seq = db_int(q, 15),
		.run_id = db_int(q, 16),
	};
	snprintf(row->quantity, sizeof(row->quantity), "%.*s", (int)quantity.n, quantity.p);
}

int row_list_read(struct store *s, struct sqlite3_stmt *q, struct row_list *list, struct err *e)
{
	int rc;

	while ((rc = db_step(s->db, q, e)) == 1) {
		if (list->count == list->room) {
			list->room = list->room ? list->room * 2 : 64;
			list->items = xreallocarray(list->items, list->room, sizeof(*list->items));
		}
		row_read(q, &list->items[list->count++]);
	}
	return rc;
}

void row_list_fini(struct row_list *list)
{
	free(list->items);
	*list = (struct row_list){ .count = 0 };
}

int row_quantity(const struct row *row, struct decimal *quantity, struct err *e)
{
	return decimal_parse_wide(quantity, span_of(row->quantity), e);
}

void row_withdraw(struct row *row)
{
	row->quantity[0] = '0';
	row->quantity[1] = '\0';
	row->withdrawn = true;
	row->rating = RATING_RATED;
	row->has_amount = true;
	row->amount = 0;
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int row_key_compare(const struct row_key *a, const struct row_key *b, bool with_ordinal)
{
	int c = compare(a->period, b->period);

	if (!c)
		c = compare(a->meter, b->meter);
	if (!c)
		c = compare(a->resource, b->resource);
	if (!c)
		c = compare(a->start, b->start);
	if (!c)
		c = compare(a->end, b->end);
	if (!c && with_ordinal)
		c = compare(a->ordinal, b->ordinal);
	return c;
}

int row_number_text(struct decimal number, char text[DECIMAL_TEXT_MAX], struct err *e)
{
	struct decimal again;

	decimal_print(number, text);
	return decimal_parse(&again, span_of(text), e);
}

int row_rate(struct store *s, struct row *row, struct err *e)
{
	struct rating_choice choice;
	struct decimal quantity;

	if (ratebook_choose(s, row->key.meter, row->product, row->key.start, EVERY_CARD, &choice, e) == -1)
		return -1;
	row->kind = choice.banded ? ROW_GROUPED : ROW_FLAT;
	row->rating = choice.status;
	row->rate_id = choice.rate ? choice.rate->id : 0;
	row->has_amount = false;
	row->amount = 0;
	if (choice.status != RATING_RATED || choice.banded)
		return 0;
	if (row_quantity(row, &quantity, e) == -1 || rating_flat(&choice.rate->rate, quantity, &row->amount, e) == -1)
		return -1;
	row->has_amount = true;
	return 0;
}

void row_key_bind(struct sqlite3_stmt *q, int at, const struct row_key *k)
{
	db_bind_int(q, at, k->subscription);
	db_bind_int(q, at + 1, k->period);
	db_bind_int(q, at + 2, k->day);
	db_bind_int(q, at + 3, k->meter);
	db_bind_int(q, at + 4, k->resource);
	db_bind_int(q, at + 5, k->start);
	db_bind_int(q, at + 6, k->end);
	db_bind_int(q, at + 7, k->ordinal);
}

static void bind_or_null(struct sqlite3_stmt *q, int at, bool has, int64_t value)
{
	if (has)
		db_bind_int(q, at, value);
	else
		db_bind_null(q, at);
}

int row_insert(struct store *s, int64_t run_id, struct row *row, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_USAGE_INSERT, e);

	if (!q)
		return -1;
	row->seq = ++s->seq;
	row->revision = 1;
	row->run_id = run_id;
	row_key_bind(q, 1, &row->key);
	db_bind_int(q, 9, row->product);
	db_bind_text(q, 10, row->quantity);
	db_bind_int(q, 11, row->kind);
	db_bind_int(q, 12, row->rating);
	bind_or_null(q, 13, row->rate_id != 0, row->rate_id);
	bind_or_null(q, 14, row->has_amount, row->amount);
	db_bind_int(q, 15, row->seq);
	db_bind_int(q, 16, run_id);
	return db_run(s->db, q, e);
}

static int note_change(struct store *s, const struct row *old, const struct row *row, enum change_reason reason, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_CHANGE_INSERT, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, row->seq);
	row_key_bind(q, 2, &row->key);
	db_bind_int(q, 10, row->revision);
	db_bind_int(q, 11, reason);
	db_bind_int(q, 12, row->run_id);
	db_bind_int(q, 13, old->seq);
	db_bind_int(q, 14, old->run_id);
	db_bind_text(q, 15, old->quantity);
	db_bind_text(q, 16, row->quantity);
	bind_or_null(q, 17, old->has_amount, old->amount);
	bind_or_null(q, 18, row->has_amount, row->amount);
	return db_run(s->db, q, e);
}

int row_revise(struct store *s, int64_t run_id, const struct row *old, struct row *row, enum change_reason reason, struct err *e)
{
	struct sqlite3_stmt *q;

	row->seq = ++s->seq;
	row->revision = old->revision + 1;
	row->run_id = run_id;
	if (note_change(s, old, row, reason, e) == -1 || !(q = db_query(s->db, SQL_USAGE_UPDATE, e)))
		return -1;
	row_key_bind(q, 1, &row->key);
	db_bind_int(q, 9, row->product);
	db_bind_text(q, 10, row->quantity);
	db_bind_int(q, 11, row->kind);
	db_bind_int(q, 12, row->rating);
	bind_or_null(q, 13, row->rate_id != 0, row->rate_id);
	bind_or_null(q, 14, row->has_amount, row->amount);
	db_bind_int(q, 15, row->withdrawn);
	db_bind_int(q, 16, row->revision);
	db_bind_int(q, 17, row->seq);
	db_bind_int(q, 18, run_id);
	return db_run(s->db, q, e);
}

int row_settle_amount(struct store *s, const struct row *row, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_USAGE_AMOUNT, e);

	if (!q)
		return -1;
	row_key_bind(q, 1, &row->key);
	db_bind_int(q, 9, row->rating);
	bind_or_null(q, 10, row->rate_id != 0, row->rate_id);
	bind_or_null(q, 11, row->has_amount, row->amount);
	if (db_run(s->db, q, e) == -1)
		return -1;
	if (row->revision == 1)
		return 0;
	if (!(q = db_query(s->db, SQL_CHANGE_AMOUNT, e)))
		return -1;
	db_bind_int(q, 1, row->seq);
	bind_or_null(q, 2, row->has_amount, row->amount);
	return db_run(s->db, q, e);
}

static bool same_number(struct span text, struct decimal number)
{
	char printed[DECIMAL_TEXT_MAX];
	size_t n = decimal_print(number, printed);

	return span_equal(text, (struct span){ printed, n });
}

/* Whether the row at hand of BANDS_OF is this band. */
static bool same_band(struct sqlite3_stmt *q, const struct rating_band *band)
{
	if (db_is_null(q, 5) != band->open || (!band->open && !same_number(db_span(q, 5), band->to)))
		return false;
	return same_number(db_span(q, 4), band->from) && same_number(db_span(q, 1), band->price) &&
	       same_number(db_span(q, 2), band->quantity) && db_int(q, 3) == band->nanos;
}

int row_bands_equal(struct store *s, const struct row_key *key, const struct rating_band *bands, size_t count, bool *equal, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_BANDS_OF, e);
	size_t i = 0;
	int rc;

	if (!q)
		return -1;
	row_key_bind(q, 1, key);
	*equal = true;
	while ((rc = db_step(s->db, q, e)) == 1 && *equal) {
		*equal = i < count && same_band(q, &bands[i]);
		i++;
	}
	db_reset(q);
	if (rc == 0 && i != count)
		*equal = false;
	return rc == -1 ? -1 : 0;
}

static int write_band(struct store *s, const struct row_key *key, size_t number, const struct rating_band *band, struct err *e)
{
	char from[DECIMAL_TEXT_MAX], to[DECIMAL_TEXT_MAX], price[DECIMAL_TEXT_MAX], quantity[DECIMAL_TEXT_MAX];
	struct sqlite3_stmt *q = db_query(s->db, SQL_BAND_INSERT, e);

	if (!q)
		return -1;
	decimal_print(band->from, from);
	decimal_print(band->price, price);
	decimal_print(band->quantity, quantity);
	row_key_bind(q, 1, key);
	db_bind_int(q, 9, (int64_t)number + 1);
	db_bind_text(q, 10, from);
	if (band->open) {
		db_bind_null(q, 11);
	} else {
		decimal_print(band->to, to);
		db_bind_text(q, 11, to);
	}
	db_bind_text(q, 12, price);
	db_bind_text(q, 13, quantity);
	db_bind_int(q, 14, band->nanos);
	return db_run(s->db, q, e);
}

int row_bands_write(struct store *s, const struct row_key *key, const struct rating_band *bands, size_t count, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_BANDS_DELETE, e);

	if (!q)
		return -1;
	row_key_bind(q, 1, key);
	if (db_run(s->db, q, e) == -1)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (write_band(s, key, i, &bands[i], e) == -1)
			return -1;
	return 0;
}
