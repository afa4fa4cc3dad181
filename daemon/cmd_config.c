/* SPDX-License-Identifier: MIT */
/* `config`: the configuration in force, as a file that could be used as it stands; or one to begin with. */
#include "daemon/command.h"

#include "base/util.h"
#include "billing/rules.h"
#include "config/config.h"
#include "daemon/configure.h"
#include "daemon/exit_code.h"
#include "daemon/options.h"
#include "daemon/say.h"

#include <stdio.h>

#define PRINT_MAX ((size_t)1 << 20)
#define NOTES_MAX 16

static int print(const struct config *config, enum config_form form, struct buf *out, struct err *e)
{
	struct config_note notes[NOTES_MAX];
	size_t count;
	const struct billing_rule *rules = billing_rules(&count);

	if (count > NOTES_MAX)
		count = NOTES_MAX;
	for (size_t i = 0; i < count; i++)
		notes[i] = (struct config_note){ rules[i].name, rules[i].text };
	if (config_print(config, form, notes, count, out) == -1)
		return err_set(e, ERR_CONFIG, "the configuration is too large to print");
	if (fputs(buf_text(out), stdout) == EOF || fflush(stdout) == EOF)
		return err_errno(e, ERR_STORE, "write the configuration");
	return 0;
}

static int print_or_say(const struct config *config, enum config_form form)
{
	struct err e = ERR_INIT;
	struct buf out;
	int rc;

	buf_init(&out, PRINT_MAX);
	rc = print(config, form, &out, &e);
	buf_fini(&out);
	return rc == -1 ? say_error(&e) : EXIT_CODE_DONE;
}

int cmd_config(const struct options *options, const struct config *none)
{
	struct config config = { .log_level = LOG_INFO };
	struct err e = ERR_INIT;
	int code = EXIT_CODE_DONE;

	(void)none; /* the example is for those who have no configuration yet */
	if (options->example)
		return print_or_say(NULL, CONFIG_EXAMPLE);
	if (configure(&config, options, &e) == -1)
		return say_error(&e);
	if (!options->test)
		code = print_or_say(&config, CONFIG_EFFECTIVE);
	config_fini(&config);
	return code;
}
