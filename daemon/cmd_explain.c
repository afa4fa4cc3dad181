/* SPDX-License-Identifier: MIT */
/* `explain`: a code of the log, from the table that the manual is made of. Needs no configuration: what can't start must be
 * explained, too. */
#include "daemon/command.h"

#include "base/util.h"
#include "daemon/exit_code.h"
#include "daemon/explain_code.h"
#include "daemon/options.h"
#include "daemon/say.h"

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
	err_set(&e, ERR_CONFIG, "\"%.80s\" is not a code: expected E-..., as in the log", options->word);
	err_advise(&e, NULL, "csp-usaged explain lists all codes");
	return say_error(&e);
}
