/* SPDX-License-Identifier: MIT */
/* intern.h - dimensions: each text that facts refer to is stored once and known by an integer. */
#ifndef STORE_INTERN_H
#define STORE_INTERN_H

#include "base/err.h"
#include "partner/model.h"
#include "store/usage_batch.h"
#include "value/digest.h"

struct store;
struct intern;

struct intern *intern_new(struct guid partner);
void intern_free(struct intern *in);
/* After a rollback: ids handed out since the last commit may be gone. */
void intern_forget(struct intern *in);

int intern_meter(struct store *s, struct guid guid, int64_t *id, struct err *e) MUST_CHECK;

struct interned {
	int64_t meter, product, resource;
};

/* The dimensions of a record, stored if they are new. */
int intern_entry(struct store *s, int64_t subscription_id, const struct usage_batch *b, const struct usage_entry *entry,
		 struct interned *ids, struct err *e) MUST_CHECK;

/* The resource group and the name in an ARM resource uri (/subscriptions/S/resourceGroups/G/providers/P/T/N); empty when it is not
 * one. Borrowed from URI. Pure. */
void resource_parts(struct span uri, struct span *group, struct span *name);

#endif
