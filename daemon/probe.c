/* SPDX-License-Identifier: MIT */
/* HAPPY PATH  any answer of the sign-in service, for its Date -> token -> customers -> subscriptions -> usage -> rate card
 * FAILURES    no answer of the sign-in service, no token: nothing else is asked. No customers: no subscriptions and usage, but the rate
 *             card. Anything else: noted, and on. The time of a step is up: what is in flight is cancelled, noted, and on. */
#include "daemon/probe_inner.h"

#include "base/mem.h"
#include "config/config.h"
#include "daemon/clock.h"

#include <stdlib.h>

void probe_answered(struct probe_outcome *o)
{
	o->state = PROBE_ANSWERED;
}

void probe_refused(struct probe_outcome *o, const struct err *e)
{
	o->state = PROBE_REFUSED;
	o->err = *e;
}

void probe_late(struct probe_outcome *o, const struct err *trouble, uint32_t most_ms)
{
	unsigned seconds = (unsigned)(most_ms / 1000);
	struct err e = ERR_INIT;

	if (trouble) {
		e = *trouble;
		err_wrap(&e, "no good answer within %u s, last", seconds);
	} else {
		err_set(&e, ERR_NET, "no answer within %u s", seconds);
		err_advise(&e, "E-NET-TIMEOUT", "none when it passes; else check the network and Microsoft's service health");
	}
	probe_refused(o, &e);
}

/* -- CLOCK: the sign-in service's own description, a small public document ----------------------------------------------------------- */

static void on_clock(struct http_request *r)
{
	struct probe *p = container_of(r, struct probe, http);
	struct probe_facts *f = p->facts;

	if (r->err.kind) {
		probe_refused(&f->clock, &r->err);
		probe_goto(p, STEP_END);
		return;
	}
	probe_answered(&f->clock);
	f->dated = r->date != 0;
	f->skew_s = f->dated ? clock_now() - r->date : 0;
	probe_goto(p, STEP_TOKEN);
}

static void clock_enter(struct probe *p)
{
	static const char tail[] = "/v2.0/.well-known/openid-configuration";
	size_t size = strlen(p->config->login_url) + 1 + GUID_TEXT_MAX + sizeof(tail);

	p->url = xmalloc(size);
	snprintf(p->url, size, "%s/%s%s", p->config->login_url, p->boot.tenant_id, tail);
	p->http = (struct http_request){
		.method = "GET",
		.url = p->url,
		.headers = { { "Accept", "application/json" } },
		.header_count = 1,
		.done = on_clock,
	};
	http_send(p->boot.http, &p->http);
}

static void clock_late(struct probe *p)
{
	http_cancel(&p->http);
	probe_late(&p->facts->clock, NULL, PROBE_CLOCK_MS);
}

/* -- TOKEN ----------------------------------------------------------------------------------------------------------------------------- */

static void on_token(struct token_ask *ask)
{
	struct probe *p = container_of(ask, struct probe, ask);
	struct token_facts facts;

	if (ask->err.kind) {
		probe_refused(&p->facts->token, &ask->err);
		probe_goto(p, STEP_END);
		return;
	}
	token_facts(p->boot.token, &facts);
	p->facts->mfa = facts.mfa;
	probe_answered(&p->facts->token);
	probe_goto(p, STEP_CUSTOMERS);
}

static void token_enter(struct probe *p)
{
	p->ask.done = on_token;
	token_get(p->boot.token, &p->ask);
}

static void token_late(struct probe *p)
{
	token_cancel(p->boot.token, &p->ask);
	probe_late(&p->facts->token, NULL, PROBE_TOKEN_MS);
}

/* -- one after the other ----------------------------------------------------------------------------------------------------------------- */

static const struct {
	void (*enter)(struct probe *p), (*late)(struct probe *p);
	uint32_t most_ms, most_all_ms;
	enum probe_step after_late;
} steps[] = {
	[STEP_CLOCK] = { clock_enter, clock_late, PROBE_CLOCK_MS, PROBE_CLOCK_MS, STEP_END },
	[STEP_TOKEN] = { token_enter, token_late, PROBE_TOKEN_MS, PROBE_TOKEN_MS, STEP_END },
	[STEP_CUSTOMERS] = { probe_customers_enter, probe_customers_late, PROBE_LISTS_MS, PROBE_LISTS_MS, STEP_RATES },
	[STEP_SUBSCRIPTIONS] = { probe_subscriptions_enter, probe_subscriptions_late, PROBE_LISTS_MS, PROBE_FULL_MS, STEP_USAGE },
	[STEP_USAGE] = { probe_usage_enter, probe_usage_late, PROBE_USAGE_MS, PROBE_USAGE_MS, STEP_RATES },
	[STEP_RATES] = { probe_rates_enter, probe_rates_late, PROBE_RATES_MS, PROBE_RATES_MS, STEP_END },
};

static void nothing(struct lane_job *job)
{
	(void)job;
}

/* Nothing of the step that was cancelled is on the lane any more. */
static void on_barrier(struct lane_job *job)
{
	struct probe *p = container_of(job, struct probe, barrier);

	probe_goto(p, steps[p->step].after_late);
}

static void on_deadline(struct timer *t)
{
	struct probe *p = container_of(t, struct probe, deadline);

	steps[p->step].late(p);
	lane_submit(p->boot.lane, &p->barrier, nothing, on_barrier);
}

static void on_turn(struct timer *t)
{
	struct probe *p = container_of(t, struct probe, turn);

	if (p->step == STEP_END) {
		uv_stop(&p->boot.loop);
		return;
	}
	timer_start(&p->deadline, &p->boot.loop, p->all ? steps[p->step].most_all_ms : steps[p->step].most_ms, on_deadline);
	steps[p->step].enter(p);
}

void probe_goto(struct probe *p, enum probe_step step)
{
	p->step = step;
	timer_cancel(&p->deadline);
	timer_start(&p->turn, &p->boot.loop, 0, on_turn);
}

int probe_run(struct probe_facts *facts, const struct config *config, bool all, struct err *e)
{
	struct probe p = { .config = config, .facts = facts, .all = all, .boot = { .lock = LOCK_INIT } };
	int rc = boot_up_online(&p.boot, config, e);

	facts->mfa = -1;
	if (rc == 0) {
		fetch_new_run(p.boot.fetch, guid_random());
		probe_goto(&p, STEP_CLOCK);
		uv_run(&p.boot.loop, UV_RUN_DEFAULT);
	}
	boot_down(&p.boot);
	probe_lists_fini(&p);
	free(p.url);
	return rc;
}

void probe_facts_fini(struct probe_facts *f)
{
	for (size_t i = 0; i < f->list_count; i++)
		free(f->list[i].name);
	for (size_t i = 0; i < f->sub_count; i++)
		free(f->subs[i].name);
	free(f->list);
	free(f->subs);
	*f = (struct probe_facts){ .list = NULL };
}
