/* SPDX-License-Identifier: MIT */
/* Applies a history to a store, as the daemon would: slices by pages that are tried again, cards, runs; and dies where it says. */
#include "tests/books/player.h"
#include "tests/support/records.h"

#include "value/day.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void problem(struct player *p, const char *what)
{
	fprintf(p->out, "{\"problem\":\"op %zu: %s\",\"seed\":%llu}\n", p->at, what, (unsigned long long)p->h->seed);
	fflush(p->out);
}

void check(struct player *p, bool good, const char *what)
{
	if (!good)
		problem(p, what);
}

/* What must not fail. */
void ok(struct player *p, int rc, const char *what)
{
	if (rc != -1)
		return;
	problem(p, what);
	fprintf(stderr, "seed %llu, op %zu: %s: %s\n", (unsigned long long)p->h->seed, p->at, what, p->e.text);
	exit(1);
}

static struct guid guid(struct player *p, const char *text)
{
	struct guid g;

	ok(p, guid_parse(&g, span_of(text), &p->e), "guid");
	return g;
}

/* -- opening ------------------------------------------------------------------------------------------------------------------ */

int64_t moment(const struct player *p, int64_t seconds)
{
	return day_start(p->h->ops[p->at].today) + 1000 * (int64_t)p->at + seconds;
}

void begin_run(struct player *p, const char *trigger)
{
	int64_t aborted;

	ok(p, store_run_begin(p->s, trigger, 0, moment(p, 0), guid(p, "99999999-0000-0000-0000-000000000000"), &p->run_id, &aborted, &p->e),
	   "begin a run");
}

void end_run(struct player *p)
{
	struct run_counts counts = { .slices = 1 };

	ok(p, store_run_end(p->s, p->run_id, RUN_OK, &counts, NULL, moment(p, 900), &p->e), "end a run");
}

static void name_subscriptions(struct player *p)
{
	static const char *const customers[] = { "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "cccccccc-aaaa-aaaa-aaaa-aaaaaaaaaaaa" };
	char text[40];

	for (int i = 0; i < p->h->subscriptions; i++) {
		struct customer customer = { .id = guid(p, customers[history_customer_of(i)]), .company_name = span_of("Contoso"),
					     .domain = span_of("contoso.example"), .relationship = span_of("reseller") };
		struct subscription sub = { .offer_id = span_of("MS-AZR-0145P"), .billing_type = span_of("usage") };
		enum usage_source source;
		int64_t id;

		history_subscription(i, text);
		sub.id = guid(p, text);
		ok(p, store_customer_put(p->s, &customer, 1000, &id, &p->e), "a customer");
		ok(p, store_subscription_put(p->s, id, &sub, 1000, &p->subscriptions[i], &source, &p->e), "a subscription");
	}
}

static void open_store(struct player *p)
{
	struct store_options options = { .path = p->database, .partner = guid(p, "99999999-9999-9999-9999-999999999999"), .currency = "EUR",
					 .region = "NL", .zone = "CET", .period_start_day = p->h->period_start_day, .settle_days = 5,
					 .create = true };

	ok(p, store_open(&p->s, &options, &p->e), "open");
	begin_run(p, "sync");
	name_subscriptions(p);
}

static void close_store(struct player *p)
{
	store_close(p->s);
	p->s = NULL;
}

static void die(struct player *p)
{
	p->progress->spent[p->at] = true;
	fflush(p->out);
	raise(SIGKILL);
}

/* -- slices ------------------------------------------------------------------------------------------------------------------- */

static void give_line(struct player *p, struct slice_load *load, const struct line *l)
{
	static const char *const names[] = { "Compute Hours", "Compute Hours (renamed)", "Rekenuren" };
	char meter[40];
	struct resource r;
	struct usage u = { .start = day_start(l->day) + (l->hour > 0 ? l->hour * 3600 : 0) };

	history_meter(l->meter, meter);
	history_resource(l->resource, (int)rng_below(&p->rng, 2), &r);
	u.end = l->hour < 0 ? u.start + DAY_SECONDS : u.start + l->hours * 3600;
	u.meter = guid(p, meter);
	u.meter_name = span_of(names[!p->plain && rng_one_in(&p->rng, 9) ? rng_below(&p->rng, 3) : 0]);
	u.unit = span_of(history_units[l->unit]);
	u.resource_uri = span_of(r.uri);
	u.location = span_of(r.location);
	u.tags = span_of(r.tags);
	u.quantity_text = span_of(l->quantity);
	ok(p, decimal_parse(&u.quantity, u.quantity_text, &p->e), "a quantity");
	ok(p, record_add(load, &u, &p->e), "add a row");
}

static size_t *shuffled(struct player *p, size_t count)
{
	size_t *order = malloc((count + 1) * sizeof(*order));

	if (!order)
		abort();
	for (size_t i = 0; i < count; i++) {
		size_t other = rng_below(&p->rng, i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	return order;
}

/* All pages of a slice; some are begun more than once. COUNT rows of it. */
static void give_pages(struct player *p, struct slice_load *load, const struct content *c, size_t count)
{
	size_t *order = shuffled(p, c->count);
	size_t page = 1 + rng_below(&p->rng, count > 100 ? 1000 : 8);

	ok(p, record_page_start(load, &p->e), "begin a page");
	for (size_t i = 0; i < count; i++) {
		give_line(p, load, &c->lines[order[i]]);
		if ((i + 1) % page)
			continue;
		ok(p, record_page_end(load, &p->e), "end a page");
		ok(p, record_page_start(load, &p->e), "begin a page");
		if (rng_one_in(&p->rng, 5)) { /* this one breaks off */
			give_line(p, load, &c->lines[order[0]]);
			ok(p, record_page_start(load, &p->e), "begin a page");
		}
	}
	ok(p, record_page_end(load, &p->e), "end a page");
	if (c->count && rng_one_in(&p->rng, 5))
		give_line(p, load, &c->lines[0]); /* of a page that never ends */
	free(order);
}

static struct slice_load *new_load(struct player *p, const struct content *c)
{
	struct slice_load *load;

	ok(p, slice_load_new(&load, p->s, p->subscriptions[c->subscription], c->day, &p->e), "a slice");
	return load;
}

/* A slice that wants another unit in a closed period: nothing of it is taken. */
static void turned_away(struct player *p, const struct content *c, uint64_t before)
{
	struct err why = p->e;

	check(p, p->e.kind == ERR_FORMAT, "a slice failed otherwise than by what it holds");
	check(p, strstr(p->e.remedy, "reopen") != NULL, "no remedy for another unit in a closed period");
	check(p, before == dump_of(p), "a slice with another unit in a closed period changes the books");
	ok(p, store_slice_failed(p->s, p->run_id, p->subscriptions[c->subscription], c->day, &why, 5000, &p->e), "note a failure");
}

/* False: it was refused. */
static bool put_slice(struct player *p, const struct op *op, struct slice_change *change)
{
	const struct content *c = &op->content;
	struct slice_load *load = new_load(p, c);
	uint64_t before = p->progress->fixed[0].period ? dump_of(p) : 0;
	bool taken;

	give_pages(p, load, c, c->count);
	taken = slice_load_commit(load, p->run_id, c->count == 0 && op->seed % 2, change, &p->e) == 0;
	slice_load_free(load);
	p->progress->refused[p->at] = !taken;
	if (taken)
		check(p, change->rows == (int64_t)c->count, "the slice has another number of rows");
	else
		turned_away(p, c, before);
	return taken;
}

static void put_again(struct player *p, const struct op *op)
{
	struct op first = *op;
	struct slice_change change;
	uint64_t before;
	int64_t wal;

	p->plain = true;
	/* what it names otherwise than before is known now, and what had failed is complete */
	if (put_slice(p, &first, &change)) {
		ok(p, store_flush(p->s, &p->e), "flush");
		before = dump_of(p);
		wal = wal_bytes(p);
		check(p, put_slice(p, &first, &change), "a slice is refused when it is read again");
		check(p, !change.wrote && change.added + change.changed + change.withdrawn == 0, "a slice read again writes");
		ok(p, store_flush(p->s, &p->e), "flush");
		check(p, wal == wal_bytes(p), "a slice read again reaches the disk");
		check(p, before == dump_of(p), "a slice read again changes the books");
	}
	p->plain = false;
}

static void put_refused(struct player *p, const struct op *op)
{
	struct slice_load *load = new_load(p, &op->content);
	struct slice_change change;
	uint64_t before = dump_of(p);

	give_pages(p, load, &op->content, op->content.count);
	check(p, slice_load_commit(load, p->run_id, false, &change, &p->e) == -1 && p->e.kind == ERR_FORMAT, "an amount out of range is taken");
	slice_load_free(load);
	check(p, before == dump_of(p), "a refused slice changes the books");
	ok(p, store_slice_failed(p->s, p->run_id, p->subscriptions[op->content.subscription], op->content.day, &p->e, 5000, &p->e), "note a failure");
}

static void abandon(struct player *p, const struct op *op)
{
	struct slice_load *load = new_load(p, &op->content);

	give_pages(p, load, &op->content, op->content.count / 2);
	slice_load_free(load);
}

/* -- rate cards --------------------------------------------------------------------------------------------------------------- */

static void give_price(struct player *p, struct rates_load *load, const struct price *price)
{
	char meter[40];
	struct rate r = { .unit = span_of(history_units[price->unit]), .name = span_of("Compute Hours"), .tags = span_of("[]"),
			  .tier_count = (size_t)price->tier_count };

	history_meter(price->meter, meter);
	r.meter = guid(p, meter);
	ok(p, instant_parse(&r.effective, span_of(history_effective[price->effective]), &p->e), "a date");
	ok(p, decimal_parse(&r.included, span_of(price->included), &p->e), "an included quantity");
	for (int i = 0; i < price->tier_count; i++) {
		ok(p, decimal_parse(&r.tiers[i].from, span_of(price->from[i]), &p->e), "a threshold");
		ok(p, decimal_parse(&r.tiers[i].price, span_of(price->price[i]), &p->e), "a price");
	}
	ok(p, rates_load_add(load, &r, &p->e), "add a price");
}

static struct rates_load *give_prices(struct player *p, const struct card *c, int count)
{
	struct rates_load *load;
	size_t *order = shuffled(p, (size_t)c->count);

	ok(p, rates_load_new(&load, p->s, p->run_id, 1000, &p->e), "a rate card");
	ok(p, rates_load_start(load, &p->e), "start a card");
	if (c->count && rng_one_in(&p->rng, 4)) { /* it begins again */
		give_price(p, load, &c->prices[order[0]]);
		ok(p, rates_load_start(load, &p->e), "start a card");
	}
	for (int i = 0; i < count; i++)
		give_price(p, load, &c->prices[order[i]]);
	free(order);
	return load;
}

static void put_card(struct player *p, const struct op *op)
{
	struct rates_change change;
	struct rates_load *load = give_prices(p, &op->card, op->card.count);
	uint64_t before = op->kind == OP_CARD_AGAIN ? dump_of(p) : 0;

	ok(p, rates_load_commit(load, "en-US", "EUR", false, "[]", &change, &p->e), "commit a card");
	rates_load_free(load);
	if (op->kind != OP_CARD_AGAIN)
		return;
	check(p, change.same_card && change.added + change.changed + change.removed + change.priced == 0, "the same card is another");
	check(p, before == dump_of(p), "the same card changes the books");
}

static void put_broken_card(struct player *p, const struct op *op)
{
	uint64_t before = dump_of(p);
	struct rates_load *load = give_prices(p, &op->card, op->seed % 2 ? op->card.count : op->card.count / 2);
	struct rates_change change;

	if (op->seed % 2)
		check(p, rates_load_commit(load, "en-US", "USD", false, "[]", &change, &p->e) == -1 && p->e.kind == ERR_FORMAT, "a card in another currency is taken");
	rates_load_free(load);
	check(p, before == dump_of(p), "a card that failed changes the books");
}

/* -- the whole ---------------------------------------------------------------------------------------------------------------- */

static void killed(struct player *p, const struct op *op)
{
	if (p->progress->spent[p->at])
		return;
	if (op->seed % 3 == 0 && op->card.count)
		(void)give_prices(p, &op->card, op->card.count / 2);
	for (size_t i = p->at; op->seed % 3 == 1 && i-- > 0;)
		if (p->h->ops[i].kind == OP_SLICE) {
			give_pages(p, new_load(p, &p->h->ops[i].content), &p->h->ops[i].content, p->h->ops[i].content.count / 2);
			break;
		}
	die(p);
}

/* True when the ops that were not durable must be done once more. */
static bool lose(struct player *p)
{
	if (p->progress->spent[p->at])
		return false;
	p->progress->spent[p->at] = true;
	p->at = p->progress->durable;
	close_store(p);
	open_store(p);
	return true;
}

static void restart(struct player *p)
{
	ok(p, store_flush(p->s, &p->e), "flush");
	close_store(p);
	open_store(p);
}

static void next_run(struct player *p)
{
	end_run(p);
	check_fixed(p);
	begin_run(p, "sync");
}

/* What may be done once only: that it was done is on record before another can follow, and nothing before it is done again. */
static void settle(struct player *p)
{
	if (p->h->killing != KILL_BY_TIME)
		return;
	ok(p, store_flush(p->s, &p->e), "flush");
	p->progress->durable = p->at;
}

static bool play(struct player *p, const struct op *op)
{
	struct slice_change change;

	p->rng.state = op->seed;
	switch (op->kind) {
	case OP_SLICE: (void)put_slice(p, op, &change); break;
	case OP_AGAIN: put_again(p, op); break;
	case OP_REFUSED: put_refused(p, op); break;
	case OP_ABANDONED: abandon(p, op); break;
	case OP_CARD:
	case OP_CARD_AGAIN: put_card(p, op); break;
	case OP_CARD_BROKEN: put_broken_card(p, op); break;
	case OP_FLUSH: ok(p, store_flush(p->s, &p->e), "flush"); break;
	case OP_RUN: settle(p); next_run(p); break;
	case OP_CLOSE: settle(p); close_period(p); break;
	case OP_REOPEN: settle(p); reopen_period(p); break;
	case OP_RESTART: restart(p); break;
	case OP_DROP: return !lose(p);
	case OP_KILL: killed(p, op); break;
	case OP_POLL: poll_changes(p); break;
	}
	return true;
}

void replay(const struct history *h, const char *database, struct progress *progress, FILE *out)
{
	struct player p = { .h = h, .database = database, .progress = progress, .out = out, .e = ERR_INIT };

	p.at = progress->durable < h->op_count ? progress->durable : h->op_count - 1;
	open_store(&p);
	for (p.at = progress->durable; p.at < h->op_count;) {
		if (!play(&p, &h->ops[p.at]))
			continue;
		p.at++;
		if (store_is_settled(p.s))
			progress->durable = p.at;
	}
	p.at = h->op_count - 1;
	ok(&p, store_flush(p.s, &p.e), "flush");
	progress->durable = h->op_count;
	next_run(&p);
	close_store(&p);
}
