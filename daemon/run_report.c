/* SPDX-License-Identifier: MIT */
/* What a run says of itself: how far it is, the warning about subscriptions that the API does not serve, and the summary line. */
#include "base/log.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/events.h"
#include "daemon/run_inner.h"

#include <stdio.h>

bool quiet_show(struct quiet *q)
{
	return q->seen++ < RUN_FAILURES_SHOWN;
}

void quiet_end(const struct quiet *q, const struct run *run, const char *event)
{
	struct log_line l;

	if (q->seen <= RUN_FAILURES_SHOWN)
		return;
	log_start(&l, LOG_WARN, EVENT_SUPPRESSED);
	log_int(&l, "run", run->id);
	log_text(&l, "what", event);
	log_int(&l, "count", q->seen - RUN_FAILURES_SHOWN);
	log_finish(&l);
}

static void report_not_covered(const struct run *run)
{
	struct log_line l;

	/* A run that was cut short has not asked them all. */
	if (run->counts.not_covered == 0 || run->status == RUN_ABORTED || run->status == RUN_FAILED)
		return;
	log_start(&l, LOG_WARN, EVENT_NOT_COVERED);
	log_int(&l, "run", run->id);
	log_int(&l, "count", run->counts.not_covered);
	log_int(&l, "refused", run->usage.refused);
	log_text(&l, "remedy",
		 "their usage is not in the database: see SELECT * FROM subscriptions WHERE usage_source IN "
		 "('azure_plan', 'not_found', 'forbidden')");
	log_finish(&l);
}

static enum log_level level_of(enum run_status status)
{
	return status == RUN_OK || status == RUN_ABORTED ? LOG_INFO : status == RUN_PARTIAL ? LOG_WARN : LOG_ERROR;
}

static void report_sums(struct log_line *l, const struct run *run)
{
	const struct run_counts *c = &run->counts;
	char amount[sizeof(run->amount)];

	snprintf(amount, sizeof(amount), "%s", run->amount);
	if (!amount[0])
		snprintf(amount, sizeof(amount), "%s 0.000000000", run->boot->config->currency);
	log_int(l, "subscriptions", c->subscriptions);
	log_int(l, "slices", c->slices);
	log_int(l, "failed", c->slices_failed);
	log_int(l, "rows_added", c->rows_added);
	log_int(l, "rows_changed", c->rows_changed);
	log_int(l, "rows_withdrawn", c->rows_withdrawn);
	log_int(l, "unpriced", c->unpriced);
	log_text(l, "amount", amount);
	log_int(l, "requests", c->requests);
	log_int(l, "retries", c->retries);
	log_int(l, "duration_ms", c->duration_ms);
	log_int(l, "not_covered", c->not_covered);
	log_int(l, "throttled", c->throttled);
}

static void report_done(const struct run *run)
{
	struct log_line l;

	log_start(&l, level_of(run->status), EVENT_RUN_DONE);
	log_int(&l, "run", run->id);
	log_text(&l, "status", run_status_name(run->status));
	if (run->order.dry)
		log_text(&l, "dry_run", "yes");
	report_sums(&l, run);
	if (run->subscriptions.failed)
		log_int(&l, "customers_failed", run->subscriptions.failed);
	if (run->publish_failed)
		log_text(&l, "publish", "failed");
	if (run->status == RUN_FAILED && run->err.kind)
		log_err(&l, &run->err);
	log_finish(&l);
}

void run_report_slower(struct fetch_watch *watch, unsigned in_flight, int64_t told_s)
{
	const struct run *run = container_of(watch, struct run, throttle);
	struct log_line l;

	log_start(&l, LOG_INFO, EVENT_THROTTLED);
	log_int(&l, "run", run->id);
	log_int(&l, "in_flight", in_flight);
	if (told_s >= 0)
		log_int(&l, "wait_s", told_s);
	log_finish(&l);
}

void run_report_progress(const struct run *run)
{
	struct log_line l;

	log_start(&l, LOG_INFO, EVENT_RUN_PROGRESS);
	log_int(&l, "run", run->id);
	log_int(&l, "slices", run->usage.done);
	log_int(&l, "of", run->usage.due);
	log_int(&l, "rows", run->usage.rows);
	log_finish(&l);
}

void run_report(struct run *run)
{
	struct run_ask *ask = run->ask;

	run_report_consent(run);
	report_not_covered(run);
	report_done(run);
	ask->status = run->status;
	ask->err = run->err;
	ask->person = run->err.kind == ERR_AUTH;
	run_over(run);
}
