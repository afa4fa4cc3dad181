/* SPDX-License-Identifier: MIT */
#include "daemon/configure.h"

#include "base/log.h"
#include "config/config.h"
#include "daemon/options.h"
#include "value/zone.h"

int configure(struct config *c, const struct options *options, struct err *e)
{
	if (config_load(c, options->config_file, e) == -1)
		return -1;
	log_setup(c->log_level, log_stderr_is_journal());
	/* The zone is a variable of the environment, which threads must not see change. */
	if (zone_use(c->timezone, e) == 0)
		return 0;
	config_fini(c);
	return -1;
}
