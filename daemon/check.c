/* SPDX-License-Identifier: MIT */
#include "daemon/check.h"

#include "daemon/boot.h"
#include "daemon/configure.h"
#include "daemon/exit_code.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* In this order. Those that need something that is not there say so by themselves. */
static const struct {
	const char *name, *id;
	check_fn *look;
	enum { ALWAYS, CONFIGURED, ONLINE, SCOPED } when;
} table[] = {
	{ "configuration", "configuration", check_configuration, ALWAYS },
	{ "time zone", "zone", check_zone, CONFIGURED },
	{ "state folder", "state_dir", check_state_dir, CONFIGURED },
	{ "app's secret", "client", check_client, CONFIGURED },
	{ "consent", "consent", check_consent, CONFIGURED },
	{ "database", "database", check_database, CONFIGURED },
	{ "disk", "disk", check_disk, CONFIGURED },
	{ "published copy", "publish", check_published, CONFIGURED },
	{ "last run", "last_run", check_last_run, CONFIGURED },
	{ "invariants", "invariants", check_invariants, CONFIGURED },
	{ "clock", "clock", check_clock, ONLINE },
	{ "sign-in", "sign_in", check_sign_in, ONLINE },
	{ "MFA", "mfa", check_mfa, ONLINE },
	{ "customers", "customers", check_customers, ONLINE },
	{ "subscriptions", "subscriptions", check_subscriptions, ONLINE },
	{ "usage", "usage", check_usage, ONLINE },
	{ "rate card", "rates", check_rates, ONLINE },
	{ "roles", "roles", check_roles, ONLINE },
	{ "coverage", "coverage", check_coverage, ONLINE },
	{ "scope", "scope", check_scope, SCOPED },
};

_Static_assert(countof(table) <= CHECK_LINES_MAX, "room for a line of each check");

PRINTF(5, 0)
static void say(struct check_line *l, enum check_level level, const char *code, const char *remedy, const char *format, va_list arguments)
{
	l->level = level;
	l->kind = level == CHECK_FAIL ? ERR_REMOTE : ERR_NONE;
	vsnprintf(l->seen, sizeof(l->seen), format, arguments);
	snprintf(l->code, sizeof(l->code), "%s", code ? code : "");
	snprintf(l->remedy, sizeof(l->remedy), "%s", remedy ? remedy : "");
}

void check_ok(struct check_line *l, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(l, CHECK_OK, NULL, NULL, format, arguments);
	va_end(arguments);
}

void check_warn(struct check_line *l, const char *code, const char *remedy, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(l, CHECK_WARN, code, remedy, format, arguments);
	va_end(arguments);
}

void check_fail(struct check_line *l, const char *code, const char *remedy, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(l, CHECK_FAIL, code, remedy, format, arguments);
	va_end(arguments);
}

void check_fail_person(struct check_line *l, const char *code, const char *remedy, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(l, CHECK_FAIL, code, remedy, format, arguments);
	va_end(arguments);
	l->kind = ERR_AUTH;
}

void check_not_tried(struct check_line *l, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(l, CHECK_NOT_TRIED, NULL, NULL, format, arguments);
	va_end(arguments);
}

void check_fail_err(struct check_line *l, const struct err *e)
{
	check_fail(l, e->code, e->remedy[0] ? e->remedy : "look at the lines of the log at [log] level = debug", "%s", e->text);
	l->kind = e->kind;
}

/* The network is asked when the first check wants its answers, and once. */
static void probe(struct check *c)
{
	if (c->probed || c->foreign_user)
		return;
	c->probed = true;
	if (probe_run(&c->facts, &c->config, c->options->full || c->options->scope_file, &c->probe_err) == -1)
		probe_facts_fini(&c->facts);
}

static void look(struct check *c, size_t i, struct check_line *l)
{
	bool online = table[i].when == ONLINE || table[i].when == SCOPED;

	if (table[i].when != ALWAYS && c->config_err.kind) {
		check_not_tried(l, "not tried: there is no configuration");
		return;
	}
	if (online)
		probe(c);
	if (online && c->foreign_user)
		check_not_tried(l, "not tried: this is not the daemon's user");
	else if (online && c->probe_err.kind)
		check_fail_err(l, &c->probe_err);
	else
		table[i].look(c, l);
}

void check_run(struct check *c)
{
	(void)!configure(&c->config, c->options, &c->config_err); /* the first check tells */
	for (size_t i = 0; i < countof(table); i++) {
		struct check_line *l = &c->lines[c->count];

		if (table[i].when == SCOPED && !c->options->scope_file)
			continue;
		l->name = table[i].name;
		l->id = table[i].id;
		look(c, i, l);
		c->count++;
		if (c->on_line)
			c->on_line(l);
	}
}

void check_fini(struct check *c)
{
	for (size_t i = 0; i < c->finding_count; i++) {
		free(c->findings[i].name);
		free(c->findings[i].customer);
	}
	free(c->findings);
	probe_facts_fini(&c->facts);
	store_close(c->store);
	if (!c->config_err.kind)
		config_fini(&c->config);
}

int check_exit_code(const struct check *c)
{
	bool failed = false, person = false;

	for (size_t i = 0; i < c->count; i++) {
		if (c->lines[i].level != CHECK_FAIL)
			continue;
		if (c->lines[i].kind == ERR_CONFIG)
			return EXIT_CODE_USAGE;
		person = person || c->lines[i].kind == ERR_AUTH;
		failed = true;
	}
	return person ? EXIT_CODE_PERSON : failed ? EXIT_CODE_FAILED : EXIT_CODE_DONE;
}

const char *check_level_name(enum check_level level)
{
	static const char *const names[] = { [CHECK_OK] = "OK", [CHECK_WARN] = "WARN", [CHECK_FAIL] = "FAIL", [CHECK_NOT_TRIED] = "-" };

	return names[level];
}
