/* SPDX-License-Identifier: MIT */
/* stages.c - single stages of a run through the daemon's own library, each alone: stages WHAT BASE_URL CA_FILE LIST [CARD DATABASE]
 *
 *   download  every page of LIST, thrown away           decode  pages from memory into batches of records
 *   store     batches from memory into a new DATABASE, priced by the rate card in the file CARD; rows are committed as in a run
 *   list      every page's request as curl's --config wants it, and nothing else
 *
 * and stages publish DATABASE FILE: the published copy.
 *
 * LIST has "SUBSCRIPTION DAY URL" lines. The authorization header stands in the environment (BENCH_AUTHORIZATION: the emulator's, no
 * secret); BENCH_GZIP=1 asks for gzip. Prints "WHAT seconds=W cpu=C records=N pages=P bytes=B", timed without what prepares it. */
#include "tests/bench/download.h"

#include "base/util.h"
#include "partner/pc_rates.h"
#include "partner/pc_usage.h"
#include "store/store.h"
#include "store/usage_batch.h"
#include "value/day.h"

#include <curl/curl.h>
#include <err.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct watch { /* time spent between start and stop, summed */
	double wall, cpu, wall_from, cpu_from;
};

static double seconds_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void watch_start(struct watch *w)
{
	w->wall_from = seconds_of(CLOCK_MONOTONIC);
	w->cpu_from = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static void watch_stop(struct watch *w)
{
	w->wall += seconds_of(CLOCK_MONOTONIC) - w->wall_from;
	w->cpu += seconds_of(CLOCK_PROCESS_CPUTIME_ID) - w->cpu_from;
}

static void must(int rc, const struct err *e, const char *what)
{
	if (rc == -1)
		errx(1, "%s: %s", what, e->text);
}

/* -- decode -------------------------------------------------------------------------------------------------------------------- */

struct pages { /* what the lane that decodes has: a page as a batch of records */
	struct pc_usage decoder;
	struct usage_batch *batch;
};

static int on_record(struct pc_usage *d, const struct usage *record, struct err *e)
{
	return usage_batch_add(container_of(d, struct pages, decoder)->batch, record, e);
}

static void pages_init(struct pages *p)
{
	pc_usage_init(&p->decoder, on_record);
	p->batch = usage_batch_new();
}

static void pages_fini(struct pages *p)
{
	pc_usage_fini(&p->decoder);
	usage_batch_free(p->batch);
}

static void decode_page(struct pages *p, const struct page *page)
{
	struct err e = ERR_INIT;

	usage_batch_clear(p->batch);
	pc_usage_reset(&p->decoder);
	must(pc_usage_feed(&p->decoder, (struct span){ page->bytes, page->size }, &e), &e, "page");
	must(pc_usage_end(&p->decoder, &e), &e, "page");
	p->batch->begins_page = p->batch->ends_page = true;
}

static size_t decode_all(const struct download *d, struct watch *w)
{
	struct pages p;
	size_t records = 0;

	pages_init(&p);
	watch_start(w);
	for (size_t i = 0; i < d->chain_count; i++)
		for (size_t j = 0; j < d->chains[i].page_count; j++) {
			decode_page(&p, &d->chains[i].pages[j]);
			records += p.batch->count;
		}
	watch_stop(w);
	pages_fini(&p);
	return records;
}

/* -- store --------------------------------------------------------------------------------------------------------------------- */

struct card { /* the rate card on its way into the store */
	struct pc_rates decoder;
	struct rates_load *load;
};

static int take_rate(struct pc_rates *d, const struct rate *rate, struct err *e)
{
	return rates_load_add(container_of(d, struct card, decoder)->load, rate, e);
}

static void store_card(struct store *s, int64_t run, const char *path)
{
	struct rates_change change;
	struct err e = ERR_INIT;
	struct card card;
	char piece[65536];
	size_t n;
	FILE *f = fopen(path, "r");

	if (!f)
		err(1, "%s", path);
	pc_rates_init(&card.decoder, take_rate);
	must(rates_load_new(&card.load, s, run, (int64_t)time(NULL), &e), &e, "rate card");
	must(rates_load_start(card.load, &e), &e, "rate card");
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		must(pc_rates_feed(&card.decoder, (struct span){ piece, n }, &e), &e, "rate card");
	must(pc_rates_end(&card.decoder, &e), &e, "rate card");
	must(rates_load_commit(card.load, card.decoder.locale, card.decoder.currency, card.decoder.tax_included,
			       card.decoder.offer_terms, &change, &e),
	     &e, "rate card");
	rates_load_free(card.load);
	pc_rates_fini(&card.decoder);
	fclose(f);
}

static int64_t store_names(struct store *s, const char *guid)
{
	struct customer customer = { .company_name = SPAN_LITERAL("Customer"), .relationship = SPAN_LITERAL("reseller") };
	struct subscription sub = { .offer_id = SPAN_LITERAL("MS-AZR-0145P"), .billing_type = SPAN_LITERAL("usage"),
				    .friendly_name = SPAN_LITERAL("Subscription") };
	enum usage_source source;
	int64_t customer_id, id;
	struct err e = ERR_INIT;

	must(guid_parse(&sub.id, span_of(guid), &e), &e, "subscription");
	customer.id = sub.id;
	must(store_customer_put(s, &customer, 1, &customer_id, &e), &e, "customer");
	must(store_subscription_put(s, customer_id, &sub, 1, &id, &source, &e), &e, "subscription");
	return id;
}

/* One slice, the watch running in the store only. */
static size_t store_chain(struct store *s, int64_t run, const struct chain *c, struct pages *p, struct watch *w)
{
	int64_t id = store_names(s, c->subscription);
	struct slice_change change;
	struct slice_load *load;
	struct err e = ERR_INIT;
	int32_t day;

	must(day_parse(&day, span_of(c->day), &e), &e, "day");
	watch_start(w);
	must(slice_load_new(&load, s, id, day, &e), &e, "slice");
	watch_stop(w);
	for (size_t i = 0; i < c->page_count; i++) {
		decode_page(p, &c->pages[i]);
		watch_start(w);
		must(slice_load_take(load, p->batch, &e), &e, "page");
		watch_stop(w);
	}
	watch_start(w);
	must(slice_load_commit(load, run, false, &change, &e), &e, "commit");
	watch_stop(w);
	slice_load_free(load);
	return (size_t)change.rows;
}

static size_t store_all(const struct download *d, const char *card, const char *database, struct watch *w)
{
	struct store_options options = { .path = database, .currency = "EUR", .region = "NL", .zone = "CET", .period_start_day = 1,
					 .settle_days = 5, .create = true };
	struct guid correlation = { .b = { 1 } };
	struct run_counts counts = { .slices = 0 };
	int64_t run, aborted;
	struct pages p;
	struct store *s;
	struct err e = ERR_INIT;
	size_t rows = 0;

	must(store_open(&s, &options, &e), &e, "database");
	must(store_run_begin(s, "sync", 0, (int64_t)time(NULL), correlation, &run, &aborted, &e), &e, "run");
	store_card(s, run, card);
	pages_init(&p);
	for (size_t i = 0; i < d->chain_count; i++)
		rows += store_chain(s, run, &d->chains[i], &p, w);
	watch_start(w);
	must(store_run_end(s, run, RUN_OK, &counts, NULL, (int64_t)time(NULL), &e), &e, "run");
	store_close(s);
	watch_stop(w);
	pages_fini(&p);
	return rows;
}

static int publish(const char *database, const char *path)
{
	atomic_bool stop = false;
	struct watch w = { .wall = 0 };
	struct err e = ERR_INIT;

	watch_start(&w);
	must(store_publish(database, path, &stop, &e), &e, "publish");
	watch_stop(&w);
	printf("publish seconds=%.3f cpu=%.3f\n", w.wall, w.cpu);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 4 ? argv[1] : "", *authorization = getenv("BENCH_AUTHORIZATION");
	bool list = strcmp(what, "list") == 0, download_only = list || strcmp(what, "download") == 0, store = strcmp(what, "store") == 0;
	struct download d = { .gzip = getenv("BENCH_GZIP"), .keep = !download_only, .tell = list };
	struct watch w = { .wall = 0 };
	size_t records = 0;

	if (argc == 4 && strcmp(argv[1], "publish") == 0)
		return publish(argv[2], argv[3]);
	if (!authorization || argc != (store ? 7 : 5) || (!download_only && !store && strcmp(what, "decode") != 0))
		errx(2, "usage: BENCH_AUTHORIZATION=... stages list|download|decode|store BASE_URL CA_FILE LIST [CARD DATABASE]");
	d.authorization = authorization;
	d.base_url = argv[2];
	d.ca_file = argv[3];
	curl_global_init(CURL_GLOBAL_DEFAULT);
	download_read_list(&d, argv[4]);
	if (download_only)
		watch_start(&w);
	download_all(&d);
	if (download_only)
		watch_stop(&w);
	else
		records = store ? store_all(&d, argv[5], argv[6], &w) : decode_all(&d, &w);
	if (!list)
		printf("%s seconds=%.3f cpu=%.3f records=%zu pages=%zu bytes=%zu\n", what, w.wall, w.cpu, records, d.pages, d.bytes);
	download_free(&d);
	curl_global_cleanup();
	return 0;
}
