/* SPDX-License-Identifier: MIT */
/* Whose usage is not in the database: subscriptions that the API does not serve, and those of finance's list. */
#include "daemon/check.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static bool is_azure(enum usage_source source)
{
	return source != SOURCE_NONE;
}

/* What is an Azure plan says so itself; what is refused was learnt by earlier runs. */
void check_coverage(struct check *c, struct check_line *l)
{
	static const char sql[] = "SELECT count(*) FROM subscriptions WHERE usage_source IN ('not_found', 'forbidden') AND missing_since IS NULL";
	const struct probe_facts *f = &c->facts;
	size_t azure = 0, plans = 0;
	struct err e = ERR_INIT;
	int64_t refused = 0;

	if (f->subscriptions.state != PROBE_ANSWERED) {
		check_not_tried(l, "not tried: there are no subscriptions to look at");
		return;
	}
	for (size_t i = 0; i < f->sub_count; i++) {
		azure += is_azure(f->subs[i].source);
		plans += f->subs[i].source == SOURCE_AZURE_PLAN;
	}
	if (c->store && check_count(c->store, sql, &refused, &e) == -1)
		check_fail_err(l, &e);
	else if (plans || refused)
		check_warn(l, "E-CHECK-COVERAGE",
			   "their usage is not in the database: see the view subscriptions, usage_source; bill them by Microsoft's invoice",
			   "not served by the utilization API: %zu Azure plans of %zu Azure subscriptions, and %lld that it refused to earlier runs",
			   plans, azure, (long long)refused);
	else
		check_ok(l, "all of %zu Azure subscriptions are of the kind that the utilization API serves", azure);
}

/* -- the scope ------------------------------------------------------------------------------------------------------------------------- */

struct known { /* a subscription under one of its two ids */
	struct guid id;
	size_t sub;
};

static int by_id(const void *a, const void *b)
{
	return scope_compare(((const struct known *)a)->id, ((const struct known *)b)->id);
}

static struct known *index_subscriptions(const struct probe_facts *f, size_t *count)
{
	struct known *known = xcalloc(f->sub_count * 2 + 1, sizeof(*known));

	*count = 0;
	for (size_t i = 0; i < f->sub_count; i++) {
		known[(*count)++] = (struct known){ f->subs[i].id, i };
		if (!guid_is_zero(f->subs[i].entitlement))
			known[(*count)++] = (struct known){ f->subs[i].entitlement, i };
	}
	qsort(known, *count, sizeof(*known), by_id);
	return known;
}

static struct scope_finding *find(struct check *c, enum scope_class class, struct guid id, unsigned line)
{
	struct scope_finding *f;

	c->findings = xreallocarray(c->findings, c->finding_count + 1, sizeof(*c->findings));
	f = &c->findings[c->finding_count++];
	*f = (struct scope_finding){ .class = class, .id = id, .line = line };
	return f;
}

static void find_seen(struct check *c, enum scope_class class, const struct probe_subscription *sub, unsigned line)
{
	const struct probe_customer *customer = &c->facts.list[sub->customer];
	struct scope_finding *f = find(c, class, sub->id, line);

	f->name = xstrdup(sub->name);
	f->customer = xstrdup(customer->name);
	guid_print(customer->id, f->customer_id);
}

struct source { /* what earlier runs learnt of a subscription */
	struct store_rows rows;
	bool refused;
};

static int on_source(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	struct source *s = container_of(rows, struct source, rows);

	(void)columns, (void)names, (void)e;
	s->refused = values[0] && (strcmp(values[0], "not_found") == 0 || strcmp(values[0], "forbidden") == 0);
	return 0;
}

static bool is_covered(struct check *c, const struct probe_subscription *sub)
{
	struct source source = { .rows = { .on_row = on_source } };
	struct err ignored = ERR_INIT;
	char id[GUID_TEXT_MAX];
	const char *const parameters[] = { id };

	if (sub->source != SOURCE_UTILIZATION)
		return false;
	guid_print(sub->id, id);
	if (c->store && store_select(c->store, "SELECT usage_source FROM subscriptions WHERE subscription_id = ?1", parameters,
				     countof(parameters), &source.rows, &ignored) == -1)
		return true; /* the check of the database tells */
	return !source.refused;
}

struct remembered { /* what the database knows of a subscription that is not listed any more */
	struct store_rows rows;
	struct scope_finding *finding;
};

static int on_remembered(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	struct scope_finding *f = container_of(rows, struct remembered, rows)->finding;

	(void)columns, (void)names, (void)e;
	free(f->name);
	free(f->customer);
	f->name = xstrdup(values[0] ? values[0] : "");
	f->customer = xstrdup(values[1] ? values[1] : "");
	snprintf(f->customer_id, sizeof(f->customer_id), "%s", values[2] ? values[2] : "");
	return 0;
}

static void find_missing(struct check *c, const struct scope_id *id)
{
	static const char sql[] = "SELECT subscription_name, customer_name, customer_id FROM subscriptions WHERE ?1 IN (subscription_id, entitlement_id)";
	struct remembered r = { .rows = { .on_row = on_remembered }, .finding = find(c, SCOPE_MISSING, id->id, id->line) };
	struct err ignored = ERR_INIT;
	char text[GUID_TEXT_MAX];
	const char *const parameters[] = { text };

	r.finding->name = xstrdup("");
	r.finding->customer = xstrdup("");
	guid_print(id->id, text);
	if (c->store)
		(void)!store_select(c->store, sql, parameters, countof(parameters), &r.rows, &ignored); /* a name more or less */
}

/* Each id of the scope against what is there, then what is there and was not named. */
static void compare(struct check *c)
{
	const struct probe_facts *f = &c->facts;
	bool *named = xcalloc(f->sub_count + 1, sizeof(*named));
	size_t count;
	struct known *known = index_subscriptions(f, &count);

	for (size_t i = 0; i < c->scope.count; i++) {
		const struct known key = { .id = c->scope.ids[i].id };
		const struct known *hit = bsearch(&key, known, count, sizeof(*known), by_id);

		if (!hit) {
			find_missing(c, &c->scope.ids[i]);
			continue;
		}
		named[hit->sub] = true;
		if (!is_covered(c, &f->subs[hit->sub]))
			find_seen(c, SCOPE_NOT_COVERED, &f->subs[hit->sub], c->scope.ids[i].line);
	}
	for (size_t i = 0; i < f->sub_count; i++)
		if (!named[i] && is_azure(f->subs[i].source))
			find_seen(c, SCOPE_EXTRA, &f->subs[i], 0);
	free(named);
	free(known);
}

const char *scope_class_name(enum scope_class class)
{
	static const char *const names[] = { [SCOPE_MISSING] = "missing", [SCOPE_NOT_COVERED] = "not covered", [SCOPE_EXTRA] = "extra" };

	return names[class];
}

void check_scope(struct check *c, struct check_line *l)
{
	const struct probe_facts *f = &c->facts;
	size_t counts[SCOPE_EXTRA + 1] = { 0 };

	if (f->subscriptions.state != PROBE_ANSWERED || f->customers_refused) {
		check_not_tried(l, "not tried: the subscriptions could not all be listed");
		return;
	}
	compare(c);
	for (size_t i = 0; i < c->finding_count; i++)
		counts[c->findings[i].class]++;
	if (counts[SCOPE_MISSING] || counts[SCOPE_NOT_COVERED])
		check_fail(l, "E-CHECK-SCOPE", "compare them with Partner Center: another tenant's, ended, moved to an Azure plan, or left out by exclude_customers",
			   "of %zu in the list, %zu are missing and %zu are not covered; %zu more are seen that the list has not", c->scope.count,
			   counts[SCOPE_MISSING], counts[SCOPE_NOT_COVERED], counts[SCOPE_EXTRA]);
	else if (counts[SCOPE_EXTRA])
		check_warn(l, "E-CHECK-SCOPE", "add them to the list, or exclude their customers", "all %zu in the list are seen; %zu more that it has not",
			   c->scope.count, counts[SCOPE_EXTRA]);
	else
		check_ok(l, "all %zu in the list are seen, and no other", c->scope.count);
}
