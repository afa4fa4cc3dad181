/* SPDX-License-Identifier: MIT */
#include "store/migrate.h"

#include "store/schema.h"

#include <stdio.h>
#include <string.h>

/* The number in front of a migration's name, 0 for the files that are applied anew each time. */
static int file_number(const struct schema_file *file)
{
	int n = 0;

	for (const char *p = file->name; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (*p - '0');
	return n;
}

int migrate_version(void)
{
	int newest = 0;

	for (unsigned i = 0; i < schema_file_count; i++)
		if (file_number(&schema_files[i]) > newest)
			newest = file_number(&schema_files[i]);
	return newest;
}

/* FNV-1a over the views' text: views are made again only when the program has others than the database. */
static int64_t views_fingerprint(void)
{
	uint64_t h = 14695981039346656037ULL;

	for (unsigned i = 0; i < schema_file_count; i++)
		for (const char *p = file_number(&schema_files[i]) ? "" : schema_files[i].sql; *p; p++)
			h = (h ^ (unsigned char)*p) * 1099511628211ULL;
	return (int64_t)(h >> 1);
}

static int refuse_foreign(struct db *db, int64_t application, int64_t tables, struct err *e)
{
	if (application == DB_APPLICATION_ID || (application == 0 && tables == 0))
		return 0;
	err_set(e, ERR_CONFIG, "database %s: this is not a csp-usaged database", db_path(db));
	return err_advise(e, "E-STORE-FOREIGN", "set [database] path to a new file, or to the one csp-usaged made");
}

static int refuse_newer(struct db *db, int64_t version, struct err *e)
{
	if (version <= migrate_version())
		return 0;
	err_set(e, ERR_CONFIG, "database %s: made by a newer program (schema %lld, this one knows %d)", db_path(db),
		(long long)version, migrate_version());
	return err_advise(e, "E-STORE-NEWER", "install the newer csp-usaged again; databases are not taken back");
}

static int check(struct db *db, int64_t *version, struct err *e)
{
	int64_t application = 0, tables = 0;

	if (db_exec_int(db, "PRAGMA application_id", &application, e) == -1 || db_exec_int(db, "PRAGMA user_version", version, e) == -1 ||
	    db_exec_int(db, "SELECT count(*) FROM sqlite_schema", &tables, e) == -1)
		return -1;
	if (refuse_foreign(db, application, tables, e) == -1)
		return -1;
	return refuse_newer(db, *version, e);
}

int migrate_check(struct db *db, struct err *e)
{
	int64_t version = 0;

	if (check(db, &version, e) == -1)
		return -1;
	if (version == migrate_version())
		return 0;
	err_set(e, ERR_CONFIG, "database %s: not brought to this program's schema yet", db_path(db));
	return err_advise(e, "E-STORE-OLDER", "start the daemon or run csp-usaged sync once");
}

static int drop_views(struct db *db, struct err *e)
{
	char sql[300];
	struct sqlite3_stmt *q;

	for (;;) {
		int rc;

		q = db_prepare(db, "SELECT name FROM sqlite_schema WHERE type = 'view' LIMIT 1", e);
		if (!q)
			return -1;
		rc = db_step(db, q, e);
		if (rc == 1)
			snprintf(sql, sizeof(sql), "DROP VIEW \"%.*s\"", (int)db_span(q, 0).n, db_span(q, 0).p);
		db_finalize(q);
		if (rc <= 0)
			return rc;
		if (db_exec(db, sql, e) == -1)
			return -1;
	}
}

static int make_views(struct db *db, struct err *e)
{
	char sql[100];
	int64_t have = 0;

	if (db_exec_int(db, "SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM setting WHERE name = 'views'", &have, e) == -1)
		return -1;
	if (have == views_fingerprint())
		return 0;
	if (drop_views(db, e) == -1)
		return -1;
	for (unsigned i = 0; i < schema_file_count; i++)
		if (file_number(&schema_files[i]) == 0 && db_exec(db, schema_files[i].sql, e) == -1)
			return err_wrap(e, "schema %s", schema_files[i].name);
	snprintf(sql, sizeof(sql), "INSERT OR REPLACE INTO setting VALUES ('views', '%lld')", (long long)views_fingerprint());
	return db_exec(db, sql, e);
}

static int apply(struct db *db, int64_t version, struct err *e)
{
	char sql[200];

	/* A table whose columns change must not be looked at by views of yesterday. */
	if (version && version < migrate_version() && (drop_views(db, e) == -1 || db_exec(db, "DELETE FROM setting WHERE name = 'views'", e) == -1))
		return -1;
	for (unsigned i = 0; i < schema_file_count; i++)
		if (file_number(&schema_files[i]) > version && db_exec(db, schema_files[i].sql, e) == -1)
			return err_wrap(e, "schema %s", schema_files[i].name);
	if (make_views(db, e) == -1)
		return -1;
	if (version == migrate_version())
		return 0;
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d; INSERT OR REPLACE INTO setting VALUES ('schema', '%d')",
		 DB_APPLICATION_ID, migrate_version(), migrate_version());
	return db_exec(db, sql, e);
}

int migrate(struct db *db, struct err *e)
{
	int64_t version = 0;

	if (check(db, &version, e) == -1 || db_begin(db, e) == -1)
		return -1;
	/* Another program may have done it while this one waited to begin. */
	if (check(db, &version, e) == -1 || apply(db, version, e) == -1) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}
