/* SPDX-License-Identifier: MIT */
/* The lists: customers, and the subscriptions of some or all of them, side by side as a run asks for them. */
#include "daemon/probe_inner.h"

#include "base/mem.h"
#include "config/config.h"
#include "partner/pc_customers.h"

#include <stdlib.h>

/* -- CUSTOMERS ------------------------------------------------------------------------------------------------------------------------- */

static void customers_restart(struct pager *p)
{
	buf_clear(&container_of(p, struct probe, pager)->body);
}

static int customers_feed(struct pager *p, struct span bytes, struct err *e)
{
	return ask_gather(&container_of(p, struct probe, pager)->body, bytes, e);
}

static int keep_customer(struct probe *p, const struct customer *customer, struct err *e)
{
	struct probe_facts *f = p->facts;

	if (++f->customers_listed > LIMIT_CUSTOMERS)
		return err_set(e, ERR_REMOTE, "more than %d customers", LIMIT_CUSTOMERS);
	if (!ask_wants(p->config, customer))
		return 0;
	if (f->list_count == p->list_room) {
		p->list_room = p->list_room ? p->list_room * 2 : 64;
		f->list = xreallocarray(f->list, p->list_room, sizeof(*f->list));
	}
	f->list[f->list_count++] = (struct probe_customer){ customer->id, xstrndup(customer->company_name.p, customer->company_name.n) };
	return 0;
}

static int customers_end(struct pager *pager, struct next_link *next, struct err *e)
{
	struct probe *p = container_of(pager, struct probe, pager);
	struct pc_customer_list list;
	int rc = 0;

	if (pc_customers_decode(&list, buf_span(&p->body), e) == -1)
		return -1;
	for (size_t i = 0; i < list.count && rc == 0; i++)
		rc = keep_customer(p, &list.items[i], e);
	if (rc == 0)
		next_link_take(next, &list.next);
	pc_customers_fini(&list);
	return rc;
}

static void on_customers(struct pager *pager)
{
	struct probe *p = container_of(pager, struct probe, pager);
	struct err e = ERR_INIT;

	if (ask_list_answer(pager, &e) == -1) {
		probe_refused(&p->facts->customers, &e);
		probe_goto(p, STEP_RATES);
		return;
	}
	probe_answered(&p->facts->customers);
	probe_goto(p, p->facts->list_count ? STEP_SUBSCRIPTIONS : STEP_RATES);
}

void probe_customers_enter(struct probe *p)
{
	static const struct pager_work work = { .restart = customers_restart, .feed = customers_feed, .end = customers_end };

	buf_init(&p->body, LIMIT_SMALL_BODY_BYTES);
	p->pager = (struct pager){ .work = &work, .what = "customers", .page_max = LIMIT_SMALL_BODY_BYTES, .done = on_customers };
	pager_start(&p->pager, p->boot.fetch, p->boot.lane, ASK_CUSTOMERS);
}

void probe_customers_late(struct probe *p)
{
	probe_late(&p->facts->customers, pager_trouble(&p->pager), PROBE_LISTS_MS);
	pager_cancel(&p->pager);
}

/* -- SUBSCRIPTIONS --------------------------------------------------------------------------------------------------------------------- */

struct probe_listing {
	struct probe *probe;
	struct pager pager;
	struct buf body;     /* lane */
	size_t customer;
	unsigned count;      /* lane: subscriptions seen */
	bool busy;
};

static void subscriptions_restart(struct pager *p)
{
	buf_clear(&container_of(p, struct probe_listing, pager)->body);
}

static int subscriptions_feed(struct pager *p, struct span bytes, struct err *e)
{
	return ask_gather(&container_of(p, struct probe_listing, pager)->body, bytes, e);
}

static int keep_subscription(struct probe_listing *l, const struct subscription *sub, struct err *e)
{
	struct probe *p = l->probe;
	struct probe_facts *f = p->facts;

	if (++l->count > LIMIT_SUBSCRIPTIONS)
		return err_set(e, ERR_REMOTE, "more than %d subscriptions", LIMIT_SUBSCRIPTIONS);
	if (f->sub_count == p->sub_room) {
		p->sub_room = p->sub_room ? p->sub_room * 2 : 64;
		f->subs = xreallocarray(f->subs, p->sub_room, sizeof(*f->subs));
	}
	f->subs[f->sub_count++] = (struct probe_subscription){
		.id = sub->id,
		.entitlement = sub->entitlement,
		.customer = l->customer,
		.source = usage_source_of(sub),
		.name = xstrndup(sub->friendly_name.p, sub->friendly_name.n),
	};
	return 0;
}

static int subscriptions_end(struct pager *pager, struct next_link *next, struct err *e)
{
	struct probe_listing *l = container_of(pager, struct probe_listing, pager);
	struct pc_subscription_list list;
	int rc = 0;

	if (pc_subscriptions_decode(&list, buf_span(&l->body), e) == -1)
		return -1;
	for (size_t i = 0; i < list.count && rc == 0; i++)
		rc = keep_subscription(l, &list.items[i], e);
	if (rc == 0)
		next_link_take(next, &list.next);
	pc_subscriptions_fini(&list);
	return rc;
}

static void note_refusal(struct probe *p, const struct err *e)
{
	if (p->facts->customers_refused++ == 0)
		p->facts->refusal = *e;
}

static void list_more(struct probe *p);

static void on_listed(struct pager *pager)
{
	struct probe_listing *l = container_of(pager, struct probe_listing, pager);
	struct probe *p = l->probe;
	struct err e = ERR_INIT;

	l->busy = false;
	p->busy--;
	if (ask_list_answer(pager, &e) == -1)
		note_refusal(p, &e);
	list_more(p);
}

static void list_one(struct probe *p, struct probe_listing *l)
{
	static const struct pager_work work = { .restart = subscriptions_restart, .feed = subscriptions_feed, .end = subscriptions_end };
	char path[ASK_PATH_MAX];

	l->customer = p->facts->customers_asked++;
	l->count = 0;
	l->busy = true;
	p->busy++;
	ask_subscriptions_path(&p->facts->list[l->customer].id, path);
	l->pager = (struct pager){ .work = &work, .what = "subscriptions", .page_max = LIMIT_SMALL_BODY_BYTES, .done = on_listed };
	pager_start(&l->pager, p->boot.fetch, p->boot.lane, path);
}

static void subscriptions_done(struct probe *p)
{
	struct probe_facts *f = p->facts;

	if (f->customers_asked && f->customers_refused == f->customers_asked)
		probe_refused(&f->subscriptions, &f->refusal);
	else
		probe_answered(&f->subscriptions);
}

static void list_more(struct probe *p)
{
	size_t most = p->all || p->facts->list_count < PROBE_CUSTOMERS ? p->facts->list_count : PROBE_CUSTOMERS;

	/* A role that is missing is missing for all of them. */
	if (p->facts->customers_refused && p->facts->refusal.kind == ERR_AUTH)
		most = 0;
	for (size_t i = 0; i < p->listing_count && p->facts->customers_asked < most; i++)
		if (!p->listings[i].busy)
			list_one(p, &p->listings[i]);
	if (p->busy)
		return;
	subscriptions_done(p);
	probe_goto(p, p->facts->subscriptions.state == PROBE_ANSWERED ? STEP_USAGE : STEP_RATES);
}

void probe_subscriptions_enter(struct probe *p)
{
	p->listing_count = (size_t)p->config->max_in_flight;
	p->listings = xcalloc(p->listing_count, sizeof(*p->listings));
	for (size_t i = 0; i < p->listing_count; i++) {
		p->listings[i].probe = p;
		buf_init(&p->listings[i].body, LIMIT_SMALL_BODY_BYTES);
	}
	list_more(p);
}

/* Those that were not listed in time count as refused. */
void probe_subscriptions_late(struct probe *p)
{
	struct probe_outcome late;

	for (size_t i = 0; i < p->listing_count; i++) {
		if (!p->listings[i].busy)
			continue;
		probe_late(&late, pager_trouble(&p->listings[i].pager), p->all ? PROBE_FULL_MS : PROBE_LISTS_MS);
		note_refusal(p, &late.err);
		pager_cancel(&p->listings[i].pager);
	}
	subscriptions_done(p);
}

void probe_lists_fini(struct probe *p)
{
	for (size_t i = 0; i < p->listing_count; i++)
		buf_fini(&p->listings[i].body);
	free(p->listings);
	buf_fini(&p->body);
}
