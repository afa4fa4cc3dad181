/* SPDX-License-Identifier: MIT */
/* Opening and closing the books, and their transactions. */
#include "store/books.h"

#include "base/buf.h"
#include "base/mem.h"
#include "billing/rules.h"
#include "store/migrate.h"
#include "store/part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WAL_CHECKPOINT_BYTES ((int64_t)16 << 20)

/* Tables of the connection: what a run has seen, and what does not fit in memory. They go with the connection. */
static const char temporary_tables[] =
	"CREATE TEMP TABLE seen_customer (id INTEGER PRIMARY KEY);"
	"CREATE TEMP TABLE seen_subscription (id INTEGER PRIMARY KEY);"
	"CREATE TEMP TABLE gone_rate (id INTEGER PRIMARY KEY);"
	"CREATE TEMP TABLE changed_meter (meter_id INTEGER PRIMARY KEY, effective INTEGER NOT NULL DEFAULT -62135596800);"
	"CREATE TEMP TABLE loading (load INTEGER, period INTEGER, meter_id INTEGER, resource_id INTEGER, usage_start INTEGER,"
	" usage_end INTEGER, n INTEGER, product_id INTEGER, quantity TEXT,"
	" PRIMARY KEY (load, period, meter_id, resource_id, usage_start, usage_end, n)) WITHOUT ROWID;";

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What schema_info shows beside the rules; follows the configuration. */
static int note_setting(struct store *s, const char *name, const char *value, struct err *e)
{
	struct sqlite3_stmt *q = db_prepare(s->db,
					    "INSERT INTO setting VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value"
					    " WHERE value <> excluded.value",
					    e);
	int rc;

	if (!q)
		return -1;
	db_bind_text(q, 1, name);
	db_bind_text(q, 2, value);
	rc = db_run(s->db, q, e);
	db_finalize(q);
	return rc;
}

/* Nothing is stored yet that a setting could have had a part in. */
static bool is_empty(struct store *s)
{
	struct err ignored = ERR_INIT;
	int64_t any = 1;

	if (s->options.read_only ||
	    db_exec_int(s->db, "SELECT EXISTS (SELECT 1 FROM customer) OR EXISTS (SELECT 1 FROM rate_card)", &any, &ignored) == -1)
		return false;
	return any == 0;
}

/* The database's own value of a setting must be the configured one; until something is stored it follows the configuration. */
static int bind_setting(struct store *s, const char *name, const char *value, const char *remedy, struct err *e)
{
	struct sqlite3_stmt *q = db_prepare(s->db, "SELECT value FROM setting WHERE name = ?1", e);
	struct buf have;
	int rc;

	if (!q)
		return -1;
	buf_init(&have, 256);
	db_bind_text(q, 1, name);
	rc = db_step(s->db, q, e);
	if (rc == 1 && buf_add_span(&have, db_span(q, 0)) == -1)
		rc = err_set(e, ERR_STORE, "setting %s: too long", name);
	db_finalize(q);
	if (rc == 1 && strcmp(buf_text(&have), value) != 0 && is_empty(s)) {
		rc = note_setting(s, name, value, e);
	} else if (rc == 1 && strcmp(buf_text(&have), value) != 0) {
		err_set(e, ERR_CONFIG, "database %s: made with %s = %s, configured is %s", s->path, name, buf_text(&have), value);
		rc = err_advise(e, "E-STORE-SETTING", remedy);
	} else if (rc == 0 && !s->options.read_only) {
		q = db_prepare(s->db, "INSERT INTO setting VALUES (?1, ?2)", e);
		if (q) {
			db_bind_text(q, 1, name);
			db_bind_text(q, 2, value);
		}
		rc = q ? db_run(s->db, q, e) : -1;
		db_finalize(q);
	}
	buf_fini(&have);
	return rc == -1 ? -1 : 0;
}

int store_check_settings(struct store *s, struct err *e)
{
	static const char new_database[] = "set it back, or start a new database: what is stored was priced by it";
	char partner[GUID_TEXT_MAX], day[12];

	guid_print(s->options.partner, partner);
	snprintf(day, sizeof(day), "%d", s->options.period_start_day);
	if (bind_setting(s, "partner", partner, "one database belongs to one partner: set [database] path to another file", e) == -1 ||
	    bind_setting(s, "period_start_day", day, new_database, e) == -1)
		return -1;
	return bind_setting(s, "currency", s->currency, new_database, e) == -1 ? -1 : bind_setting(s, "region", s->region, new_database, e);
}

/* The rules in force, as they stand in the configuration's print too. */
static int note_rules(struct store *s, struct err *e)
{
	size_t count;
	const struct billing_rule *rules = billing_rules(&count);
	char name[80];

	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "rule: %s", rules[i].name);
		if (note_setting(s, name, rules[i].text, e) == -1)
			return -1;
	}
	return 0;
}

static int prepare_for_writing(struct store *s, struct err *e)
{
	char settle[12];

	/* The settings as one, for another program may open a new file at the same time. A dry run leaves nothing: all that it does is in this
	 * transaction, which is never committed then. */
	if ((s->options.dry ? migrate_check(s->db, e) : migrate(s->db, e)) == -1 || db_begin(s->db, e) == -1)
		return -1;
	if (db_exec(s->db, temporary_tables, e) == -1 || store_check_settings(s, e) == -1)
		return -1;
	snprintf(settle, sizeof(settle), "%d", s->options.settle_days);
	if (note_setting(s, "zone", s->options.zone ? s->options.zone : "", e) == -1 || note_setting(s, "settle_days", settle, e) == -1 ||
	    note_rules(s, e) == -1 || (!s->options.dry && db_commit(s->db, e) == -1))
		return -1;
	return db_exec_int(s->db, sql_texts[SQL_SEQ_LAST], &s->seq, e);
}

int store_open(struct store **out, const struct store_options *options, struct err *e)
{
	struct store *s = xcalloc(1, sizeof(*s));
	enum db_mode mode = options->read_only ? DB_READ : options->create ? DB_CREATE : DB_WRITE;

	s->options = *options;
	s->path = xstrdup(options->path);
	s->currency = xstrdup(options->currency ? options->currency : "");
	s->region = xstrdup(options->region ? options->region : "");
	s->intern = intern_new(options->partner);
	s->rates = ratebook_new();
	s->parts = parts_new();
	if (db_open(&s->db, options->path, mode, sql_texts, SQL_COUNT, e) == -1)
		goto out;
	if ((options->read_only ? migrate_check(s->db, e) : prepare_for_writing(s, e)) == -1)
		goto out;
	s->run_seq = s->seq;
	*out = s;
	return 0;
out:
	store_close(s);
	return -1;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	db_close(s->db);
	intern_free(s->intern);
	ratebook_free(s->rates);
	parts_free(s->parts);
	closed_forget(s);
	free(s->path);
	free(s->currency);
	free(s->region);
	free(s);
}

int store_write(struct store *s, struct err *e)
{
	if (db_in_transaction(s->db))
		return 0;
	s->began_ms = monotonic_ms();
	s->pending_rows = 0;
	s->begun_sum = s->run_sum;
	return db_begin(s->db, e);
}

int store_flush(struct store *s, struct err *e)
{
	if (s->options.dry || s->held || !db_in_transaction(s->db))
		return 0;
	if (parts_flush(s, e) == -1 || db_commit(s->db, e) == -1) {
		store_rollback(s);
		return -1;
	}
	if (db_wal_bytes(s->db) > WAL_CHECKPOINT_BYTES)
		db_checkpoint(s->db);
	return 0;
}

bool store_is_settled(const struct store *s)
{
	return !db_in_transaction(s->db);
}

void store_rest(struct store *s)
{
	intern_free(s->intern);
	s->intern = intern_new(s->options.partner); /* its places are memory that is not touched before they are filled */
	ratebook_forget(s->rates);
	parts_forget(s->parts);
	db_rest(s->db);
}

void store_rollback(struct store *s)
{
	struct err ignored = ERR_INIT;

	db_rollback(s->db);
	s->held = false;
	s->rollbacks++;
	s->run_sum = s->begun_sum;
	/* Ids given to dimensions since the last commit are gone with it. */
	intern_forget(s->intern);
	ratebook_forget(s->rates);
	parts_forget(s->parts);
	s->period_known = 0;
	closed_forget(s);
	if (db_exec_int(s->db, sql_texts[SQL_SEQ_LAST], &s->seq, &ignored) == -1)
		return;
}

int store_unit_done(struct store *s, int64_t rows, struct err *e)
{
	s->pending_rows += rows;
	if (s->pending_rows < STORE_COMMIT_ROWS && monotonic_ms() - s->began_ms < STORE_COMMIT_MS)
		return 0;
	return store_flush(s, e);
}

int store_mark(struct store *s, struct err *e)
{
	s->marked_sum = s->run_sum;
	return parts_flush(s, e) == -1 ? -1 : db_exec(s->db, "SAVEPOINT mark", e);
}

int store_mark_keep(struct store *s, struct err *e)
{
	return parts_flush(s, e) == -1 ? -1 : db_exec(s->db, "RELEASE mark", e);
}

void store_mark_undo(struct store *s)
{
	struct err ignored = ERR_INIT;

	if (db_exec(s->db, "ROLLBACK TO mark; RELEASE mark", &ignored) == -1 ||
	    db_exec_int(s->db, sql_texts[SQL_SEQ_LAST], &s->seq, &ignored) == -1)
		store_rollback(s);
	s->run_sum = s->marked_sum;
	intern_forget(s->intern);
	ratebook_forget(s->rates);
	parts_forget(s->parts);
	s->period_known = 0;
	closed_forget(s);
}

int store_run_ints(struct store *s, enum sql_statement n, const int64_t *values, int count, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, n, e);

	if (!q)
		return -1;
	for (int i = 0; i < count; i++)
		db_bind_int(q, i + 1, values[i]);
	return db_run(s->db, q, e);
}
