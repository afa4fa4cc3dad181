/* SPDX-License-Identifier: MIT */
/* The doctor's lines as a table for people. */
#include "daemon/check.h"

#include "daemon/say.h"

#define NAME_WIDTH 15
#define SCOPE_PRINTED_MAX 200 /* of each kind; --json has all */

static const char *colour_of(enum check_level level)
{
	static const char *const colours[] = { [CHECK_OK] = "\033[32m", [CHECK_WARN] = "\033[33m", [CHECK_FAIL] = "\033[31m",
					       [CHECK_NOT_TRIED] = "\033[2m" };

	return colours[level];
}

void check_print_line(const struct check_line *l, FILE *out, bool colour)
{
	fprintf(out, "%s%-5s%s %-*s ", colour ? colour_of(l->level) : "", check_level_name(l->level), colour ? "\033[0m" : "", NAME_WIDTH,
		l->name);
	say_text(out, l->seen);
	if (l->code[0])
		fprintf(out, " (%s)", l->code);
	fputc('\n', out);
	if (!l->remedy[0])
		return;
	fprintf(out, "%*s remedy: ", 6 + NAME_WIDTH, "");
	say_text(out, l->remedy);
	fputc('\n', out);
}

static void print_finding(const struct scope_finding *f, const char *file, FILE *out)
{
	char id[GUID_TEXT_MAX];

	guid_print(f->id, id);
	fprintf(out, "  %-11s  %s", scope_class_name(f->class), id);
	if (f->name[0]) {
		fputs("  ", out);
		say_text(out, f->name);
	}
	if (f->customer[0]) {
		fputs(", of ", out);
		say_text(out, f->customer);
		fprintf(out, " %s", f->customer_id);
	}
	if (f->line)
		fprintf(out, "  (%s:%u)", file, f->line);
	fputc('\n', out);
}

static void print_findings(const struct check *c, FILE *out)
{
	size_t printed[SCOPE_EXTRA + 1] = { 0 };

	if (c->finding_count)
		fputs("\nSubscriptions by the scope:\n", out);
	for (size_t i = 0; i < c->finding_count; i++)
		if (printed[c->findings[i].class]++ < SCOPE_PRINTED_MAX)
			print_finding(&c->findings[i], c->options->scope_file, out);
	for (size_t class = 0; class <= SCOPE_EXTRA; class++)
		if (printed[class] > SCOPE_PRINTED_MAX)
			fprintf(out, "  %-11s  and %zu more: --json has all\n", scope_class_name((enum scope_class)class),
				printed[class] - SCOPE_PRINTED_MAX);
}

void check_print_end(const struct check *c, FILE *out)
{
	size_t counts[CHECK_NOT_TRIED + 1] = { 0 };

	for (size_t i = 0; i < c->count; i++)
		counts[c->lines[i].level]++;
	print_findings(c, out);
	fprintf(out, "\n%zu checks: %zu OK, %zu WARN, %zu FAIL, %zu not tried\n", c->count, counts[CHECK_OK], counts[CHECK_WARN],
		counts[CHECK_FAIL], counts[CHECK_NOT_TRIED]);
}
