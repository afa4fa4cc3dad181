/* SPDX-License-Identifier: MIT */
/* config.h - the configuration: one INI file, read once at start, then passed on as const struct config *.
 *
 * Everything about a key (meaning, limits, default) is one row of the table in keys.c. Every error is of kind ERR_CONFIG with code
 * E-CONFIG and a remedy, and names file and line: "FILE:12: [usage] lookback_days: expected a whole number from 0 to 30, found ...".
 *
 * Texts belong to the configuration. Those of an optional key that is not given, or given empty, are NULL. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "value/guid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_KEYS 35

enum config_auth { CONFIG_AUTH_USER, CONFIG_AUTH_APP };
enum config_assertion { CONFIG_PS256, CONFIG_RS256 };
enum config_cloud { CONFIG_CLOUD_GLOBAL, CONFIG_CLOUD_USGOV, CONFIG_CLOUD_CHINA };
enum config_granularity { CONFIG_DAILY, CONFIG_HOURLY };

struct config_ids {
	struct guid *ids;
	size_t count;
};

struct config_time { /* of the wall clock in schedule_timezone */
	int hour, minute;
};

struct config_value { /* a key as text: private to lib/config */
	char *text;    /* "" when neither given nor defaulted */
	unsigned line; /* of the file; 0: the default */
};

struct config {
	/* [partner] */
	struct guid tenant_id, client_id;
	enum config_auth auth;
	const char *client_secret_file, *client_certificate_file, *client_key_file; /* optional: else systemd's credentials */
	enum config_assertion client_assertion;
	const char *state_dir;
	const char *token_key_file; /* optional: else systemd's credential */
	/* [partner_center]; the addresses are https://HOST[:PORT] without a slash behind, or http:// of a loopback address */
	enum config_cloud cloud;
	const char *base_url, *login_url, *resource;
	const char *ca_file; /* optional: else the system's store */
	const char *proxy;   /* optional: else from the environment; http[s]://HOST[:PORT] */
	const char *locale, *currency, *region;
	int max_in_flight, requests_per_minute;
	bool http2;
	/* [schedule] */
	struct config_time time;
	const char *timezone; /* passed zone_check */
	bool catch_up;
	int64_t jitter_s;
	/* [usage]; at most one of the lists is not empty */
	int lookback_days, backfill_days;
	enum config_granularity granularity;
	struct config_ids include_customers, exclude_customers;
	/* [billing] */
	int period_start_day, settle_days;
	/* [database] */
	const char *database_path;
	const char *publish_path; /* optional: do not publish */
	/* [log] */
	enum log_level log_level;

	struct config_value values[CONFIG_KEYS]; /* private: what config_print shows */
};

/* Fills C, which may hold anything, from the file; on error C needs no config_fini. */
int config_load(struct config *c, const char *path, struct err *e) MUST_CHECK;
/* A zeroed C is fine. */
void config_fini(struct config *c);

struct config_note { /* a sentence to print beside the keys: the money rules of billing/rules.h */
	const char *name, *text;
};

enum config_form {
	CONFIG_EFFECTIVE, /* every key with its value */
	CONFIG_EXAMPLE,   /* the file to ship: a "#" in front of every key that has its default */
};

/* Appends the configuration as INI text that config_load reads back, each key under its meaning as a comment, the notes at the end.
 * It holds no secrets, since none can stand in the file. C NULL: the defaults. -1 when the buffer's maximum is reached. */
int config_print(const struct config *c, enum config_form form, const struct config_note *notes, size_t note_count,
		 struct buf *out) MUST_CHECK;

#endif
