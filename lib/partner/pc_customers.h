/* SPDX-License-Identifier: MIT */
/* pc_customers.h - a page of /v1/customers, and a customer's subscriptions: small documents, read whole by jansson.
 * An item without a valid id is an error that names the item, counted from 1 ("item 3: id: missing"), as are texts that are none;
 * codes E-FORMAT-CUSTOMERS and E-FORMAT-SUBSCRIPTIONS. The lists need no init, may be zeroed for fini, and are zeroed by it. */
#ifndef PARTNER_PC_CUSTOMERS_H
#define PARTNER_PC_CUSTOMERS_H

#include "partner/model.h"

struct json_t;

struct pc_customer_list {
	size_t count;
	struct customer *items; /* spans point into the list's own document */
	struct next_link next;
	struct json_t *document; /* private */
};

struct pc_subscription_list {
	size_t count;
	struct subscription *items;
	struct next_link next; /* not paged as far as documented; followed when it is */
	struct json_t *document;
};

int pc_customers_decode(struct pc_customer_list *list, struct span body, struct err *e) MUST_CHECK;
void pc_customers_fini(struct pc_customer_list *list);
int pc_subscriptions_decode(struct pc_subscription_list *list, struct span body, struct err *e) MUST_CHECK;
void pc_subscriptions_fini(struct pc_subscription_list *list);

#endif
