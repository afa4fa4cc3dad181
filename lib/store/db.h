/* SPDX-License-Identifier: MIT */
/* db.h - a connection to SQLite: opening it the way this project needs, prepared statements by number, one open transaction.
 * Decimal functions in SQL: db_decimal.h.
 * Only db*.c include sqlite3.h. Errors are ERR_STORE and name the file and the remedy. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/err.h"
#include "base/span.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define DB_APPLICATION_ID 0x43535055 /* "CSPU": file(1) shows it */

struct db;
struct sqlite3_stmt;

/* DB_COPY: opened for writing but only read, so that VACUUM INTO works whatever state the WAL is in. */
enum db_mode { DB_READ, DB_COPY, DB_WRITE, DB_CREATE };

/* STATEMENTS: the texts that db_query prepares on first use, COUNT of them, borrowed for the connection's life. */
int db_open(struct db **db, const char *path, enum db_mode mode, const char *const *statements, size_t count,
	    struct err *e) MUST_CHECK;
/* Finalizes, checkpoints, closes; NULL is fine. An open transaction is rolled back. */
void db_close(struct db *db);
const char *db_path(const struct db *db);

/* Statements of this connection end with ERR_CANCELLED soon after *STOP is set, which may happen on another thread. */
void db_set_stop(struct db *db, const atomic_bool *stop);
/* Runs SQL text of any number of statements. */
int db_exec(struct db *db, const char *sql, struct err *e) MUST_CHECK;
/* The integer that a one-row, one-column statement gives. */
int db_exec_int(struct db *db, const char *sql, int64_t *value, struct err *e) MUST_CHECK;

/* Statement number N, reset; all of its parameters are to be bound. NULL with E set when it can't be prepared (a bug or a broken file). */
struct sqlite3_stmt *db_query(struct db *db, size_t n, struct err *e) MUST_CHECK;
/* A statement of the caller's own text; db_finalize ends it. */
struct sqlite3_stmt *db_prepare(struct db *db, const char *sql, struct err *e) MUST_CHECK;
/* The next statement of a text of several, which *SQL is moved behind. NULL with E->kind ERR_NONE at the end, else with the error. */
struct sqlite3_stmt *db_prepare_next(struct db *db, const char **sql, struct err *e) MUST_CHECK;
void db_finalize(struct sqlite3_stmt *q);

/* Parameters are numbered from 1, columns from 0. Bound texts and blobs are borrowed until the next reset. */
void db_bind_int(struct sqlite3_stmt *q, int at, int64_t value);
void db_bind_null(struct sqlite3_stmt *q, int at);
void db_bind_span(struct sqlite3_stmt *q, int at, struct span text);
void db_bind_text(struct sqlite3_stmt *q, int at, const char *text);
void db_bind_blob(struct sqlite3_stmt *q, int at, const void *bytes, size_t n);

/* 1: a row, 0: done (and reset), -1: error (and reset). */
int db_step(struct db *db, struct sqlite3_stmt *q, struct err *e) MUST_CHECK;
/* For statements that give no rows. */
int db_run(struct db *db, struct sqlite3_stmt *q, struct err *e) MUST_CHECK;
void db_reset(struct sqlite3_stmt *q);

int64_t db_int(struct sqlite3_stmt *q, int column);
bool db_is_null(struct sqlite3_stmt *q, int column);
struct span db_span(struct sqlite3_stmt *q, int column); /* borrowed until the next step */
int db_column_count(struct sqlite3_stmt *q);
const char *db_column_name(struct sqlite3_stmt *q, int column);
int64_t db_last_id(const struct db *db);
int64_t db_changes(const struct db *db);

bool db_in_transaction(const struct db *db);
int db_begin(struct db *db, struct err *e) MUST_CHECK; /* nothing to do when one is open */
int db_commit(struct db *db, struct err *e) MUST_CHECK;
void db_rollback(struct db *db);
/* Moves the WAL into the file and cuts it; readers that sit in a transaction only delay that. */
void db_checkpoint(struct db *db);
/* Gives back the pages that are kept in memory. */
void db_rest(struct db *db);
int64_t db_wal_bytes(const struct db *db);

#endif
