/* SPDX-License-Identifier: MIT */
#include "tests/support/decoded.h"

#include "base/mem.h"
#include "partner/pc_rates.h"
#include "partner/pc_usage.h"
#include "tests/support/rng.h"
#include "value/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)256 << 20)
#define SAMPLE_MAX ((size_t)1 << 20)

struct usage_probe {
	struct pc_usage d;
	struct decoded *out;
};

struct rates_probe {
	struct pc_rates d;
	struct decoded *out;
};

static void must(int result)
{
	if (result == -1)
		abort();
}

static void put_span(struct buf *b, const char *name, struct span s)
{
	must(buf_printf(b, " %s=%zu:", name, s.n));
	must(buf_add_span(b, s));
}

static void put_decimal(struct buf *b, const char *name, struct decimal d)
{
	char text[DECIMAL_TEXT_MAX];

	decimal_print(d, text);
	must(buf_printf(b, " %s=%s", name, text));
}

static void put_guid(struct buf *b, const char *name, struct guid g)
{
	char text[GUID_TEXT_MAX];

	guid_print(g, text);
	must(buf_printf(b, " %s=%s", name, text));
}

static void put_instant(struct buf *b, const char *name, int64_t instant)
{
	char text[INSTANT_TEXT_MAX];

	instant_print(instant, text);
	must(buf_printf(b, " %s=%s", name, text));
}

static int on_record(struct pc_usage *d, const struct usage *u, struct err *e)
{
	struct decoded *out = container_of(d, struct usage_probe, d)->out;
	struct buf *b = &out->text;

	put_instant(b, "start", u->start);
	put_instant(b, "end", u->end);
	put_guid(b, "meter", u->meter);
	put_span(b, "name", u->meter_name);
	put_span(b, "category", u->meter_category);
	put_span(b, "subcategory", u->meter_subcategory);
	put_span(b, "region", u->meter_region);
	put_span(b, "unit", u->unit);
	put_decimal(b, "quantity", u->quantity);
	put_span(b, "printed", u->quantity_text);
	put_span(b, "uri", u->resource_uri);
	put_span(b, "location", u->location);
	put_span(b, "part", u->part_number);
	put_span(b, "order", u->order_number);
	put_span(b, "tags", u->tags);
	put_span(b, "info", u->additional_info);
	put_span(b, "fields", u->info_fields);
	must(buf_add_text(b, "\n"));
	out->count++;
	return decimal_add(&out->sum, out->sum, u->quantity, e);
}

static int on_rate(struct pc_rates *d, const struct rate *rate, struct err *e)
{
	struct decoded *out = container_of(d, struct rates_probe, d)->out;
	struct buf *b = &out->text;

	put_guid(b, "meter", rate->meter);
	put_span(b, "name", rate->name);
	put_span(b, "category", rate->category);
	put_span(b, "subcategory", rate->subcategory);
	put_span(b, "region", rate->region);
	put_span(b, "unit", rate->unit);
	put_span(b, "tags", rate->tags);
	put_decimal(b, "included", rate->included);
	put_span(b, "printed", rate->included_text);
	put_instant(b, "effective", rate->effective);
	out->count++;
	for (size_t i = 0; i < rate->tier_count; i++) {
		put_decimal(b, "from", rate->tiers[i].from);
		put_decimal(b, "price", rate->tiers[i].price);
		put_span(b, "printed", rate->tiers[i].price_text);
		if (decimal_add(&out->sum, out->sum, rate->tiers[i].price, e) == -1)
			return -1;
	}
	must(buf_add_text(b, "\n"));
	return 0;
}

/* The next piece of BODY as a copy, *AT moved behind it; NULL at the end. */
static char *next_piece(struct span body, struct split split, struct rng *rng, size_t *at, size_t *n)
{
	char *copy;

	if (*at == body.n)
		return NULL;
	*n = body.n - *at;
	if (*at == 0 && split.first && split.first < *n)
		*n = split.first;
	else if (split.each && split.seed)
		*n = 1 + rng_below(rng, split.each < *n ? split.each : *n);
	else if (split.each && split.each < *n)
		*n = split.each;
	copy = xmalloc(*n);
	memcpy(copy, body.p + *at, *n);
	*at += *n;
	return copy;
}

static void start(struct decoded *d)
{
	memset(d, 0, sizeof(*d));
	buf_init(&d->text, TEXT_MAX);
}

void decoded_usage(struct decoded *d, struct span body, struct split split)
{
	struct usage_probe probe = { .out = d };
	struct rng rng = { split.seed };
	size_t at = 0, n;
	char *piece;

	start(d);
	pc_usage_init(&probe.d, on_record);
	while (d->result == 0 && (piece = next_piece(body, split, &rng, &at, &n))) {
		d->result = pc_usage_feed(&probe.d, (struct span){ piece, n }, &d->err);
		free(piece);
	}
	if (d->result == 0)
		d->result = pc_usage_end(&probe.d, &d->err);
	if (d->result == 0) {
		put_span(&d->text, "next", span_of(probe.d.next.uri));
		for (size_t i = 0; i < probe.d.next.header_count; i++) {
			put_span(&d->text, "key", span_of(probe.d.next.headers[i].key));
			put_span(&d->text, "value", span_of(probe.d.next.headers[i].value));
		}
	}
	pc_usage_fini(&probe.d);
}

void decoded_rates(struct decoded *d, struct span body, struct split split)
{
	struct rates_probe probe = { .out = d };
	struct rng rng = { split.seed };
	size_t at = 0, n;
	char *piece;

	start(d);
	pc_rates_init(&probe.d, on_rate);
	while (d->result == 0 && (piece = next_piece(body, split, &rng, &at, &n))) {
		d->result = pc_rates_feed(&probe.d, (struct span){ piece, n }, &d->err);
		free(piece);
	}
	if (d->result == 0)
		d->result = pc_rates_end(&probe.d, &d->err);
	if (d->result == 0) {
		put_span(&d->text, "locale", span_of(probe.d.locale));
		put_span(&d->text, "currency", span_of(probe.d.currency));
		put_span(&d->text, "terms", span_of(probe.d.offer_terms));
		must(buf_printf(&d->text, " tax=%d", probe.d.tax_included));
	}
	pc_rates_fini(&probe.d);
}

void decoded_fini(struct decoded *d)
{
	buf_fini(&d->text);
}

int decoded_same(const struct decoded *a, const struct decoded *b)
{
	return a->result == b->result && a->count == b->count && span_equal(buf_span(&a->text), buf_span(&b->text)) &&
	       strcmp(a->err.text, b->err.text) == 0 && a->err.kind == b->err.kind;
}

void sample_read(struct buf *b, const char *name)
{
	char path[256], piece[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "tests/fixtures/samples/%s", name);
	f = fopen(path, "rb");
	if (!f) {
		fprintf(stderr, "%s: can't be read; run the tests from the top of the tree\n", path);
		abort();
	}
	buf_init(b, SAMPLE_MAX);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		must(buf_add(b, piece, n));
	fclose(f);
}
