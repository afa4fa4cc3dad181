/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include "base/mem.h"
#include "store/db_decimal.h"
#include "store/db_memory.h"
#include "store/db_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUSY_TIMEOUT_MS 5000

struct db {
	sqlite3 *handle;
	char *path;
	const char *const *texts;
	size_t count;
	sqlite3_stmt **statements; /* prepared on first use */
	bool writes;
	struct db_reading *reading;
};

struct db_reading **db_reading_of(struct db *db)
{
	return &db->reading;
}

#define STEPS_BETWEEN_LOOKS 20000 /* of SQLite's machine: some milliseconds */

static int fail(const struct db *db, struct err *e, const char *doing)
{
	int code = sqlite3_extended_errcode(db->handle);
	const char *remedy = NULL;

	if (code == SQLITE_INTERRUPT)
		return err_set(e, ERR_CANCELLED, "database %s: stopped", db->path);
	err_set(e, ERR_STORE, "database %s: %s: %s (%d)", db->path, doing, sqlite3_errmsg(db->handle), code);
	switch (code & 0xff) {
	case SQLITE_FULL:
		remedy = "free space on the file system of the database; the next run continues by itself";
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		remedy = "end the program that holds the database locked for writing";
		break;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		remedy = "check that the file and its folder belong to the daemon's user and that its -wal and -shm are readable";
		break;
	case SQLITE_IOERR:
		remedy = "check the disk (dmesg); then start the daemon again";
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		remedy = "restore the database from the published copy or a backup; days that are missing then are fetched again";
		break;
	default:
		break;
	}
	return err_advise(e, "E-STORE", remedy);
}

int db_exec(struct db *db, const char *sql, struct err *e)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(db, e, "exec");
	return 0;
}

int db_exec_int(struct db *db, const char *sql, int64_t *value, struct err *e)
{
	sqlite3_stmt *q = db_prepare(db, sql, e);
	int rc;

	if (!q)
		return -1;
	rc = db_step(db, q, e);
	if (rc == 1)
		*value = db_int(q, 0);
	db_finalize(q);
	if (rc == 0)
		return err_set(e, ERR_STORE, "database %s: no answer to: %s", db->path, sql);
	return rc == 1 ? 0 : -1;
}

/* What every connection gets. Only writers set what stands in the file. */
static int configure(struct db *db, struct err *e)
{
	int on = 1;

	if (db_decimal_register(db->handle) != SQLITE_OK)
		return fail(db, e, "decimal functions");
	if (db->writes && db_source_register(db->handle, &db->reading) != SQLITE_OK)
		return fail(db, e, "source");
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	if (db_exec(db, "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON; PRAGMA temp_store=FILE", e) == -1)
		return -1;
	/* Readers in another group need -wal and -shm to stay after the last writer closed. */
	sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	if (!db->writes)
		return 0;
	return db_exec(db,
		       "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
		       "PRAGMA journal_size_limit=0; PRAGMA cache_size=-8192",
		       e);
}

int db_open(struct db **out, const char *path, enum db_mode mode, const char *const *statements, size_t count, struct err *e)
{
	struct db *db = xcalloc(1, sizeof(*db));
	int flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

	db_memory_setup();
	if (mode == DB_CREATE)
		flags |= SQLITE_OPEN_CREATE;
	db->path = xstrdup(path);
	db->texts = statements;
	db->count = count;
	db->statements = xcalloc(count, sizeof(*db->statements));
	db->writes = mode == DB_WRITE || mode == DB_CREATE;
	if (sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK) {
		fail(db, e, "open");
		goto out;
	}
	if (configure(db, e) == -1)
		goto out;
	*out = db;
	return 0;
out:
	db_close(db);
	return -1;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db_in_transaction(db))
		db_rollback(db);
	for (size_t i = 0; i < db->count; i++)
		sqlite3_finalize(db->statements[i]);
	if (db->writes && db->handle)
		db_checkpoint(db);
	sqlite3_close_v2(db->handle);
	free(db->statements);
	free(db->path);
	free(db);
}

static int is_stopped(void *stop)
{
	return atomic_load((const atomic_bool *)stop);
}

void db_set_stop(struct db *db, const atomic_bool *stop)
{
	sqlite3_progress_handler(db->handle, STEPS_BETWEEN_LOOKS, is_stopped, (void *)(uintptr_t)stop);
}

const char *db_path(const struct db *db)
{
	return db->path;
}

struct sqlite3_stmt *db_query(struct db *db, size_t n, struct err *e)
{
	if (!db->statements[n] &&
	    sqlite3_prepare_v3(db->handle, db->texts[n], -1, SQLITE_PREPARE_PERSISTENT, &db->statements[n], NULL) != SQLITE_OK) {
		fail(db, e, db->texts[n]);
		return NULL;
	}
	sqlite3_reset(db->statements[n]);
	return db->statements[n];
}

struct sqlite3_stmt *db_prepare(struct db *db, const char *sql, struct err *e)
{
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &q, NULL) != SQLITE_OK) {
		fail(db, e, sql);
		return NULL;
	}
	if (!q)
		err_set(e, ERR_STORE, "empty statement");
	return q;
}

struct sqlite3_stmt *db_prepare_next(struct db *db, const char **sql, struct err *e)
{
	sqlite3_stmt *q = NULL;

	err_clear(e);
	while (**sql && !q) { /* white space and comments prepare to nothing */
		const char *text = *sql;

		if (sqlite3_prepare_v2(db->handle, text, -1, &q, sql) != SQLITE_OK) {
			fail(db, e, text);
			return NULL;
		}
	}
	return q;
}

void db_finalize(struct sqlite3_stmt *q)
{
	sqlite3_finalize(q);
}

void db_bind_int(struct sqlite3_stmt *q, int at, int64_t value)
{
	sqlite3_bind_int64(q, at, value);
}

void db_bind_null(struct sqlite3_stmt *q, int at)
{
	sqlite3_bind_null(q, at);
}

void db_bind_span(struct sqlite3_stmt *q, int at, struct span text)
{
	sqlite3_bind_text64(q, at, text.n ? text.p : "", text.n, SQLITE_STATIC, SQLITE_UTF8);
}

void db_bind_text(struct sqlite3_stmt *q, int at, const char *text)
{
	db_bind_span(q, at, span_of(text));
}

void db_bind_blob(struct sqlite3_stmt *q, int at, const void *bytes, size_t n)
{
	sqlite3_bind_blob64(q, at, bytes, n, SQLITE_STATIC);
}

int db_step(struct db *db, struct sqlite3_stmt *q, struct err *e)
{
	int rc = sqlite3_step(q);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE) {
		fail(db, e, "step");
		sqlite3_reset(q);
		return -1;
	}
	sqlite3_reset(q);
	return 0;
}

int db_run(struct db *db, struct sqlite3_stmt *q, struct err *e)
{
	int rc = db_step(db, q, e);

	if (rc == 1)
		sqlite3_reset(q);
	return rc == -1 ? -1 : 0;
}

void db_reset(struct sqlite3_stmt *q)
{
	sqlite3_reset(q);
}

int64_t db_int(struct sqlite3_stmt *q, int column)
{
	return sqlite3_column_int64(q, column);
}

bool db_is_null(struct sqlite3_stmt *q, int column)
{
	return sqlite3_column_type(q, column) == SQLITE_NULL;
}

struct span db_span(struct sqlite3_stmt *q, int column)
{
	const void *bytes = sqlite3_column_type(q, column) == SQLITE_BLOB ? sqlite3_column_blob(q, column)
									   : sqlite3_column_text(q, column);

	return (struct span){ bytes, (size_t)sqlite3_column_bytes(q, column) };
}

int db_column_count(struct sqlite3_stmt *q)
{
	return sqlite3_column_count(q);
}

const char *db_column_name(struct sqlite3_stmt *q, int column)
{
	return sqlite3_column_name(q, column);
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(const struct db *db)
{
	return sqlite3_changes64(db->handle);
}

bool db_in_transaction(const struct db *db)
{
	return db->handle && !sqlite3_get_autocommit(db->handle);
}

int db_begin(struct db *db, struct err *e)
{
	return db_in_transaction(db) ? 0 : db_exec(db, "BEGIN IMMEDIATE", e);
}

int db_commit(struct db *db, struct err *e)
{
	return db_in_transaction(db) ? db_exec(db, "COMMIT", e) : 0;
}

void db_rollback(struct db *db)
{
	if (db_in_transaction(db))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

int64_t db_wal_bytes(const struct db *db)
{
	char *wal = sqlite3_mprintf("%s-wal", db->path);
	struct stat st;
	int64_t bytes = wal && stat(wal, &st) == 0 ? (int64_t)st.st_size : 0;

	sqlite3_free(wal);
	return bytes;
}

void db_rest(struct db *db)
{
	(void)sqlite3_db_release_memory(db->handle); /* always SQLITE_OK */
}

void db_checkpoint(struct db *db)
{
	sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}
