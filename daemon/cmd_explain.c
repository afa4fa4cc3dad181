/* SPDX-License-Identifier: MIT */
/* `explain`: a code or an event of the log, from the tables that the manual is made of; or a purchase, from the database. The log's
 * words need no configuration: what can't start must be explained, too. */
#include "daemon/command.h"

#include "base/util.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/configure.h"
#include "daemon/exit_code.h"
#include "daemon/explain_code.h"
#include "daemon/explain_event.h"
#include "daemon/explain_purchase.h"
#include "daemon/options.h"
#include "daemon/say.h"

static int open_books(struct store **s, const struct options *options, struct err *e)
{
	struct config config = { .database_path = NULL };
	struct store_options store;
	int rc;

	if (configure(&config, options, e) == -1)
		return -1;
	store = boot_store_options(&config);
	store.create = false;
	store.read_only = true;
	rc = store_open(s, &store, e);
	config_fini(&config);
	return rc;
}

static int explain_reference(const struct options *options)
{
	struct store *s = NULL;
	struct err e = ERR_INIT;
	int rc;

	if (open_books(&s, options, &e) == -1)
		return say_error(&e);
	rc = explain_purchase(s, options->word, options->json, stdout, &e);
	store_close(s);
	return rc == -1 ? say_error(&e) : EXIT_CODE_DONE;
}

static int refuse(const char *word, const char *why, const char *remedy)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_CONFIG, "\"%.80s\" %s", word, why);
	err_advise(&e, NULL, remedy);
	return say_error(&e);
}

int cmd_explain(const struct options *options, const struct config *config)
{
	const char *word = options->word;

	(void)config;
	if (options->mdoc) {
		explain_mdoc(stdout);
		return EXIT_CODE_DONE;
	}
	if (word && strchr(word, ':'))
		return explain_reference(options);
	if (options->json)
		return refuse("--json", "belongs to a purchase reference", "see csp-usaged explain --help");
	if (!word) {
		explain_code_list(stdout);
		explain_event_list(stdout);
		return EXIT_CODE_DONE;
	}
	if (explain_is_code(word))
		return explain_code(word, stdout);
	if (explain_event(word, stdout))
		return EXIT_CODE_DONE;
	return refuse(word, "is neither a code, nor an event, nor a purchase reference",
		      "give a code or an event as in the log, E-... or run.done, or a purchase_reference; csp-usaged explain lists all codes"
		      " and events");
}
