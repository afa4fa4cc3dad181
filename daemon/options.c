/* SPDX-License-Identifier: MIT */
#include "daemon/options.h"

#include "base/util.h"
#include "daemon/command.h"
#include "value/day.h"

#include <getopt.h>
#include <string.h>

enum { RUN, SYNC, LOGIN, STATUS, COVERAGE, CLOSE, REOPEN, CHECK, EXPLAIN, CONFIG };
#define ONLY(command) (1u << (command))
#define ALL 0xffffffffu

static const struct command commands[] = {
	[RUN] = { "run", cmd_run, .help = "the daemon: runs every day at the scheduled time; SIGHUP starts a run now" },
	[SYNC] = { "sync", cmd_sync, .help = "one run now, then exit" },
	[LOGIN] = { "login", cmd_login, .help = "a person's consent: sign in in a browser, or with a code on another machine" },
	[STATUS] = { "status", cmd_status, .help = "last run, next run, gaps, unpriced usage, what needs a person" },
	[COVERAGE] = { "coverage", cmd_coverage, .help = "the calendar of a month: which reported days of which customer are complete" },
	[CLOSE] = { "close", cmd_close, .help = "close a billing period now: nothing in it changes any more, what comes later is a correction" },
	[REOPEN] = { "reopen", cmd_reopen, .help = "open the newest closed billing period again" },
	[CHECK] = { "check", cmd_check, .help = "the doctor: configuration, disk, sign-in, roles, one call of each API; changes nothing but the refresh token that it renews",
		    .bare = true },
	[EXPLAIN] = { "explain", cmd_explain, .help = "a purchase by its reference: source, price, changes; or what a code or an event of the log means", .word = "[REFERENCE|CODE|EVENT]",
		      .bare = true },
	[CONFIG] = { "config", cmd_config, .help = "print the effective configuration, secrets left out", .bare = true },
};

typedef int take_fn(struct options *o, const char *value, struct err *e);

static int take_config(struct options *o, const char *value, struct err *e)
{
	(void)e;
	o->config_file = value;
	return 0;
}

static int take_help(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->help = true;
	return 0;
}

static int take_version(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->version = true;
	return 0;
}

static int take_json(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->json = true;
	return 0;
}

static int take_test(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->test = true;
	return 0;
}

static int take_example(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->example = true;
	return 0;
}

static int take_full(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->full = true;
	return 0;
}

static int take_scope(struct options *o, const char *value, struct err *e)
{
	(void)e;
	o->scope_file = value;
	return 0;
}

static int take_mdoc(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->mdoc = true;
	return 0;
}

static int take_dry_run(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->dry_run = true;
	return 0;
}

static int take_device(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->device = true;
	return 0;
}

static int take_from(struct options *o, const char *value, struct err *e)
{
	o->ranged = true;
	return day_parse(&o->from, span_of(value), e);
}

static int take_to(struct options *o, const char *value, struct err *e)
{
	o->ranged = true;
	return day_parse(&o->to, span_of(value), e);
}

static int take_customer(struct options *o, const char *value, struct err *e)
{
	return guid_parse(&o->customer, span_of(value), e);
}

static int take_subscription(struct options *o, const char *value, struct err *e)
{
	return guid_parse(&o->subscription, span_of(value), e);
}

static int take_month(struct options *o, const char *value, struct err *e)
{
	char first[DAY_TEXT_MAX];
	struct err ignored = ERR_INIT;

	snprintf(first, sizeof(first), "%.7s-01", value);
	if (strlen(value) != strlen("YYYY-MM") || day_parse(&o->month, span_of(first), &ignored) == -1)
		return err_set(e, ERR_CONFIG, "\"%.20s\" is not a month: expected YYYY-MM", value);
	o->month_given = true;
	return 0;
}

static int take_period(struct options *o, const char *value, struct err *e)
{
	struct civil first;

	if (take_month(o, value, e) == -1)
		return -1;
	first = day_to_civil(o->month);
	o->period = first.year * 100 + first.month;
	return 0;
}

static int take_incomplete(struct options *o, const char *value, struct err *e)
{
	(void)value, (void)e;
	o->incomplete = true;
	return 0;
}

static int take_reason(struct options *o, const char *value, struct err *e)
{
	if (strlen(value) > OPTIONS_REASON_MAX)
		return err_set(e, ERR_CONFIG, "more than %d bytes", OPTIONS_REASON_MAX);
	o->reason = value;
	return 0;
}

static const struct {
	const char *name, *argument;
	unsigned commands;
	take_fn *take;
	const char *help;
} table[] = {
	{ "from", "D", ONLY(SYNC), take_from, "first reported day (UTC, YYYY-MM-DD); default: what is due" },
	{ "to", "D", ONLY(SYNC), take_to, "last reported day, inclusive" },
	{ "customer", "ID", ONLY(SYNC), take_customer, "this customer only" },
	{ "subscription", "ID", ONLY(SYNC), take_subscription, "this subscription only" },
	{ "dry-run", NULL, ONLY(SYNC), take_dry_run, "fetch and price, write nothing, print what would change" },
	{ "device", NULL, ONLY(LOGIN), take_device, "with a code to enter on any machine's browser, which needs no way back here" },
	{ "json", NULL, ONLY(STATUS) | ONLY(COVERAGE) | ONLY(EXPLAIN) | ONLY(CHECK), take_json, "print JSON" },
	{ "month", "YYYY-MM", ONLY(COVERAGE), take_month, "the month; default: that of yesterday" },
	{ "scope", "FILE", ONLY(CHECK), take_scope, "compare the subscriptions with this list: one id a line, or CSV" },
	{ "full", NULL, ONLY(CHECK), take_full, "also what takes minutes: all subscriptions, a large database" },
	{ "mdoc", NULL, ONLY(EXPLAIN), take_mdoc, "all codes as a list for a manual page" },
	{ "period", "YYYY-MM", ONLY(CLOSE) | ONLY(REOPEN), take_period,
	  "the billing period, by the month of its first day; default: the oldest that has ended, or the newest that is closed" },
	{ "incomplete", NULL, ONLY(CLOSE), take_incomplete, "although days of it were not read" },
	{ "reason", "TEXT", ONLY(CLOSE) | ONLY(REOPEN), take_reason, "why; it is kept in the database (view billing_periods)" },
	{ "test", NULL, ONLY(CONFIG), take_test, "check the configuration, print nothing but faults" },
	{ "example", NULL, ONLY(CONFIG), take_example, "print a configuration to fill in: every key, with its meaning and default" },
	{ "config", "FILE", ALL, take_config, "configuration file; default: " OPTIONS_CONFIG_DEFAULT },
	{ "help", NULL, ALL, take_help, "print this help" },
	{ "version", NULL, ALL, take_version, "print the version" },
};

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < countof(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* Wrong usage, told with the way to the right one. */
static int refuse(struct err *e, const struct options *o)
{
	char remedy[ERR_REMEDY_MAX];

	e->kind = ERR_CONFIG;
	snprintf(remedy, sizeof(remedy), "see csp-usaged %s%s--help", o->command ? o->command->name : "", o->command ? " " : "");
	return err_advise(e, NULL, remedy);
}

/* Everything about the words that getopt left over: the command, and behind it the word that it takes, if any. */
static int take_words(struct options *o, int count, char *const *words, struct err *e)
{
	if (count == 0) {
		if (o->help || o->version)
			return 0;
		err_set(e, ERR_CONFIG, "no command given");
		return refuse(e, o);
	}
	o->command = command_find(words[0]);
	if (!o->command) {
		err_set(e, ERR_CONFIG, "unknown command \"%.40s\"", words[0]);
		return refuse(e, o);
	}
	if (count > (o->command->word ? 2 : 1)) {
		err_set(e, ERR_CONFIG, "%s takes no argument \"%.80s\"", words[0], words[count - 1]);
		return refuse(e, o);
	}
	o->word = count > 1 ? words[1] : NULL;
	return 0;
}

/* Checks that what was given (a bit for each line of the table) belongs to the command, and fits together. */
static int check(struct options *o, unsigned given, struct err *e)
{
	for (size_t i = 0; i < countof(table); i++) {
		if (!(given & 1u << i) || table[i].commands == ALL)
			continue;
		if (!o->command || !(table[i].commands & ONLY(o->command - commands))) {
			err_set(e, ERR_CONFIG, "--%s is not an option of %s", table[i].name,
				o->command ? o->command->name : "csp-usaged");
			return refuse(e, o);
		}
	}
	if (o->ranged && (o->from == INT32_MIN || o->to == INT32_MIN)) {
		err_set(e, ERR_CONFIG, "--from and --to belong together");
		return refuse(e, o);
	}
	if (o->ranged && o->from > o->to) {
		err_set(e, ERR_CONFIG, "--from is after --to");
		return refuse(e, o);
	}
	return 0;
}

/* The table in getopt's form. */
static void fill_long_options(struct option longs[countof(table) + 1])
{
	for (size_t i = 0; i < countof(table); i++)
		longs[i] = (struct option){ .name = table[i].name,
					    .has_arg = table[i].argument ? required_argument : no_argument };
	longs[countof(table)] = (struct option){ .name = NULL };
}

int options_parse(struct options *o, int argc, char *const *argv, struct err *e)
{
	struct option longs[countof(table) + 1];
	unsigned given = 0;
	int at = -1, found;

	*o = (struct options){ .config_file = OPTIONS_CONFIG_DEFAULT, .from = INT32_MIN, .to = INT32_MIN };
	fill_long_options(longs);
	opterr = 0;
	optind = 0; /* the GNU way to start over, for tests */
	while ((found = getopt_long(argc, argv, ":h", longs, &at)) != -1) {
		if (found == 'h') {
			o->help = true;
			continue;
		}
		if (found == ':' || found == '?') {
			err_set(e, ERR_CONFIG, found == ':' ? "%.80s wants a value" : "unknown option %.80s", argv[optind - 1]);
			return refuse(e, o);
		}
		if (table[at].take(o, optarg, e) == -1) {
			err_wrap(e, "--%s", table[at].name);
			return refuse(e, o);
		}
		given |= 1u << at;
	}
	if (take_words(o, argc - optind, argv + optind, e) == -1)
		return -1;
	return check(o, given, e);
}

static void print_options(FILE *out, unsigned mask, const char *title)
{
	bool any = false;

	for (size_t i = 0; i < countof(table); i++) {
		char left[40];

		if (table[i].commands != mask && !(mask != ALL && table[i].commands != ALL && table[i].commands & mask))
			continue;
		if (!any)
			fprintf(out, "\n%s:\n", title);
		any = true;
		snprintf(left, sizeof(left), "--%s%s%s", table[i].name, table[i].argument ? " " : "",
			 table[i].argument ? table[i].argument : "");
		fprintf(out, "  %-20s %s\n", left, table[i].help);
	}
}

void options_help(const struct options *o, FILE *out)
{
	if (o->command) {
		fprintf(out, "csp-usaged %s%s%s [options]: %s\n", o->command->name, o->command->word ? " " : "",
			o->command->word ? o->command->word : "", o->command->help);
		print_options(out, ONLY(o->command - commands), "Options of this command");
	} else {
		fputs("csp-usaged COMMAND [options]: Azure usage of a CSP partner, priced, as purchases in SQLite.\n\nCommands:\n",
		      out);
		for (size_t i = 0; i < countof(commands); i++)
			fprintf(out, "  %-20s %s\n", commands[i].name, commands[i].help);
	}
	print_options(out, ALL, "Options of every command");
	fputs("\nExit codes: 0 done; 1 failed; 2 wrong usage or configuration; 3 partly done; 4 needs a person.\n", out);
}
