/* SPDX-License-Identifier: MIT */
/* A database of an older program is brought to this one's schema with all that is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "tests/unit/books_fixture.h"

#include <sys/wait.h>

#define OTHER_METER "22222222-2222-2222-2222-222222222222"

/* What 0002_closing.sql did, undone, with a view that only the older schema can answer. */
static const char to_version_1[] =
	"DROP TABLE period_event; DROP TABLE rate_range; DROP INDEX usage_correction_of_slice; DROP INDEX usage_correction_of_meter;"
	"ALTER TABLE usage RENAME COLUMN kind TO banded; ALTER TABLE run DROP COLUMN dated;"
	"CREATE VIEW usage_banding AS SELECT banded FROM usage;"
	"UPDATE setting SET value = '1' WHERE name IN ('schema', 'views'); PRAGMA user_version = 1";

static const char everything[] = "SELECT seq, purchase_reference, revision, status, quantity_exact, amount_nanos, rating_status, rate_id,"
				 " period_state, charge_class, usage_period FROM purchases ORDER BY seq";
static const char bands[] = "SELECT purchase_reference, band_no, quantity_exact, amount_nanos FROM purchase_bands ORDER BY 1, 2";
static const char changes[] = "SELECT seq, revision, reason, old_quantity_exact, new_quantity_exact, new_amount_nanos FROM purchase_changes"
			      " ORDER BY seq";
static const char tables[] = "SELECT count(*), group_concat(name), sum(length(sql)) FROM (SELECT name, sql FROM sqlite_schema ORDER BY name)";

static void drop_views(struct db *db)
{
	char sql[100];
	int64_t left;

	for (;;) {
		struct sqlite3_stmt *q = db_prepare(db, "SELECT name FROM sqlite_schema WHERE type = 'view'", &e);

		assert_non_null(q);
		left = db_step(db, q, &e);
		if (left == 1)
			snprintf(sql, sizeof(sql), "DROP VIEW %.*s", (int)db_span(q, 0).n, db_span(q, 0).p);
		db_finalize(q);
		if (left != 1)
			break;
		ok(db_exec(db, sql, &e));
	}
}

static void make_older(struct books *b)
{
	struct db *db;

	ok(store_flush(b->s, &e));
	store_close(b->s);
	ok(db_open(&db, b->path, DB_WRITE, NULL, 0, &e));
	drop_views(db);
	ok(db_exec(db, to_version_1, &e));
	db_close(db);
}

static void keep(struct books *b, const char *sql, char text[sizeof(answer.text)])
{
	snprintf(text, sizeof(answer.text), "%s", ask(b, sql));
}

/* A flat meter, one with tiers, usage without a price, changes. */
static const struct usage_spec usage[] = { { .quantity = "1000" }, { .day = 1, .quantity = "100" }, { .unit = "GB", .quantity = "7", .uri = "/b" } };

static void fill(struct books *b)
{
	struct usage_spec first = usage[0];
	struct slice_load *load;
	struct slice_change c;

	load_rates(b, (struct rate_spec[]){ { .tiers = { "0", "0.5", "1024", "0.25" } }, { .meter = OTHER_METER, .tiers = { "0", "2" } } }, 2);
	first.quantity = "900";
	load_slice(b, 0, &first, 1);
	load_slice(b, 0, usage, countof(usage));
	ok(slice_load_new(&load, b->s, b->subscription, DAY0 + 1, &e));
	ok(record_page_start(load, &e));
	add_usage(load, OTHER_METER, &(struct usage_spec){ .quantity = "2.5" });
	ok(record_page_end(load, &e));
	ok(slice_load_commit(load, b->run_id, false, &c, &e));
	slice_load_free(load);
}

static void test_nothing_is_lost_or_changed(void **state)
{
	static char before[4][sizeof(answer.text)];
	static const char *const questions[] = { everything, bands, changes, tables };
	struct books *b = *state;

	fill(b);
	for (size_t i = 0; i < countof(questions); i++)
		keep(b, questions[i], before[i]);
	make_older(b);
	open_books(b);
	for (size_t i = 0; i < countof(questions); i++)
		assert_string_equal(ask(b, questions[i]), before[i]);
	assert_string_equal(ask(b, "SELECT count(*), sum(usage_period = billing_period), count(charge_class) FROM purchases"), "4 4 0");
	assert_string_equal(ask(b, "SELECT value FROM schema_info WHERE name = 'schema'"), "2");
}

static void test_what_was_stored_before_is_read_again_closed_and_corrected(void **state)
{
	struct books *b = *state;
	struct usage_spec late[] = { usage[0], usage[1], usage[2], { .quantity = "10", .uri = "/late" } };
	int32_t july = 201807;

	fill(b);
	make_older(b);
	open_books(b);
	begin_run_on(b, DAY0 + 21);
	assert_false(load_slice(b, 0, usage, countof(usage)).wrote);
	ok(store_period_close(b->s, &july, "", day_start(DAY0 + 21), &e));
	load_slice(b, 0, late, countof(late));
	/* behind 1100: 10 x 0.25 */
	assert_string_equal(ask(b, "SELECT billing_period, quantity_exact, amount_nanos FROM purchases WHERE charge_class = 'correction'"),
			    "2018-08 10 2500000000");
}

/* Several programs start at once behind an upgrade: one does it, the others find it done. */
static void test_programs_that_start_together(void **state)
{
	struct books *b = *state;
	int status, ended = 0;

	fill(b);
	make_older(b);
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			open_books(b);
			store_close(b->s);
			_exit(0);
		}
	while (wait(&status) > 0)
		ended += status == 0;
	assert_int_equal(ended, 4);
	open_books(b);
	assert_string_equal(ask(b, "SELECT count(*) FROM purchases"), "4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_is_lost_or_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_was_stored_before_is_read_again_closed_and_corrected, setup, teardown),
		cmocka_unit_test_setup_teardown(test_programs_that_start_together, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
