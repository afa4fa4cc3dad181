/* SPDX-License-Identifier: MIT */
/* store.h - the books on disk: what the daemon tells the database, and what it asks of it. SQL lives behind this header.
 *
 * Everything here runs on one thread at a time (the worker lane; one-shot commands call it directly). Any error of kind ERR_STORE
 * means that the open transaction was rolled back and the run must end; nothing that was reported done is lost by that.
 *
 * Transactions: the store keeps one write transaction open and commits it at slice boundaries, when enough rows or time have gathered
 * (STORE_COMMIT_ROWS, STORE_COMMIT_MS), at store_flush and at run end. A slice is in one transaction as a whole, always. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/buf.h"
#include "base/err.h"
#include "billing/period.h"
#include "partner/model.h"
#include "value/guid.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define STORE_COMMIT_ROWS 20000
#define STORE_COMMIT_MS 1000

struct store;

struct store_options { /* texts borrowed for the store's life */
	const char *path;
	struct guid partner;     /* tenant of the partner: the database belongs to one, another is refused */
	const char *currency, *region;
	const char *zone;        /* for schema_info */
	int period_start_day;    /* the database remembers it, another is refused */
	int settle_days;
	bool read_only;          /* status, coverage: never creates, migrates or locks */
	bool create;             /* make the file when it is missing */
	bool dry;                /* sync --dry-run: one transaction that is never committed */
};

/* Opens, checks application_id and schema version (newer: refused with the remedy), migrates, sets pragmas. */
int store_open(struct store **s, const struct store_options *options, struct err *e) MUST_CHECK;
/* Whether the database was made with these settings, which every opening for writing asks too: ERR_CONFIG, E-STORE-SETTING. */
int store_check_settings(struct store *s, struct err *e) MUST_CHECK;
/* Rolls back what is open; checkpoints; keeps -wal and -shm for readers. NULL is fine. */
void store_close(struct store *s);
/* Commits what is open. */
int store_flush(struct store *s, struct err *e) MUST_CHECK;
/* Whether nothing is open: all that was done so far survives a power cut. */
bool store_is_settled(const struct store *s);
/* Until it is used again: gives back the memory of what was only remembered. Nothing is open. */
void store_rest(struct store *s);
/* Drops what is open (a run that ends in an error of the store). */
void store_rollback(struct store *s);

/* -- runs ------------------------------------------------------------------------------------------------------------------- */

enum run_status { RUN_RUNNING, RUN_OK, RUN_PARTIAL, RUN_FAILED, RUN_ABORTED };
const char *run_status_name(enum run_status status);

struct run_counts { /* of one run; what the summary line and the view `runs` say */
	int64_t customers, subscriptions;       /* seen; subscriptions: those that utilization covers */
	int64_t not_covered;                    /* azure_plan, not_found, forbidden */
	int64_t slices, slices_failed;          /* fetched to the end or failed */
	int64_t rows_added, rows_changed, rows_withdrawn;
	int64_t unpriced;                       /* active purchases without an amount, over the whole database, at run end */
	int64_t requests, retries, throttled, bytes;
	int64_t duration_ms;
};

struct run_row {
	int64_t id, slot, started, ended; /* instants; slot and ended 0 when none */
	enum run_status status;
	char trigger[16]; /* "schedule", "catchup", "signal", "sync" */
	struct run_counts counts;
	char code[ERR_CODE_MAX], error[ERR_TEXT_MAX], remedy[ERR_REMEDY_MAX];
	bool found;
};

/* Marks a run that never ended as aborted (*ABORTED_ID, 0 when none), starts one and commits. SLOT: the schedule's instant this run
 * serves, 0 for none. */
int store_run_begin(struct store *s, const char *trigger, int64_t slot, int64_t now, struct guid correlation, int64_t *run_id,
		    int64_t *aborted_id, struct err *e) MUST_CHECK;
/* For one that writes beside an idle daemon: what follows is one transaction, which store_release commits. ERR_BUSY when another
 * process has a run under way. */
int store_hold(struct store *s, struct err *e) MUST_CHECK;
int store_release(struct store *s, struct err *e) MUST_CHECK;
/* Fills counts->unpriced, writes the run's row, sets period states by NOW, commits. ERROR may be NULL. */
int store_run_end(struct store *s, int64_t run_id, enum run_status status, struct run_counts *counts, const struct err *error,
		  int64_t now, struct err *e) MUST_CHECK;
/* found = false when there is none. */
int store_last_run(struct store *s, struct run_row *row, struct err *e) MUST_CHECK;
/* The same of the last run whose status is ok or partial. */
int store_last_good_run(struct store *s, struct run_row *row, struct err *e) MUST_CHECK;
/* The newest slot that a run which is not failed or aborted has served, 0 when none. */
int store_last_slot(struct store *s, int64_t *slot, struct err *e) MUST_CHECK;
/* By how much the amounts have changed since the run began, new less old, as text: "EUR 10423.118200000". An amount that was NULL
 * counts as nothing; "" when no purchase has changed. */
void store_run_amount(const struct store *s, char *text, size_t size);

/* -- customers, subscriptions ------------------------------------------------------------------------------------------------ */

enum usage_source { SOURCE_UTILIZATION, SOURCE_AZURE_PLAN, SOURCE_NOT_FOUND, SOURCE_FORBIDDEN, SOURCE_NONE };
const char *usage_source_name(enum usage_source source);
/* What a subscription is by its own words (offer id, billing type). Pure. */
enum usage_source usage_source_of(const struct subscription *sub);

int store_customer_put(struct store *s, const struct customer *customer, int64_t now, int64_t *id, struct err *e) MUST_CHECK;
/* Inserts or updates. SOURCE is the one in force: a learnt not_found or forbidden is kept (SOURCE_UTILIZATION would be the
 * offer's word) and tried again once a day by the caller's choice. */
int store_subscription_put(struct store *s, int64_t customer_id, const struct subscription *sub, int64_t now, int64_t *id,
			   enum usage_source *source, struct err *e) MUST_CHECK;
/* Records what the service answered: not_found, forbidden, or utilization when it answered after all. REASON: one line. */
int store_subscription_source(struct store *s, int64_t subscription_id, enum usage_source source, const char *reason, int64_t now,
			      struct err *e) MUST_CHECK;
/* Customers and subscriptions that this run's complete lists did not name are marked missing since NOW (kept, never deleted).
 * CUSTOMERS_COMPLETE: every customer's subscriptions were listed. */
int store_mark_missing(struct store *s, int64_t now, struct err *e) MUST_CHECK;

/* -- slices: (subscription, reported UTC day) ---------------------------------------------------------------------------------- */

/* The states (enum slice_state of pull/plan.h, same numbers) of COUNT reported days from FIRST on. */
int store_slice_states(struct store *s, int64_t subscription_id, int32_t first, size_t count, unsigned char *states,
		       struct err *e) MUST_CHECK;
/* Sums of the reported days from FIRST to before END, without looking at each. */
struct slice_facts {
	int32_t oldest; /* reported day on record, of all; INT32_MAX when there is none */
	int64_t good;   /* of those days, on record and not failed */
	int64_t rows;   /* in them */
};
int store_slice_facts(struct store *s, int64_t subscription_id, int32_t first, int32_t end, struct slice_facts *facts,
		      struct err *e) MUST_CHECK;
/* A slice that could not be fetched: what was stored of it before stays; planned again. */
int store_slice_failed(struct store *s, int64_t run_id, int64_t subscription_id, int32_t day, const struct err *why, int64_t now,
		       struct err *e) MUST_CHECK;

/* A slice being read: its rows gather outside the purchases and replace them as a whole by slice_load_commit. */
struct slice_load;
struct usage_batch;

struct slice_change { /* what the commit did */
	int64_t rows;      /* rows of the slice now */
	int64_t added, changed, withdrawn;
	bool wrote;        /* false: the same content as before, nothing was written */
};

/* What the pages of a complete slice were known by when it was stored, appended to PAGES, and its ROWS: 1; 0: not known, or not complete;
 * -1. */
#define STORE_PAGES_BYTES ((size_t)64 << 10)
int store_slice_pages(struct store *s, int64_t subscription_id, int32_t day, struct buf *pages, int64_t *rows, struct err *e) MUST_CHECK;

int slice_load_new(struct slice_load **load, struct store *s, int64_t subscription_id, int32_t day, struct err *e) MUST_CHECK;
/* The next records of its pages, in their order; the batch says where a page begins, or begins again, and where it is whole. What a page
 * gave that does not become whole is dropped. */
int slice_load_take(struct slice_load *load, const struct usage_batch *batch, struct err *e) MUST_CHECK;
/* What its pages are known by, kept with the slice when its commit writes; none: nothing. Copied. */
void slice_load_note_pages(struct slice_load *load, struct span pages);
/* Replaces the slice, rates what changed, all or nothing. UNCONFIRMED: an empty answer by 204. ERR_FORMAT: this slice alone is
 * refused (an amount out of range), the store goes on. */
int slice_load_commit(struct slice_load *load, int64_t run_id, bool unconfirmed, struct slice_change *change,
		      struct err *e) MUST_CHECK;
void slice_load_free(struct slice_load *load); /* NULL is fine; drops what was not committed */

/* -- billing periods -------------------------------------------------------------------------------------------------------------
 *
 * open, settling when it has ended, closed. A closed period never changes: what comes later of its usage is a correction, a purchase of
 * its own that is booked in the period of the day on which the run began (correction.h has the rules). */

#define STORE_PERIODS_DUE_MAX 12   /* that one run looks at, the newest */

/* A person closes PERIOD (year * 100 + month; 0: the oldest that has ended and is not closed, told back). ERR_CONFIG when it has not
 * ended, has no usage here, or is closed already. */
int store_period_close(struct store *s, int32_t *period, const char *reason, int64_t now, struct err *e) MUST_CHECK;

/* What is missing of a period that PERIOD names (0: the one that store_period_close would take). */
struct period_lacks {
	int64_t unread;   /* its reported days, over all covered subscriptions, from each one's first day on record on */
	int64_t unpriced; /* purchases without an amount */
	bool begun_late;  /* the database knows it from a later day on than its first */
};
int store_period_lacks(struct store *s, int32_t *period, int64_t now, struct period_lacks *lacks, struct err *e) MUST_CHECK;

struct period_due {
	char name[PERIOD_TEXT_MAX];
	int64_t gaps; /* 0: it is closed now; else the slices that are failed or missing, which keep it open */
};

/* Closes, at the end of a run, each period that ended settle_days ago or earlier, is known from its first day on, lacks no slice of
 * a subscription that utilization covers, and was never opened again by a person. In the transaction that the run's end commits. */
int store_period_close_due(struct store *s, int64_t run_id, int64_t now, struct period_due list[STORE_PERIODS_DUE_MAX], size_t *count,
			   struct err *e) MUST_CHECK;

/* Opens the newest closed period again (*PERIOD: 0, or that one), inside a run of its own: the quantities of its corrections go back into its purchases, and all of
 * it is priced by the rates known now. *REVISED: purchases and corrections that changed. ERR_CONFIG when none is closed, or a newer
 * one is. */
int store_period_reopen(struct store *s, int64_t run_id, const char *reason, int64_t now, int32_t *period, int64_t *revised,
			struct err *e) MUST_CHECK;

/* -- rate cards ---------------------------------------------------------------------------------------------------------------- */

struct rates_load;

struct rates_change {
	int64_t meters;            /* in the card */
	int64_t added, changed;    /* meters never seen before; meters with a new version */
	int64_t removed;           /* meters that the card before had and this has not */
	int64_t priced;            /* purchases that got a price or another one by this card */
	bool same_card;
};

/* A card being read. In one transaction; nothing of a card that fails is kept. */
int rates_load_new(struct rates_load **load, struct store *s, int64_t run_id, int64_t now, struct err *e) MUST_CHECK;
/* The card's bytes begin, or begin again. */
int rates_load_start(struct rates_load *load, struct err *e) MUST_CHECK;
int rates_load_add(struct rates_load *load, const struct rate *rate, struct err *e) MUST_CHECK;
/* OFFER_TERMS raw JSON or NULL. CURRENCY as the card says it: another than the configured one is refused. */
int rates_load_commit(struct rates_load *load, const char *locale, const char *currency, bool tax_included,
		      const char *offer_terms, struct rates_change *change, struct err *e) MUST_CHECK;
void rates_load_free(struct rates_load *load);

/* -- the published copy -------------------------------------------------------------------------------------------------------- */

/* VACUUM INTO a new file beside PATH, checked, made durable, 0640, renamed onto PATH. Opens a connection of its own: may run on any
 * thread while the store works on. Given up with ERR_CANCELLED when *STOP is set meanwhile: the old copy stays. */
int store_publish(const char *database, const char *path, const atomic_bool *stop, struct err *e) MUST_CHECK;

/* -- reading for the commands `status` and `coverage` ----------------------------------------------------------------------------- */

#define STORE_SETTLED_MAX 4 /* periods that status names, the oldest */

struct status_facts {
	struct run_row last, last_good; /* last_good: status ok or partial */
	int64_t purchases, subscriptions, not_covered, unpriced, unpriced_meters;
	int64_t gaps;       /* slices failed or never fetched, from the first day on record to the last day due: as the view coverage */
	int32_t first_day, last_day; /* reported days stored, 0 when none */
	/* Billing periods that had settled when the last good run ended, and are not closed: those that a run leaves to a person. */
	char settled[STORE_SETTLED_MAX][PERIOD_TEXT_MAX];
	size_t settled_count;
};

int store_status(struct store *s, struct status_facts *facts, struct err *e) MUST_CHECK;

/* Runs one read-only SELECT on the public views and hands out each row as text (NULL column: NULL): for the printing commands. */
struct store_rows;
typedef int store_row_fn(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e);
struct store_rows {
	store_row_fn *on_row;
};
int store_select(struct store *s, const char *sql, const char *const *parameters, size_t parameter_count, struct store_rows *rows,
		 struct err *e) MUST_CHECK;

#endif
