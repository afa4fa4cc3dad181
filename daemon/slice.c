/* SPDX-License-Identifier: MIT */
/* HAPPY PATH  pages decoded into a loading (slice_pages.h) -> commit: the slice is replaced and rated (lane) -> stored
 * FAILURES    no content for good, or "no usage": an empty slice is stored, unconfirmed for 204; one that has purchases keeps them,
 *             because only a list that lacks them takes them back
 *             no content, told to wait: failed as busy, planned again
 *             not found: once more by the entitlement id, when it is another one; then on record as not covered. Forbidden likewise
 *             any other answer: on record as failed (lane), planned again
 *             needs a person, or the database: the run fails */
#include "daemon/slice.h"

#include "base/log.h"
#include "config/config.h"
#include "daemon/ask.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/events.h"
#include "value/day.h"

#include <stdio.h>

#define REASON_MAX 300

static void fetch(struct slice *s);

/* -- on the lane: the end ------------------------------------------------------------------------------------------------------ */

/* What a failed job of the lane makes of the run. */
static bool is_fatal(const struct err *e)
{
	return e->kind == ERR_AUTH || e->kind == ERR_STORE || e->kind == ERR_CANCELLED;
}

static int put_failure(struct slice *s, const struct err *why, struct err *e)
{
	struct run *run = s->run;

	run->counts.slices++;
	run->counts.slices_failed++;
	return store_slice_failed(run->boot->store, run->id, s->target->id, s->day, why, clock_now(), e);
}

/* The subscription is served after all, or no longer. */
static int put_source(struct slice *s, enum usage_source source, const char *reason, struct err *e)
{
	return store_subscription_source(s->run->boot->store, s->target->id, source, reason, clock_now(), e);
}

struct stored_slice {
	struct store_rows rows;
	bool has_purchases, failed;
};

static int on_stored_slice(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	struct stored_slice *stored = container_of(rows, struct stored_slice, rows);

	(void)columns, (void)names, (void)e;
	stored->has_purchases = strcmp(values[0], "0") != 0;
	stored->failed = strcmp(values[1], "failed") == 0;
	return 0;
}

/* 204 is ambiguous and "no usage" is about the customer: neither says that what was sold before was not. KEPT: the slice stays. */
static int keep_purchases(struct slice *s, bool *kept, struct err *e)
{
	static const char sql[] = "SELECT rows, state FROM slices WHERE subscription_id = ?1 AND reported_day = ?2";
	struct stored_slice stored = { .rows = { .on_row = on_stored_slice } };
	char id[GUID_TEXT_MAX], day[DAY_TEXT_MAX];
	const char *const parameters[] = { id, day };

	guid_print(s->target->guid, id);
	day_print(s->day, day);
	if (store_select(s->run->boot->store, sql, parameters, countof(parameters), &stored.rows, e) == -1)
		return -1;
	*kept = stored.has_purchases;
	if (*kept && stored.failed)
		return err_set(e, ERR_REMOTE, "no content for a day that has purchases: they are kept");
	return 0;
}

/* What the slice is known again by. */
static int note_pages(struct slice *s, struct err *e)
{
	struct buf pages;
	int rc = 0;

	buf_init(&pages, STORE_PAGES_BYTES);
	if (pc_prints_write(&s->prints, &pages) == -1)
		rc = err_set(e, ERR_FORMAT, "a slice of too many pages");
	else
		slice_load_note_pages(s->load, buf_span(&pages));
	buf_fini(&pages);
	return rc;
}

static int commit(struct slice *s, struct err *e)
{
	struct run *run = s->run;
	bool kept = false;

	if (s->pager.answer == FETCH_OK && slice_pages_unchanged(s)) {
		run->counts.slices++;
		run->usage.unchanged++;
		s->change.rows = s->known_rows;
		return 0;
	}
	if (s->load_err.kind) {
		*e = s->load_err;
		return -1;
	}
	if (s->pager.answer != FETCH_OK && keep_purchases(s, &kept, e) == -1)
		return -1;
	if (kept) {
		run->counts.slices++;
		run->usage.kept++;
		return 0;
	}
	if (!s->load && slice_load_new(&s->load, run->boot->store, s->target->id, s->day, e) == -1)
		return -1;
	if (s->pager.answer == FETCH_OK && note_pages(s, e) == -1)
		return -1;
	if (slice_load_commit(s->load, run->id, s->unconfirmed, &s->change, e) == -1)
		return -1;
	run->counts.slices++;
	run->counts.rows_added += s->change.added;
	run->counts.rows_changed += s->change.changed;
	run->counts.rows_withdrawn += s->change.withdrawn;
	if (s->target->source != SOURCE_UTILIZATION)
		return put_source(s, SOURCE_UTILIZATION, "the service answered", e);
	return 0;
}

/* The store commits when enough has gathered, so what was counted may still be lost. */
static void settle(struct run *run, const struct err *e)
{
	if (!is_fatal(e) && store_is_settled(run->boot->store))
		run->settled = run->counts;
}

static void commit_on_lane(struct work *w)
{
	struct slice *s = container_of(w, struct slice, work);

	/* An error of this slice alone (an amount out of range) is put on record in the same breath. */
	if (commit(s, &w->err) == -1 && !is_fatal(&w->err)) {
		struct err stored = ERR_INIT;

		if (put_failure(s, &w->err, &stored) == -1)
			w->err = stored;
	}
	slice_pages_fini(s);
	settle(s->run, &w->err);
}

static void fail_on_lane(struct work *w)
{
	struct slice *s = container_of(w, struct slice, work);
	int rc;

	slice_pages_fini(s);
	rc = put_failure(s, &s->err, &w->err);
	(void)rc; /* the error says it */
	settle(s->run, &w->err);
}

static void source_on_lane(struct work *w)
{
	struct slice *s = container_of(w, struct slice, work);
	char reason[REASON_MAX];
	int rc;

	slice_pages_fini(s);
	snprintf(reason, sizeof(reason), "%.*s", REASON_MAX - 1, s->err.text);
	rc = put_source(s, s->learnt, reason, &w->err);
	(void)rc;
}

/* -- on the loop ----------------------------------------------------------------------------------------------------------------- */

static void over(struct slice *s, enum slice_end how)
{
	s->end = how;
	s->busy = false;
	s->done(s);
}

void slice_fail_run(struct slice *s, const struct err *e)
{
	char id[GUID_TEXT_MAX], day[DAY_TEXT_MAX];
	struct err named = *e;

	guid_print(s->target->guid, id);
	day_print(s->day, day);
	err_wrap(&named, "subscription %s, day %s", id, day);
	run_fail(s->run, &named);
}

static void on_committed(struct work *w)
{
	struct slice *s = container_of(w, struct slice, work);

	if (is_fatal(&w->err)) {
		slice_fail_run(s, &w->err);
		return;
	}
	s->err = w->err;
	over(s, w->err.kind ? SLICE_NOT_STORED : SLICE_STORED);
}

static void on_failure_stored(struct work *w)
{
	struct slice *s = container_of(w, struct slice, work);

	if (w->err.kind)
		slice_fail_run(s, &w->err);
	else
		over(s, SLICE_NOT_STORED);
}

static void on_source_stored(struct work *w)
{
	struct slice *s = container_of(w, struct slice, work);

	if (w->err.kind)
		slice_fail_run(s, &w->err);
	else
		over(s, SLICE_NOT_COVERED);
}

static void store(struct slice *s, bool unconfirmed)
{
	s->unconfirmed = unconfirmed;
	work_submit(s->run, &s->work, commit_on_lane, on_committed);
}

static void fail(struct slice *s)
{
	work_submit(s->run, &s->work, fail_on_lane, on_failure_stored);
}

static void learn(struct slice *s, enum usage_source source)
{
	s->learnt = source;
	work_submit(s->run, &s->work, source_on_lane, on_source_stored);
}

/* The service does not know the subscription by this id. One that changed its owner is known by its commerce id, one that was moved
 * to an Azure plan by its entitlement id. */
static void not_found(struct slice *s)
{
	const struct run_target *t = s->target;

	if (!s->by_entitlement && !guid_is_zero(t->entitlement) && !guid_equal(t->entitlement, t->guid)) {
		s->by_entitlement = true;
		fetch(s);
		return;
	}
	learn(s, SOURCE_NOT_FOUND);
}

/* It began like what is stored, and was not: now without looking at that. */
static void read_again(struct slice *s)
{
	struct log_line l;

	s->run->usage.again++;
	s->known.count = 0;
	log_start(&l, LOG_DEBUG, EVENT_SLICE_AGAIN);
	log_int(&l, "page", (int64_t)s->pager.pages + 1);
	log_finish(&l);
	fetch(s);
}

static void on_pages(struct pager *p)
{
	struct slice *s = container_of(p, struct slice, pager);

	if (s->again) {
		read_again(s);
		return;
	}
	s->err = p->err;
	switch (p->answer) {
	case FETCH_OK:
	case FETCH_NO_USAGE:
		store(s, false);
		return;
	case FETCH_NO_CONTENT:
		if (!p->told_to_wait) {
			store(s, true);
			return;
		}
		err_set(&s->err, ERR_BUSY, "not ready yet: the service asks to wait (204)");
		err_advise(&s->err, "E-NOT-READY", "none needed: the day stays planned for the next run");
		fail(s);
		return;
	case FETCH_NOT_FOUND:
		not_found(s);
		return;
	case FETCH_FORBIDDEN:
		learn(s, SOURCE_FORBIDDEN);
		return;
	case FETCH_FAILED:
		break;
	}
	if (is_fatal(&s->err))
		slice_fail_run(s, &s->err);
	else
		fail(s);
}

static void fetch(struct slice *s)
{
	const struct run_target *t = s->target;
	struct boot *boot = s->run->boot;
	char path[ASK_PATH_MAX];

	slice_pages_start(s);
	ask_usage_path(&t->customer, s->by_entitlement ? &t->entitlement : &t->guid, s->day,
		       boot->config->granularity == CONFIG_HOURLY, path);
	s->pager = (struct pager){
		.work = &slice_pages_work,
		.what = "usage",
		.page_max = LIMIT_PAGE_BYTES,
		.done = on_pages,
	};
	pager_start(&s->pager, boot->fetch, boot->lane, path);
}

static void known_on_lane(struct work *w)
{
	struct slice *s = container_of(w, struct slice, work);
	struct buf pages;

	buf_init(&pages, STORE_PAGES_BYTES);
	if (store_slice_pages(s->run->boot->store, s->target->id, s->day, &pages, &s->known_rows, &w->err) == 1)
		(void)pc_prints_read(&s->known, buf_span(&pages)); /* of another version: not known */
	buf_fini(&pages);
}

static void on_known(struct work *w)
{
	struct slice *s = container_of(w, struct slice, work);

	if (w->err.kind)
		slice_fail_run(s, &w->err);
	else
		fetch(s);
}

void slice_start(struct slice *s, struct run *run, struct run_target *target, int32_t day)
{
	s->run = run;
	s->target = target;
	s->day = day;
	s->by_entitlement = target->by_entitlement;
	s->busy = true;
	s->change = (struct slice_change){ .rows = 0 };
	err_clear(&s->err);
	if (target->on_record && target->source == SOURCE_UTILIZATION)
		work_submit(run, &s->work, known_on_lane, on_known);
	else
		fetch(s);
}

void slice_fini(struct slice *s)
{
	slice_pages_fini(s);
}

void slice_cancel(struct slice *s)
{
	if (s->busy)
		pager_cancel(&s->pager);
	s->busy = false;
}
