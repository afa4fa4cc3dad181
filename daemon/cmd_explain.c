/* SPDX-License-Identifier: MIT */
/* `explain`: a code of the log, from the table that the manual is made of; or a purchase, from the database. A code needs no
 * configuration: what can't start must be explained, too. */
#include "daemon/command.h"

#include "base/util.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/configure.h"
#include "daemon/exit_code.h"
#include "daemon/explain_code.h"
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

int cmd_explain(const struct options *options, const struct config *config)
{
	struct err e = ERR_INIT;

	(void)config;
	if (options->mdoc) {
		explain_mdoc(stdout);
		return EXIT_CODE_DONE;
	}
	if (!options->word || explain_is_code(options->word))
		return explain_code(options->word, stdout);
	if (strchr(options->word, ':'))
		return explain_reference(options);
	err_set(&e, ERR_CONFIG, "\"%.80s\" is neither a code nor a purchase reference", options->word);
	err_advise(&e, NULL, "give a code as in the log, E-..., or a reference as in purchases.purchase_reference; csp-usaged explain lists all codes");
	return say_error(&e);
}
