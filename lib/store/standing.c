/* SPDX-License-Identifier: MIT */
#include "store/standing.h"

#include "billing/period.h"
#include "value/day.h"

struct row_key standing_key(const struct store *s, const struct row *correction)
{
	struct row_key key = correction->key;

	key.period = period_of_day(instant_day(key.start), s->options.period_start_day);
	return key;
}

int standing_priced(struct store *s, const struct row *correction, struct decimal *quantity, struct err *e)
{
	struct sqlite3_stmt *q = row_bands_of(s, &correction->key, e);
	int rc;

	*quantity = DECIMAL_ZERO;
	if (!q)
		return -1;
	while ((rc = db_step(s->db, q, e)) == 1) {
		struct decimal part;

		if (decimal_parse_wide(&part, db_span(q, 2), e) == -1 || decimal_add(quantity, *quantity, part, e) == -1) {
			db_reset(q);
			return -1;
		}
	}
	return rc;
}

/* A row that is booked in a closed period. */
static int add_fixed(struct store *s, struct standing *standing, const struct row *row, struct err *e)
{
	struct decimal quantity, priced;

	if (row->withdrawn)
		return 0;
	standing->product = row->product;
	if (row_quantity(row, &quantity, e) == -1 || decimal_add(&standing->fixed, standing->fixed, quantity, e) == -1)
		return -1;
	if (!row->has_amount)
		return 0;
	priced = quantity;
	if (row->kind == ROW_CORRECTION && standing_priced(s, row, &priced, e) == -1)
		return -1;
	return decimal_add(&standing->priced, standing->priced, priced, e);
}

/* One that is not. There is one, but for the moment in which a reopened period has another. */
static int add_open(struct standing *standing, const struct row *row, struct err *e)
{
	struct decimal quantity;

	if (!standing->has_live)
		standing->live = *row;
	standing->has_live = true;
	if (row->withdrawn)
		return 0;
	if (row_quantity(row, &quantity, e) == -1)
		return -1;
	return decimal_add(&standing->open, standing->open, quantity, e);
}

static int read_rows(struct store *s, const struct row_key *key, struct row_list *rows, struct err *e)
{
	static const enum sql_statement statements[] = { SQL_USAGE_FIND, SQL_CORRECTIONS_OF_KEY };

	for (size_t i = 0; i < countof(statements); i++) {
		struct sqlite3_stmt *q = db_query(s->db, statements[i], e);

		if (!q)
			return -1;
		row_key_bind(q, key);
		if (row_list_read(s, q, rows, e) == -1)
			return -1;
	}
	return 0;
}

int standing_read(struct store *s, const struct row_key *key, struct standing *standing, struct err *e)
{
	struct row_list rows = { .count = 0 };
	int rc = read_rows(s, key, &rows, e);

	*standing = (struct standing){ .fixed = DECIMAL_ZERO, .priced = DECIMAL_ZERO, .open = DECIMAL_ZERO };
	for (size_t i = 0; rc == 0 && i < rows.count; i++) {
		const struct row *row = &rows.items[i];

		rc = closed_find(s, row->key.period, NULL, e);
		if (rc != -1)
			rc = rc ? add_fixed(s, standing, row, e) : add_open(standing, row, e);
	}
	row_list_fini(&rows);
	return rc;
}
