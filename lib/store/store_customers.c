/* SPDX-License-Identifier: MIT */
/* Customers and subscriptions. A row is written only when something about it has changed. */
#include "store/books.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *usage_source_name(enum usage_source source)
{
	static const char *const names[] = { [SOURCE_UTILIZATION] = "utilization", [SOURCE_AZURE_PLAN] = "azure_plan",
					     [SOURCE_NOT_FOUND] = "not_found",     [SOURCE_FORBIDDEN] = "forbidden",
					     [SOURCE_NONE] = "none" };

	return (size_t)source < countof(names) ? names[source] : "unknown";
}

static bool begins_with(struct span text, const char *start)
{
	size_t n = strlen(start);

	return text.n >= n && strncasecmp(text.p, start, n) == 0;
}

/* Legacy Azure: billingType "usage" and an offer MS-AZR-...; Azure plan: product DZH318Z0BPS6. Other products that bill by usage
 * (SaaS, marketplace) are not Azure. Source: the subscription resources page and the recordings. */
enum usage_source usage_source_of(const struct subscription *sub)
{
	if (begins_with(sub->offer_id, "DZH318Z0BPS6"))
		return SOURCE_AZURE_PLAN;
	if (begins_with(sub->offer_id, "MS-AZR-") && begins_with(sub->billing_type, "usage"))
		return SOURCE_UTILIZATION;
	return SOURCE_NONE;
}

/* Whether columns FIRST.. of the row at hand are these texts. */
static bool texts_equal(struct sqlite3_stmt *q, int first, const struct span *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!span_equal(db_span(q, first + (int)i), texts[i]))
			return false;
	return true;
}

static void bind_texts(struct sqlite3_stmt *q, int first, const struct span *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		db_bind_span(q, first + (int)i, texts[i]);
}

static int put_customer(struct store *s, const struct customer *c, int64_t now, int64_t *id, struct err *e)
{
	const struct span texts[] = { c->company_name, c->domain, c->relationship };
	struct sqlite3_stmt *q = db_query(s->db, SQL_CUSTOMER_FIND, e);
	char guid[GUID_TEXT_MAX];
	bool same = false;
	int rc;

	if (!q)
		return -1;
	guid_print(c->id, guid);
	db_bind_text(q, 1, guid);
	rc = db_step(s->db, q, e);
	if (rc == 1) {
		*id = db_int(q, 0);
		same = texts_equal(q, 1, texts, countof(texts)) && db_int(q, 4) == 0;
	}
	db_reset(q);
	if (rc == -1 || same)
		return rc == -1 ? -1 : 0;
	if (!(q = db_query(s->db, rc == 1 ? SQL_CUSTOMER_UPDATE : SQL_CUSTOMER_INSERT, e)))
		return -1;
	bind_texts(q, 2, texts, countof(texts));
	if (rc == 1) {
		db_bind_int(q, 1, *id);
	} else {
		db_bind_text(q, 1, guid);
		db_bind_int(q, 5, now);
	}
	if (db_run(s->db, q, e) == -1)
		return -1;
	if (rc == 0)
		*id = db_last_id(s->db);
	return 0;
}

int store_customer_put(struct store *s, const struct customer *customer, int64_t now, int64_t *id, struct err *e)
{
	if (store_write(s, e) == -1 || put_customer(s, customer, now, id, e) == -1 ||
	    store_run_ints(s, SQL_CUSTOMER_SEEN, id, 1, e) == -1) {
		store_rollback(s);
		return -1;
	}
	return 0;
}

#define SUBSCRIPTION_TEXTS 8

static void subscription_texts(const struct subscription *sub, const char *entitlement, struct span texts[SUBSCRIPTION_TEXTS])
{
	const struct span all[SUBSCRIPTION_TEXTS] = { span_of(entitlement), sub->friendly_name, sub->offer_id,  sub->offer_name,
						      sub->status,          sub->billing_type,  sub->unit_type, sub->creation_date };

	memcpy(texts, all, sizeof(all));
}

/* GUID~CUSTOMER'S GUID. Seldom needed: a statement of its own. */
static int reference_with_customer(struct store *s, int64_t customer_id, const char *guid, char *reference, size_t size, struct err *e)
{
	struct sqlite3_stmt *q = db_prepare(s->db, "SELECT guid FROM customer WHERE id = ?1", e);
	int rc;

	if (!q)
		return -1;
	db_bind_int(q, 1, customer_id);
	rc = db_step(s->db, q, e);
	if (rc == 1)
		snprintf(reference, size, "%s~%.*s", guid, (int)db_span(q, 0).n, db_span(q, 0).p);
	db_finalize(q);
	if (rc == 0)
		return err_set(e, ERR_STORE, "customer %lld: not there", (long long)customer_id);
	return rc == 1 ? 0 : -1;
}

/* The guid; with the customer's behind it when another customer had the subscription before. */
static int make_reference(struct store *s, int64_t customer_id, const char *guid, char *reference, size_t size, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_SUBSCRIPTION_TAKEN, e);
	bool taken;

	if (!q)
		return -1;
	db_bind_text(q, 1, guid);
	if (db_step(s->db, q, e) == -1)
		return -1;
	taken = db_int(q, 0) != 0;
	db_reset(q);
	if (taken)
		return reference_with_customer(s, customer_id, guid, reference, size, e);
	snprintf(reference, size, "%s", guid);
	return 0;
}

static int insert_subscription(struct store *s, int64_t customer_id, const char *guid, const struct span *texts,
			       enum usage_source source, int64_t now, int64_t *id, struct err *e)
{
	char reference[2 * GUID_TEXT_MAX];
	struct sqlite3_stmt *q;

	if (make_reference(s, customer_id, guid, reference, sizeof(reference), e) == -1 ||
	    !(q = db_query(s->db, SQL_SUBSCRIPTION_INSERT, e)))
		return -1;
	db_bind_int(q, 1, customer_id);
	db_bind_text(q, 2, guid);
	db_bind_text(q, 3, reference);
	bind_texts(q, 4, texts, SUBSCRIPTION_TEXTS);
	db_bind_int(q, 12, now);
	db_bind_int(q, 13, source);
	if (db_run(s->db, q, e) == -1)
		return -1;
	*id = db_last_id(s->db);
	return 0;
}

static int put_subscription(struct store *s, int64_t customer_id, const struct subscription *sub, int64_t now, int64_t *id,
			    enum usage_source *source, struct err *e)
{
	struct sqlite3_stmt *q = db_query(s->db, SQL_SUBSCRIPTION_FIND, e);
	char guid[GUID_TEXT_MAX], entitlement[GUID_TEXT_MAX] = "";
	enum usage_source word = usage_source_of(sub), stored = word;
	struct span texts[SUBSCRIPTION_TEXTS];
	bool same = false;
	int rc;

	if (!q)
		return -1;
	guid_print(sub->id, guid);
	if (!guid_is_zero(sub->entitlement))
		guid_print(sub->entitlement, entitlement);
	subscription_texts(sub, entitlement, texts);
	db_bind_text(q, 1, guid);
	db_bind_int(q, 2, customer_id);
	rc = db_step(s->db, q, e);
	if (rc == 1) {
		*id = db_int(q, 0);
		same = texts_equal(q, 1, texts, SUBSCRIPTION_TEXTS) && db_int(q, 9) == 0;
		stored = (enum usage_source)db_int(q, 10);
	}
	db_reset(q);
	if (rc == -1)
		return -1;
	/* What was learnt by asking is kept over the offer's word, as long as that says the API should cover it. */
	*source = word == SOURCE_UTILIZATION && (stored == SOURCE_NOT_FOUND || stored == SOURCE_FORBIDDEN) ? stored : word;
	if (rc == 0)
		return insert_subscription(s, customer_id, guid, texts, word, now, id, e);
	if (!same) {
		if (!(q = db_query(s->db, SQL_SUBSCRIPTION_UPDATE, e)))
			return -1;
		db_bind_int(q, 1, *id);
		bind_texts(q, 2, texts, SUBSCRIPTION_TEXTS);
		if (db_run(s->db, q, e) == -1)
			return -1;
	}
	return *source == stored ? 0 : store_subscription_source(s, *id, *source, "", now, e);
}

int store_subscription_put(struct store *s, int64_t customer_id, const struct subscription *sub, int64_t now, int64_t *id,
			   enum usage_source *source, struct err *e)
{
	if (store_write(s, e) == -1 || put_subscription(s, customer_id, sub, now, id, source, e) == -1 ||
	    store_run_ints(s, SQL_SUBSCRIPTION_SEEN, id, 1, e) == -1) {
		store_rollback(s);
		return -1;
	}
	return 0;
}

int store_subscription_source(struct store *s, int64_t subscription_id, enum usage_source source, const char *reason, int64_t now,
			      struct err *e)
{
	struct sqlite3_stmt *q;

	if (store_write(s, e) == -1 || !(q = db_query(s->db, SQL_SUBSCRIPTION_SOURCE, e)))
		return -1;
	db_bind_int(q, 1, subscription_id);
	db_bind_int(q, 2, source);
	db_bind_text(q, 3, reason);
	db_bind_int(q, 4, now);
	return db_run(s->db, q, e);
}

int store_mark_missing(struct store *s, int64_t now, struct err *e)
{
	if (store_write(s, e) == -1 || store_run_ints(s, SQL_CUSTOMER_MISSING, &now, 1, e) == -1)
		return -1;
	return store_run_ints(s, SQL_SUBSCRIPTION_MISSING, &now, 1, e);
}
