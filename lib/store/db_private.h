/* SPDX-License-Identifier: MIT */
/* db_private.h - what the files of db*.c share. */
#ifndef STORE_DB_PRIVATE_H
#define STORE_DB_PRIVATE_H

#include "store/db.h"

#include <sqlite3.h>

struct db_reading;

/* The table `source` on a connection; *READING says what it reads, NULL: no rows. */
int db_source_register(sqlite3 *handle, struct db_reading **reading);
struct db_reading **db_reading_of(struct db *db);

#endif
