/* SPDX-License-Identifier: MIT */
/* schema.h - the SQL of schema/, embedded by the build, in the order of the file names: 0001_tables.sql and later migrations (applied
 * once, in order), and views.sql (made anew at each start of a newer program); and packaging/invariants.sql, what holds in every book. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

struct schema_file {
	const char *name, *sql;
};

extern const struct schema_file schema_files[];
extern const unsigned schema_file_count;
extern const struct schema_file invariants_files[];
extern const unsigned invariants_file_count;

#endif
