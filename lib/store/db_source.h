/* SPDX-License-Identifier: MIT */
/* db_source.h - rows that C hands out, as the table `source` of one connection: INSERT INTO ... SELECT ... FROM source writes any number
 * of them in one statement, several times as fast as a statement a row. */
#ifndef STORE_DB_SOURCE_H
#define STORE_DB_SOURCE_H

#include "store/db.h"

#define DB_SOURCE_COLUMNS 20 /* c0, c1, ... of the table */

struct db_value {
	enum { DB_NULL, DB_INTEGER, DB_TEXT } type;
	int64_t number;
	struct span text; /* borrowed until the next row is asked for */
};

struct db_source {
	/* The next row's values: 1, 0 at the end, -1 with E. It may read the database, and not write it. */
	int (*next)(struct db_source *source, struct db_value values[DB_SOURCE_COLUMNS], struct err *e);
};

/* Runs statement N of the connection, which reads from `source`, with the rows of SOURCE. The first error of SOURCE is the one told. */
int db_run_source(struct db *db, size_t n, struct db_source *source, struct err *e) MUST_CHECK;

#endif
