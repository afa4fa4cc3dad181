/* SPDX-License-Identifier: MIT */
/* RATES: today's rate card, before usage, so that a page is rated and stored in the same breath.
 *
 * HAPPY PATH  page of meters -> each meter into the card being loaded (lane) -> commit (lane): rates are in force -> CUSTOMERS
 * FAILURES    no card, a broken one, not allowed to see it: usage is rated by the prices known, the run is partial and goes on;
 *             database: the run fails */
#include "base/log.h"
#include "daemon/ask.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/events.h"
#include "daemon/run_inner.h"

static struct run *run_of(struct pager *p)
{
	return container_of(p, struct run, rates.pager);
}

static int on_rate(struct pc_rates *d, const struct rate *rate, struct err *e)
{
	struct run *run = container_of(d, struct run, rates.decoder);

	return rates_load_add(run->rates.load, rate, e);
}

static void restart(struct pager *p)
{
	struct run *run = run_of(p);
	struct step_rates *step = &run->rates;

	err_clear(&step->err);
	pc_rates_reset(&step->decoder);
	if (!step->load && rates_load_new(&step->load, run->boot->store, run->id, clock_now(), &step->err) == -1)
		return;
	if (rates_load_start(step->load, &step->err) == -1)
		err_wrap(&step->err, "rate card");
}

static int feed(struct pager *p, struct span bytes, struct err *e)
{
	struct run *run = run_of(p);

	if (atomic_load(&run->hurry))
		return err_set(e, ERR_CANCELLED, "the run was stopped");
	if (run->rates.err.kind) {
		*e = run->rates.err;
		return -1;
	}
	return pc_rates_feed(&run->rates.decoder, bytes, e);
}

static int end(struct pager *p, struct next_link *next, struct err *e)
{
	struct run *run = run_of(p);

	(void)next; /* a card is one document */
	if (run->rates.err.kind) {
		*e = run->rates.err;
		return -1;
	}
	return pc_rates_end(&run->rates.decoder, e);
}

static const struct pager_work rates_work = { .restart = restart, .feed = feed, .end = end };

static void log_card(const struct run *run)
{
	const struct rates_change *c = &run->rates.change;
	struct log_line l;

	log_start(&l, LOG_INFO, EVENT_RATES_DONE);
	log_int(&l, "run", run->id);
	log_int(&l, "meters", c->meters);
	log_int(&l, "added", c->added);
	log_int(&l, "changed", c->changed);
	log_int(&l, "removed", c->removed);
	log_int(&l, "priced", c->priced);
	log_finish(&l);
}

/* The card is not to be had today: told, kept in mind, and on with the usage. */
static void go_without(struct run *run, struct err *e)
{
	struct log_line l;

	err_wrap(e, "rate card");
	if (e->kind == ERR_STORE || e->kind == ERR_CANCELLED) {
		run_fail(run, e);
		return;
	}
	log_start(&l, LOG_WARN, EVENT_RATES_FAILED);
	log_int(&l, "run", run->id);
	log_err(&l, e);
	log_finish(&l);
	run_note(run, e);
	run_goto(run, RUN_CUSTOMERS);
}

static void commit_on_lane(struct work *w)
{
	struct step_rates *step = container_of(w, struct step_rates, work);
	const struct pc_rates *d = &step->decoder;
	int rc = rates_load_commit(step->load, d->locale, d->currency, d->tax_included, d->offer_terms, &step->change, &w->err);

	(void)rc; /* the error says it */
	rates_load_free(step->load);
	step->load = NULL;
}

static void on_committed(struct work *w)
{
	struct run *run = container_of(w, struct run, rates.work);

	if (w->err.kind) {
		go_without(run, &w->err);
		return;
	}
	run->counts.rows_changed += run->rates.change.priced;
	log_card(run);
	run_goto(run, RUN_CUSTOMERS);
}

static void drop_on_lane(struct work *w)
{
	step_rates_fini(container_of(w, struct run, rates.work));
}

static void on_dropped(struct work *w)
{
	struct run *run = container_of(w, struct run, rates.work);

	go_without(run, &run->rates.pager.err);
}

static void on_card(struct pager *p)
{
	struct run *run = run_of(p);

	if (p->answer == FETCH_OK) {
		work_submit(run, &run->rates.work, commit_on_lane, on_committed);
		return;
	}
	if (!p->err.kind)
		err_set(&p->err, ERR_REMOTE, "the service answered without a rate card");
	work_submit(run, &run->rates.work, drop_on_lane, on_dropped);
}

void step_rates_enter(struct run *run)
{
	char path[ASK_PATH_MAX];

	ask_rates_path(run->boot->config, path);
	pc_rates_init(&run->rates.decoder, on_rate);
	run->rates.pager = (struct pager){
		.work = &rates_work,
		.what = "ratecard",
		.page_max = LIMIT_RATECARD_BYTES,
		.total_timeout_ms = ASK_RATES_TIMEOUT_MS,
		.done = on_card,
	};
	pager_start(&run->rates.pager, run->boot->fetch, run->boot->lane, path);
}

void step_rates_fini(struct run *run)
{
	rates_load_free(run->rates.load);
	run->rates.load = NULL;
	if (run->rates.decoder.on_rate)
		pc_rates_fini(&run->rates.decoder);
	run->rates.decoder.on_rate = NULL;
}
