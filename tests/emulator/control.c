/* SPDX-License-Identifier: MIT */
#include "control.h"

#include <string.h>

#include "state.h"
#include "totals.h"

#include <stdlib.h>

static void
plain(struct request *r, unsigned status, const char *text)
{
	r->reply.status = status;
	memcpy(r->reply.content_type, "text/plain; charset=utf-8", 26);
	text_puts(&r->reply.body, text);
}

static void
health(struct request *r)
{
	reply_json(r, 200);
	text_puts(&r->reply.body, "{\"status\":\"ok\"}");
}

static void
counters(struct request *r)
{
	reply_json(r, 200);
	state_counters(r->state, &r->reply.body);
}

static void
reset(struct request *r)
{
	state_reset_counters(r->state);
	plain(r, 200, "reset\n");
}

static void
scenario(struct request *r)
{
	const char *afresh = request_query(r, "afresh");
	struct err e;

	if (state_merge(r->state, r->body.p != NULL ? r->body.p : "", afresh != NULL && strcmp(afresh, "yes") == 0, &e) == 0) {
		plain(r, 200, "merged\n");
		return;
	}
	plain(r, 400, e.msg);
	text_puts(&r->reply.body, "\n");
}

static void
totals(struct request *r)
{
	const char *by = request_query(r, "by");
	char *csv = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&csv, &len);

	if (out == NULL)
		abort();
	(by != NULL && strcmp(by, "slices") == 0 ? totals_slices : totals_days)(r->world, out);
	if (fclose(out) != 0)
		abort();
	plain(r, 200, "");
	text_put(&r->reply.body, csv, len);
	free(csv);
}

static void
devices(struct request *r)
{
	reply_json(r, 200);
	devices_list(&r->state->devices, &r->reply.body);
}

/* What the person at the other device does. */
static void
decide(struct request *r, enum device_state state)
{
	if (devices_decide(&r->state->devices, request_query(r, "user_code"), state) > 0)
		plain(r, 200, "done\n");
	else
		plain(r, 404, "nobody waits\n");
}

static void
approve(struct request *r)
{
	decide(r, DEVICE_APPROVED);
}

static void
decline(struct request *r)
{
	decide(r, DEVICE_DECLINED);
}

static void
expire(struct request *r)
{
	decide(r, DEVICE_EXPIRED);
}

/* An administrator ends every session: from now on refresh tokens are refused, and access tokens, too. */
static void
revoke(struct request *r)
{
	const char *given = request_query(r, "code");
	int64_t code = 50173;

	if (given != NULL && parse_int(given, 1, 999999999, &code) != 0) {
		plain(r, 400, "code: want the number of an AADSTS code\n");
		return;
	}
	state_revoke(r->state, r->world, (int)code);
	plain(r, 200, "revoked\n");
}

/* Ninety days go by without a refresh. */
static void
lapse(struct request *r)
{
	logins_revoke(&r->state->logins, r->world->s.partner.refresh_token, 700082);
	plain(r, 200, "lapsed\n");
}

static void
restore(struct request *r)
{
	logins_restore(&r->state->logins);
	plain(r, 200, "restored\n");
}

static const struct {
	const char *method, *first, *second;
	void (*answer)(struct request *r);
} routes[] = {
	{"GET", "health", NULL, health},
	{"GET", "counters", NULL, counters},
	{"POST", "counters", "reset", reset},
	{"POST", "scenario", NULL, scenario},
	{"GET", "totals", NULL, totals},
	{"GET", "device", NULL, devices},
	{"POST", "device", "approve", approve},
	{"POST", "device", "decline", decline},
	{"POST", "device", "expire", expire},
	{"POST", "consent", "revoke", revoke},
	{"POST", "consent", "lapse", lapse},
	{"POST", "consent", "restore", restore},
};

void
control_answer(struct request *r)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (strcmp(r->method, routes[i].method) == 0 && request_segment_is(r, 1, routes[i].first) &&
		    r->segment_count == (routes[i].second != NULL ? 3u : 2u) &&
		    (routes[i].second == NULL || request_segment_is(r, 2, routes[i].second))) {
			r->reply.as_is = 1;
			routes[i].answer(r);
			return;
		}
	}
	plain(r, 404, "GET health, counters, totals[?by=slices], device; POST counters/reset, scenario[?afresh=yes], "
	    "device/approve|decline|expire[?user_code=], consent/revoke[?code=]|lapse|restore\n");
}
