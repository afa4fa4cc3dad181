/* SPDX-License-Identifier: MIT */
#include "daemon/ask.h"

#include "config/config.h"
#include "value/day.h"

#include <stdio.h>

void ask_subscriptions_path(const struct guid *customer, char path[ASK_PATH_MAX])
{
	char id[GUID_TEXT_MAX];

	guid_print(*customer, id);
	snprintf(path, ASK_PATH_MAX, "/v1/customers/%s/subscriptions", id);
}

void ask_usage_path(const struct guid *customer, const struct guid *subscription, int32_t day, bool hourly, char path[ASK_PATH_MAX])
{
	char c[GUID_TEXT_MAX], id[GUID_TEXT_MAX], from[DAY_TEXT_MAX], to[DAY_TEXT_MAX];

	guid_print(*customer, c);
	guid_print(*subscription, id);
	day_print(day, from);
	day_print(day + 1, to);
	snprintf(path, ASK_PATH_MAX,
		 "/v1/customers/%s/subscriptions/%s/utilizations/azure?start_time=%sT00%%3A00%%3A00Z&end_time=%sT00%%3A00%%3A00Z"
		 "&granularity=%s&show_details=true&size=1000",
		 c, id, from, to, hourly ? "hourly" : "daily");
}

void ask_rates_path(const struct config *config, char path[ASK_PATH_MAX])
{
	snprintf(path, ASK_PATH_MAX, "/v1/ratecards/azure?currency=%.8s&region=%.8s", config->currency, config->region);
}

static bool ids_have(const struct config_ids *ids, const struct guid *id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (guid_equal(ids->ids[i], *id))
			return true;
	return false;
}

/* Other relationships (advisor) make usage calls fail; an absent one says nothing against. */
bool ask_wants(const struct config *c, const struct customer *customer)
{
	if (customer->relationship.n && !span_is(customer->relationship, "reseller"))
		return false;
	if (c->include_customers.count && !ids_have(&c->include_customers, &customer->id))
		return false;
	return !ids_have(&c->exclude_customers, &customer->id);
}

int ask_gather(struct buf *body, struct span bytes, struct err *e)
{
	if (buf_add_span(body, bytes) == -1)
		return err_set(e, ERR_FORMAT, "the document has more than %zu bytes", body->max);
	return 0;
}

int ask_list_answer(const struct pager *p, struct err *e)
{
	switch (p->answer) {
	case FETCH_OK:
		return 0;
	case FETCH_NO_CONTENT:
		if (p->told_to_wait)
			return err_set(e, ERR_BUSY, "not ready yet: the service asks to wait (204)");
		/* fall through */
	case FETCH_NO_USAGE:
		/* Taken for an empty list it would have everybody go missing. */
		return err_set(e, ERR_REMOTE, "an answer without a list, which is not an empty list");
	case FETCH_NOT_FOUND:
	case FETCH_FORBIDDEN:
	case FETCH_FAILED:
		break;
	}
	if (p->err.kind == ERR_NONE)
		return err_set(e, ERR_REMOTE, "refused");
	*e = p->err;
	return -1;
}
