/* SPDX-License-Identifier: MIT */
#include "store/sql.h"

#define SQL_TEXT(name, text) [SQL_##name] = text,
const char *const sql_texts[] = { SQL_STATEMENTS(SQL_TEXT) };
