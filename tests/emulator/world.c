/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "hash.h"
#include "recorded.h"

enum { SALT_CUSTOMER = 1, SALT_SUBSCRIPTION = 2 };

static const struct world *sorting;	/* qsort has no argument; guarded by sort_lock */
static pthread_mutex_t sort_lock = PTHREAD_MUTEX_INITIALIZER;

static int
by_customer_id(const void *a, const void *b)
{
	return strcmp(sorting->customers[*(const size_t *)a].id, sorting->customers[*(const size_t *)b].id);
}

static int
by_subscription_id(const void *a, const void *b)
{
	return strcmp(sorting->subs[*(const size_t *)a].id, sorting->subs[*(const size_t *)b].id);
}

static size_t *
sorted(const struct world *w, size_t count, int (*compare)(const void *, const void *))
{
	size_t *order = mem_new(count, sizeof(*order));

	for (size_t i = 0; i < count; i++)
		order[i] = i;
	pthread_mutex_lock(&sort_lock);
	sorting = w;
	qsort(order, count, sizeof(*order), compare);
	pthread_mutex_unlock(&sort_lock);
	return order;
}

static enum sub_kind
kind_of(const struct generate_conf *g, int64_t from_end)
{
	const int64_t counts[] = {g->azure_plan_subscriptions, g->license_subscriptions, g->moved_subscriptions,
	    g->no_usage_subscriptions, g->forbidden_subscriptions};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (from_end < counts[i])
			return (enum sub_kind)(SUB_AZURE_PLAN + i);
		from_end -= counts[i];
	}
	return SUB_USAGE;
}

static void
make_partner(struct world *w)
{
	const struct generate_conf *g = &w->s.generate;
	uint64_t seed = (uint64_t)g->seed;

	w->customers = mem_new((size_t)g->customers, sizeof(*w->customers));
	for (size_t i = 0; i < (size_t)g->customers; i++) {
		w->customers[i].hash = hash_three(seed, SALT_CUSTOMER, i);
		w->customers[i].advisor = (int64_t)i >= g->customers - g->advisor_customers;
		hash_guid(w->customers[i].hash, w->customers[i].id);
	}
	w->subs = mem_new((size_t)g->subscriptions, sizeof(*w->subs));
	for (size_t i = 0; i < (size_t)g->subscriptions; i++) {
		w->subs[i].hash = hash_three(seed, SALT_SUBSCRIPTION, i);
		w->subs[i].customer = i % (size_t)g->customers;
		w->subs[i].kind = kind_of(g, g->subscriptions - 1 - (int64_t)i);
		hash_guid(w->subs[i].hash, w->subs[i].id);
	}
	w->customer_order = sorted(w, (size_t)g->customers, by_customer_id);
	w->sub_order = sorted(w, (size_t)g->subscriptions, by_subscription_id);
}

struct world *
world_new(const struct scenario *s, struct err *e)
{
	struct world *w = mem_new(1, sizeof(*w));

	w->s = *s;
	atomic_init(&w->refs, 1);
	pthread_mutex_init(&w->card_lock, NULL);
	kept_init(&w->kept);
	if (scenario_finish(&w->s, e) != 0 || recorded_load(w, e) != 0 || certs_load(&w->certs, w->s.partner.certificate, e) != 0 ||
	    certs_load(&w->issuers, w->s.partner.token_certificate, e) != 0) {
		world_unref(w);
		return NULL;
	}
	make_partner(w);
	catalog_make(w);
	for (size_t i = 0; i < (size_t)w->s.generate.subscriptions; i++)
		w->subs[i].first_template = (size_t)(w->subs[i].hash % w->template_count);
	return w;
}

void
world_unref(struct world *w)
{
	if (w == NULL || atomic_fetch_sub(&w->refs, 1) > 1)
		return;
	recorded_free(w);
	catalog_free(w);
	certs_fini(&w->certs);
	certs_fini(&w->issuers);
	free(w->customers);
	free(w->subs);
	free(w->customer_order);
	free(w->sub_order);
	text_fini(&w->card);
	kept_fini(&w->kept);
	pthread_mutex_destroy(&w->card_lock);
	free(w);
}

const struct customer *
world_customer(const struct world *w, const char *id)
{
	size_t low = 0, high = (size_t)w->s.generate.customers;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct customer *c = &w->customers[w->customer_order[mid]];
		int order = strcmp(id, c->id);

		if (order == 0)
			return c;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

const struct subscription *
world_subscription(const struct world *w, const char *id)
{
	size_t low = 0, high = (size_t)w->s.generate.subscriptions;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct subscription *sub = &w->subs[w->sub_order[mid]];
		int order = strcmp(id, sub->id);

		if (order == 0)
			return sub;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

int64_t
world_now_ms(const struct world *w)
{
	if (w->s.generate.today == DAY_NONE)
		return time_now_ms();
	return ((int64_t)w->s.generate.today * 86400 + 23 * 3600) * 1000;
}

int64_t
world_clock_ms(const struct world *w)
{
	return time_now_ms() + w->s.quirks.clock_skew_seconds * 1000;
}

void
world_guid(const struct world *w, const char *id, int recorded_upper, char out[37])
{
	int64_t want = w->s.quirks.guid_case;
	int upper = want == CASE_UPPER || (want == CASE_RECORDED && recorded_upper);

	for (int i = 0; i < 37; i++) {
		int raise = want == CASE_MIXED ? (i + id[0]) % 2 : upper;

		out[i] = (char)(raise && id[i] >= 'a' && id[i] <= 'f' ? id[i] - 32 : id[i]);
	}
}
