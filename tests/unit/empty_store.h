/* SPDX-License-Identifier: MIT */
/* empty_store.h - a new database without anything in it, for the unit tests that ask how it answers. Include cmocka.h first. */
#ifndef UNIT_EMPTY_STORE_H
#define UNIT_EMPTY_STORE_H

#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

static struct store *store;
static char folder[64];
static struct err e;

static int setup(void **state)
{
	char path[96];
	struct store_options options = { .path = path, .currency = "EUR", .region = "NL", .zone = "CET", .period_start_day = 1,
					 .settle_days = 5, .create = true };

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/csp-empty-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/usage.db", folder);
	return store_open(&store, &options, &e);
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	store_close(store);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) == 0 ? 0 : -1;
}

#endif
