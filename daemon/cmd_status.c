/* SPDX-License-Identifier: MIT */
/* `status`: how things stand, from the database alone: works beside the daemon, and for every reader of the database. */
#include "daemon/command.h"

#include "auth/consent.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/consent_view.h"
#include "daemon/exit_code.h"
#include "daemon/options.h"
#include "daemon/say.h"
#include "pull/plan.h"
#include "value/day.h"
#include "value/zone.h"

#include <jansson.h>
#include <stdio.h>

#define DUTIES_MAX (5 + STORE_SETTLED_MAX)
#define DUTY_TEXT_MAX (ERR_TEXT_MAX + ERR_REMEDY_MAX + 64)

struct view {
	struct status_facts facts;
	struct consent_view consent;
	int64_t next; /* instant */
	size_t duty_count;
	char duties[DUTIES_MAX][DUTY_TEXT_MAX]; /* what needs a person, a sentence each */
};

static char *duty(struct view *v)
{
	return v->duty_count < DUTIES_MAX ? v->duties[v->duty_count++] : v->duties[DUTIES_MAX - 1];
}

/* What the last run leaves to do; nothing while one is on: its end will tell. */
static void find_duties_of_run(struct view *v)
{
	const struct run_row *last = &v->facts.last;

	if (!last->found) {
		snprintf(duty(v), DUTY_TEXT_MAX, "no run yet: start the daemon, or: csp-usaged sync");
		return;
	}
	if (last->status == RUN_RUNNING || last->status == RUN_OK)
		return;
	snprintf(duty(v), DUTY_TEXT_MAX, "the last run is %s: %s%s%s%s%s%s", run_status_name(last->status),
		 last->error[0] ? last->error : "see its lines in the log", last->code[0] ? " (" : "", last->code,
		 last->code[0] ? ")" : "", last->remedy[0] ? "; " : "", last->remedy);
}

/* A consent that can't be read is no news: that is so for every reader but the daemon's user. */
static void find_duties_of_consent(struct view *v, int64_t now)
{
	char text[INSTANT_TEXT_MAX];

	if (v->consent.lapses_at == 0 || v->consent.lapses_at - now > (int64_t)CONSENT_WARN_DAYS * DAY_SECONDS)
		return;
	instant_print(v->consent.lapses_at, text);
	snprintf(duty(v), DUTY_TEXT_MAX, "the consent lapses on %s: run csp-usaged login", text);
}

static const char *s_of(int64_t count)
{
	return count == 1 ? "" : "s";
}

static void find_duties(struct view *v, int64_t now)
{
	const struct status_facts *f = &v->facts;

	find_duties_of_run(v);
	find_duties_of_consent(v, now);
	if (f->gaps)
		snprintf(duty(v), DUTY_TEXT_MAX, "%lld reported day%s missing; the next runs fetch what is: csp-usaged coverage shows it",
			 (long long)f->gaps, f->gaps == 1 ? " is" : "s are");
	if (f->unpriced)
		snprintf(duty(v), DUTY_TEXT_MAX, "%lld purchase%s of %lld meter%s without a price: SELECT * FROM unpriced",
			 (long long)f->unpriced, s_of(f->unpriced), (long long)f->unpriced_meters, s_of(f->unpriced_meters));
	if (f->not_covered)
		snprintf(duty(v), DUTY_TEXT_MAX,
			 "%lld subscription%s not served by the utilization API: SELECT * FROM subscriptions WHERE usage_source IN"
			 " ('azure_plan', 'not_found', 'forbidden')",
			 (long long)f->not_covered, f->not_covered == 1 ? " is" : "s are");
	for (size_t i = 0; i < f->settled_count; i++)
		snprintf(duty(v), DUTY_TEXT_MAX,
			 "billing period %s has settled and is not closed: when it is as it should be, csp-usaged close --period %s",
			 f->settled[i], f->settled[i]);
}

static int read_view(struct view *v, const struct config *config, struct err *e)
{
	struct store_options options = boot_store_options(config);
	int64_t now = clock_now();
	struct store *store = NULL;
	int rc;

	options.create = false;
	options.read_only = true;
	if (store_open(&store, &options, e) == -1)
		return -1;
	rc = store_status(store, &v->facts, e);
	store_close(store);
	if (rc == -1)
		return -1;
	v->next = zone_next(now, config->time.hour, config->time.minute);
	consent_view_read(&v->consent, config);
	find_duties(v, now);
	return 0;
}

/* -- as text ------------------------------------------------------------------------------------------------------------------------- */

static void print_run(const char *title, const struct run_row *run)
{
	char started[INSTANT_TEXT_MAX];
	const struct run_counts *c = &run->counts;

	if (!run->found) {
		printf("%-14s none\n", title);
		return;
	}
	instant_print(run->started, started);
	printf("%-14s %s  run %lld, %s, by %s\n", title, started, (long long)run->id, run_status_name(run->status), run->trigger);
	printf("%-14s %lld subscription%s, %lld slice%s, %lld failed; rows: %lld added, %lld changed, %lld withdrawn; %.1f s\n", "",
	       (long long)c->subscriptions, s_of(c->subscriptions), (long long)c->slices, s_of(c->slices), (long long)c->slices_failed, (long long)c->rows_added,
	       (long long)c->rows_changed, (long long)c->rows_withdrawn, (double)c->duration_ms / 1000.0);
}

static void print_consent(const struct consent_view *c)
{
	char given[INSTANT_TEXT_MAX] = "unknown", renewed[INSTANT_TEXT_MAX] = "unknown", lapses[INSTANT_TEXT_MAX] = "unknown";

	if (!c->needed) {
		printf("%-14s none needed: auth = app\n", "consent");
	} else if (c->err.kind) {
		printf("%-14s not known here: %s\n", "consent", c->err.text);
	} else {
		if (c->given_at)
			instant_print(c->given_at, given);
		if (c->renewed_at)
			instant_print(c->renewed_at, renewed);
		if (c->lapses_at)
			instant_print(c->lapses_at, lapses);
		printf("%-14s by %s, given %s\n", "consent", c->user[0] ? c->user : "unknown", given);
		printf("%-14s renewed %s; would lapse %s\n", "", renewed, lapses);
	}
}

static void print_text(const struct view *v, const struct config *config)
{
	const struct status_facts *f = &v->facts;
	char zone[ZONE_TEXT_MAX], utc[INSTANT_TEXT_MAX], first[DAY_TEXT_MAX], last[DAY_TEXT_MAX];

	printf("%-14s %s\n", "database", config->database_path);
	print_run("last run", &f->last);
	if (f->last.found && f->last.status != RUN_OK && f->last.status != RUN_PARTIAL)
		print_run("last good run", &f->last_good);
	zone_print(v->next, zone);
	instant_print(v->next, utc);
	printf("%-14s %s  (%s), while the daemon runs\n", "next run", zone, utc);
	print_consent(&v->consent);
	if (f->first_day) {
		day_print(f->first_day, first);
		day_print(f->last_day, last);
		printf("%-14s %lld, reported %s to %s\n", "purchases", (long long)f->purchases, first, last);
	} else {
		printf("%-14s none\n", "purchases");
	}
	printf("%-14s %lld read", "subscriptions", (long long)f->subscriptions);
	if (f->not_covered)
		printf(", and %lld more that are not covered", (long long)f->not_covered);
	putchar('\n');
	printf("%-14s %lld\n", "gaps", (long long)f->gaps);
	printf("%-14s %lld purchase%s of %lld meter%s\n", "unpriced", (long long)f->unpriced, s_of(f->unpriced), (long long)f->unpriced_meters,
	       s_of(f->unpriced_meters));
	if (v->duty_count == 0)
		printf("%-14s nothing\n", "to do");
	for (size_t i = 0; i < v->duty_count; i++)
		printf("%-14s %s\n", i ? "" : "to do", v->duties[i]);
}

/* -- as JSON ------------------------------------------------------------------------------------------------------------------------- */

static void set_int(json_t *object, const char *key, int64_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

/* Text that is not UTF-8 does not get into the database; null is better than a document without the key. */
static void set_text(json_t *object, const char *key, const char *value)
{
	json_t *text = value && value[0] ? json_string(value) : NULL;

	json_object_set_new(object, key, text ? text : json_null());
}

static void set_instant(json_t *object, const char *key, int64_t instant)
{
	char text[INSTANT_TEXT_MAX] = "";

	if (instant)
		instant_print(instant, text);
	set_text(object, key, text);
}

static void set_day(json_t *object, const char *key, int32_t day)
{
	char text[DAY_TEXT_MAX] = "";

	if (day)
		day_print(day, text);
	set_text(object, key, text);
}

static json_t *run_json(const struct run_row *run)
{
	const struct run_counts *c = &run->counts;
	json_t *o;

	if (!run->found)
		return json_null();
	o = json_object();
	set_int(o, "run", run->id);
	set_text(o, "status", run_status_name(run->status));
	set_text(o, "trigger", run->trigger);
	set_instant(o, "slot", run->slot);
	set_instant(o, "started", run->started);
	set_instant(o, "ended", run->ended);
	set_int(o, "customers", c->customers);
	set_int(o, "subscriptions", c->subscriptions);
	set_int(o, "not_covered", c->not_covered);
	set_int(o, "slices", c->slices);
	set_int(o, "slices_failed", c->slices_failed);
	set_int(o, "rows_added", c->rows_added);
	set_int(o, "rows_changed", c->rows_changed);
	set_int(o, "rows_withdrawn", c->rows_withdrawn);
	set_int(o, "unpriced", c->unpriced);
	set_int(o, "requests", c->requests);
	set_int(o, "retries", c->retries);
	set_int(o, "duration_ms", c->duration_ms);
	set_text(o, "code", run->code);
	set_text(o, "error", run->error);
	set_text(o, "remedy", run->remedy);
	return o;
}

/* All null when it can't be read here. */
static json_t *consent_json(const struct consent_view *c)
{
	json_t *o = json_object();

	set_text(o, "user", c->user);
	set_text(o, "tenant", c->tenant);
	set_instant(o, "given", c->given_at);
	set_instant(o, "renewed", c->renewed_at);
	set_instant(o, "lapses", c->lapses_at);
	json_object_set_new(o, "mfa", c->mfa < 0 ? json_null() : json_boolean(c->mfa));
	return o;
}

static void print_json(const struct view *v, const struct config *config)
{
	const struct status_facts *f = &v->facts;
	json_t *o = json_object(), *list = json_array(), *settled = json_array();
	char zone[ZONE_TEXT_MAX];

	set_text(o, "database", config->database_path);
	json_object_set_new(o, "last_run", run_json(&f->last));
	json_object_set_new(o, "last_good_run", run_json(&f->last_good));
	zone_print(v->next, zone);
	set_text(o, "next_run_local", zone);
	set_instant(o, "next_run", v->next);
	json_object_set_new(o, "consent", consent_json(&v->consent));
	set_int(o, "purchases", f->purchases);
	set_day(o, "first_reported_day", f->first_day);
	set_day(o, "last_reported_day", f->last_day);
	set_int(o, "subscriptions", f->subscriptions);
	set_int(o, "not_covered", f->not_covered);
	set_int(o, "gaps", f->gaps);
	set_int(o, "unpriced", f->unpriced);
	set_int(o, "unpriced_meters", f->unpriced_meters);
	for (size_t i = 0; i < f->settled_count; i++)
		json_array_append_new(settled, json_string(f->settled[i]));
	json_object_set_new(o, "settled_periods", settled);
	for (size_t i = 0; i < v->duty_count; i++)
		json_array_append_new(list, json_string(v->duties[i]));
	json_object_set_new(o, "todo", list);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

int cmd_status(const struct options *options, const struct config *config)
{
	struct view view = { .duty_count = 0 };
	struct err e = ERR_INIT;

	if (read_view(&view, config, &e) == -1)
		return say_error(&e);
	if (options->json)
		print_json(&view, config);
	else
		print_text(&view, config);
	return EXIT_CODE_DONE;
}
