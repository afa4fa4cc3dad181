/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { OPT_SCENARIO = 256, OPT_SET, OPT_LISTEN, OPT_PORT, OPT_PLAIN, OPT_STATE_DIR, OPT_READY_FILE, OPT_TOTALS, OPT_QUIET, OPT_LOG,
	OPT_ALLOW_REMOTE, OPT_HELP, OPT_KEYS, OPT_VERSION };

static const struct option table[] = {
	{"scenario", required_argument, NULL, OPT_SCENARIO},
	{"set", required_argument, NULL, OPT_SET},
	{"listen", required_argument, NULL, OPT_LISTEN},
	{"port", required_argument, NULL, OPT_PORT},
	{"plain", no_argument, NULL, OPT_PLAIN},
	{"state-dir", required_argument, NULL, OPT_STATE_DIR},
	{"ready-file", required_argument, NULL, OPT_READY_FILE},
	{"totals", optional_argument, NULL, OPT_TOTALS},
	{"quiet", no_argument, NULL, OPT_QUIET},
	{"log", required_argument, NULL, OPT_LOG},
	{"allow-remote", no_argument, NULL, OPT_ALLOW_REMOTE},
	{"help", no_argument, NULL, OPT_HELP},
	{"help-scenario", no_argument, NULL, OPT_KEYS},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

void
options_print_help(void)
{
	fputs(
	    "Usage: csp-usaged-emulator [OPTION]...\n"
	    "Behaves as Microsoft Entra and Partner Center do, for trying csp-usaged or an import without a partner account.\n"
	    "\n"
	    "  --scenario FILE          what to play (INI); without it a small generated partner\n"
	    "  --set SECTION.KEY=VALUE  change one key of the scenario; may stand several times\n"
	    "  --help-scenario          print every key with its default and meaning\n"
	    "  --listen ADDRESS         loopback address to listen on (127.0.0.1)\n"
	    "  --allow-remote           accept a --listen address that others can reach\n"
	    "  --port N                 port (8443); 0 takes any free one\n"
	    "  --plain                  HTTP instead of HTTPS\n"
	    "  --state-dir DIR          where ca.pem and the server's certificate are made and kept (a new temporary folder)\n"
	    "  --ready-file FILE        written once listening: port=, base_url=, ca_file=, refresh_token=, pid=, one a line\n"
	    "  --totals[=days|slices]   serve nothing: print the generator's own figures as CSV and end\n"
	    "  --log FILE               one line a request to FILE instead of standard error\n"
	    "  --quiet                  no line a request\n"
	    "  --help, --version\n"
	    "\n"
	    "Sign-in: POST /TENANT/oauth2/v2.0/token. API: /v1/customers, /v1/customers/ID/subscriptions,\n"
	    "/v1/customers/ID/subscriptions/ID/utilizations/azure, /v1/ratecards/azure. Control, without a token:\n"
	    "GET /emulator/health, /emulator/counters, /emulator/totals[?by=slices];\n"
	    "POST /emulator/counters/reset, /emulator/scenario[?afresh=yes] (INI text, merged over the present scenario).\n"
	    "\n"
	    "Exit status: 0 done, 1 failed, 2 wrong usage or scenario.\n", stdout);
}

static int
read_totals(struct options *o, const char *value, struct err *e)
{
	if (value == NULL || strcmp(value, "days") == 0)
		o->totals = TOTALS_DAYS;
	else if (strcmp(value, "slices") == 0)
		o->totals = TOTALS_SLICES;
	else
		return err_set(e, "--totals=%s: want days or slices", value);
	return 0;
}

static int
take(struct options *o, int option, char *value, struct err *e)
{
	int64_t port;

	switch (option) {
	case OPT_SCENARIO: o->scenario = value; return 0;
	case OPT_SET: o->sets[o->set_count++] = value; return 0;
	case OPT_LISTEN: o->listen = value; return 0;
	case OPT_PLAIN: o->plain = 1; return 0;
	case OPT_STATE_DIR: o->state_dir = value; return 0;
	case OPT_READY_FILE: o->ready_file = value; return 0;
	case OPT_QUIET: o->quiet = 1; return 0;
	case OPT_LOG: o->log = value; return 0;
	case OPT_ALLOW_REMOTE: o->allow_remote = 1; return 0;
	case OPT_HELP: o->what = OPTIONS_HELP; return 0;
	case OPT_KEYS: o->what = OPTIONS_KEYS; return 0;
	case OPT_VERSION: o->what = OPTIONS_VERSION; return 0;
	case OPT_TOTALS: return read_totals(o, value, e);
	case OPT_PORT:
		if (parse_int(value, 0, 65535, &port) != 0)
			return err_set(e, "--port %s: want a number from 0 to 65535", value);
		o->port = (int)port;
		return 0;
	default:
		return err_set(e, "unknown option or missing value; see --help");
	}
}

int
options_read(struct options *o, int argc, char **argv, struct err *e)
{
	int option;

	*o = (struct options){.listen = "127.0.0.1", .port = 8443};
	o->sets = mem_new((size_t)argc, sizeof(*o->sets));
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (option == '?')
			return err_set(e, "%s: unknown option or missing value; see --help", argv[optind - 1]);
		if (take(o, option, optarg, e) != 0)
			return -1;
	}
	if (optind < argc)
		return err_set(e, "%s: not an option; see --help", argv[optind]);
	return 0;
}

void
options_fini(struct options *o)
{
	free(o->sets);
}
