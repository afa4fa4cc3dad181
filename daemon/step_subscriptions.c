/* SPDX-License-Identifier: MIT */
/* SUBSCRIPTIONS: of each customer, at most max_in_flight customers at a time. Those whose usage the utilization API serves (or may
 * serve after all) become targets.
 *
 * HAPPY PATH  customer -> list -> decoded, stored, targets noted (lane) -> next customer ... -> USAGE
 * FAILURES    a customer's list: that customer is told and counted, the run is partial and goes on; needs a person, database, or
 *             RUN_NET_FAILURES_MAX customers in a row without an answer: the run fails */
#include "base/log.h"
#include "base/mem.h"
#include "config/config.h"
#include "daemon/ask.h"
#include "daemon/boot.h"
#include "daemon/events.h"
#include "daemon/run_inner.h"
#include "partner/pc_customers.h"

struct listing {
	struct run *run;
	struct pager pager;
	struct buf body; /* lane */
	const struct run_customer *customer;
	unsigned count; /* lane: subscriptions seen */
	bool busy;
};

static int keep(struct listing *l, const struct subscription *sub, struct err *e)
{
	struct run *run = l->run;
	struct step_subscriptions *step = &run->subscriptions;
	enum usage_source source;
	int64_t id;

	if (++l->count > LIMIT_SUBSCRIPTIONS)
		return err_set(e, ERR_FORMAT, "more than %d subscriptions", LIMIT_SUBSCRIPTIONS);
	if (!guid_is_zero(run->order.subscription) && !guid_equal(run->order.subscription, sub->id))
		return 0;
	if (store_subscription_put(run->boot->store, l->customer->id, sub, run->started, &id, &source, e) == -1)
		return -1;
	step->azure_plan += source == SOURCE_AZURE_PLAN;
	step->none += source == SOURCE_NONE;
	if (source == SOURCE_AZURE_PLAN || source == SOURCE_NONE)
		return 0;
	if (step->count == step->room) {
		step->room = step->room ? step->room * 2 : 64;
		step->targets = xreallocarray(step->targets, step->room, sizeof(*step->targets));
	}
	step->targets[step->count++] = (struct run_target){
		.id = id,
		.customer = l->customer->guid,
		.guid = sub->id,
		.entitlement = sub->entitlement,
		.source = source,
	};
	return 0;
}

static void restart(struct pager *p)
{
	buf_clear(&container_of(p, struct listing, pager)->body);
}

static int feed(struct pager *p, struct span bytes, struct err *e)
{
	return ask_gather(&container_of(p, struct listing, pager)->body, bytes, e);
}

static int end(struct pager *p, struct next_link *next, struct err *e)
{
	struct listing *l = container_of(p, struct listing, pager);
	struct pc_subscription_list list;
	int rc = 0;

	if (atomic_load(&l->run->hurry))
		return err_set(e, ERR_CANCELLED, "the run was stopped");
	if (pc_subscriptions_decode(&list, buf_span(&l->body), e) == -1)
		return -1;
	for (size_t i = 0; i < list.count && rc == 0; i++)
		rc = keep(l, &list.items[i], e);
	if (rc == 0)
		next_link_take(next, &list.next);
	pc_subscriptions_fini(&list);
	return rc;
}

static const struct pager_work subscriptions_work = { .restart = restart, .feed = feed, .end = end };

static void customer_failed(struct listing *l, struct err *e)
{
	struct run *run = l->run;
	struct log_line line;
	char id[GUID_TEXT_MAX];

	run->subscriptions.failed++;
	run->usage.net_failures = run_is_down(&l->pager, e) ? run->usage.net_failures + 1 : 0;
	if (quiet_show(&run->subscriptions.quiet)) {
		guid_print(l->customer->guid, id);
		log_start(&line, LOG_WARN, EVENT_CUSTOMER_FAILED);
		log_int(&line, "run", run->id);
		log_text(&line, "customer", id);
		log_err(&line, e);
		log_finish(&line);
	}
	err_wrap(e, "subscriptions of a customer");
	run_note(run, e);
}

static void pump(struct timer *t);

static void on_listed(struct pager *p)
{
	struct listing *l = container_of(p, struct listing, pager);
	struct run *run = l->run;
	struct err e = ERR_INIT;

	l->busy = false;
	run->subscriptions.in_flight--;
	if (ask_list_answer(p, &e) == 0) {
		run->usage.net_failures = 0;
	} else if (e.kind == ERR_AUTH || e.kind == ERR_STORE || e.kind == ERR_CANCELLED) {
		err_wrap(&e, "subscriptions");
		run_fail(run, &e);
		return;
	} else {
		customer_failed(l, &e);
	}
	run_poke(run, pump);
}

static void list(struct run *run, struct listing *l, const struct run_customer *customer)
{
	char path[ASK_PATH_MAX];

	ask_subscriptions_path(&customer->guid, path);
	l->run = run;
	l->customer = customer;
	l->count = 0;
	l->busy = true;
	l->pager = (struct pager){
		.work = &subscriptions_work,
		.what = "subscriptions",
		.page_max = LIMIT_SMALL_BODY_BYTES,
		.done = on_listed,
	};
	run->subscriptions.in_flight++;
	pager_start(&l->pager, run->boot->fetch, run->boot->lane, path);
}

static void finish(struct run *run)
{
	const struct step_subscriptions *step = &run->subscriptions;
	struct err e = ERR_INIT;

	quiet_end(&step->quiet, run, EVENT_CUSTOMER_FAILED);
	if (run->usage.net_failures >= RUN_NET_FAILURES_MAX) {
		err_set(&e, ERR_NET, "the service does not answer: %d customers in a row failed", RUN_NET_FAILURES_MAX);
		run_fail(run, &e);
		return;
	}
	if (!guid_is_zero(run->order.subscription) && step->count == 0) {
		err_set(&e, ERR_REMOTE, step->azure_plan + step->none ? "the subscription asked for has no usage that this API serves"
								       : "the subscription asked for was not listed");
		err_advise(&e, NULL, "compare the id with the view subscriptions");
		run_fail(run, &e);
		return;
	}
	run_goto(run, RUN_USAGE);
}

static void pump(struct timer *t)
{
	struct run *run = container_of(t, struct run, poke);
	struct step_subscriptions *step = &run->subscriptions;
	bool down = run->usage.net_failures >= RUN_NET_FAILURES_MAX;

	for (size_t i = 0; i < step->listing_count && !down && step->next < run->customers.count; i++)
		if (!step->listings[i].busy)
			list(run, &step->listings[i], &run->customers.items[step->next++]);
	if (step->in_flight == 0)
		finish(run);
}

void step_subscriptions_enter(struct run *run)
{
	struct step_subscriptions *step = &run->subscriptions;

	step->listing_count = (size_t)run->boot->config->max_in_flight;
	step->listings = xcalloc(step->listing_count, sizeof(*step->listings));
	for (size_t i = 0; i < step->listing_count; i++)
		buf_init(&step->listings[i].body, LIMIT_SMALL_BODY_BYTES);
	run_poke(run, pump);
}

void step_subscriptions_cancel(struct run *run)
{
	struct step_subscriptions *step = &run->subscriptions;

	for (size_t i = 0; i < step->listing_count; i++) {
		if (step->listings[i].busy)
			pager_cancel(&step->listings[i].pager);
		step->listings[i].busy = false;
	}
	step->in_flight = 0;
}

void step_subscriptions_fini(struct run *run)
{
	struct step_subscriptions *step = &run->subscriptions;

	for (size_t i = 0; i < step->listing_count; i++)
		buf_fini(&step->listings[i].body);
	free(step->listings);
	step->listings = NULL;
	step->listing_count = 0;
	free(step->targets);
	step->targets = NULL;
	step->count = 0;
}
