/* SPDX-License-Identifier: MIT */
/* keys.h - the table of keys, from which reading, defaults, checks and printing come. Private to lib/config. */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include "config/config.h"

struct config_key;

/* Reads TEXT, which outlives the configuration, into the field; ERR_FORMAT, or an error with a remedy of its own. */
typedef int config_field_fn(const struct config_key *key, void *field, const char *text, struct err *e);

/* What a row can say about its value beside the default. */
enum config_need {
	CONFIG_OPTIONAL, /* may be empty */
	CONFIG_FILLED,   /* has a default and may not be empty */
	CONFIG_REQUIRED, /* has no default */
};

struct config_key {
	const char *section, *name;
	config_field_fn *read;
	size_t field;     /* where it is in struct config */
	int64_t min, max; /* of numbers and, in seconds, durations; of the length of a code */
	const char *const *words; /* of a choice, in the order of its enum, NULL behind the last */
	enum config_need need;
	const char *fallback;        /* the default; "" for none */
	const char *const *by_cloud; /* the default in place of fallback, by enum config_cloud */
	const char *help;
};

extern const struct config_key config_keys[CONFIG_KEYS];

const struct config_key *config_key_find(const char *section, const char *name);
const char *config_key_default(const struct config_key *key, enum config_cloud cloud);
/* Whether the value is a list, which may go on over several lines. */
bool config_key_is_list(const struct config_key *key);

/* Puts "PATH:LINE: " (LINE 0: "PATH: ") in front of the error and makes it one of the configuration; REMEDY unless it has one. */
int config_fault(struct err *e, const char *path, unsigned line, const char *remedy);
/* The same for a fault in KEY's value. */
int config_key_fault(struct err *e, const char *path, const struct config_key *key, unsigned line);

/* Reads the file's lines into c->values (file.c). */
int config_read_file(struct config *c, const char *path, struct err *e) MUST_CHECK;

config_field_fn config_read_choice, config_read_bool, config_read_int, config_read_duration, config_read_time, config_read_guid,
	config_read_guids, config_read_code, config_read_locale, config_read_path, config_read_service, config_read_proxy,
	config_read_zone;

#endif
