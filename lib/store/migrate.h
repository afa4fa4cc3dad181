/* SPDX-License-Identifier: MIT */
/* migrate.h - brings a database to the schema of this program: numbered files of schema/ once, in order, views anew. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/db.h"

/* Version = number of the last numbered file. A newer database is refused (ERR_CONFIG); a file that is not ours, too. */
int migrate(struct db *db, struct err *e) MUST_CHECK;
/* Only checks that the version is this program's (for readers). */
int migrate_check(struct db *db, struct err *e) MUST_CHECK;
int migrate_version(void);

#endif
