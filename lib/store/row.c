/* SPDX-License-Identifier: MIT */
#include "store/row.h"

#include "base/mem.h"
#include "store/part.h"

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

void row_key_bind(struct sqlite3_stmt *q, const struct row_key *k)
{
	const int64_t values[] = { k->subscription, k->period, k->day, k->meter, k->resource, k->start, k->end, k->ordinal };

	for (int i = 0; i < (int)countof(values); i++)
		db_bind_int(q, i + 1, values[i]);
}

/* As parameters AT to AT + 5: the key of the table. */
static void bind_in_part(struct sqlite3_stmt *q, int at, int64_t part, const struct row_key *k)
{
	const int64_t values[] = { part, k->meter, k->resource, k->start, k->end, k->ordinal };

	for (int i = 0; i < (int)countof(values); i++)
		db_bind_int(q, at + i, values[i]);
}

static void bind_or_null(struct sqlite3_stmt *q, int at, bool has, int64_t value)
{
	if (has)
		db_bind_int(q, at, value);
	else
		db_bind_null(q, at);
}

/* What USAGE_INSERT and USAGE_UPDATE begin with: the key, and what a purchase says; parameters 1 to 12. */
static void bind_fact(struct sqlite3_stmt *q, int64_t part, const struct row *row)
{
	bind_in_part(q, 1, part, &row->key);
	db_bind_int(q, 7, row->product);
	db_bind_text(q, 8, row->quantity);
	db_bind_int(q, 9, row->kind);
	db_bind_int(q, 10, row->rating);
	bind_or_null(q, 11, row->rate_id != 0, row->rate_id);
	bind_or_null(q, 12, row->has_amount, row->amount);
}

void row_first(struct store *s, int64_t run_id, struct row *row)
{
	row->seq = ++s->seq;
	row->revision = 1;
	row->run_id = run_id;
	part_account(s, NULL, row);
}

static struct db_value number(int64_t n)
{
	return (struct db_value){ .type = DB_INTEGER, .number = n };
}

static struct db_value number_or_null(bool has, int64_t n)
{
	return (struct db_value){ .type = has ? DB_INTEGER : DB_NULL, .number = n };
}

void row_values(const struct row *row, int64_t part, struct db_value values[DB_SOURCE_COLUMNS])
{
	const struct row_key *k = &row->key;
	size_t i = 0;

	values[i++] = number(part);
	values[i++] = number(k->meter);
	values[i++] = number(k->resource);
	values[i++] = number(k->start);
	values[i++] = number(k->end);
	values[i++] = number(k->ordinal);
	values[i++] = number(row->product);
	values[i++] = (struct db_value){ .type = DB_TEXT, .text = span_of(row->quantity) };
	values[i++] = number(row->kind);
	values[i++] = number(row->rating);
	values[i++] = number_or_null(row->rate_id != 0, row->rate_id);
	values[i++] = number_or_null(row->has_amount, row->amount);
	values[i++] = number(row->seq);
	values[i++] = number(row->run_id);
}

int row_insert(struct store *s, int64_t run_id, struct row *row, struct err *e)
{
	struct sqlite3_stmt *q;
	int64_t part;

	if (part_need(s, &row->key, &part, e) == -1 || !(q = db_query(s->db, SQL_USAGE_INSERT, e)))
		return -1;
	row_first(s, run_id, row);
	bind_fact(q, part, row);
	db_bind_int(q, 13, row->seq);
	db_bind_int(q, 14, run_id);
	return db_run(s->db, q, e);
}

static int note_change(struct store *s, int64_t part, const struct row *old, const struct row *row, enum change_reason reason,
		       struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_CHANGE_INSERT, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, row->seq);
	bind_in_part(q, 2, part, &row->key);
	db_bind_int(q, 8, row->revision);
	db_bind_int(q, 9, reason);
	db_bind_int(q, 10, row->run_id);
	db_bind_int(q, 11, old->seq);
	db_bind_int(q, 12, old->run_id);
	db_bind_text(q, 13, old->quantity);
	db_bind_text(q, 14, row->quantity);
	bind_or_null(q, 15, old->has_amount, old->amount);
	bind_or_null(q, 16, row->has_amount, row->amount);
	return db_run(s->db, q, e);
}

int row_revise(struct store *s, int64_t run_id, const struct row *old, struct row *row, enum change_reason reason, struct err *e)
{
	struct sqlite3_stmt *q;
	int64_t part;

	if (part_need(s, &row->key, &part, e) == -1)
		return -1;
	row->seq = ++s->seq;
	row->revision = old->revision + 1;
	row->run_id = run_id;
	if (note_change(s, part, old, row, reason, e) == -1 || !(q = db_query(s->db, SQL_USAGE_UPDATE, e)))
		return -1;
	bind_fact(q, part, row);
	db_bind_int(q, 13, row->withdrawn);
	db_bind_int(q, 14, row->revision);
	db_bind_int(q, 15, row->seq);
	db_bind_int(q, 16, run_id);
	part_account(s, old, row);
	return db_run(s->db, q, e);
}

int row_settle_amount(struct store *s, const struct row *old, const struct row *row, struct err *e)
{
	struct sqlite3_stmt *q;
	int64_t part;

	if (part_need(s, &row->key, &part, e) == -1 || !(q = db_query(s->db, SQL_USAGE_AMOUNT, e)))
		return -1;
	bind_in_part(q, 1, part, &row->key);
	db_bind_int(q, 7, row->rating);
	bind_or_null(q, 8, row->rate_id != 0, row->rate_id);
	bind_or_null(q, 9, row->has_amount, row->amount);
	part_account(s, old, row);
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

/* The same digits too, as a band that is written again would show them: 1.5 is not 1.50. */
static bool same_number(struct span text, struct decimal number)
{
	struct err ignored = ERR_INIT;
	struct decimal stored;

	return decimal_parse_wide(&stored, text, &ignored) == 0 && stored.scale == number.scale && decimal_compare(stored, number) == 0;
}

/* Whether the row at hand of BANDS_OF is this band. */
static bool same_band(struct sqlite3_stmt *q, const struct rating_band *band)
{
	if (db_is_null(q, 5) != band->open || (!band->open && !same_number(db_span(q, 5), band->to)))
		return false;
	return same_number(db_span(q, 4), band->from) && same_number(db_span(q, 1), band->price) &&
	       same_number(db_span(q, 2), band->quantity) && db_int(q, 3) == band->nanos;
}

struct sqlite3_stmt *row_bands_of(struct store *s, const struct row_key *key, struct err *e)
{
	struct sqlite3_stmt *q;
	int64_t part;

	if (part_find(s, key, &part, e) == -1 || !(q = db_query(s->db, SQL_BANDS_OF, e)))
		return NULL;
	bind_in_part(q, 1, part, key);
	return q;
}

int row_bands_equal(struct store *s, const struct row_key *key, const struct rating_band *bands, size_t count, bool *equal, struct err *e)
{
	struct sqlite3_stmt *q = row_bands_of(s, key, e);
	size_t i = 0;
	int rc;

	if (!q)
		return -1;
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

static int write_band(struct store *s, int64_t part, const struct row_key *key, size_t number, const struct rating_band *band, struct err *e)
{
	char from[DECIMAL_TEXT_MAX], to[DECIMAL_TEXT_MAX], price[DECIMAL_TEXT_MAX], quantity[DECIMAL_TEXT_MAX];
	struct sqlite3_stmt *q = db_query(s->db, SQL_BAND_INSERT, e);

	if (!q)
		return -1;
	decimal_print(band->from, from);
	decimal_print(band->price, price);
	decimal_print(band->quantity, quantity);
	bind_in_part(q, 1, part, key);
	db_bind_int(q, 7, (int64_t)number + 1);
	db_bind_text(q, 8, from);
	if (band->open) {
		db_bind_null(q, 9);
	} else {
		decimal_print(band->to, to);
		db_bind_text(q, 9, to);
	}
	db_bind_text(q, 10, price);
	db_bind_text(q, 11, quantity);
	db_bind_int(q, 12, band->nanos);
	return db_run(s->db, q, e);
}

int row_bands_insert(struct store *s, const struct row_key *key, const struct rating_band *bands, size_t count, struct err *e)
{
	int64_t part;

	if (part_need(s, key, &part, e) == -1)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (write_band(s, part, key, i, &bands[i], e) == -1)
			return -1;
	return 0;
}

int row_bands_write(struct store *s, const struct row_key *key, const struct rating_band *bands, size_t count, struct err *e)
{
	struct sqlite3_stmt *q;
	int64_t part;

	if (part_need(s, key, &part, e) == -1 || !(q = db_query(s->db, SQL_BANDS_DELETE, e)))
		return -1;
	bind_in_part(q, 1, part, key);
	if (db_run(s->db, q, e) == -1)
		return -1;
	return row_bands_insert(s, key, bands, count, e);
}
