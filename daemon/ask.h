/* SPDX-License-Identifier: MIT */
/* ask.h - what a run and the doctor (`check`) ask of Partner Center alike: the paths, whose data is wanted, and how a small list is
 * taken in. */
#ifndef DAEMON_ASK_H
#define DAEMON_ASK_H

#include "base/buf.h"
#include "partner/model.h"
#include "pull/pager.h"

#define ASK_CUSTOMERS "/v1/customers?size=500"
#define ASK_PATH_MAX 400
#define ASK_RATES_TIMEOUT_MS (10 * 60 * 1000) /* a card may take minutes to begin */

struct config;

void ask_subscriptions_path(const struct guid *customer, char path[ASK_PATH_MAX]);
/* One slice: what was reported on the UTC day DAY. The path of the first page. */
void ask_usage_path(const struct guid *customer, const struct guid *subscription, int32_t day, bool hourly, char path[ASK_PATH_MAX]);
void ask_rates_path(const struct config *config, char path[ASK_PATH_MAX]);

/* Whether a run of this configuration reads the customer: a reseller's one, and not left out. */
bool ask_wants(const struct config *config, const struct customer *customer);

/* What pager_work's feed of a small document does: gathers. */
int ask_gather(struct buf *body, struct span bytes, struct err *e) MUST_CHECK;
/* A list's answer that is not a list: 0 when it means "empty", else -1 with the error. */
int ask_list_answer(const struct pager *p, struct err *e) MUST_CHECK;

#endif
