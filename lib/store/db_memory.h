/* SPDX-License-Identifier: MIT */
/* db_memory.h - private to db.c: how SQLite is set up in this process, and where its memory comes from. */
#ifndef STORE_DB_MEMORY_H
#define STORE_DB_MEMORY_H

/* Before the first connection, from any thread; once is enough, more often does nothing. SQLite then takes its memory from the C
 * library past this program's own free() and realloc(), which wipe what is given back: no secret ever passes through the database, and
 * wiping its memory costs more than all that is done with it. A connection stays on one thread at a time, so it needs no locks. */
void db_memory_setup(void);

#endif
