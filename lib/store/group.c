/* SPDX-License-Identifier: MIT */
#include "store/group.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_TEXT_MAX 24

void group_rows_fini(struct group_rows *rows)
{
	free(rows->items);
	*rows = (struct group_rows){ .count = 0 };
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* -- reading --------------------------------------------------------------------------------------------------------------------- */

/* Columns of SQL_ROW. */
enum { DAY = 1, START = 4, QUANTITY = 8, AMOUNT = 12, STATUS = 13 };

/* Whether the row at hand stands in front of the group's place. */
static bool is_before(const struct group *group, struct sqlite3_stmt *q)
{
	int c = compare_numbers(db_int(q, START), group->start);

	return c < 0 || (c == 0 && db_int(q, DAY) < group->day);
}

/* The row at hand stays as it is: of it the quantity counts alone, and not even that when it has no price. */
static int add_quantity(struct group_rows *rows, struct sqlite3_stmt *q, struct err *e)
{
	struct decimal quantity;

	if (db_int(q, STATUS) != 0 || db_is_null(q, AMOUNT))
		return 0;
	if (decimal_parse_wide(&quantity, db_span(q, QUANTITY), e) == -1)
		return -1;
	return decimal_add(&rows->position, rows->position, quantity, e);
}

static void keep(struct group_rows *rows, struct sqlite3_stmt *q)
{
	if (rows->count == rows->room) {
		rows->room = rows->room ? rows->room * 2 : 16;
		rows->items = xreallocarray(rows->items, rows->room, sizeof(*rows->items));
	}
	row_read(q, &rows->items[rows->count++].row);
}

static int read_rows(struct store *s, int64_t subscription, const struct group *group, struct group_rows *rows, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_USAGE_OF_GROUP, e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, subscription);
	db_bind_int(q, 2, group->period);
	db_bind_int(q, 3, group->meter);
	rows->position = DECIMAL_ZERO;
	while ((rc = db_step(s->db, q, e)) == 1) {
		if (!is_before(group, q)) {
			keep(rows, q);
		} else if (add_quantity(rows, q, e) == -1) {
			db_reset(q);
			return -1;
		}
	}
	return rc;
}

/* -- order ----------------------------------------------------------------------------------------------------------------------- */

/* As texts, which is how they stand in the purchase reference: "10" in front of "9". */
static int compare_texts(int64_t a, int64_t b, const char *behind)
{
	char left[NUMBER_TEXT_MAX], right[NUMBER_TEXT_MAX];

	if (a == b)
		return 0;
	snprintf(left, sizeof(left), "%lld%s", (long long)a, behind);
	snprintf(right, sizeof(right), "%lld%s", (long long)b, behind);
	return strcmp(left, right);
}

/* As far as it goes without the resource. */
static int compare_times(const void *left, const void *right)
{
	const struct row_key *a = &((const struct group_row *)left)->row.key, *b = &((const struct group_row *)right)->row.key;
	int c = compare_numbers(a->start, b->start);

	if (!c)
		c = compare_numbers(a->day, b->day);
	return c ? c : compare_texts(a->end - a->start, b->end - b->start, ":");
}

static int compare_resources(const void *left, const void *right)
{
	const struct group_row *a = left, *b = right;
	int c = memcmp(a->resource.b, b->resource.b, sizeof(a->resource.b));

	return c ? c : compare_texts(a->row.key.ordinal, b->row.key.ordinal, "");
}

static int read_resource(struct store *s, struct group_row *row, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RESOURCE_DIGEST, e);
	struct span digest;
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, row->row.key.resource);
	rc = db_step(s->db, q, e);
	if (rc == -1)
		return -1;
	digest = rc == 1 ? db_span(q, 0) : (struct span){ NULL, 0 };
	if (digest.n == sizeof(row->resource.b))
		memcpy(row->resource.b, digest.p, digest.n);
	else
		rc = err_set(e, ERR_STORE, "resource %lld: it has no digest", (long long)row->row.key.resource);
	db_reset(q);
	return rc == 1 ? 0 : -1;
}

/* COUNT rows that begin and end at the same times and were reported on one day. Their resources are not ordered by ids, which come in the
 * order of arrival. */
static int sort_alike(struct store *s, struct group_row *rows, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		if (i && rows[i].row.key.resource == rows[i - 1].row.key.resource)
			rows[i].resource = rows[i - 1].resource;
		else if (read_resource(s, &rows[i], e) == -1)
			return -1;
	}
	qsort(rows, count, sizeof(*rows), compare_resources);
	return 0;
}

static int sort(struct store *s, struct group_rows *rows, struct err *e)
{
	size_t at = 0, end;

	if (rows->count < 2)
		return 0;
	qsort(rows->items, rows->count, sizeof(*rows->items), compare_times);
	for (; at < rows->count; at = end) {
		for (end = at + 1; end < rows->count && compare_times(&rows->items[at], &rows->items[end]) == 0;)
			end++;
		if (end - at > 1 && sort_alike(s, &rows->items[at], end - at, e) == -1)
			return -1;
	}
	return 0;
}

int group_read(struct store *s, int64_t subscription, const struct group *group, struct group_rows *rows, struct err *e)
{
	return read_rows(s, subscription, group, rows, e) == -1 ? -1 : sort(s, rows, e);
}
