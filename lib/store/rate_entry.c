/* SPDX-License-Identifier: MIT */
#include "store/rate_entry.h"

#include "base/util.h"

/* By its value: 0.5 and 0.50 are one price. */
static void digest_value(struct digester *d, struct decimal number)
{
	char text[DECIMAL_TEXT_MAX];

	decimal_print(decimal_normal(number), text);
	digester_field(d, span_of(text));
}

struct digest rate_entry_digest(struct digester *d, const struct rate *rate, struct span tags)
{
	const struct span fields[] = { { (const char *)rate->meter.b, sizeof(rate->meter.b) }, rate->unit, tags };

	digester_start(d);
	for (size_t i = 0; i < countof(fields); i++)
		digester_field(d, fields[i]);
	digest_value(d, rate->included);
	for (size_t i = 0; i < rate->tier_count; i++) {
		digest_value(d, rate->tiers[i].from);
		digest_value(d, rate->tiers[i].price);
	}
	digester_number(d, rate->effective);
	return digester_finish(d);
}

static int insert_tier(struct store *s, int64_t rate_id, size_t number, const struct tier *tier, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RATE_TIER_INSERT, e);
	char from[DECIMAL_TEXT_MAX], price[DECIMAL_TEXT_MAX];

	if (!q)
		return -1;
	decimal_print(tier->from, from);
	decimal_print(tier->price, price);
	db_bind_int(q, 1, rate_id);
	db_bind_int(q, 2, (int64_t)number + 1);
	db_bind_text(q, 3, from);
	db_bind_text(q, 4, price);
	return db_run(s->db, q, e);
}

static int insert_rate_row(struct store *s, int64_t card_id, int64_t meter, const struct rate *rate, struct span tags, const struct digest *digest,
			   const char *included, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RATE_INSERT, e);
	char price[DECIMAL_TEXT_MAX];

	if (!q)
		return -1;
	db_bind_int(q, 1, meter);
	db_bind_blob(q, 2, digest->b, sizeof(digest->b));
	db_bind_text(q, 3, s->currency);
	db_bind_text(q, 4, s->region);
	db_bind_int(q, 5, rate->effective);
	db_bind_span(q, 6, rate->unit);
	db_bind_text(q, 7, included);
	db_bind_int(q, 8, (int64_t)rate->tier_count);
	db_bind_null(q, 9);
	/* A first tier that begins above 0 leaves units without a price: then nothing is priced by this rate. */
	if (rate->tier_count && decimal_is_zero(rate->tiers[0].from)) {
		decimal_print(rate->tiers[0].price, price);
		db_bind_text(q, 9, price);
	}
	db_bind_span(q, 10, rate->name);
	db_bind_span(q, 11, rate->category);
	db_bind_span(q, 12, rate->subcategory);
	db_bind_span(q, 13, rate->region);
	db_bind_span(q, 14, tags);
	db_bind_int(q, 15, card_id);
	return db_run(s->db, q, e);
}

int rate_entry_insert(struct store *s, int64_t card_id, int64_t meter, const struct rate *rate, struct span tags, const struct digest *digest,
		      const char *included, int64_t *id, struct err *e)
{
	if (insert_rate_row(s, card_id, meter, rate, tags, digest, included, e) == -1)
		return -1;
	*id = db_last_id(s->db);
	for (size_t i = 0; rate->tier_count > 1 && i < rate->tier_count; i++)
		if (insert_tier(s, *id, i, &rate->tiers[i], e) == -1)
			return -1;
	return 0;
}

int rate_entry_find(struct store *s, int64_t meter, int64_t effective, const struct digest *digest, int64_t *id, bool *open,
		     struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_RATE_FIND, e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, meter);
	db_bind_text(q, 2, s->currency);
	db_bind_text(q, 3, s->region);
	db_bind_int(q, 4, effective);
	db_bind_blob(q, 5, digest->b, sizeof(digest->b));
	rc = db_step(s->db, q, e);
	if (rc == 1) {
		*id = db_int(q, 0);
		*open = db_is_null(q, 1);
	}
	db_reset(q);
	return rc;
}
