/* SPDX-License-Identifier: MIT */
/* db_decimal.h - exact decimal arithmetic in SQL, as the sqlite3 shell has it: decimal_add(a, b), decimal_sub(a, b), decimal_mul(a, b),
 * decimal_cmp(a, b), and the aggregate and window function decimal_sum(x). Numbers are texts or SQLite's own; NULL gives NULL,
 * decimal_sum leaves NULLs out.
 *
 * Unlike the shell's: a text that is no number, and a result beyond 256 bits or 120 digits behind the point, is an SQL error, never a
 * wrong value; zero has no sign; and decimal_cmp finds 1.5 and 1.50 equal, as later versions of the shell do. */
#ifndef STORE_DB_DECIMAL_H
#define STORE_DB_DECIMAL_H

struct sqlite3;

/* A result code of SQLite. */
int db_decimal_register(struct sqlite3 *handle);

#endif
