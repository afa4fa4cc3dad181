/* SPDX-License-Identifier: MIT */
/* probe.h - what Entra and Partner Center answer, each asked once and cheaply: the facts that the doctor's checks judge.
 *
 * Takes no lock and opens no database: safe beside a running daemon, with whom it shares the refresh token's file. */
#ifndef DAEMON_PROBE_H
#define DAEMON_PROBE_H

#include "base/err.h"
#include "store/store.h"
#include "value/guid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBE_CUSTOMERS 20 /* customers whose subscriptions are listed, unless all are wanted */
#define PROBE_USAGES 3     /* subscriptions asked for usage until one is served */

struct config;

struct probe_outcome {
	enum probe_state { PROBE_UNTRIED, PROBE_ANSWERED, PROBE_REFUSED } state;
	struct err err; /* of PROBE_REFUSED */
};

struct probe_customer {
	struct guid id;
	char *name;
};

struct probe_subscription {
	struct guid id, entitlement; /* entitlement: zero when there is none */
	size_t customer;             /* its place among the customers */
	enum usage_source source;    /* by its own words */
	char *name;
};

struct probe_facts { /* zeroed before probe_run; freed by probe_facts_fini */
	struct probe_outcome clock; /* answered: the sign-in service is there, whatever it says */
	bool dated;                 /* the answer had a Date */
	int64_t skew_s;             /* our clock less theirs; a second or two of it is rounding and the way */

	struct probe_outcome token;
	int mfa; /* 1: the token has the claim, 0: it has not, -1: can't be told */

	struct probe_outcome customers;
	size_t customers_listed; /* whatever their relationship */
	struct probe_customer *list; /* those a run would read */
	size_t list_count;

	struct probe_outcome subscriptions; /* refused: of all customers asked, with the first one's error */
	size_t customers_asked, customers_refused;
	struct err refusal; /* the first of customers_refused */
	struct probe_subscription *subs;
	size_t sub_count;

	struct probe_outcome usage;
	size_t usage_asked;           /* subscriptions */
	size_t usage_passed_over;     /* of these: not found, or not open to the partner, which says nothing of the others */
	struct guid usage_of;         /* the last one asked */
	bool usage_not_ready, usage_empty;
	uint64_t usage_rows;

	struct probe_outcome rates;
	char currency[8]; /* of the rate card; "" when it stands behind its meters */
	bool has_meters;
};

/* Asks, on a loop of its own, until all is answered or the time of each step is up; minutes at most, half an hour when ALL customers'
 * subscriptions are to be listed. What makes no sense after a refusal stays PROBE_UNTRIED. -1: it could not even start. */
int probe_run(struct probe_facts *facts, const struct config *config, bool all, struct err *e) MUST_CHECK;
void probe_facts_fini(struct probe_facts *facts);

#endif
