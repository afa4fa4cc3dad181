/* SPDX-License-Identifier: MIT */
/* A rate card being read: every version of a price is kept once; a card that brings nothing new writes nothing.
 *
 * HAPPY PATH  new -> start -> add* -> commit: the digests of the newest card's entries are read once, and each entry of this card is
 *             looked up among them; an unknown one is inserted, one that had gone is opened again; at the end the open ones that this
 *             card did not have are closed, and purchases of changed meters are priced again.
 * FAILURES    everything since `start` is undone. */
#include "store/books.h"
#include "store/rate_entry.h"
#include "store/rate_known.h"
#include "store/rerate.h"

#include "base/buf.h"
#include "base/mem.h"
#include "json/canonical.h"
#include "value/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rates_load {
	struct store *s;
	int64_t run_id, now;
	int64_t card_id;       /* 0 until something differs from the newest card */
	int64_t newest_id;     /* the newest card of this currency and region, 0: none */
	struct digest newest;
	struct rate_known known; /* the entries of the newest card */
	struct digester *digester;
	struct digest sum;     /* of the card: the sum of its entries' digests, whatever their order */
	struct rates_change change;
	struct buf compact;    /* JSON texts without white space: of a meter, of the offer terms */
	bool open;
};

int rates_load_new(struct rates_load **out, struct store *s, int64_t run_id, int64_t now, struct err *e)
{
	struct rates_load *load = xcalloc(1, sizeof(*load));

	(void)e;
	load->s = s;
	load->run_id = run_id;
	load->now = now;
	load->digester = digester_new();
	buf_init(&load->compact, LIMIT_ITEM_BYTES);
	*out = load;
	return 0;
}

static void undo(struct rates_load *load)
{
	if (load->open)
		store_mark_undo(load->s);
	load->open = false;
	rate_known_fini(&load->known);
}

void rates_load_free(struct rates_load *load)
{
	if (!load)
		return;
	undo(load);
	digester_free(load->digester);
	buf_fini(&load->compact);
	free(load);
}

static int find_newest(struct rates_load *load, size_t *meters, struct err *e)
{
	struct sqlite3_stmt *q = db_query(load->s->db, SQL_CARD_LAST, e);
	int rc;

	*meters = 0;
	if (!q)
		return -1;
	db_bind_text(q, 1, load->s->currency);
	db_bind_text(q, 2, load->s->region);
	rc = db_step(load->s->db, q, e);
	load->newest_id = rc == 1 ? db_int(q, 0) : 0;
	if (rc == 1 && db_span(q, 1).n == sizeof(load->newest.b))
		memcpy(load->newest.b, db_span(q, 1).p, sizeof(load->newest.b));
	if (rc == 1 && db_int(q, 2) > 0)
		*meters = (size_t)db_int(q, 2);
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

int rates_load_start(struct rates_load *load, struct err *e)
{
	size_t meters;

	undo(load);
	load->card_id = 0;
	load->change = (struct rates_change){ .meters = 0 };
	memset(&load->sum, 0, sizeof(load->sum));
	if (store_write(load->s, e) == -1 || store_mark(load->s, e) == -1)
		return -1;
	load->open = true;
	if (db_exec(load->s->db, "DELETE FROM temp.gone_rate; DELETE FROM temp.changed_meter", e) == -1)
		return -1;
	if (find_newest(load, &meters, e) == -1)
		return -1;
	return load->newest_id ? rate_known_read(&load->known, load->s, meters, e) : 0;
}

/* Adds a digest to the card's, as 128-bit numbers. */
static void add_digest(struct digest *sum, const struct digest *d)
{
	unsigned carry = 0;

	for (int i = (int)sizeof(sum->b) - 1; i >= 0; i--) {
		carry += (unsigned)sum->b[i] + d->b[i];
		sum->b[i] = (unsigned char)carry;
		carry >>= 8;
	}
}

/* A row for this card, once there is something to say. */
static int need_card(struct rates_load *load, struct err *e)
{
	struct sqlite3_stmt *q;

	if (load->card_id)
		return 0;
	if (!(q = db_query(load->s->db, SQL_CARD_INSERT, e)))
		return -1;
	db_bind_text(q, 1, load->s->currency);
	db_bind_text(q, 2, load->s->region);
	db_bind_int(q, 3, load->run_id);
	db_bind_int(q, 4, load->now);
	if (db_run(load->s->db, q, e) == -1)
		return -1;
	load->card_id = db_last_id(load->s->db);
	return 0;
}

static int is_known_meter(struct rates_load *load, int64_t meter, bool *known, struct err *e)
{
	struct sqlite3_stmt *q = db_query(load->s->db, SQL_RATE_KNOWN, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, meter);
	db_bind_text(q, 2, load->s->currency);
	db_bind_text(q, 3, load->s->region);
	if (db_step(load->s->db, q, e) == -1)
		return -1;
	*known = db_int(q, 0) != 0;
	db_reset(q);
	return 0;
}

/* A version that the newest card did not have: opened again when it is an old one, else inserted. */
static int enter_rate(struct rates_load *load, int64_t meter, const struct rate *rate, struct span tags, const struct digest *digest,
		      const char *included, int64_t *id, bool found, struct err *e)
{
	int64_t changed[] = { meter, rate->effective };
	bool known;

	if (need_card(load, e) == -1 || is_known_meter(load, meter, &known, e) == -1)
		return -1;
	if (known)
		load->change.changed++;
	else
		load->change.added++;
	if (found) {
		int64_t reopen[] = { *id, load->card_id };

		if (store_run_ints(load->s, SQL_RATE_RANGE_KEEP, reopen, 1, e) == -1 ||
		    store_run_ints(load->s, SQL_RATE_REOPEN, reopen, 2, e) == -1)
			return -1;
	} else if (rate_entry_insert(load->s, load->card_id, meter, rate, tags, digest, included, id, e) == -1) {
		return -1;
	}
	if ((rate->tier_count > 1 || !decimal_is_zero(rate->included)) &&
	    store_run_ints(load->s, SQL_METER_SET_BANDED, &meter, 1, e) == -1)
		return -1;
	/* before the first purchase there is none whose price could be another now */
	return load->s->seq ? store_run_ints(load->s, SQL_METER_CHANGED, changed, 2, e) : 0;
}

/* RAW without white space, in the load's buffer: how the service sets its JSON is no part of a price. */
static int compact_text(struct rates_load *load, struct span raw, struct span *compact, struct err *e)
{
	buf_clear(&load->compact);
	if (compact_json(&load->compact, raw) == -1)
		return err_set(e, ERR_FORMAT, "a text of more than %zu bytes", LIMIT_ITEM_BYTES);
	*compact = buf_span(&load->compact);
	return 0;
}

/* What could be written but never read again, like a threshold of 1e30, would end each run. */
static int check_numbers(const struct rate *rate, struct err *e)
{
	char text[DECIMAL_TEXT_MAX];

	for (size_t i = 0; i < rate->tier_count; i++)
		if (row_number_text(rate->tiers[i].from, text, e) == -1 || row_number_text(rate->tiers[i].price, text, e) == -1)
			return -1;
	return 0;
}

/* An entry that the newest card does not have, or that stands in this one twice. */
static int add_unknown(struct rates_load *load, const struct rate *rate, struct span tags, const struct digest *digest, struct err *e)
{
	char included[DECIMAL_TEXT_MAX];
	int64_t meter, id = 0;
	bool open = false;
	int rc;

	if (check_numbers(rate, e) == -1 || row_number_text(rate->included, included, e) == -1 ||
	    intern_meter(load->s, rate->meter, &meter, e) == -1)
		return -1;
	rc = rate_entry_find(load->s, meter, rate->effective, digest, &id, &open, e);
	if (rc == -1 || open)
		return rc == -1 ? -1 : 0;
	return enter_rate(load, meter, rate, tags, digest, included, &id, rc == 1, e);
}

int rates_load_add(struct rates_load *load, const struct rate *rate, struct err *e)
{
	struct span tags;
	struct digest digest;

	if (compact_text(load, rate->tags, &tags, e) == -1)
		return -1;
	digest = rate_entry_digest(load->digester, rate, tags);
	add_digest(&load->sum, &digest);
	load->change.meters++;
	return rate_known_mark(&load->known, &digest) ? 0 : add_unknown(load, rate, tags, &digest, e);
}

/* Versions that the newest card had and this one has not. */
static int close_gone(struct rates_load *load, struct err *e)
{
	struct sqlite3_stmt *q;

	if (load->known.marked == load->known.count)
		return 0;
	if (rate_known_note_missed(&load->known, load->s, e) == -1 || need_card(load, e) == -1 || store_run_ints(load->s, SQL_RATE_GONE_METERS, NULL, 0, e) == -1 ||
	    store_run_ints(load->s, SQL_RATE_CLOSE_GONE, &load->newest_id, 1, e) == -1 ||
	    !(q = db_query(load->s->db, SQL_METERS_GONE, e)) || db_step(load->s->db, q, e) == -1)
		return -1;
	load->change.removed = db_int(q, 0);
	db_reset(q);
	return 0;
}

static int fill_card(struct rates_load *load, const char *locale, bool tax_included, struct span terms, struct err *e)
{
	struct sqlite3_stmt *q = db_query(load->s->db, SQL_CARD_FILL, e);

	if (!q)
		return -1;
	db_bind_int(q, 1, load->card_id);
	db_bind_blob(q, 2, load->sum.b, sizeof(load->sum.b));
	db_bind_text(q, 3, locale);
	db_bind_int(q, 4, tax_included);
	db_bind_span(q, 5, terms);
	db_bind_int(q, 6, load->change.meters);
	return db_run(load->s->db, q, e);
}

/* The earliest usage day whose price may be another now. */
static int reprice(struct rates_load *load, struct err *e)
{
	struct sqlite3_stmt *q;
	int64_t meters, from;

	if (store_run_ints(load->s, SQL_METERS_UNUSED, NULL, 0, e) == -1 || !(q = db_query(load->s->db, SQL_METERS_CHANGED, e)))
		return -1;
	if (db_step(load->s->db, q, e) == -1)
		return -1;
	meters = db_int(q, 0);
	from = db_int(q, 1);
	db_reset(q);
	ratebook_forget(load->s->rates);
	return meters ? rerate_meters(load->s, load->run_id, meters, from, &load->change.priced, e) : 0;
}

static int check_currency(struct rates_load *load, const char *currency, struct err *e)
{
	if (strcmp(currency, load->s->currency) == 0)
		return 0;
	err_set(e, ERR_FORMAT, "rate card: its currency is \"%.8s\", asked for was %s", currency, load->s->currency);
	return err_advise(e, "E-RATES-CURRENCY", "set [partner_center] currency to one that your partner account is billed in");
}

/* The discount terms belong to the card, too. */
static void add_terms(struct rates_load *load, struct span terms)
{
	struct digest digest;

	if (!terms.n)
		return;
	digester_start(load->digester);
	digester_field(load->digester, terms);
	digest = digester_finish(load->digester);
	add_digest(&load->sum, &digest);
}

static int finish(struct rates_load *load, const char *locale, bool tax_included, const char *offer_terms, struct err *e)
{
	struct span terms;

	if (compact_text(load, span_of(offer_terms ? offer_terms : ""), &terms, e) == -1)
		return -1;
	add_terms(load, terms);
	if (close_gone(load, e) == -1)
		return -1;
	load->change.same_card = load->newest_id && digest_equal(load->newest, load->sum);
	if (load->change.same_card && !load->card_id)
		return 0;
	if (need_card(load, e) == -1 || fill_card(load, locale, tax_included, terms, e) == -1)
		return -1;
	return reprice(load, e);
}

int rates_load_commit(struct rates_load *load, const char *locale, const char *currency, bool tax_included, const char *offer_terms,
		      struct rates_change *change, struct err *e)
{
	if (check_currency(load, currency, e) == -1 || finish(load, locale, tax_included, offer_terms, e) == -1) {
		undo(load);
		return -1;
	}
	load->open = false;
	rate_known_fini(&load->known);
	if (store_mark_keep(load->s, e) == -1) {
		store_rollback(load->s);
		return -1;
	}
	*change = load->change;
	return store_flush(load->s, e);
}
