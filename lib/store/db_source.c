/* SPDX-License-Identifier: MIT */
#include "store/db_source.h"

#include "store/db_private.h"

#include <stdlib.h>

struct db_reading { /* the source that is read, for the time of one statement */
	struct db_source *source;
	struct err *err;
};

struct table {
	sqlite3_vtab base;
	struct db_reading **reading; /* of the connection */
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct db_value values[DB_SOURCE_COLUMNS];
	sqlite3_int64 rowid;
	bool at_end;
};

static int connect(sqlite3 *handle, void *context, int argc, const char *const *argv, sqlite3_vtab **out, char **message)
{
	struct table *table;
	int rc = sqlite3_declare_vtab(handle, "CREATE TABLE source (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16,"
					      " c17, c18, c19)");

	(void)argc, (void)argv, (void)message;
	if (rc != SQLITE_OK)
		return rc;
	table = sqlite3_malloc(sizeof(*table));
	if (!table)
		return SQLITE_NOMEM;
	*table = (struct table){ .reading = context };
	*out = &table->base;
	return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	info->estimatedCost = 1000;
	return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
	struct cursor *cursor = sqlite3_malloc(sizeof(*cursor));

	(void)table;
	if (!cursor)
		return SQLITE_NOMEM;
	*cursor = (struct cursor){ .rowid = 0 };
	*out = &cursor->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
	struct cursor *cursor = (struct cursor *)base;
	struct db_reading *reading = *((struct table *)base->pVtab)->reading;
	int rc = reading ? reading->source->next(reading->source, cursor->values, reading->err) : 0;

	cursor->rowid++;
	cursor->at_end = rc == 0;
	return rc == -1 ? SQLITE_ERROR : SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc, sqlite3_value **argv)
{
	(void)number, (void)text, (void)argc, (void)argv;
	return next(base);
}

static int at_end(sqlite3_vtab_cursor *base)
{
	return ((struct cursor *)base)->at_end;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i)
{
	const struct db_value *value = &((struct cursor *)base)->values[i];

	if (value->type == DB_INTEGER)
		sqlite3_result_int64(context, value->number);
	else if (value->type == DB_TEXT)
		sqlite3_result_text(context, value->text.p, (int)value->text.n, SQLITE_STATIC);
	return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
	*id = ((struct cursor *)base)->rowid;
	return SQLITE_OK;
}

/* Without xCreate: the table is there by its name alone, and nobody can make another. */
static const sqlite3_module module = {
	.xConnect = connect, .xBestIndex = best_index, .xDisconnect = disconnect, .xOpen = open_cursor, .xClose = close_cursor,
	.xFilter = filter,   .xNext = next,            .xEof = at_end,            .xColumn = column,    .xRowid = rowid,
};

int db_source_register(sqlite3 *handle, struct db_reading **reading)
{
	return sqlite3_create_module_v2(handle, "source", &module, reading, NULL);
}

int db_run_source(struct db *db, size_t n, struct db_source *source, struct err *e)
{
	struct sqlite3_stmt *q = db_query(db, n, e);
	struct err told = ERR_INIT;
	struct db_reading reading = { source, &told };
	int rc;

	if (!q)
		return -1;
	*db_reading_of(db) = &reading;
	rc = db_run(db, q, e);
	*db_reading_of(db) = NULL;
	if (rc == -1 && told.kind)
		*e = told;
	return rc;
}
