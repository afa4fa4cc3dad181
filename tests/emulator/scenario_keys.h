/* SPDX-License-Identifier: MIT */
/* scenario_keys.h - the table of keys: the parser, the defaults and --help-scenario are all made from it. */
#ifndef EMU_SCENARIO_KEYS_H
#define EMU_SCENARIO_KEYS_H

#include "scenario.h"

enum key_type { KEY_INT, KEY_BOOL, KEY_TEXT, KEY_GUID, KEY_DAY, KEY_CHOICE, KEY_HOURS, KEY_OFFSET };

struct scenario_key {
	const char *section, *key;
	enum key_type type;
	size_t offset;
	int64_t min, max;	/* of a number; max is the size of a text's room */
	const char *choices;	/* "a|b|c": the value is the index */
	const char *fallback;
	const char *help;
};

extern const struct scenario_key scenario_keys[];
extern const size_t scenario_key_count;
extern const struct scenario_key fault_keys[];
extern const size_t fault_key_count;

/* A line of [recorded]. */
int recorded_key(struct scenario *s, const char *key, const char *value, struct err *e) MUST_CHECK;

#endif
