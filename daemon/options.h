/* SPDX-License-Identifier: MIT */
/* options.h - the command line: two tables (commands, options), and what they were set to. */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include "base/err.h"
#include "value/guid.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define OPTIONS_CONFIG_DEFAULT "/etc/csp-usaged/csp-usaged.conf"

#define OPTIONS_REASON_MAX 500

struct config;
struct options;

struct command {
	const char *name;
	int (*run)(const struct options *options, const struct config *config);
	const char *help; /* one line */
	const char *word; /* what it takes beside options: "[CODE]" in the help; NULL: nothing */
	bool bare;        /* gets no configuration (NULL): reads it itself when it needs it */
};

struct options { /* texts borrowed from argv */
	const struct command *command; /* NULL only with help or version */
	const char *config_file;
	const char *word;             /* NULL when not given */
	bool help, version;
	bool incomplete;
	bool json, test, example, dry_run, mdoc, device, full;
	const char *scope_file;       /* NULL when not given */
	bool ranged;            /* --from or --to was given: both are set */
	int32_t from, to;       /* reported days, inclusive */
	struct guid customer, subscription; /* zero: all */
	int32_t month;          /* first day of it */
	bool month_given;
	int32_t period;         /* year * 100 + month, 0: none given */
	const char *reason;     /* NULL when not given */
};

/* ERR_CONFIG with the remedy on wrong usage. */
int options_parse(struct options *o, int argc, char *const *argv, struct err *e) MUST_CHECK;
/* The help of the program, or of o->command when there is one. */
void options_help(const struct options *o, FILE *out);

#endif
