/* SPDX-License-Identifier: MIT */
/* The invariants, run by the program. That each finds what it is for, and what the sqlite3 shell finds, is tried by tests/books. */
#include "store/invariants.h"

#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
	struct store_rows rows;
	int count;
	bool refuse;
	char names[2000];
} found;

static char folder[64], path[96];
static struct store *store;
static struct err e;

static void ok(int rc)
{
	if (rc == -1)
		fail_msg("%s", e.text);
}

static int on_broken(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *err)
{
	(void)rows, (void)names;
	assert_int_equal(columns, 3);
	found.count++;
	snprintf(found.names + strlen(found.names), sizeof(found.names) - strlen(found.names), "%s;", values[0]);
	return found.refuse ? err_set(err, ERR_CONFIG, "enough") : 0;
}

static int check(int64_t *count)
{
	found.rows.on_row = on_broken;
	found.count = 0;
	found.names[0] = '\0';
	return store_check_invariants(store, &found.rows, count, &e);
}

static void damage(const char *sql)
{
	struct db *db;

	ok(store_flush(store, &e));
	ok(db_open(&db, path, DB_WRITE, NULL, 0, &e));
	ok(db_exec(db, "PRAGMA foreign_keys = OFF", &e));
	ok(db_exec(db, sql, &e));
	db_close(db);
}

static void test_a_sound_book_breaks_none(void **state)
{
	int64_t count = -1;

	(void)state;
	ok(check(&count));
	assert_int_equal(count, 0);
	assert_int_equal(found.count, 0);
	/* nothing of the first time is left in the way of the second */
	ok(check(&count));
	assert_int_equal(count, 0);
}

static void test_damages_are_handed_out_and_counted(void **state)
{
	int64_t count = 0;

	(void)state;
	damage("INSERT INTO period (period, name, starts, ends, state) VALUES (201807, '2018-07', 17713, 17743, 0)");
	ok(check(&count));
	assert_string_equal(found.names, "period_is_a_month;");
	assert_int_equal(count, 1);
	damage("INSERT INTO slice (subscription_id, reported_day, state, row_count) VALUES (1, 17732, 1, 3)");
	ok(check(&count));
	assert_string_equal(found.names, "foreign_keys_hold;slice_counts_its_rows;period_is_a_month;");
	assert_int_equal(count, 3);
	assert_int_equal(found.count, 3);
}

static void test_what_is_not_committed_is_not_looked_at(void **state)
{
	int64_t count, run_id, aborted;

	(void)state;
	ok(store_run_begin(store, "sync", 0, 1000, (struct guid){ { 1 } }, &run_id, &aborted, &e));
	ok(check(&count));
	assert_int_equal(count, 0);
}

static void test_who_takes_them_may_have_enough(void **state)
{
	int64_t count;

	(void)state;
	damage("INSERT INTO period (period, name, starts, ends, state) VALUES (201807, '2018-07', 1, 2, 0), (201808, '2018-08', 3, 4, 0)");
	found.refuse = true;
	assert_int_equal(check(&count), -1);
	assert_string_equal(e.text, "enough");
	assert_int_equal(found.count, 1);
}

static void test_a_number_that_is_none_is_an_error(void **state)
{
	int64_t count;

	(void)state;
	damage("INSERT INTO usage_band (part_id, meter_id, resource_id, usage_start, usage_end, ordinal, band_no,"
	       " band_from, unit_price, quantity, amount_nanos) VALUES (1, 1, 1, 0, 1, 1, 1, '0', '1', 'much', 1)");
	assert_int_equal(check(&count), -1);
	assert_int_equal(e.kind, ERR_STORE);
	assert_non_null(strstr(e.text, "\"much\" is not a number"));
}

static int setup(void **state)
{
	struct store_options options = { .path = path, .partner = { { 9 } }, .currency = "EUR", .region = "NL", .zone = "CET",
					 .period_start_day = 1, .settle_days = 5, .create = true };

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/csp-invariants-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/usage.db", folder);
	found.refuse = false;
	ok(store_open(&store, &options, &e));
	return 0;
}

static int teardown(void **state)
{
	char command[160];

	(void)state;
	store_close(store);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_sound_book_breaks_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damages_are_handed_out_and_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_not_committed_is_not_looked_at, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who_takes_them_may_have_enough, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_number_that_is_none_is_an_error, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
