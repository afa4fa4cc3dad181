/* SPDX-License-Identifier: MIT */
/* options.h - the command line. */
#ifndef EMU_OPTIONS_H
#define EMU_OPTIONS_H

#include <stddef.h>

#include "err.h"

enum totals { TOTALS_NONE, TOTALS_DAYS, TOTALS_SLICES };

struct options {
	const char *scenario;	/* file, or NULL */
	char **sets;		/* borrowed from argv */
	size_t set_count;
	const char *listen, *state_dir, *ready_file, *log;
	int port, plain, allow_remote, quiet;
	enum totals totals;
	enum { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_KEYS, OPTIONS_VERSION } what;
};

/* sets is freed by options_fini. */
int options_read(struct options *o, int argc, char **argv, struct err *e) MUST_CHECK;
void options_fini(struct options *o);
void options_print_help(void);

#endif
