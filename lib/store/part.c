/* SPDX-License-Identifier: MIT */
#include "store/part.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 4096 /* held at a time: some 100 bytes each */
#define NANOS 1000000000

struct part {
	int64_t id; /* 0: free place */
	int64_t subscription, period, day;
	int64_t purchases, unpriced, priced, units, nanos; /* not written yet */
	bool changed;
};

struct parts {
	size_t used;
	size_t changed_count;
	struct part *last;   /* the one asked for last */
	struct part *places; /* 2 * PARTS_MAX of them */
	struct part *changed[PARTS_MAX];
};

struct parts *parts_new(void)
{
	struct parts *parts = xcalloc(1, sizeof(*parts));

	parts->places = xcalloc(2 * PARTS_MAX, sizeof(*parts->places));
	return parts;
}

void parts_free(struct parts *parts)
{
	if (!parts)
		return;
	free(parts->places);
	free(parts);
}

void parts_forget(struct parts *parts)
{
	if (parts->used)
		memset(parts->places, 0, 2 * PARTS_MAX * sizeof(*parts->places));
	parts->used = parts->changed_count = 0;
	parts->last = NULL;
}

static bool is_of(const struct part *part, const struct row_key *key)
{
	return part->subscription == key->subscription && part->period == key->period && part->day == key->day;
}

/* Its place, which is free when it is not held. */
static struct part *place_of(struct parts *parts, const struct row_key *key)
{
	uint64_t h = (uint64_t)key->subscription * 0x9e3779b97f4a7c15ULL;
	size_t at;

	if (parts->last && is_of(parts->last, key))
		return parts->last;
	h = (h ^ (uint64_t)key->period ^ (uint64_t)key->day << 24) * 0x9e3779b97f4a7c15ULL;
	at = (size_t)(h >> 40) % (2 * PARTS_MAX);
	while (parts->places[at].id && !is_of(&parts->places[at], key))
		at = (at + 1) % (2 * PARTS_MAX);
	return &parts->places[at];
}

static int write_sums(struct store *s, struct part *part, struct err *e)
{
	const int64_t values[] = { part->id, part->purchases, part->unpriced, part->priced, part->units, part->nanos };

	part->purchases = part->unpriced = part->priced = part->units = part->nanos = 0;
	part->changed = false;
	return store_run_ints(s, SQL_PART_ADD, values, 6, e);
}

int parts_flush(struct store *s, struct err *e)
{
	struct parts *parts = s->parts;

	while (parts->changed_count)
		if (write_sums(s, parts->changed[--parts->changed_count], e) == -1)
			return -1;
	return 0;
}

static int look_up(struct store *s, const struct row_key *key, int64_t *id, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_PART_FIND, e);
	int rc;

	*id = 0;
	if (!q)
		return -1;
	db_bind_int(q, 1, key->subscription);
	db_bind_int(q, 2, key->period);
	db_bind_int(q, 3, key->day);
	rc = db_step(s->db, q, e);
	if (rc == 1)
		*id = db_int(q, 0);
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

static int make(struct store *s, const struct row_key *key, int64_t *id, struct err *e)
{
	const int64_t values[] = { key->subscription, key->period, key->day };

	if (store_run_ints(s, SQL_PART_INSERT, values, 3, e) == -1)
		return -1;
	*id = db_last_id(s->db);
	return 0;
}

static int hold(struct store *s, const struct row_key *key, int64_t id, struct err *e)
{
	struct parts *parts = s->parts;
	struct part *part;

	if (parts->used == PARTS_MAX) {
		if (parts_flush(s, e) == -1)
			return -1;
		parts_forget(parts);
	}
	part = place_of(parts, key);
	*part = (struct part){ .id = id, .subscription = key->subscription, .period = key->period, .day = key->day };
	parts->used++;
	parts->last = part;
	return 0;
}

static int get(struct store *s, const struct row_key *key, bool needed, int64_t *id, struct err *e)
{
	struct part *part = place_of(s->parts, key);

	if (part->id) {
		s->parts->last = part;
		*id = part->id;
		return 0;
	}
	if (look_up(s, key, id, e) == -1 || (!*id && needed && make(s, key, id, e) == -1))
		return -1;
	return *id ? hold(s, key, *id, e) : 0;
}

int part_find(struct store *s, const struct row_key *key, int64_t *id, struct err *e)
{
	return get(s, key, false, id, e);
}

int part_need(struct store *s, const struct row_key *key, int64_t *id, struct err *e)
{
	return get(s, key, true, id, e);
}

static void add(struct part *part, const struct row *row, int sign)
{
	if (row->withdrawn)
		return;
	part->purchases += sign;
	part->unpriced += row->rating != RATING_RATED ? sign : 0;
	if (!row->has_amount)
		return;
	part->priced += sign;
	part->units += sign * (row->amount / NANOS);
	part->nanos += sign * (row->amount % NANOS);
}

static void add_to_run(struct store *s, const struct row *row, int sign)
{
	if (!row->has_amount)
		return;
	s->run_sum.units += sign * (row->amount / NANOS);
	s->run_sum.nanos += sign * (row->amount % NANOS);
}

void part_account(struct store *s, const struct row *old, const struct row *row)
{
	struct part *part = place_of(s->parts, &row->key);

	if (old) {
		add(part, old, -1);
		add_to_run(s, old, -1);
	}
	add(part, row, 1);
	add_to_run(s, row, 1);
	if (!part->changed)
		s->parts->changed[s->parts->changed_count++] = part;
	part->changed = true;
}
