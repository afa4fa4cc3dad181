/* SPDX-License-Identifier: MIT */
/* `coverage`: the calendar of a month, a line for each customer, a sign for each reported day: the worst state of its subscriptions that
 * are covered, and behind it how many are not. Read from the view of the same name; days that are not due yet are told from days that are
 * missing by the clock. */
#include "daemon/command.h"

#include "base/mem.h"
#include "base/util.h"
#include "config/config.h"
#include "daemon/boot.h"
#include "daemon/clock.h"
#include "daemon/exit_code.h"
#include "daemon/options.h"
#include "daemon/say.h"
#include "pull/plan.h"
#include "value/day.h"
#include "value/guid.h"

#include <jansson.h>
#include <stdio.h>

#define DAYS_MAX 31
#define NAME_MAX_SHOWN 32

/* From best to worst: a customer's day is as good as its worst subscription. NOT_COVERED comes before them all, for it never changes:
 * in the place of the others' states it would hide what can be mended. The line's end tells of it. */
enum state { NONE, NOT_COVERED, EMPTY, COMPLETE, UNCONFIRMED, NOT_DUE, MISSING, FAILED };

static const struct {
	const char *name;
	char sign;
} states[] = {
	[NONE] = { "none", ' ' },
	[NOT_COVERED] = { "not_covered", 'x' },
	[EMPTY] = { "empty", '-' },
	[COMPLETE] = { "complete", '#' },
	[UNCONFIRMED] = { "unconfirmed", '?' },
	[NOT_DUE] = { "not_yet_due", '.' },
	[MISSING] = { "missing", 'o' },
	[FAILED] = { "failed", '!' },
};

struct line {
	char *id, *name;
	char uncovered[GUID_TEXT_MAX]; /* subscription counted last */
	int not_covered;               /* subscriptions */
	enum state days[DAYS_MAX];
};

struct calendar {
	struct store_rows rows;
	int32_t first;       /* day */
	int32_t last_due;    /* day */
	int day_count;
	struct line *lines;
	size_t count, room;
};

/* The rows of a customer are together, and in them those of a subscription. */
static const char coverage_sql[] =
	"SELECT customer_id, customer_name, reported_day, state, subscription_id FROM coverage WHERE month = ?1"
	" ORDER BY customer_name, customer_id, subscription_id";

static struct line *line_of(struct calendar *c, const char *id, const char *name)
{
	struct line *line;

	if (c->count && strcmp(c->lines[c->count - 1].id, id) == 0)
		return &c->lines[c->count - 1];
	if (c->count == c->room) {
		c->room = c->room ? c->room * 2 : 64;
		c->lines = xreallocarray(c->lines, c->room, sizeof(*c->lines));
	}
	line = &c->lines[c->count++];
	*line = (struct line){ .id = xstrdup(id), .name = xstrdup(name ? name : "") };
	return line;
}

static void count_not_covered(struct line *line, const char *subscription)
{
	if (strcmp(line->uncovered, subscription) == 0)
		return;
	snprintf(line->uncovered, sizeof(line->uncovered), "%s", subscription);
	line->not_covered++;
}

static int on_row(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	struct calendar *c = container_of(rows, struct calendar, rows);
	struct line *line = line_of(c, values[0], values[1]);
	enum state state = NONE;
	int32_t day;

	(void)columns, (void)names;
	if (day_parse(&day, span_of(values[2]), e) == -1)
		return -1;
	for (size_t i = 0; i < countof(states); i++)
		if (strcmp(states[i].name, values[3]) == 0)
			state = (enum state)i;
	if (state == NOT_COVERED)
		count_not_covered(line, values[4]);
	if (day >= c->first && day < c->first + c->day_count && state > line->days[day - c->first])
		line->days[day - c->first] = state;
	return 0;
}

static int days_of_month(int32_t first)
{
	struct civil c = day_to_civil(first);

	c.month++;
	if (c.month > 12) {
		c.month = 1;
		c.year++;
	}
	return (int)(day_from_civil(c) - first);
}

/* A day that could not be asked for yet is not missing. */
static void mark_not_due(struct calendar *c)
{
	for (size_t i = 0; i < c->count; i++)
		for (int d = 0; d < c->day_count; d++)
			if (c->first + d > c->last_due && (c->lines[i].days[d] == NONE || c->lines[i].days[d] == MISSING))
				c->lines[i].days[d] = NOT_DUE;
}

static int read_calendar(struct calendar *c, const struct config *config, struct err *e)
{
	struct store_options options = boot_store_options(config);
	struct store *store = NULL;
	char month[DAY_TEXT_MAX];
	const char *parameters[1] = { month };
	int rc;

	options.create = false;
	options.read_only = true;
	if (store_open(&store, &options, e) == -1)
		return -1;
	day_print(c->first, month);
	month[strlen("YYYY-MM")] = '\0';
	c->rows.on_row = on_row;
	rc = store_select(store, coverage_sql, parameters, 1, &c->rows, e);
	store_close(store);
	mark_not_due(c);
	return rc;
}

/* A line of nothing but good signs must not look whole when it is not. */
static void print_line(const struct line *line, int day_count)
{
	bool others = false;

	say_column(stdout, line->name[0] ? line->name : line->id, NAME_MAX_SHOWN);
	putchar(' ');
	for (int d = 0; d < day_count; d++) {
		putchar(states[line->days[d]].sign);
		others = others || (line->days[d] > NOT_COVERED && line->days[d] != NOT_DUE);
	}
	if (line->not_covered)
		printf("  %s%d not covered", others ? "+" : "", line->not_covered);
	putchar('\n');
}

static void print_legend(void)
{
	fputs("\n", stdout);
	for (size_t i = NONE + 1; i < countof(states); i++)
		printf("%c %s   ", states[i].sign, states[i].name);
	puts("blank: before the first day on record");
	puts("A day shows the worst of the customer's subscriptions; those that are not covered stand at the end of the line.");
}

static void print_text(const struct calendar *c)
{
	char month[DAY_TEXT_MAX];

	day_print(c->first, month);
	if (c->count == 0) {
		printf("nothing is on record for %.7s\n", month);
		return;
	}
	printf("%-*.7s ", NAME_MAX_SHOWN, month);
	for (int d = 1; d <= c->day_count; d++)
		putchar(d % 5 == 0 ? '0' + d / 10 : ' ');
	printf("\n%-*s ", NAME_MAX_SHOWN, "");
	for (int d = 1; d <= c->day_count; d++)
		putchar(d % 5 == 0 ? '0' + d % 10 : ' ');
	putchar('\n');
	for (size_t i = 0; i < c->count; i++)
		print_line(&c->lines[i], c->day_count);
	print_legend();
}

static void print_json(const struct calendar *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->count; i++) {
		json_t *o = json_object(), *days = json_object();
		char day[DAY_TEXT_MAX];

		json_object_set_new(o, "customer_id", json_string(c->lines[i].id));
		json_object_set_new(o, "customer_name", json_string(c->lines[i].name));
		for (int d = 0; d < c->day_count; d++) {
			day_print(c->first + d, day);
			json_object_set_new(days, day, json_string(states[c->lines[i].days[d]].name));
		}
		json_object_set_new(o, "not_covered", json_integer(c->lines[i].not_covered));
		json_object_set_new(o, "days", days);
		json_array_append_new(list, o);
	}
	json_dumpf(list, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(list);
}

int cmd_coverage(const struct options *options, const struct config *config)
{
	int32_t yesterday = instant_day(clock_now()) - 1;
	struct civil month = day_to_civil(yesterday);
	struct calendar c = { .last_due = plan_last_day(clock_now()) };
	struct err e = ERR_INIT;
	int rc;

	month.day = 1;
	c.first = options->month_given ? options->month : day_from_civil(month);
	c.day_count = days_of_month(c.first);
	rc = read_calendar(&c, config, &e);
	if (rc == 0 && options->json)
		print_json(&c);
	else if (rc == 0)
		print_text(&c);
	for (size_t i = 0; i < c.count; i++) {
		free(c.lines[i].id);
		free(c.lines[i].name);
	}
	free(c.lines);
	return rc == -1 ? say_error(&e) : EXIT_CODE_DONE;
}
