/* SPDX-License-Identifier: MIT */
/* How SQLite goes about each statement of the store, and each query of README.md: nothing is looked through where a key serves, and the
 * pull sorts nothing in a temporary table. What does so on purpose is named here, with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "store/sql.h"
#include "tests/unit/empty_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A step of a plan (a part of it, and more behind it) that a statement may have. */
struct exemption {
	const char *statement, *step, *reason;
};

static const struct exemption exemptions[] = {
	{ "", "SCAN CONSTANT ROW", "reads nothing" },
	{ "", "SCAN period", "periods are few" },
	{ "", "SCAN p", "periods are few" },
	{ "", "SEARCH period USING AUTOMATIC", "the closed periods, once" },
	{ "", "SCAN rate_card", "the newest, by its number" },
	{ "RUN_INSERT", "SCAN run", "the newest, by its number" },
	{ "RUN_LAST", "SCAN run", "the newest, by its number" },
	{ "RUN_LAST_GOOD", "SCAN run", "the newest good one, by its number" },
	{ "RUN_OPEN", "SCAN run", "once a run, a row a day" },
	{ "RUN_ABORT", "SCAN run", "after a death, a row a day" },
	{ "RATES_CURRENT", "SCAN rate", "each price of the newest card, once a run" },
	{ "RATE_GONE_METERS", "SCAN g", "what is no longer in a card that has changed" },
	{ "RATE_GONE_METERS", "USE TEMP B-TREE", "what is no longer in a card that has changed" },
	{ "METERS_GONE", "SCAN g", "what is no longer in a card that has changed" },
	{ "METERS_GONE", "USE TEMP B-TREE", "what is no longer in a card that has changed" },
	{ "METERS_CHANGED", "SCAN temp.changed_meter", "each of them" },
	{ "METERS_UNUSED", "SCAN product", "those that anybody uses, with another rate card" },
	{ "METERS_UNUSED", "SCAN temp.changed_meter", "each of them" },
	{ "UNPRICED_COUNT", "SCAN fact USING COVERING INDEX usage_without_amount", "what has no amount is what is asked for" },
	{ "PERIODS_DUE", "SCAN (subquery", "some periods" },
	{ "PERIODS_DUE", "USE TEMP B-TREE", "some periods" },
	{ "PERIOD_GAPS", "SCAN s", "each subscription is asked about" },
	{ "PERIOD_OLDER_OPEN", "SCAN u USING INDEX usage_correction", "corrections are few" },
	{ "CUSTOMER_MISSING", "SCAN customer", "each of them, once a run" },
	{ "SUBSCRIPTION_MISSING", "SCAN subscription", "each of them, once a run" },
	{ "SUBSCRIPTION_IDS", "SCAN subscription", "each is asked for" },
	{ "USAGE_FILL", "SCAN source", "what is being stored" },
	{ "CORRECTIONS_OF_GROUP", "USE TEMP B-TREE", "the order of tiers is not that of ids" },
	{ "CORRECTIONS_OF_PERIOD", "SCAN u USING INDEX usage_correction", "when a person opens a period again; corrections are few" },
	{ "CORRECTIONS_TO_PRICE", "SCAN u USING INDEX usage_correction", "with another rate card; corrections are few" },
	{ "CORRECTIONS_TO_PRICE", "USE TEMP B-TREE", "with another rate card; corrections are few" },
	{ "CORRECTIONS_TO_JOIN", "SCAN u USING INDEX usage_correction", "when a person opens a period again; corrections are few" },
	{ "README 6", "SCAN b", "until the first second band" },
	{ "README 6", "SCAN fact USING INDEX usage_by_seq", "never begun: those of one band have no second" },
	{ "README 7", "SCAN fact USING COVERING INDEX usage_without_amount", "what has no amount is what is asked for" },
	{ "CORRECTIONS_TO_JOIN", "USE TEMP B-TREE", "when a person opens a period again; corrections are few" },
};

static bool met[countof(exemptions)];

struct plan {
	struct store_rows rows;
	const char *name;
	bool (*is_suspect)(const char *step);
	int offences;
};


static void ok(int rc)
{
	if (rc == -1)
		fail_msg("%s", e.text);
}

/* Whether STEP begins with the words of START. */
static bool begins(const char *step, const char *start)
{
	size_t n = strlen(start);

	return strncmp(step, start, n) == 0 && (step[n] == '\0' || strchr(" -", step[n]));
}

static bool looks_through_or_sorts(const char *step)
{
	return begins(step, "SCAN") || strstr(step, "TEMP B-TREE") || strstr(step, "AUTOMATIC");
}

/* By the names that the views give the large tables. */
static bool looks_through_much(const char *step)
{
	static const char *const large[] = { "fact", "u", "b", "h", "r", "l", "slice", "usage_fact", "usage_band", "usage_change", "resource" };

	for (size_t i = 0; i < countof(large); i++)
		if (begins(step, "SCAN") && begins(step + strlen("SCAN "), large[i]))
			return true;
	return false;
}

/* What may be looked through by an index may be so by the index alone: SQLite 3.46 knows that a partial index holds what its condition
 * tells, 3.40 reads the row for it. */
static bool allows(const char *allowed, const char *step)
{
	static const char word[] = " COVERING";
	const char *at = strstr(step, word);
	char by_index[400];

	if (begins(step, allowed))
		return true;
	if (!at)
		return false;
	snprintf(by_index, sizeof(by_index), "%.*s%s", (int)(at - step), step, at + strlen(word));
	return begins(by_index, allowed);
}

static bool is_exempt(const char *name, const char *step)
{
	for (size_t i = 0; i < countof(exemptions); i++)
		if ((!exemptions[i].statement[0] || strcmp(exemptions[i].statement, name) == 0) && allows(exemptions[i].step, step))
			return met[i] = true;
	return false;
}

static int on_step(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *err)
{
	struct plan *plan = container_of(rows, struct plan, rows);

	(void)names, (void)err;
	assert_int_equal(columns, 4);
	if (plan->is_suspect(values[3]) && !is_exempt(plan->name, values[3])) {
		print_error("%s: %s\n", plan->name, values[3]);
		plan->offences++;
	}
	return 0;
}

static int offences_of(const char *name, const char *sql, bool (*is_suspect)(const char *step))
{
	struct plan plan = { .rows = { .on_row = on_step }, .name = name, .is_suspect = is_suspect };
	size_t size = strlen(sql) + 40;
	char *text = malloc(size);

	assert_non_null(text);
	snprintf(text, size, "EXPLAIN QUERY PLAN %s", sql);
	ok(store_select(store, text, NULL, 0, &plan.rows, &e));
	free(text);
	return plan.offences;
}

static void test_statements_of_the_store(void **state)
{
#define NAME(name, text) #name,
	static const char *const names[] = { SQL_STATEMENTS(NAME) };
	int offences = 0;

	(void)state;
	for (size_t i = 0; i < countof(names); i++)
		offences += offences_of(names[i], sql_texts[i], looks_through_or_sorts);
	assert_int_equal(offences, 0);
}

/* The text of a ```sql block, which *AT is moved behind; NULL: there is no other. */
static char *next_query(char **at)
{
	char *start = strstr(*at, "```sql\n"), *end;

	if (!start)
		return NULL;
	start += strlen("```sql\n");
	end = strstr(start, "\n```");
	assert_non_null(end);
	*end = '\0';
	*at = end + 1;
	return start;
}

static void test_queries_of_the_readme(void **state)
{
	static char text[1 << 18];
	FILE *file = fopen("README.md", "r");
	char *at = text, name[24], *query;
	int offences = 0, count = 0;

	(void)state;
	assert_non_null(file);
	assert_in_range(fread(text, 1, sizeof(text) - 1, file), 1, sizeof(text) - 2);
	fclose(file);
	while ((query = next_query(&at))) {
		snprintf(name, sizeof(name), "README %d", ++count);
		offences += offences_of(name, query, looks_through_much);
	}
	assert_in_range(count, 10, 20);
	assert_int_equal(offences, 0);
}

/* After the others. */
static void test_each_exemption_is_met(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(exemptions); i++)
		if (!met[i])
			fail_msg("%s no longer has \"%s\"", exemptions[i].statement, exemptions[i].step);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements_of_the_store),
		cmocka_unit_test(test_queries_of_the_readme),
		cmocka_unit_test(test_each_exemption_is_met),
	};

	return cmocka_run_group_tests_name("plans", tests, setup, teardown);
}
