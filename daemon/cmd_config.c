/* SPDX-License-Identifier: MIT */
/* `config`: the configuration in force, as a file that could be used as it stands. */
#include "daemon/command.h"

#include "base/util.h"
#include "billing/rules.h"
#include "config/config.h"
#include "daemon/exit_code.h"
#include "daemon/options.h"
#include "daemon/say.h"

#include <stdio.h>

#define PRINT_MAX ((size_t)1 << 20)
#define NOTES_MAX 16

static int print(const struct config *config, struct buf *out, struct err *e)
{
	struct config_note notes[NOTES_MAX];
	size_t count;
	const struct billing_rule *rules = billing_rules(&count);

	if (count > NOTES_MAX)
		count = NOTES_MAX;
	for (size_t i = 0; i < count; i++)
		notes[i] = (struct config_note){ rules[i].name, rules[i].text };
	if (config_print(config, CONFIG_EFFECTIVE, notes, count, out) == -1)
		return err_set(e, ERR_CONFIG, "the configuration is too large to print");
	if (fputs(buf_text(out), stdout) == EOF || fflush(stdout) == EOF)
		return err_errno(e, ERR_STORE, "write the configuration");
	return 0;
}

int cmd_config(const struct options *options, const struct config *config)
{
	struct err e = ERR_INIT;
	struct buf out;
	int rc;

	if (options->test)
		return EXIT_CODE_DONE; /* it was read, or we would not be here */
	buf_init(&out, PRINT_MAX);
	rc = print(config, &out, &e);
	buf_fini(&out);
	return rc == -1 ? say_error(&e) : EXIT_CODE_DONE;
}
