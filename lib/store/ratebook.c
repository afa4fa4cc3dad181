/* SPDX-License-Identifier: MIT */
#include "store/ratebook.h"

#include "base/mem.h"
#include "store/books.h"
#include "value/day.h"

#include <stdlib.h>
#include <string.h>

#define BOOK_METERS_MAX 16384 /* meters held at a time; a partner uses a few thousand of the card's many */
#define UNIT_PLACES 32768       /* products: their ids are numbers in a row */

struct book_meter {
	int64_t id; /* 0: free place */
	bool banded;
	size_t count;
	struct book_rate *rates; /* the newest effective date first, then the newest id */
};

struct unit_place {
	int64_t product_id;
	char *unit;
};

struct ratebook {
	size_t used, places; /* places: a power of two, or 0 */
	struct book_meter *meters;
	struct unit_place units[UNIT_PLACES];
};

struct ratebook *ratebook_new(void)
{
	return xcalloc(1, sizeof(struct ratebook));
}

static void meter_fini(struct book_meter *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->rates[i].unit);
		free(m->rates[i].tiers);
		free(m->rates[i].ranges);
	}
	free(m->rates);
}

void ratebook_forget(struct ratebook *book)
{
	for (size_t i = 0; i < book->places; i++)
		if (book->meters[i].id)
			meter_fini(&book->meters[i]);
	free(book->meters);
	book->meters = NULL;
	book->used = book->places = 0;
	for (size_t i = 0; i < UNIT_PLACES; i++) {
		free(book->units[i].unit);
		book->units[i] = (struct unit_place){ .product_id = 0 };
	}
}

void ratebook_free(struct ratebook *book)
{
	if (!book)
		return;
	ratebook_forget(book);
	free(book);
}

static struct book_meter *place_of(struct ratebook *book, int64_t id)
{
	size_t at = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15ULL >> 20) & (book->places - 1);

	while (book->meters[at].id && book->meters[at].id != id)
		at = (at + 1) & (book->places - 1);
	return &book->meters[at];
}

static void make_room(struct ratebook *book)
{
	if (book->places && book->used < BOOK_METERS_MAX)
		return;
	ratebook_forget(book);
	book->places = 2 * BOOK_METERS_MAX;
	book->meters = xcalloc(book->places, sizeof(*book->meters));
}

static int read_tier(struct book_rate *rate, struct span from, struct span price, struct err *e)
{
	struct rating_tier *tier;

	rate->tiers = xreallocarray(rate->tiers, rate->rate.tier_count + 1, sizeof(*rate->tiers));
	rate->rate.tiers = rate->tiers;
	tier = &rate->tiers[rate->rate.tier_count++];
	if (decimal_parse(&tier->from, from, e) == -1 || decimal_parse(&tier->price, price, e) == -1)
		return err_set(e, ERR_STORE, "rate %lld: its tiers can't be read", (long long)rate->id);
	return 0;
}

static int read_tiers(struct store *s, struct book_rate *rate, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RATE_TIERS, e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, rate->id);
	while ((rc = db_step(s->db, q, e)) == 1)
		if (read_tier(rate, db_span(q, 0), db_span(q, 1), e) == -1) {
			db_reset(q);
			return -1;
		}
	return rc;
}

static void add_range(struct book_rate *rate, int64_t first, int64_t last)
{
	rate->ranges = xreallocarray(rate->ranges, rate->range_count + 1, sizeof(*rate->ranges));
	rate->ranges[rate->range_count++] = (struct card_range){ first, last };
}

/* The latest range stands in the row at hand; those before it are few, and in a table of their own. */
static int read_ranges(struct store *s, struct sqlite3_stmt *row, struct book_rate *rate, struct err *e)
{
	bool came_back = db_int(row, 6) != db_int(row, 7);
	struct sqlite3_stmt *q;
	int rc;

	add_range(rate, db_int(row, 7), db_is_null(row, 8) ? INT64_MAX : db_int(row, 8));
	if (!came_back)
		return 0;
	if (!(q = db_query(s->db, SQL_RATE_RANGES, e)))
		return -1;
	db_bind_int(q, 1, rate->id);
	while ((rc = db_step(s->db, q, e)) == 1)
		add_range(rate, db_int(q, 0), db_int(q, 1));
	return rc;
}

/* The rate that the row at hand holds; a single tier stands in it, several in their own table. */
static int read_rate(struct store *s, struct sqlite3_stmt *q, struct book_rate *rate, struct err *e)
{
	*rate = (struct book_rate){ .id = db_int(q, 0), .effective = db_int(q, 1) };
	rate->unit = xstrndup(db_span(q, 2).p, db_span(q, 2).n);
	if (decimal_parse(&rate->rate.included, db_span(q, 3), e) == -1 || read_ranges(s, q, rate, e) == -1)
		return -1;
	if (db_is_null(q, 5))
		return 0;
	return db_int(q, 4) == 1 ? read_tier(rate, SPAN_LITERAL("0"), db_span(q, 5), e) : read_tiers(s, rate, e);
}

/* Of several of one date the newest id comes first: the rows come by date alone, which the key of the table gives without a sort. */
static void put_in_place(struct book_meter *m)
{
	struct book_rate added = m->rates[m->count - 1];
	size_t at = m->count - 1;

	for (; at > 0 && m->rates[at - 1].effective == added.effective && m->rates[at - 1].id < added.id; at--)
		m->rates[at] = m->rates[at - 1];
	m->rates[at] = added;
}

static int read_rates(struct store *s, struct book_meter *m, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RATES_OF_METER, e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, m->id);
	db_bind_text(q, 2, s->currency);
	db_bind_text(q, 3, s->region);
	while ((rc = db_step(s->db, q, e)) == 1) {
		m->rates = xreallocarray(m->rates, m->count + 1, sizeof(*m->rates));
		if (read_rate(s, q, &m->rates[m->count++], e) == -1) {
			db_reset(q);
			return -1;
		}
		put_in_place(m);
	}
	return rc;
}

static int read_banded(struct store *s, struct book_meter *m, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_METER_BANDED, e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, m->id);
	rc = db_step(s->db, q, e);
	if (rc == 1)
		m->banded = db_int(q, 0) != 0;
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

static int find_meter(struct store *s, int64_t meter_id, const struct book_meter **out, struct err *e)
{
	struct book_meter *m, read = { .id = meter_id };

	make_room(s->rates);
	m = place_of(s->rates, meter_id);
	if (!m->id) {
		if (read_banded(s, &read, e) == -1 || read_rates(s, &read, e) == -1) {
			meter_fini(&read);
			return -1;
		}
		*m = read;
		s->rates->used++;
	}
	*out = m;
	return 0;
}

int ratebook_banded(struct store *s, int64_t meter_id, bool *banded, struct err *e)
{
	const struct book_meter *m;

	if (find_meter(s, meter_id, &m, e) == -1)
		return -1;
	*banded = m->banded;
	return 0;
}

int ratebook_unit(struct store *s, int64_t product_id, const char **unit, struct err *e)
{
	struct unit_place *place = &s->rates->units[(uint64_t)product_id % UNIT_PLACES];
	struct sqlite3_stmt *q;
	int rc;

	if (place->product_id != product_id) {
		if (!(q = db_query(s->db, SQL_PRODUCT_UNIT, e)))
			return -1;
		db_bind_int(q, 1, product_id);
		rc = db_step(s->db, q, e);
		if (rc == -1)
			return -1;
		free(place->unit);
		place->unit = rc == 1 ? xstrndup(db_span(q, 0).p, db_span(q, 0).n) : xstrdup("");
		place->product_id = product_id;
		db_reset(q);
	}
	*unit = place->unit;
	return 0;
}

int ratebook_same_unit(struct store *s, int64_t a, int64_t b, bool *same, struct err *e)
{
	const char *unit;
	char *first;
	int rc;

	*same = true;
	if (a == b)
		return 0;
	if (ratebook_unit(s, a, &unit, e) == -1)
		return -1;
	first = xstrdup(unit); /* the next call may overwrite it */
	rc = ratebook_unit(s, b, &unit, e);
	if (rc == 0)
		*same = strcmp(first, unit) == 0;
	free(first);
	return rc;
}

/* When a version was there last, looking back from card UP_TO; the place in its ranges. False: not seen by then. */
static bool last_seen(const struct book_rate *rate, int64_t up_to, struct card_range *seen)
{
	for (size_t i = 0; i < rate->range_count; i++)
		if (rate->ranges[i].first <= up_to) {
			*seen = rate->ranges[i];
			if (seen->last > up_to)
				seen->last = up_to;
			return true;
		}
	return false;
}

/* Of the versions in M, which are sorted by effective date, the newest first: the one to price a day that ends at DAY_END by. *ANY:
 * there is one at all. */
static const struct book_rate *best(const struct book_meter *m, int64_t day_end, int64_t up_to, bool *any)
{
	struct card_range seen, best_seen = { 0, 0 };
	const struct book_rate *found = NULL;

	*any = false;
	for (size_t i = 0; i < m->count; i++) {
		const struct book_rate *rate = &m->rates[i];

		if (found && rate->effective != found->effective)
			break;
		if (!last_seen(rate, up_to, &seen))
			continue;
		*any = true;
		if (rate->effective >= day_end)
			continue;
		if (!found || seen.last > best_seen.last || (seen.last == best_seen.last && seen.first > best_seen.first)) {
			found = rate;
			best_seen = seen;
		}
	}
	return found;
}

int ratebook_choose(struct store *s, int64_t meter_id, int64_t product_id, int64_t usage_start, int64_t up_to,
		    struct rating_choice *choice, struct err *e)
{
	int64_t day_end = day_start(instant_day(usage_start)) + DAY_SECONDS;
	const struct book_meter *m;
	const char *unit;
	bool any;

	if (find_meter(s, meter_id, &m, e) == -1 || ratebook_unit(s, product_id, &unit, e) == -1)
		return -1;
	*choice = (struct rating_choice){ .status = RATING_UNPRICED, .banded = m->banded };
	choice->rate = best(m, day_end, up_to, &any);
	if (!choice->rate) {
		if (any)
			choice->status = RATING_FUTURE_PRICE;
		return 0;
	}
	choice->status = strcmp(choice->rate->unit, unit) == 0 ? RATING_RATED : RATING_UNIT_MISMATCH;
	if (choice->rate->rate.tier_count == 0) {
		choice->status = RATING_UNPRICED; /* no price for the first unit: nothing is guessed */
		choice->rate = NULL;
	}
	return 0;
}
