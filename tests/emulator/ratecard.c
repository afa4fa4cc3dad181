/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "day.h"
#include "hash.h"
#include "partner.h"
#include "recorded.h"

enum { SALT_PRICE = 7, SALT_PRICE_CHANGE = 8 };

/* List prices have up to 5 decimals; the partner's 15 % is inside the rates: 0.85 times that, up to 7 decimals. */
#define LIST_SCALE 5

struct price {
	uint64_t list;		/* at LIST_SCALE */
	int excluded;		/* a third party meter: no discount */
	int changed_date;	/* the revision gave it a new effectiveDate too */
};

static struct price
price_of(const struct world *w, const struct meter *m, const char *currency, int shared)
{
	uint64_t h = hash_two(m->hash, SALT_PRICE), c = hash_bytes(currency, 3);
	struct price p = {0};

	p.excluded = h % 50 == 7 || shared;
	/* What is counted in millions costs next to nothing, so that a month's totals look like a month's totals. */
	if (m->kind == QUANTITY_BIG)
		p.list = (h >> 16) % 3;
	else
		p.list = h % 11 == 0 ? 0 : (h >> 8) % 7 == 0 ? 1 + (h >> 16) % 200000 : 100 + (h >> 16) % 20000;
	if (strcmp(currency, "USD") != 0)
		p.list = p.list * (80 + c % 60) / 100;
	for (int64_t n = w->s.generate.revision; n > 0; n--) {
		uint64_t change = hash_three(m->hash, SALT_PRICE_CHANGE, (uint64_t)n);

		if ((int64_t)(change % 100) >= w->s.generate.restated_percent)
			continue;
		p.list = p.list * 11 / 10 + (uint64_t)n;
		p.changed_date = (int)(change >> 8 & 1);
		break;
	}
	return p;
}

static void
put_rate(struct text *out, const struct price *p, unsigned percent)
{
	uint64_t list = p->list * percent / 100;
	char text[QUANTITY_TEXT], *end;

	end = p->excluded ? quantity_put(text, list, LIST_SCALE, 0) : quantity_put(text, list * 85, LIST_SCALE + 2, 0);
	text_put(out, text, (size_t)(end - text));
}

static void
put_rates(const struct world *w, const struct meter *m, const struct price *p, struct text *out)
{
	static const int first[QUANTITY_KINDS] = {100, 10, 5, 50, 10, 1, 51200};

	text_puts(out, ",\"rates\":{\"0\":");
	put_rate(out, p, 100);
	if ((int64_t)(m->hash >> 7) % 100 < w->s.generate.tiered_percent) {
		text_printf(out, ",\"%d\":", first[m->kind]);
		put_rate(out, p, 90);
		text_printf(out, ",\"%d\":", first[m->kind] * 10);
		put_rate(out, p, 80);
	}
	text_puts(out, p->excluded ? "},\"tags\":[\"Third Party\"]" : "},\"tags\":[]");
}

static void
put_dates(const struct world *w, const struct meter *m, const struct price *p, struct text *out)
{
	static const char *const included[] = {"5.0", "0.5", "10.0", "1.25"};
	const struct generate_conf *g = &w->s.generate;
	int32_t day = day_make(2014, 1, 1) + (int32_t)((m->hash >> 20) % 700);
	char date[DAY_TEXT];

	if ((int64_t)((m->hash >> 13) % 100) < g->future_percent)
		day = g->last_day + 40;
	else if (p->changed_date)
		day = g->first_day + (g->last_day - g->first_day) / 2;
	else if ((m->hash >> 9) % 97 == 0)
		day = day_make(1, 1, 1);
	day_text(day, date);
	text_printf(out, ",\"includedQuantity\":%s,\"effectiveDate\":\"%sT00:00:00Z\"}",
	    (int64_t)((m->hash >> 17) % 100) < g->included_percent ? included[m->hash % 4] : "0.0", date);
}

static void
put_meter(const struct world *w, const struct meter *m, const char *currency, int shared, struct text *out)
{
	struct price p = price_of(w, m, currency, shared);
	int mismatch = (int64_t)((m->hash >> 23) % 100) < w->s.generate.unit_mismatch_percent;

	text_printf(out, "{\"id\":\"%s\",\"name\":\"%s\"", m->id, m->name);
	put_rates(w, m, &p, out);
	text_printf(out, ",\"category\":\"%s\",\"subcategory\":\"%s\",\"region\":\"%s\",\"unit\":\"%s%s\"", m->category, m->subcategory,
	    m->region, mismatch ? "100 " : "", m->unit);
	put_dates(w, m, &p, out);
}

static void
make_card(const struct world *w, const char *currency, const char *locale, int shared, struct text *out)
{
	int count = 0;

	text_room(out, (size_t)w->s.generate.meters * 320);
	text_printf(out, "{\"locale\":\"%s\",\"currency\":\"%s\",\"isTaxIncluded\":false,\"meters\":[", locale, currency);
	for (size_t i = 0; i < (size_t)w->s.generate.meters; i++) {
		text_puts(out, i > 0 ? "," : "");
		put_meter(w, &w->meters[i], currency, shared, out);
	}
	text_puts(out, "]");
	if (!shared) {
		text_puts(out, ",\"offerTerms\":[{\"name\":\"Overage discount\",\"discount\":0.15,\"excludedMeterIds\":[");
		for (size_t i = 0; i < (size_t)w->s.generate.meters; i++) {
			if (price_of(w, &w->meters[i], currency, shared).excluded)
				text_printf(out, "%s\"%s\"", count++ > 0 ? "," : "", w->meters[i].id);
		}
		text_puts(out, "],\"effectiveDate\":\"2014-01-01T00:00:00\"}]");
	}
	text_puts(out, ",\"attributes\":{\"objectType\":\"AzureRateCard\"}}");
}

/* The card in body, made once for a currency and kept for the next who asks the same. */
static void
cached_card(struct world *w, const char *currency, const char *locale, int shared, struct text *body)
{
	char key[sizeof(w->card_key)];

	snprintf(key, sizeof(key), "%s %.8s %d", currency, locale, shared);
	pthread_mutex_lock(&w->card_lock);
	if (strcmp(key, w->card_key) != 0) {
		w->card.len = 0;
		make_card(w, currency, locale, shared, &w->card);
		memcpy(w->card_key, key, sizeof(key));
	}
	text_put(body, w->card.p, w->card.len);
	pthread_mutex_unlock(&w->card_lock);
}

static int
read_letters(const char *asked, const char *fallback, size_t n, char *out)
{
	const char *s = asked != NULL ? asked : fallback;

	if (strlen(s) != n)
		return -1;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && !isalpha((unsigned char)s[i]))
			return -1;
		out[i] = (char)toupper((unsigned char)s[i]);
	}
	return 0;
}

/* X-Locale, when it looks like one. */
static const char *
locale_of(const struct request *r)
{
	const char *locale = request_header(r, "X-Locale");

	if (locale == NULL || strlen(locale) > 8 || strspn(locale, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") != strlen(locale))
		return "en-US";
	return locale;
}

void
ratecard_answer(struct request *r)
{
	const struct recorded_doc *doc = recorded_find(r->world, RECORDED_RATECARD, "", 0, 0);
	char currency[4], region[4];

	if (read_letters(request_query(r, "currency"), r->world->s.generate.currency, 3, currency) != 0) {
		reply_error(r, 400, "3000", "The property currency is not valid.");
	} else if (read_letters(request_query(r, "region"), r->world->s.generate.region, 2, region) != 0) {
		reply_error(r, 400, "3000", "The property region is not valid.");
	} else if (doc != NULL) {
		reply_copy(r, &doc->body);
		r->reply.as_is = 1;
	} else {
		reply_json(r, 200);
		cached_card(r->world, currency, locale_of(r), request_segment_is(r, 2, "azure-shared"), &r->reply.body);
	}
}
