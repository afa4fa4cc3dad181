/* SPDX-License-Identifier: MIT */
/* What the public views say of one purchase, as one JSON document: their columns keep their names. */
#include "daemon/explain_purchase.h"

#include "store/store_explain.h"
#include "value/day.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BESIDE 3 /* other references named when the one asked for is not there */

#define COLUMN(name) "'" #name "', " #name
#define SEQ " = CAST(?1 AS INTEGER)"

static const char purchase_sql[] =
	"SELECT json_object(" COLUMN(purchase_reference) "," COLUMN(seq) "," COLUMN(revision) "," COLUMN(status) "," COLUMN(charge_class) ","
	COLUMN(corrects) "," COLUMN(usage_period) ","
	COLUMN(customer_id) "," COLUMN(customer_name) "," COLUMN(subscription_id) "," COLUMN(subscription_name) "," COLUMN(offer_id) ","
	COLUMN(reported_day) "," COLUMN(usage_start) "," COLUMN(usage_end) "," COLUMN(billing_period) "," COLUMN(period_state) ","
	COLUMN(meter_id) "," COLUMN(meter_name) "," COLUMN(meter_category) "," COLUMN(meter_subcategory) "," COLUMN(meter_region) ","
	COLUMN(resource_uri) "," COLUMN(location) "," COLUMN(tags) "," COLUMN(quantity_exact) "," COLUMN(unit) "," COLUMN(rating_status) ","
	COLUMN(rate_id) "," COLUMN(rate_card_id) "," COLUMN(unit_price_exact) "," COLUMN(amount_nanos) ","
	"'amount_exact', decimal_mul(amount_nanos, '0.000000001')," COLUMN(currency) "," COLUMN(first_run_id) "," COLUMN(last_run_id)
	") FROM purchases WHERE seq" SEQ;

static const char slice_sql[] =
	"SELECT json_object(" COLUMN(state) "," COLUMN(rows) "," COLUMN(first_run_id) "," COLUMN(stored_run_id) "," COLUMN(failed_at) ","
	COLUMN(code) "," COLUMN(error) "," COLUMN(remedy) ") FROM slices WHERE subscription_id = ?1 AND reported_day = ?2 AND customer_id = ?3";

static const char run_sql[] =
	"SELECT json_object(" COLUMN(run_id) "," COLUMN(trigger) "," COLUMN(status) "," COLUMN(started) ") FROM runs WHERE run_id" SEQ;

static const char rate_sql[] =
	"SELECT json_object(" COLUMN(rate_id) "," COLUMN(unit) "," COLUMN(currency) "," COLUMN(region) "," COLUMN(effective_date) ","
	COLUMN(included_quantity_exact) "," COLUMN(first_card_id) "," COLUMN(first_seen) "," COLUMN(in_newest_card) ","
	"'tiers', json_group_array(json_object(" COLUMN(tier_no) "," COLUMN(from_quantity_exact) "," COLUMN(unit_price_exact) "))"
	" FILTER (WHERE tier_no IS NOT NULL)) FROM (SELECT * FROM rates WHERE rate_id" SEQ " ORDER BY tier_no) GROUP BY rate_id";

static const char bands_sql[] =
	"SELECT json_object(" COLUMN(band_no) "," COLUMN(from_quantity_exact) "," COLUMN(to_quantity_exact) "," COLUMN(quantity_exact) ","
	COLUMN(unit_price_exact) ",'product_exact', decimal_mul(quantity_exact, unit_price_exact)," COLUMN(amount_nanos) ","
	"'amount_exact', decimal_mul(amount_nanos, '0.000000001')," COLUMN(currency) ") FROM purchase_bands WHERE seq" SEQ " ORDER BY band_no";

static const char change_sql[] =
	"SELECT json_object('seq', c.seq," COLUMN(revision) "," COLUMN(change) "," COLUMN(reason) "," COLUMN(run_id) ",'run_started', started,"
	COLUMN(old_quantity_exact) "," COLUMN(new_quantity_exact) "," COLUMN(old_amount_nanos) "," COLUMN(new_amount_nanos) ","
	"'old_amount_exact', decimal_mul(old_amount_nanos, '0.000000001'),"
	"'new_amount_exact', decimal_mul(new_amount_nanos, '0.000000001')," COLUMN(currency) "," COLUMN(unit)
	") FROM purchase_changes c JOIN runs USING (run_id) WHERE c.seq" SEQ;

/* ?1: a JSON array of seqs */
#define OF_FAMILY " FROM json_each(?1) n JOIN purchases p ON p.seq = n.value"
static const char family_sql[] =
	"SELECT json_object(" COLUMN(purchase_reference) "," COLUMN(seq) "," COLUMN(charge_class) "," COLUMN(billing_period) ","
	COLUMN(period_state) "," COLUMN(status) "," COLUMN(rating_status) "," COLUMN(quantity_exact) "," COLUMN(unit) "," COLUMN(amount_nanos)
	",'amount_exact', decimal_mul(amount_nanos, '0.000000001')," COLUMN(currency) ")" OF_FAMILY " ORDER BY n.key";
static const char family_sum_sql[] =
	"SELECT json_object('quantity_exact', iif(count(DISTINCT unit) = 1, decimal_sum(quantity_exact), NULL), 'unit', max(unit),"
	" 'amount_exact', iif(count(amount_nanos) = 0, NULL, decimal_mul(decimal_sum(amount_nanos), '0.000000001')),"
	" 'currency', max(currency))" OF_FAMILY;

static const char period_sql[] =
	"SELECT json_object(" COLUMN(billing_period) "," COLUMN(period_state) "," COLUMN(closed_at) "," COLUMN(closed_by) "," COLUMN(closed_run_id)
	"," COLUMN(reopened_at) ") FROM billing_periods WHERE billing_period = ?1";

static const char first_price_sql[] = "SELECT json_quote(min(effective_date)) FROM rates WHERE meter_id = ?1";

struct list {
	struct store_rows rows;
	json_t *items;
};

/* A row of one column, JSON. */
static int on_json(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	struct list *list = container_of(rows, struct list, rows);
	json_t *item = json_loads(values[0], JSON_DECODE_ANY, NULL);

	(void)columns, (void)names;
	if (!item)
		return err_set(e, ERR_STORE, "a name in the database is no text of UTF-8");
	return json_array_append_new(list->items, item);
}

/* A row whose first column is a text. */
static int on_text(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	struct list *list = container_of(rows, struct list, rows);

	(void)columns, (void)names, (void)e;
	return json_array_append_new(list->items, json_string(values[0]));
}

/* Appends what SQL gives for up to three parameters to ITEMS. */
static int add_rows(struct store *s, const char *sql, const char *const parameters[3], json_t *items, struct err *e)
{
	struct list list = { .rows = { .on_row = on_json }, .items = items };
	size_t count = 0;

	while (count < 3 && parameters[count])
		count++;
	return store_select(s, sql, parameters, count, &list.rows, e);
}

/* Sets NAME to the one row that SQL gives, to null when it gives none. */
static int set_row(struct store *s, json_t *document, const char *name, const char *sql, const char *const parameters[3], struct err *e)
{
	json_t *items = json_array();
	int rc = add_rows(s, sql, parameters, items, e);

	json_object_set_new(document, name, json_array_size(items) ? json_incref(json_array_get(items, 0)) : json_null());
	json_decref(items);
	return rc;
}

/* The row of SQL that the number NUMBER in FROM leads to. */
static int set_row_of(struct store *s, json_t *document, const char *name, const char *sql, const json_t *number, struct err *e)
{
	char text[24];
	const char *const parameters[3] = { text };

	snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(number)); /* 0, which nothing has, for NULL */
	return set_row(s, document, name, sql, parameters, e);
}

static int set_position(struct store *s, const struct reference *r, json_t *document, struct err *e)
{
	struct list list = { .rows = { .on_row = on_text }, .items = json_array() };
	int rc = store_purchase_position(s, r, &list.rows, e);
	json_t *position = json_array_get(list.items, 0);

	if (json_string_length(position))
		json_object_set(document, "position_exact", position);
	json_decref(list.items);
	return rc;
}

static int set_changes(struct store *s, const struct reference *r, json_t *document, struct err *e)
{
	struct list numbers = { .rows = { .on_row = on_text }, .items = json_array() };
	json_t *changes = json_array();
	int rc = store_purchase_changes(s, r, &numbers.rows, e);

	for (size_t i = 0; rc == 0 && i < json_array_size(numbers.items); i++) {
		const char *const parameters[3] = { json_string_value(json_array_get(numbers.items, i)) };

		rc = add_rows(s, change_sql, parameters, changes, e);
	}
	json_decref(numbers.items);
	json_object_set_new(document, "changes", changes);
	return rc;
}

/* The purchases that have the same usage, and their sums. */
static int set_family(struct store *s, const struct reference *r, json_t *document, struct err *e)
{
	struct list numbers = { .rows = { .on_row = on_text }, .items = json_array() };
	json_t *family = json_array();
	const char *parameters[3] = { NULL };
	char *seqs = NULL;
	int rc = store_purchase_family(s, r, &numbers.rows, e);

	parameters[0] = seqs = json_dumps(numbers.items, 0);
	if (rc == 0)
		rc = add_rows(s, family_sql, parameters, family, e);
	json_object_set_new(document, "charged", family);
	if (rc == 0)
		rc = set_row(s, document, "charged_in_all", family_sum_sql, parameters, e);
	free(seqs);
	json_decref(numbers.items);
	return rc;
}

static const char *text_of(const json_t *document, const char *name)
{
	return json_string_value(json_object_get(json_object_get(document, "purchase"), name));
}

static json_t *number_of(const json_t *document, const char *name)
{
	return json_object_get(json_object_get(document, "purchase"), name);
}

/* Whether what was used before matters: not where one price holds from nothing on without end. */
static bool has_position(const json_t *bands)
{
	const json_t *first = json_array_get(bands, 0);
	const char *from = json_string_value(json_object_get(first, "from_quantity_exact"));

	return first && !(json_is_null(json_object_get(first, "to_quantity_exact")) && strcmp(from, "0") == 0);
}

static int read_rating(struct store *s, const struct reference *r, const char *seq, json_t *document, struct err *e)
{
	const char *const by_seq[3] = { seq }, *const by_meter[3] = { text_of(document, "meter_id") };
	json_t *bands = json_array();

	json_object_set_new(document, "bands", bands);
	json_object_set_new(document, "position_exact", json_null());
	if (set_row_of(s, document, "rate", rate_sql, number_of(document, "rate_id"), e) == -1 ||
	    set_row(s, document, "first_price", first_price_sql, by_meter, e) == -1 || add_rows(s, bands_sql, by_seq, bands, e) == -1)
		return -1;
	return has_position(bands) ? set_position(s, r, document, e) : 0;
}

static int read_source(struct store *s, json_t *document, struct err *e)
{
	const char *const of_period[3] = { text_of(document, "usage_period") };
	const char *const of_slice[3] = { text_of(document, "subscription_id"), text_of(document, "reported_day"),
					  text_of(document, "customer_id") };

	if (set_row(s, document, "slice", slice_sql, of_slice, e) == -1 ||
	    set_row(s, document, "usage_period", period_sql, of_period, e) == -1 ||
	    set_row_of(s, document, "first_run", run_sql, number_of(document, "first_run_id"), e) == -1)
		return -1;
	return set_row_of(s, document, "last_run", run_sql, number_of(document, "last_run_id"), e);
}

static int read_all(struct store *s, const struct reference *r, int64_t seq, json_t *document, struct err *e)
{
	char number[24];
	const char *const by_seq[3] = { number };

	snprintf(number, sizeof(number), "%lld", (long long)seq);
	if (set_row(s, document, "purchase", purchase_sql, by_seq, e) == -1 || read_source(s, document, e) == -1 ||
	    read_rating(s, r, number, document, e) == -1)
		return -1;
	return set_family(s, r, document, e) == -1 ? -1 : set_changes(s, r, document, e);
}

/* No such purchase: what stands beside the place where it would be. */
static int refuse_unknown(struct store *s, const struct reference *r, const char *reference, struct err *e)
{
	struct list beside = { .rows = { .on_row = on_text }, .items = json_array() };
	char day[DAY_TEXT_MAX], remedy[ERR_REMEDY_MAX];

	if (store_purchases_beside(s, r, BESIDE, &beside.rows, e) == -1) {
		json_decref(beside.items);
		return -1;
	}
	day_print(r->reported_day, day);
	err_set(e, ERR_CONFIG, "there is no purchase %s", reference);
	if (json_array_size(beside.items))
		snprintf(remedy, sizeof(remedy), "of this meter on that reported day there is %s",
			 json_string_value(json_array_get(beside.items, 0)));
	else
		snprintf(remedy, sizeof(remedy), "it has nothing of this meter reported on %s: csp-usaged coverage --month %.7s shows which days"
						 " are read", day, day);
	json_decref(beside.items);
	return err_advise(e, NULL, remedy);
}

int explain_read(json_t **document, struct store *s, const char *reference, struct err *e)
{
	struct reference r;
	int64_t seq;

	if (reference_parse(&r, span_of(reference), e) == -1 || store_hold_still(s, e) == -1 || store_purchase_seq(s, &r, &seq, e) == -1)
		return -1;
	if (seq == 0)
		return refuse_unknown(s, &r, reference, e);
	*document = json_object();
	if (read_all(s, &r, seq, *document, e) == 0)
		return 0;
	json_decref(*document);
	return -1;
}
