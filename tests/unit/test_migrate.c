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

/* What 0003_parts.sql did, undone: the keys whole in every table. Then a view that only that schema can answer. */
#define OLD_KEY "subscription_id INTEGER NOT NULL, period INTEGER NOT NULL, reported_day INTEGER NOT NULL, meter_id INTEGER NOT NULL," \
		" resource_id INTEGER NOT NULL, usage_start INTEGER NOT NULL, usage_end INTEGER NOT NULL, ordinal INTEGER NOT NULL,"
#define OLD_KEY_NAMES "subscription_id, period, reported_day, meter_id, resource_id, usage_start, usage_end, ordinal"
#define PART "g.subscription_id, g.period, g.reported_day, "
static const char to_version_2[] =
	"CREATE TABLE usage (" OLD_KEY " product_id INTEGER NOT NULL, quantity TEXT NOT NULL, kind INTEGER NOT NULL, rating INTEGER NOT NULL,"
	" rate_id INTEGER, amount_nanos INTEGER, status INTEGER NOT NULL, revision INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" first_run_id INTEGER NOT NULL, last_run_id INTEGER NOT NULL, PRIMARY KEY (" OLD_KEY_NAMES ")) STRICT, WITHOUT ROWID;"
	"INSERT INTO usage SELECT " PART "u.meter_id, u.resource_id, u.usage_start, u.usage_end, u.ordinal, u.product_id, u.quantity, u.kind,"
	" u.rating, u.rate_id, u.amount_nanos, u.status, u.revision, u.seq, u.first_run_id, u.last_run_id"
	" FROM part g JOIN usage_fact u ON u.part_id = g.id;"
	"CREATE TABLE old_band (" OLD_KEY " band_no INTEGER NOT NULL, band_from TEXT NOT NULL, band_to TEXT, unit_price TEXT NOT NULL,"
	" quantity TEXT NOT NULL, amount_nanos INTEGER NOT NULL, PRIMARY KEY (" OLD_KEY_NAMES ", band_no)) STRICT, WITHOUT ROWID;"
	"INSERT INTO old_band SELECT " PART "b.meter_id, b.resource_id, b.usage_start, b.usage_end, b.ordinal, b.band_no, b.band_from,"
	" b.band_to, b.unit_price, b.quantity, b.amount_nanos FROM part g JOIN usage_band b ON b.part_id = g.id;"
	"CREATE TABLE old_change (seq INTEGER PRIMARY KEY, " OLD_KEY " revision INTEGER NOT NULL, reason INTEGER NOT NULL,"
	" run_id INTEGER NOT NULL, old_seq INTEGER NOT NULL, old_run_id INTEGER NOT NULL, old_quantity TEXT NOT NULL,"
	" new_quantity TEXT NOT NULL, old_amount INTEGER, new_amount INTEGER) STRICT;"
	"INSERT INTO old_change SELECT h.seq, " PART "h.meter_id, h.resource_id, h.usage_start, h.usage_end, h.ordinal, h.revision, h.reason,"
	" h.run_id, h.old_seq, h.old_run_id, h.old_quantity, h.new_quantity, h.old_amount, h.new_amount"
	" FROM part g JOIN usage_change h ON h.part_id = g.id;"
	"DROP TABLE usage_fact; DROP TABLE usage_band; DROP TABLE usage_change; DROP TABLE part;"
	"ALTER TABLE old_band RENAME TO usage_band; ALTER TABLE old_change RENAME TO usage_change; ALTER TABLE slice DROP COLUMN pages; ALTER TABLE run DROP COLUMN seq_before;"
	"ALTER TABLE run DROP COLUMN seq_after;"
	"CREATE UNIQUE INDEX usage_by_seq ON usage (seq);"
	"CREATE INDEX usage_banded ON usage (subscription_id, period, meter_id, usage_start, reported_day) WHERE kind = 1;"
	"CREATE INDEX usage_without_amount ON usage (meter_id) WHERE rating <> 0 AND status = 0;"
	"CREATE INDEX usage_correction_of_slice ON usage (subscription_id, reported_day, meter_id, resource_id, usage_start, usage_end,"
	" ordinal) WHERE kind = 2;"
	"CREATE INDEX usage_correction_of_meter ON usage (meter_id, subscription_id, usage_start) WHERE kind = 2;"
	"CREATE INDEX usage_change_by_purchase ON usage_change (subscription_id, reported_day, meter_id, resource_id, usage_start,"
	" usage_end, ordinal);"
	"CREATE INDEX usage_change_by_old_seq ON usage_change (old_seq) WHERE revision = 2;"
	"CREATE VIEW usage_reference AS SELECT subscription_id FROM usage_change;"
	"UPDATE setting SET value = '2' WHERE name IN ('schema', 'views'); PRAGMA user_version = 2";

/* What 0002_closing.sql did, undone, with a view that only the older schema can answer. */
static const char to_version_1[] =
	"DROP TABLE period_event; DROP TABLE rate_range; DROP INDEX usage_correction_of_slice; DROP INDEX usage_correction_of_meter;"
	"ALTER TABLE usage RENAME COLUMN kind TO banded; ALTER TABLE run DROP COLUMN dated;"
	"CREATE VIEW usage_banding AS SELECT banded FROM usage; DROP VIEW usage_reference;"
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

static void make_older(struct books *b, int version)
{
	struct db *db;

	ok(store_flush(b->s, &e));
	store_close(b->s);
	ok(db_open(&db, b->path, DB_WRITE, NULL, 0, &e));
	drop_views(db);
	ok(db_exec(db, to_version_2, &e));
	if (version == 1)
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

static void nothing_is_lost_or_changed(struct books *b, int version)
{
	static char before[4][sizeof(answer.text)];
	static const char *const questions[] = { everything, bands, changes, tables };

	fill(b);
	for (size_t i = 0; i < countof(questions); i++)
		keep(b, questions[i], before[i]);
	make_older(b, version);
	open_books(b);
	for (size_t i = 0; i < countof(questions); i++)
		assert_string_equal(ask(b, questions[i]), before[i]);
	assert_string_equal(ask(b, "SELECT count(*), sum(usage_period = billing_period), count(charge_class) FROM purchases"), "4 4 0");
	assert_string_equal(ask(b, "SELECT value FROM schema_info WHERE name = 'schema'"), "3");
	assert_string_equal(ask(b, "SELECT count(*), sum(g.purchases <> n OR g.unpriced <> u OR g.priced <> p OR g.units * 1000000000 + g.nanos <> a)"
				   " FROM part g LEFT JOIN (SELECT part_id, count(*) AS n, sum(rating <> 0) AS u, count(amount_nanos) AS p,"
				   " sum(amount_nanos) AS a FROM usage_fact WHERE status = 0 GROUP BY part_id) ON part_id = g.id"),
			    "2 0");
}

static void test_nothing_is_lost_or_changed(void **state)
{
	nothing_is_lost_or_changed(*state, 1);
}

static void test_nothing_is_lost_or_changed_since_version_2(void **state)
{
	nothing_is_lost_or_changed(*state, 2);
}

static void test_what_was_stored_before_is_read_again_closed_and_corrected(void **state)
{
	struct books *b = *state;
	struct usage_spec late[] = { usage[0], usage[1], usage[2], { .quantity = "10", .uri = "/late" } };
	int32_t july = 201807;

	fill(b);
	make_older(b, 1);
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
	make_older(b, 1);
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
		cmocka_unit_test_setup_teardown(test_nothing_is_lost_or_changed_since_version_2, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_was_stored_before_is_read_again_closed_and_corrected, setup, teardown),
		cmocka_unit_test_setup_teardown(test_programs_that_start_together, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
