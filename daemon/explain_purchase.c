/* SPDX-License-Identifier: MIT */
#include "daemon/explain_purchase.h"

#include "daemon/say.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LABEL 15

static const char *text(const json_t *o, const char *name)
{
	const char *value = json_string_value(json_object_get(o, name));

	return value ? value : "";
}

static long long number(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static bool is_null(const json_t *o, const char *name)
{
	return json_is_null(json_object_get(o, name));
}

/* A line with a label in front, "" for none. Texts from outside are made harmless. */
static void PRINTF(3, 4) line(FILE *out, const char *label, const char *format, ...)
{
	char *words = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&words, format, args) == -1)
		abort();
	va_end(args);
	fprintf(out, "  %-*s ", LABEL, label);
	say_text(out, words);
	fputc('\n', out);
	free(words);
}

static bool is_correction(const json_t *purchase)
{
	return !is_null(purchase, "charge_class");
}

static const char *or_none(const json_t *o, const char *name)
{
	return is_null(o, name) ? "none" : text(o, name);
}

static bool is_more_than_nothing(const char *quantity)
{
	return strpbrk(quantity, "123456789");
}

static void title(FILE *out, const char *words)
{
	fprintf(out, "\n%s\n", words);
}

static void print_run(FILE *out, const char *label, const json_t *run)
{
	line(out, label, "run %lld, by %s, %s", number(run, "run_id"), text(run, "trigger"), text(run, "started"));
}

static void print_source(FILE *out, const json_t *d)
{
	const json_t *p = json_object_get(d, "purchase"), *slice = json_object_get(d, "slice");

	title(out, "Where it comes from");
	line(out, "customer", "%s (%s)", text(p, "customer_name"), text(p, "customer_id"));
	line(out, "subscription", "%s (%s), offer %s", text(p, "subscription_name"), text(p, "subscription_id"), text(p, "offer_id"));
	line(out, "reported on", "%s: that slice is %s, %lld rows, last stored by run %lld", text(p, "reported_day"), text(slice, "state"),
	     number(slice, "rows"), number(slice, "stored_run_id"));
	if (!is_null(slice, "error"))
		line(out, "", "its last reading failed: %s (%s); %s", text(slice, "error"), text(slice, "code"), text(slice, "remedy"));
	print_run(out, "first read by", json_object_get(d, "first_run"));
	print_run(out, "last change by", json_object_get(d, "last_run"));
}

/* "Storage, Premium SSD, EU West": what is not empty. */
static void print_kind(FILE *out, const json_t *p)
{
	static const char *const names[] = { "meter_category", "meter_subcategory", "meter_region" };
	char words[512] = "";

	for (size_t i = 0; i < countof(names); i++) {
		size_t n = strlen(words);

		if (text(p, names[i])[0])
			snprintf(words + n, sizeof(words) - n, "%s%s", n ? ", " : "", text(p, names[i]));
	}
	if (words[0])
		line(out, "", "%s", words);
}

static void print_usage(FILE *out, const json_t *d)
{
	const json_t *p = json_object_get(d, "purchase");

	title(out, "What was used");
	line(out, "meter", "%s (%s)", text(p, "meter_name"), text(p, "meter_id"));
	print_kind(out, p);
	line(out, "resource", "%s", is_null(p, "resource_uri") ? "not told" : text(p, "resource_uri"));
	line(out, "from, to", "%s, %s", text(p, "usage_start"), text(p, "usage_end"));
	line(out, "billing period", "%s, %s", text(p, "usage_period"), text(json_object_get(d, "usage_period"), "period_state"));
	line(out, "quantity", "%s %s", text(p, "quantity_exact"), text(p, "unit"));
}

static void print_rate(FILE *out, const json_t *rate)
{
	const json_t *tiers = json_object_get(rate, "tiers");
	const char *included = text(rate, "included_quantity_exact");

	line(out, "rate", "%lld, in force from %s, first seen in rate card %lld on %s", number(rate, "rate_id"), text(rate, "effective_date"),
	     number(rate, "first_card_id"), text(rate, "first_seen"));
	line(out, "", "%s for one of %s; included in each billing period: %s", text(rate, "currency"), text(rate, "unit"),
	     is_more_than_nothing(included) ? included : "nothing");
	for (size_t i = 0; i < json_array_size(tiers); i++) {
		const json_t *tier = json_array_get(tiers, i);

		line(out, i ? "" : "prices", "%s from %s on%s", text(tier, "unit_price_exact"), text(tier, "from_quantity_exact"),
		     is_more_than_nothing(included) ? " beyond what is included" : "");
	}
}

/* "band 2, from 5 to 50: 4.5 x 0.1552015 = 0.69840675", with the rounding where it changes anything. */
static void print_band(FILE *out, const json_t *band)
{
	char label[32];
	bool exact = strcmp(text(band, "product_exact"), text(band, "amount_exact")) == 0;

	snprintf(label, sizeof(label), "band %lld", number(band, "band_no"));
	line(out, label, "from %s %s%s: %s x %s = %s%s%s", text(band, "from_quantity_exact"),
	     is_null(band, "to_quantity_exact") ? "on" : "to ", text(band, "to_quantity_exact"), text(band, "quantity_exact"),
	     text(band, "unit_price_exact"), text(band, "product_exact"), exact ? "" : ", rounded to ",
	     exact ? "" : text(band, "amount_exact"));
}

static void print_amount(FILE *out, const json_t *d)
{
	const json_t *p = json_object_get(d, "purchase"), *bands = json_object_get(d, "bands");

	if (!is_null(d, "position_exact"))
		line(out, "begins at", "%s: so much of this meter the subscription used before it in %s", text(d, "position_exact"),
		     text(p, "usage_period"));
	for (size_t i = 0; i < json_array_size(bands); i++)
		print_band(out, json_array_get(bands, i));
	line(out, "amount", "%s %s%s", text(p, "currency"), text(p, "amount_exact"), json_array_size(bands) > 1 ? ", the sum of the bands" : "");
}

/* What comes of an amount that is missing: usage of a closed period gets it beside itself. */
static void print_what_comes(FILE *out, const json_t *p)
{
	if (strcmp(text(p, "period_state"), "closed") == 0)
		line(out, "what comes", "%s is closed, so this stays as it is; once a rate card has a price for it, that is charged as a correction",
		     text(p, "billing_period"));
	else
		line(out, "what comes", "each run reads the rate card; the one in which a price appears prices it by itself, with the reason priced");
	line(out, "", "Until then hold it back, and ask Microsoft's support for the price of the meter when it stays");
}

/* Why there is no amount, and how it comes to one. */
static void print_without_amount(FILE *out, const json_t *d)
{
	const json_t *p = json_object_get(d, "purchase"), *rate = json_object_get(d, "rate");
	const char *status = text(p, "rating_status");

	line(out, "amount", "none: NULL, which is not 0. It is missing in every total, and counted there as unpriced");
	if (strcmp(status, "unit_mismatch") == 0)
		line(out, "why", "unit_mismatch: the usage counts %s, the price is for %s", text(p, "unit"), text(rate, "unit"));
	else if (strcmp(status, "future_price") == 0)
		line(out, "why", "future_price: the first price on record is in force from %s, after this usage", text(d, "first_price"));
	else
		line(out, "why", "unpriced: no rate card that was read has a price for this meter");
	print_what_comes(out, p);
}

static void print_rating(FILE *out, const json_t *d)
{
	const json_t *p = json_object_get(d, "purchase"), *rate = json_object_get(d, "rate");

	title(out, "How it is priced");
	if (strcmp(text(p, "status"), "withdrawn") == 0) {
		line(out, "amount", is_correction(p) ? "0: it is withdrawn. Since run %lld nothing is left to correct: take it back where it was charged"
						     : "0: it is withdrawn. Microsoft no longer returns it since run %lld: credit what was charged for it",
		     number(p, "last_run_id"));
		return;
	}
	if (json_is_object(rate))
		print_rate(out, rate);
	if (is_null(p, "amount_nanos"))
		print_without_amount(out, d);
	else
		print_amount(out, d);
}

/* Why a correction is booked where it is. */
static void print_correction(FILE *out, const json_t *d)
{
	const json_t *p = json_object_get(d, "purchase"), *period = json_object_get(d, "usage_period");

	title(out, "What it corrects");
	line(out, "usage of", "%s, which was closed %s by %s%s", text(p, "usage_period"), text(period, "closed_at"),
	     strcmp(text(period, "closed_by"), "run") == 0 ? "the daemon" : "a person",
	     strcmp(text(period, "period_state"), "closed") == 0 ? "" : ", and is open again");
	line(out, "charged in", "%s, %s: what was charged in a closed period stays, so the difference is charged in one that was open", text(p, "billing_period"),
	     text(p, "period_state"));
	line(out, "it corrects", "%s", is_null(p, "corrects") ? "nothing that was charged: the closed period never had this usage" : text(p, "corrects"));
	if (!is_more_than_nothing(text(p, "quantity_exact")) && !is_null(p, "amount_nanos") && strcmp(text(p, "status"), "active") == 0)
		line(out, "", "its quantity stands there without a price: what is charged here is the price alone");
}

/* The purchase and its corrections side by side: what the customer pays for this usage. */
static void print_charged(FILE *out, const json_t *d)
{
	const json_t *charged = json_object_get(d, "charged"), *all = json_object_get(d, "charged_in_all");

	if (json_array_size(charged) < 2 && !is_correction(json_object_get(d, "purchase")))
		return;
	title(out, "What is charged for this usage");
	for (size_t i = 0; i < json_array_size(charged); i++) {
		const json_t *p = json_array_get(charged, i);

		line(out, text(p, "billing_period"), "%s%s, %s: %s %s, %s%s%s", is_correction(p) ? "correction, " : "", text(p, "period_state"),
		     text(p, "status"), text(p, "quantity_exact"), text(p, "unit"), text(p, "currency"), is_null(p, "currency") ? "" : " ",
		     or_none(p, "amount_exact"));
		line(out, "", "%s", text(p, "purchase_reference"));
	}
	line(out, "in all", "%s %s, %s%s%s", text(all, "quantity_exact"), is_null(all, "quantity_exact") ? "" : text(all, "unit"),
	     text(all, "currency"), is_null(all, "currency") ? "" : " ", or_none(all, "amount_exact"));
}

static void print_change(FILE *out, const json_t *c)
{
	char label[32];

	snprintf(label, sizeof(label), "revision %lld", number(c, "revision"));
	line(out, label, "seq %lld, run %lld of %s: %s", number(c, "seq"), number(c, "run_id"), text(c, "run_started"), text(c, "reason"));
	if (is_null(c, "old_quantity_exact"))
		line(out, "", "quantity %s, amount %s", text(c, "new_quantity_exact"), or_none(c, "new_amount_exact"));
	else
		line(out, "", "quantity %s -> %s, amount %s -> %s", text(c, "old_quantity_exact"), text(c, "new_quantity_exact"),
		     or_none(c, "old_amount_exact"), or_none(c, "new_amount_exact"));
}

static void print_text(FILE *out, const json_t *d)
{
	const json_t *p = json_object_get(d, "purchase"), *changes = json_object_get(d, "changes");

	fprintf(out, "%s\n", text(p, "purchase_reference"));
	line(out, "", "%s, revision %lld, seq %lld", text(p, "status"), number(p, "revision"), number(p, "seq"));
	if (is_correction(p))
		print_correction(out, d);
	print_source(out, d);
	print_usage(out, d);
	print_rating(out, d);
	print_charged(out, d);
	title(out, "What happened to it");
	for (size_t i = 0; i < json_array_size(changes); i++)
		print_change(out, json_array_get(changes, i));
}

int explain_purchase(struct store *s, const char *reference, bool json, FILE *out, struct err *e)
{
	json_t *document;

	if (explain_read(&document, s, reference, e) == -1)
		return -1;
	if (json) {
		json_dumpf(document, out, JSON_INDENT(2));
		fputc('\n', out);
	} else {
		print_text(out, document);
	}
	json_decref(document);
	return 0;
}
