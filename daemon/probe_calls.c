/* SPDX-License-Identifier: MIT */
/* One page of usage, and the beginning of the rate card. Both are decoded where their bytes arrive: it is little. */
#include "daemon/probe_inner.h"

#include "config/config.h"
#include "daemon/clock.h"
#include "pull/plan.h"

#define LOOK_MS 200 /* how often a request is asked whether it was told to wait */

/* -- USAGE: the newest day that is due, of a subscription that the API serves ------------------------------------------------------------- */

static void ask_usage(struct probe *p);

static void usage_over(struct probe *p)
{
	timer_cancel(&p->tick);
	pc_usage_fini(&p->usage);
	probe_goto(p, STEP_RATES);
}

static int on_record(struct pc_usage *d, const struct usage *record, struct err *e)
{
	struct probe *p = container_of(d, struct probe, usage);

	(void)record, (void)e;
	p->facts->usage_rows++;
	return 0;
}

static void on_usage_attempt(struct fetch_request *r)
{
	struct probe *p = container_of(r, struct probe, request);

	p->facts->usage_rows = 0;
	pc_usage_reset(&p->usage);
}

static enum http_body on_usage_bytes(struct fetch_request *r, struct span bytes)
{
	struct probe *p = container_of(r, struct probe, request);

	/* Its error is repeated at the end. */
	return pc_usage_feed(&p->usage, bytes, &p->facts->usage.err) == 0 ? HTTP_TAKEN : HTTP_ABORT;
}

static void judge_page(struct probe *p)
{
	struct err e = ERR_INIT;

	if (pc_usage_end(&p->usage, &e) == -1)
		probe_refused(&p->facts->usage, &e);
	else
		probe_answered(&p->facts->usage);
}

static void on_usage(struct fetch_request *r)
{
	struct probe *p = container_of(r, struct probe, request);
	struct probe_facts *f = p->facts;
	struct err e = ERR_INIT;

	switch (r->answer) {
	case FETCH_OK:
		judge_page(p);
		break;
	case FETCH_NO_CONTENT:
	case FETCH_NO_USAGE:
		f->usage_empty = true;
		f->usage_not_ready = r->told_to_wait;
		probe_answered(&f->usage);
		break;
	case FETCH_NOT_FOUND:
	case FETCH_FORBIDDEN:
		/* About this one alone: another may do. */
		f->usage_passed_over++;
		probe_refused(&f->usage, &r->err);
		ask_usage(p);
		return;
	case FETCH_FAILED:
		e = r->err;
		if (f->usage.err.kind == ERR_FORMAT)
			e = f->usage.err;
		probe_refused(&f->usage, &e);
		break;
	}
	usage_over(p);
}

/* The service says "not ready, in a quarter of an hour": an answer, and enough of one. */
static void on_look(struct timer *t)
{
	struct probe *p = container_of(t, struct probe, tick);

	if (!fetch_is_not_ready(&p->request)) {
		timer_start(&p->tick, &p->boot.loop, LOOK_MS, on_look);
		return;
	}
	fetch_cancel(&p->request);
	p->facts->usage_not_ready = true;
	probe_answered(&p->facts->usage);
	usage_over(p);
}

static void ask_usage(struct probe *p)
{
	struct probe_facts *f = p->facts;
	const struct probe_subscription *sub;

	while (p->next_sub < f->sub_count && f->subs[p->next_sub].source != SOURCE_UTILIZATION)
		p->next_sub++;
	if (p->next_sub == f->sub_count || f->usage_asked == PROBE_USAGES) {
		usage_over(p);
		return;
	}
	sub = &f->subs[p->next_sub++];
	f->usage_asked++;
	f->usage_of = sub->id;
	ask_usage_path(&f->list[sub->customer].id, &sub->id, plan_last_day(clock_now()), p->config->granularity == CONFIG_HOURLY, p->path);
	p->request = (struct fetch_request){
		.what = "usage",
		.path = p->path,
		.body_max = LIMIT_PAGE_BYTES,
		.on_attempt = on_usage_attempt,
		.on_body = on_usage_bytes,
		.done = on_usage,
	};
	fetch_send(p->boot.fetch, &p->request);
}

void probe_usage_enter(struct probe *p)
{
	pc_usage_init(&p->usage, on_record);
	timer_start(&p->tick, &p->boot.loop, LOOK_MS, on_look);
	ask_usage(p);
}

static const struct err *trouble(const struct probe *p)
{
	return p->request.err.kind ? &p->request.err : NULL;
}

void probe_usage_late(struct probe *p)
{
	probe_late(&p->facts->usage, trouble(p), PROBE_USAGE_MS);
	fetch_cancel(&p->request);
	timer_cancel(&p->tick);
	pc_usage_fini(&p->usage);
}

/* -- RATES: until the first meter ----------------------------------------------------------------------------------------------------------- */

static int on_rate(struct pc_rates *d, const struct rate *rate, struct err *e)
{
	struct probe *p = container_of(d, struct probe, rates);

	(void)rate;
	p->facts->has_meters = true;
	return err_set(e, ERR_CANCELLED, "seen enough");
}

static void on_rates_attempt(struct fetch_request *r)
{
	pc_rates_reset(&container_of(r, struct probe, request)->rates);
}

static enum http_body on_rates_bytes(struct fetch_request *r, struct span bytes)
{
	struct probe *p = container_of(r, struct probe, request);

	return pc_rates_feed(&p->rates, bytes, &p->facts->rates.err) == 0 ? HTTP_TAKEN : HTTP_ABORT;
}

static void on_rates(struct fetch_request *r)
{
	struct probe *p = container_of(r, struct probe, request);
	struct probe_facts *f = p->facts;
	struct err e = ERR_INIT;

	if (!f->has_meters && r->answer == FETCH_OK && pc_rates_end(&p->rates, &e) == -1)
		probe_refused(&f->rates, &e);
	else if (f->has_meters || r->answer == FETCH_OK)
		probe_answered(&f->rates);
	else if (f->rates.err.kind == ERR_FORMAT || r->err.kind)
		probe_refused(&f->rates, f->rates.err.kind == ERR_FORMAT ? &f->rates.err : &r->err);
	else {
		err_set(&e, ERR_REMOTE, "the service answered without a rate card");
		probe_refused(&f->rates, &e);
	}
	snprintf(f->currency, sizeof(f->currency), "%s", p->rates.currency);
	pc_rates_fini(&p->rates);
	probe_goto(p, STEP_END);
}

void probe_rates_enter(struct probe *p)
{
	pc_rates_init(&p->rates, on_rate);
	ask_rates_path(p->config, p->path);
	p->request = (struct fetch_request){
		.what = "ratecard",
		.path = p->path,
		.body_max = LIMIT_RATECARD_BYTES,
		.total_timeout_ms = ASK_RATES_TIMEOUT_MS,
		.on_attempt = on_rates_attempt,
		.on_body = on_rates_bytes,
		.done = on_rates,
	};
	fetch_send(p->boot.fetch, &p->request);
}

void probe_rates_late(struct probe *p)
{
	probe_late(&p->facts->rates, trouble(p), PROBE_RATES_MS);
	fetch_cancel(&p->request);
	pc_rates_fini(&p->rates);
}
