/* SPDX-License-Identifier: MIT */
/* pc_customers.h - a page of /v1/customers, and a customer's subscriptions: small documents, read whole by jansson. */
#ifndef PARTNER_PC_CUSTOMERS_H
#define PARTNER_PC_CUSTOMERS_H

#include "partner/model.h"

struct pc_customer_list {
	size_t count;
	struct customer *items; /* spans point into the list's own document */
	struct next_link next;
	void *document; /* private */
};

struct pc_subscription_list {
	size_t count;
	struct subscription *items;
	struct next_link next; /* not paged as far as documented; followed when it is */
	void *document;
};

int pc_customers_decode(struct pc_customer_list *list, struct span body, struct err *e) MUST_CHECK;
void pc_customers_fini(struct pc_customer_list *list);
int pc_subscriptions_decode(struct pc_subscription_list *list, struct span body, struct err *e) MUST_CHECK;
void pc_subscriptions_fini(struct pc_subscription_list *list);

#endif
