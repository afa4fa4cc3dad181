/* SPDX-License-Identifier: MIT */
/* The views from outside: every public column is explained, and the questions that people ask do not read the whole database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/empty_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Helpers of other views. Every view that is not named here is public, and is to be explained. */
#define PRIVATE "('usage', 'usage_reference', 'usage_named', 'usage_banding', 'usage_history', 'usage_unpriced', 'reported_calendar')"
#define COLUMNS "(SELECT v.name AS view_name, c.name AS column_name FROM sqlite_schema v, pragma_table_info(v.name) c" \
		" WHERE v.type = 'view' AND v.name NOT IN " PRIVATE ")"

struct answer {
	struct store_rows rows;
	char text[16000];
	int count;
};


static void ok(int rc)
{
	if (rc == -1)
		fail_msg("%s", e.text);
}

static int keep(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *err)
{
	struct answer *a = container_of(rows, struct answer, rows);

	(void)names, (void)err;
	for (int i = 0; i < columns; i++)
		snprintf(a->text + strlen(a->text), sizeof(a->text) - strlen(a->text), "%s%s", values[i] ? values[i] : "NULL",
			 i + 1 < columns ? "." : "\n");
	a->count++;
	return 0;
}

static void ask(struct answer *a, const char *sql)
{
	*a = (struct answer){ .rows = { .on_row = keep } };
	ok(store_select(store, sql, NULL, 0, &a->rows, &e));
}

static void test_every_column_is_explained(void **state)
{
	struct answer a;

	(void)state;
	ask(&a, "SELECT view_name, column_name FROM " COLUMNS " EXCEPT SELECT view_name, column_name FROM data_dictionary");
	if (a.count)
		fail_msg("not in schema/dictionary.sql:\n%s", a.text);
}

static void test_nothing_else_is_explained(void **state)
{
	struct answer a;

	(void)state;
	ask(&a, "SELECT view_name, column_name FROM data_dictionary EXCEPT SELECT view_name, column_name FROM " COLUMNS);
	if (a.count)
		fail_msg("in schema/dictionary.sql, but in no view:\n%s", a.text);
	ask(&a, "SELECT view_name, column_name FROM data_dictionary GROUP BY 1, 2 HAVING count(*) > 1");
	if (a.count)
		fail_msg("twice in schema/dictionary.sql:\n%s", a.text);
}

static void test_explanations_are_whole(void **state)
{
	struct answer a;

	(void)state;
	ask(&a, "SELECT view_name, column_name FROM data_dictionary WHERE type NOT IN ('TEXT', 'INTEGER', 'REAL') OR meaning NOT LIKE '%_.'"
		" OR length(source) < 5 OR type IS NULL OR meaning IS NULL OR source IS NULL");
	if (a.count)
		fail_msg("type, meaning or source is wanting:\n%s", a.text);
}

static void expect_plan(const char *query, const char *step, bool expected)
{
	char sql[400];
	struct answer a;

	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", query);
	ask(&a, sql);
	if ((strstr(a.text, step) != NULL) != expected)
		fail_msg("\"%s\" is %s in the plan of %s:\n%s", step, expected ? "not" : "", query, a.text);
}

static void test_a_month_of_a_customer_reads_no_other(void **state)
{
	static const char *const views[] = { "purchases",           "purchase_bands", "customer_months", "subscription_months",
					     "meter_months",        "resource_months", "daily_costs" };
	char query[200];

	(void)state;
	for (size_t i = 0; i < countof(views); i++) {
		snprintf(query, sizeof(query), "SELECT * FROM %s WHERE customer_id = 'x' AND billing_period = '2018-07'", views[i]);
		expect_plan(query, "(guid=?)", true);
		expect_plan(query, "part_by_period (subscription_id=? AND period=?)", true);
		expect_plan(query, "SCAN u", false);
		expect_plan(query, "SCAN fact", false);
	}
}

static void test_a_sum_reads_no_more_than_a_list(void **state)
{
	static const char month[] = "WHERE customer_id = 'x' AND billing_period = '2018-07'";
	char query[200];

	(void)state;
	snprintf(query, sizeof(query), "SELECT sum(amount_nanos) FROM purchase_bands %s", month);
	expect_plan(query, "part_by_period (subscription_id=? AND period=?)", true);
	expect_plan(query, "SCAN fact", false);
	expect_plan(query, "SCAN b", false);
	snprintf(query, sizeof(query), "SELECT reason, count(*) FROM purchase_changes %s GROUP BY 1", month);
	expect_plan(query, "usage_change_by_purchase (part_id=?)", true);
	expect_plan(query, "SCAN fact", false);
	expect_plan(query, "SCAN h", false);
}

static void test_what_a_correction_corrects_is_found_by_its_key(void **state)
{
	(void)state;
	expect_plan("SELECT corrects FROM purchases WHERE seq > 5",
		    "o USING PRIMARY KEY (part_id=? AND meter_id=? AND resource_id=? AND usage_start=?", true);
}

static void test_polling_reads_what_is_new(void **state)
{
	static const char changes[] = "SELECT * FROM purchase_changes WHERE seq > 5 ORDER BY seq LIMIT 10";

	(void)state;
	expect_plan("SELECT * FROM purchases WHERE seq > 5 ORDER BY seq LIMIT 10", "usage_by_seq (seq>?)", true);
	expect_plan("SELECT * FROM purchases WHERE seq > 5 ORDER BY seq LIMIT 10", "TEMP B-TREE", false);
	expect_plan(changes, "usage_by_seq (seq>?)", true);
	expect_plan(changes, "usage_change_by_old_seq (old_seq>?)", true);
	expect_plan(changes, "h USING INTEGER PRIMARY KEY (rowid>?)", true);
	expect_plan(changes, "TEMP B-TREE", false);
	expect_plan("SELECT * FROM purchase_bands WHERE seq = 5", "SCAN u", false);
}

static void test_the_changes_of_a_run_are_found_by_their_numbers(void **state)
{
	static const char query[] = "SELECT reason, new_amount FROM purchase_changes WHERE run_id = (SELECT max(run_id) FROM runs)";

	(void)state;
	expect_plan(query, "usage_by_seq (seq>? AND seq<?)", true);
	expect_plan(query, "usage_change_by_old_seq (old_seq>? AND old_seq<?)", true);
	expect_plan(query, "h USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)", true);
}

static void test_a_total_of_months_reads_no_purchase(void **state)
{
	(void)state;
	expect_plan("SELECT customer_id, amount FROM customer_months", "SEARCH u", false);
	expect_plan("SELECT customer_id, amount FROM customer_months", "g USING INDEX part_by_period", true);
	expect_plan("SELECT customer_id, amount FROM customer_months", "TEMP B-TREE", false);
	expect_plan("SELECT customer_id, amount FROM subscription_months", "g USING INDEX part_by_period", true);
	expect_plan("SELECT customer_id, amount FROM subscription_months", "TEMP B-TREE", false);
}

static void test_a_price_is_found_without_reading_the_others(void **state)
{
	(void)state;
	expect_plan("SELECT * FROM rates WHERE rate_id = 5", "SCAN", false);
	expect_plan("SELECT * FROM rates WHERE meter_id = 'x'", "SCAN", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_column_is_explained),
		cmocka_unit_test(test_nothing_else_is_explained),
		cmocka_unit_test(test_explanations_are_whole),
		cmocka_unit_test(test_a_month_of_a_customer_reads_no_other),
		cmocka_unit_test(test_a_sum_reads_no_more_than_a_list),
		cmocka_unit_test(test_what_a_correction_corrects_is_found_by_its_key),
		cmocka_unit_test(test_polling_reads_what_is_new),
		cmocka_unit_test(test_the_changes_of_a_run_are_found_by_their_numbers),
		cmocka_unit_test(test_a_total_of_months_reads_no_purchase),
		cmocka_unit_test(test_a_price_is_found_without_reading_the_others),
	};

	return cmocka_run_group_tests_name("dictionary", tests, setup, teardown);
}
