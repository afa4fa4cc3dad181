/* SPDX-License-Identifier: MIT */
/* `check`: the doctor, for people as a table and for monitors as JSON. */
#include "daemon/command.h"

#include "base/util.h"
#include "daemon/check.h"
#include "daemon/exit_code.h"
#include "daemon/options.h"
#include "daemon/say.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Text that is not UTF-8 becomes null: better than a document without the key. */
static void set_text(json_t *object, const char *key, const char *value)
{
	json_t *text = value && value[0] ? json_string(value) : NULL;

	json_object_set_new(object, key, text ? text : json_null());
}

static json_t *line_json(const struct check_line *l)
{
	static const char *const names[] = { [CHECK_OK] = "ok", [CHECK_WARN] = "warn", [CHECK_FAIL] = "fail", [CHECK_NOT_TRIED] = "not_tried" };
	json_t *o = json_object();

	set_text(o, "check", l->id);
	set_text(o, "name", l->name);
	set_text(o, "status", names[l->level]);
	set_text(o, "seen", l->seen);
	set_text(o, "code", l->code);
	set_text(o, "remedy", l->remedy);
	return o;
}

static json_t *finding_json(const struct scope_finding *f)
{
	json_t *o = json_object();
	char id[GUID_TEXT_MAX];

	guid_print(f->id, id);
	set_text(o, "class", scope_class_name(f->class));
	set_text(o, "subscription_id", id);
	set_text(o, "subscription_name", f->name);
	set_text(o, "customer_id", f->customer_id);
	set_text(o, "customer_name", f->customer);
	json_object_set_new(o, "line", f->line ? json_integer(f->line) : json_null());
	return o;
}

static void print_json(const struct check *c)
{
	json_t *o = json_object(), *lines = json_array(), *findings = json_array();

	for (size_t i = 0; i < c->count; i++)
		json_array_append_new(lines, line_json(&c->lines[i]));
	for (size_t i = 0; i < c->finding_count; i++)
		json_array_append_new(findings, finding_json(&c->findings[i]));
	json_object_set_new(o, "exit_code", json_integer(check_exit_code(c)));
	json_object_set_new(o, "checks", lines);
	json_object_set_new(o, "scope", findings);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

static bool colour_wanted(void)
{
	const char *term = getenv("TERM"), *without = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 && !(without && without[0]);
}

/* Each as soon as it is there: the network may take its time. */
static void on_line(const struct check_line *l)
{
	check_print_line(l, stdout, colour_wanted());
	fflush(stdout);
}

int cmd_check(const struct options *options, const struct config *config)
{
	struct check c = { .options = options, .on_line = options->json ? NULL : on_line };
	struct err e = ERR_INIT;
	int code;

	(void)config;
	/* First of all: a list that can't be read should not cost the other checks' time. */
	if (options->scope_file && scope_read(&c.scope, options->scope_file, &e) == -1) {
		scope_fini(&c.scope);
		return say_error(&e);
	}
	check_run(&c);
	if (options->json)
		print_json(&c);
	else
		check_print_end(&c, stdout);
	code = check_exit_code(&c);
	check_fini(&c);
	scope_fini(&c.scope);
	return code;
}
