/* SPDX-License-Identifier: MIT */
/* `close` and `reopen`: what people do to billing periods. Beside an idle daemon too, but not during a run. */
#include "daemon/command.h"

#include "base/mem.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/exit_code.h"
#include "daemon/options.h"
#include "daemon/say.h"

#include <stdio.h>
#include <string.h>

struct period_work {
	const struct options *options;
	struct store *s;
	int32_t period;
	int64_t revised;  /* by reopen */
	int64_t unpriced; /* in what was closed */
};
typedef int period_fn(struct period_work *w, struct err *e);

/* What is closed with holes is charged with holes: that is for a person to say aloud. */
static int check_whole(struct period_work *w, struct err *e)
{
	struct period_lacks lacks;
	char name[PERIOD_TEXT_MAX];

	if (store_period_lacks(w->s, &w->period, clock_now(), &lacks, e) == -1)
		return -1;
	w->unpriced = lacks.unpriced;
	if (w->options->incomplete || (!lacks.unread && !lacks.begun_late))
		return 0;
	period_print(w->period, name);
	err_set(e, ERR_CONFIG, "billing period %s is not whole: %lld reported days of subscriptions were not read%s", name,
		(long long)lacks.unread, lacks.begun_late ? ", and the database does not know it from its first day on" : "");
	return err_advise(e, "E-PERIOD", "fetch them (csp-usaged coverage, csp-usaged sync --from D --to D), or close it as it is with --incomplete");
}

static int close_period(struct period_work *w, struct err *e)
{
	const char *reason = w->options->reason ? w->options->reason : "";

	w->period = w->options->period;
	if (check_whole(w, e) == -1)
		return -1;
	return store_period_close(w->s, &w->period, reason, clock_now(), e);
}

/* A run of its own, so that each purchase it changes says by which run it was changed. */
static int reopen_period(struct period_work *w, struct err *e)
{
	struct run_counts counts = { .slices = 0 };
	int64_t run_id, aborted;

	w->period = w->options->period;
	if (store_run_begin(w->s, "reopen", 0, clock_now(), guid_random(), &run_id, &aborted, e) == -1 ||
	    store_period_reopen(w->s, run_id, w->options->reason, clock_now(), &w->period, &w->revised, e) == -1)
		return -1;
	counts.rows_changed = w->revised;
	return store_run_end(w->s, run_id, RUN_OK, &counts, NULL, clock_now(), e);
}

static int do_in_store(struct period_work *w, const struct config *config, period_fn *work, struct err *e)
{
	struct store_options options = boot_store_options(config);
	int rc;

	options.create = false;
	if (store_open(&w->s, &options, e) == -1)
		return -1;
	rc = store_hold(w->s, e);
	if (rc == 0)
		rc = work(w, e);
	if (rc == 0)
		rc = store_release(w->s, e);
	store_close(w->s);
	return rc;
}

/* Importers read the copy: it shall say the same. The period's state is in the database already. */
static int publish(const struct config *config, struct err *e)
{
	atomic_bool never = false;

	if (!config->publish_path)
		return 0;
	if (store_publish(config->database_path, config->publish_path, &never, e) == -1)
		return err_wrap(e, "done, but the published copy is still as it was before");
	return 0;
}

static int work_on_period(struct period_work *w, const struct config *config, period_fn *work)
{
	struct err e = ERR_INIT;

	if (do_in_store(w, config, work, &e) == -1 || publish(config, &e) == -1)
		return say_error(&e);
	return EXIT_CODE_DONE;
}

static int refuse_without_reason(void)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_CONFIG, "reopen wants --reason TEXT: it stands in the database, for whoever asks why amounts have moved");
	err_advise(&e, NULL, "for example --reason \"October's invoices were not sent yet\"");
	return say_error(&e);
}

int cmd_close(const struct options *options, const struct config *config)
{
	struct period_work w = { .options = options };
	char name[PERIOD_TEXT_MAX];
	int code = work_on_period(&w, config, close_period);

	if (code != EXIT_CODE_DONE)
		return code;
	period_print(w.period, name);
	printf("Billing period %s is closed. What comes later of its usage is a correction, charged in the period of the day on which it "
	       "comes.\n", name);
	if (w.unpriced)
		printf("%lld purchases in it have no price: they are charged as corrections when it comes (view unpriced).\n", (long long)w.unpriced);
	return code;
}

int cmd_reopen(const struct options *options, const struct config *config)
{
	struct period_work w = { .options = options };
	char name[PERIOD_TEXT_MAX];
	int code;

	if (!options->reason || !options->reason[0])
		return refuse_without_reason();
	code = work_on_period(&w, config, reopen_period);
	if (code != EXIT_CODE_DONE)
		return code;
	period_print(w.period, name);
	printf("Billing period %s is open again; %lld purchases changed (SELECT * FROM purchase_changes WHERE run_id = (SELECT max(run_id) FROM "
	       "runs)).\nIt does not close by itself any more: csp-usaged close --period %s\n", name, (long long)w.revised, name);
	return code;
}
