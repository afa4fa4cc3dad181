/* SPDX-License-Identifier: MIT */
/* CUSTOMERS: who may have usage: the customers with a reseller relationship, less those that the configuration leaves out.
 *
 * HAPPY PATH  page -> decoded and stored as a whole (lane) -> next page ... -> SUBSCRIPTIONS
 * FAILURES    any: the run fails, because without its customers it would look complete and not be */
#include "base/log.h"
#include "base/mem.h"
#include "config/config.h"
#include "daemon/ask.h"
#include "daemon/boot.h"
#include "daemon/events.h"
#include "daemon/run_inner.h"
#include "partner/pc_customers.h"

static struct run *run_of(struct pager *p)
{
	return container_of(p, struct run, customers.pager);
}

static bool is_wanted(const struct run *run, const struct customer *customer)
{
	if (!guid_is_zero(run->order.customer) && !guid_equal(run->order.customer, customer->id))
		return false;
	return ask_wants(run->boot->config, customer);
}

static int keep(struct run *run, const struct customer *customer, struct err *e)
{
	struct step_customers *step = &run->customers;
	int64_t id;

	if (!is_wanted(run, customer)) {
		step->others++;
		return 0;
	}
	if (step->count >= LIMIT_CUSTOMERS)
		return err_set(e, ERR_FORMAT, "more than %d customers", LIMIT_CUSTOMERS);
	if (store_customer_put(run->boot->store, customer, run->started, &id, e) == -1)
		return -1;
	if (step->count == step->room) {
		step->room = step->room ? step->room * 2 : 64;
		step->items = xreallocarray(step->items, step->room, sizeof(*step->items));
	}
	step->items[step->count++] = (struct run_customer){ .id = id, .guid = customer->id };
	return 0;
}

static void restart(struct pager *p)
{
	struct run *run = run_of(p);

	buf_clear(&run->customers.body);
}

static int feed(struct pager *p, struct span bytes, struct err *e)
{
	struct run *run = run_of(p);

	return ask_gather(&run->customers.body, bytes, e);
}

static int end(struct pager *p, struct next_link *next, struct err *e)
{
	struct run *run = run_of(p);
	struct pc_customer_list list;
	int rc = 0;

	if (pc_customers_decode(&list, buf_span(&run->customers.body), e) == -1)
		return -1;
	for (size_t i = 0; i < list.count && rc == 0; i++)
		rc = keep(run, &list.items[i], e);
	if (rc == 0)
		next_link_take(next, &list.next);
	pc_customers_fini(&list);
	return rc;
}

static const struct pager_work customers_work = { .restart = restart, .feed = feed, .end = end };

/* sync --customer: an id that is not there is a slip of the finger, and no success. */
static int check_asked_for(const struct run *run, struct err *e)
{
	if (guid_is_zero(run->order.customer) || run->customers.count)
		return 0;
	err_set(e, ERR_REMOTE, "the customer asked for is not among the %lld that were listed", (long long)run->customers.others);
	return err_advise(e, NULL, "compare the id with the view customers, and with include_customers and exclude_customers");
}

static void on_customers(struct pager *p)
{
	struct run *run = run_of(p);
	struct err e = ERR_INIT;
	struct log_line l;

	if (ask_list_answer(p, &e) == -1 || check_asked_for(run, &e) == -1) {
		err_wrap(&e, "customers");
		run_fail(run, &e);
		return;
	}
	log_start(&l, LOG_INFO, EVENT_CUSTOMERS_DONE);
	log_int(&l, "run", run->id);
	log_int(&l, "customers", (int64_t)run->customers.count);
	log_int(&l, "left_out", run->customers.others);
	log_finish(&l);
	run_goto(run, RUN_SUBSCRIPTIONS);
}

void step_customers_enter(struct run *run)
{
	buf_init(&run->customers.body, LIMIT_SMALL_BODY_BYTES);
	run->customers.pager = (struct pager){
		.work = &customers_work,
		.what = "customers",
		.page_max = LIMIT_SMALL_BODY_BYTES,
		.done = on_customers,
	};
	pager_start(&run->customers.pager, run->boot->fetch, run->boot->lane, ASK_CUSTOMERS);
}

void step_customers_fini(struct run *run)
{
	buf_fini(&run->customers.body);
	free(run->customers.items);
	run->customers.items = NULL;
}
