/* SPDX-License-Identifier: MIT */
/* world.h - a scenario made playable: customers, subscriptions, meters and resource templates, all derived from the seed.
 * Immutable once made, except for the rate card, which is written once when first asked for, and the pages that are kept.
 * Shared between requests by counting references. */
#ifndef EMU_WORLD_H
#define EMU_WORLD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "certs.h"
#include "kept.h"
#include "quantity.h"
#include "scenario.h"
#include "text.h"

enum sub_kind { SUB_USAGE, SUB_AZURE_PLAN, SUB_LICENSE, SUB_MOVED, SUB_NO_USAGE, SUB_FORBIDDEN };

struct customer {
	char id[37];
	uint64_t hash;
	int advisor;
};

struct subscription {
	char id[37];		/* lower case */
	uint64_t hash;
	size_t first_template;	/* of resource 0 */
	size_t customer;	/* index */
	enum sub_kind kind;
};

struct meter {
	char id[37];		/* as the scenario wants the case */
	uint64_t hash;
	const char *name, *category, *subcategory, *region, *unit;
	enum quantity_kind kind;
	int exponent;		/* prints small quantities with one */
};

/* The constant parts of a usage row of one kind of resource, as places in world.fragments, side by side there. The row is
 *   times, head (from "resource" through "quantity":), quantity, before, [subscription, path, number,] tail */
struct template {
	uint32_t meter;
	int has_uri;
	size_t head, head_len, before, before_len, path, path_len, tail, tail_len;
};

struct recorded_doc {
	const struct recorded_conf *conf;
	struct text body;
	char (*ids)[37];	/* lower case ids of the items of a list, */
	int *azure;		/* and whether each is a MS-AZR- offer */
	size_t count;
};

struct world {
	struct scenario s;
	atomic_int refs;
	struct customer *customers;
	struct subscription *subs;
	size_t *customer_order, *sub_order;	/* sorted by id, for lookup */
	struct meter *meters;			/* s.generate.meters + unpriced_meters; the latter are not in the card */
	size_t meter_count;
	struct template *templates;
	size_t template_count;
	struct text fragments;
	size_t row_max;				/* no usage row is longer */
	struct recorded_doc *docs;
	struct certs certs;			/* of the application */
	struct certs issuers;			/* of tokens that are taken beside our own */
	pthread_mutex_t card_lock;
	struct text card;
	char card_key[16];
	struct kept kept;
};

/* Makes the world of *s (copied). NULL and *e on failure. */
struct world *world_new(const struct scenario *s, struct err *e);
void world_unref(struct world *w);

const struct customer *world_customer(const struct world *w, const char *id);
const struct subscription *world_subscription(const struct world *w, const char *id);
/* The emulator's clock in ms since 1970: real, or 23:00Z of the scenario's today. */
int64_t world_now_ms(const struct world *w);
/* The clock that answers show: the real one and the scenario's skew. Date headers, tokens and error documents are made by it. */
int64_t world_clock_ms(const struct world *w);
/* Copies a GUID (lower case) in the case that the scenario wants; recorded_upper says what the recordings do there. */
void world_guid(const struct world *w, const char *id, int recorded_upper, char out[37]);

/* catalog.c: meters and templates. */
void catalog_make(struct world *w);
void catalog_free(struct world *w);
/* The head of a row of this meter. */
void catalog_put_head(const struct meter *m, struct text *out);

#endif
