/* SPDX-License-Identifier: MIT */
#include "store/rate_known.h"

#include "base/mem.h"
#include "value/wide.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MIN 64

/* Three places in four are taken at most: a search sees two of them on average. */
static size_t places_for(size_t count)
{
	return count + count / 3 + PLACES_MIN;
}

void rate_known_init(struct rate_known *known, size_t count)
{
	*known = (struct rate_known){ .places = places_for(count) };
	known->digests = xcalloc(known->places, sizeof(*known->digests));
	known->marks = xcalloc(known->places / 8 + 1, 1);
}

void rate_known_fini(struct rate_known *known)
{
	free(known->digests);
	free(known->marks);
	*known = (struct rate_known){ .count = 0 };
}

static bool is_free(const struct digest *place)
{
	return digest_equal(*place, (struct digest){ { 0 } });
}

/* Where DIGEST is or would be. Digests are as good as random, so their first bytes spread them evenly. */
static size_t place_of(const struct rate_known *known, const struct digest *digest)
{
	uint64_t first;
	size_t at;

	memcpy(&first, digest->b, sizeof(first));
	at = (size_t)((wide_pair)first * known->places >> 64);
	while (!is_free(&known->digests[at]) && !digest_equal(known->digests[at], *digest))
		at = at + 1 < known->places ? at + 1 : 0;
	return at;
}

static bool is_marked(const struct rate_known *known, size_t at)
{
	return known->marks[at / 8] >> at % 8 & 1;
}

static void set_mark(struct rate_known *known, size_t at)
{
	known->marked += !is_marked(known, at);
	known->marks[at / 8] |= (unsigned char)(1u << at % 8);
}

static void grow(struct rate_known *known)
{
	struct rate_known larger;

	rate_known_init(&larger, known->count * 2);
	for (size_t i = 0; i < known->places; i++) {
		if (is_free(&known->digests[i]))
			continue;
		rate_known_add(&larger, &known->digests[i]);
		if (is_marked(known, i))
			set_mark(&larger, place_of(&larger, &known->digests[i]));
	}
	rate_known_fini(known);
	*known = larger;
}

void rate_known_add(struct rate_known *known, const struct digest *digest)
{
	size_t at;

	if (is_free(digest))
		return;
	if (places_for(known->count) > known->places)
		grow(known);
	at = place_of(known, digest);
	known->count += is_free(&known->digests[at]);
	known->digests[at] = *digest;
}

bool rate_known_mark(struct rate_known *known, const struct digest *digest)
{
	size_t at;

	if (!known->count)
		return false; /* there need not be a place either */
	at = place_of(known, digest);
	if (is_free(&known->digests[at]))
		return false;
	set_mark(known, at);
	return true;
}

/* -- of the database ------------------------------------------------------------------------------------------------------------- */

/* The prices that the newest card has, one after the other: id and digest. */
static struct sqlite3_stmt *query_current(struct store *s, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RATES_CURRENT, e);

	if (!q)
		return NULL;
	db_bind_text(q, 1, s->currency);
	db_bind_text(q, 2, s->region);
	return q;
}

/* The digest in the row at hand; zeros, which no price has, where it is none. */
static struct digest row_digest(struct sqlite3_stmt *q)
{
	struct digest digest = { { 0 } };
	struct span bytes = db_span(q, 1);

	if (bytes.n == sizeof(digest.b))
		memcpy(digest.b, bytes.p, bytes.n);
	return digest;
}

int rate_known_read(struct rate_known *known, struct store *s, size_t count, struct err *e)
{
	struct sqlite3_stmt *q = query_current(s, e);
	int rc;

	if (!q)
		return -1;
	rate_known_init(known, count);
	while ((rc = db_step(s->db, q, e)) == 1) {
		struct digest digest = row_digest(q);

		rate_known_add(known, &digest);
	}
	return rc;
}

static bool is_missed(const struct rate_known *known, const struct digest *digest)
{
	size_t at = place_of(known, digest);

	return !is_free(&known->digests[at]) && !is_marked(known, at);
}

int rate_known_note_missed(const struct rate_known *known, struct store *s, struct err *e)
{
	struct sqlite3_stmt *q = query_current(s, e);
	int rc;

	if (!q)
		return -1;
	while ((rc = db_step(s->db, q, e)) == 1) {
		struct digest digest = row_digest(q);
		int64_t id = db_int(q, 0);

		if (is_missed(known, &digest) && store_run_ints(s, SQL_RATE_GONE, &id, 1, e) == -1) {
			db_reset(q);
			return -1;
		}
	}
	return rc;
}
