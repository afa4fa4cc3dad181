/* SPDX-License-Identifier: MIT */
/* Names of what a history is about, and its print for the judge. */
#include "tests/books/history.h"

#include "value/day.h"

#include <string.h>

void history_meter(int meter, char text[40])
{
	snprintf(text, 40, "%08x-1111-1111-1111-111111111111", 0x1000u + (unsigned)meter);
}

void history_subscription(int subscription, char text[40])
{
	snprintf(text, 40, "bbbbbbbb-bbbb-bbbb-bbbb-%012x", (unsigned)subscription);
}

int history_customer_of(int subscription)
{
	return subscription == 2;
}

void history_resource(int number, int form, struct resource *r)
{
	static const char *const tags[][2] = { { "{\"env\":\"a\",\"cost\":\"7\"}", "{ \"cost\": \"7\", \"env\": \"a\" }" },
					       { "{\"env\":\"b\"}", "{\"env\" : \"b\"}" },
					       { "", "" } };

	/* two of three share their uri and differ in tags or location */
	snprintf(r->uri, sizeof(r->uri), "/subscriptions/x/resourceGroups/g%d/providers/p/t/r%d", number % 2, number / 3);
	snprintf(r->tags, sizeof(r->tags), "%s", tags[number % 3][form != 0]);
	r->location = number % 5 == 4 ? "" : "westeurope";
}

static void print_row(FILE *out, const struct line *l)
{
	int64_t start = day_start(l->day) + (l->hour > 0 ? l->hour * 3600 : 0);
	int64_t end = l->hour < 0 ? start + DAY_SECONDS : start + l->hours * 3600;

	fprintf(out, "[%lld,%lld,%d,%d,\"%s\",\"%s\"]", (long long)start, (long long)end, l->meter, l->resource, history_units[l->unit],
		l->quantity);
}

static void print_rows(FILE *out, const struct content *c)
{
	fprintf(out, ",\"subscription\":%d,\"day\":%d,\"rows\":[", c->subscription, c->day);
	for (size_t i = 0; i < c->count; i++) {
		fputs(i ? "," : "", out);
		print_row(out, &c->lines[i]);
	}
	fputs("]", out);
}

static void print_card(FILE *out, const struct card *c)
{
	fputs(",\"card\":[", out);
	for (int i = 0; i < c->count; i++) {
		const struct price *p = &c->prices[i];

		fprintf(out, "%s{\"meter\":%d,\"effective\":\"%.19s\",\"unit\":\"%s\",\"included\":\"%s\",\"tiers\":[", i ? "," : "", p->meter,
			history_effective[p->effective], history_units[p->unit], p->included);
		for (int t = 0; t < p->tier_count; t++)
			fprintf(out, "%s[\"%s\",\"%s\"]", t ? "," : "", p->from[t], p->price[t]);
		fputs("]}", out);
	}
	fputs("]", out);
}

/* An op that changes the books, as the judge must understand it. */
static void print_op(const struct history *h, const struct progress *progress, size_t at, FILE *out)
{
	static const char *const kinds[] = { [OP_SLICE] = "slice", [OP_AGAIN] = "slice", [OP_CARD] = "card", [OP_CLOSE] = "close",
					     [OP_REOPEN] = "reopen" };
	const struct op *op = &h->ops[at];

	fprintf(out, "{\"at\":%zu,\"kind\":\"%s\",\"today\":%d", at, kinds[op->kind], op->today);
	if (op->kind == OP_SLICE || op->kind == OP_AGAIN) {
		fprintf(out, ",\"refused\":%s", progress->refused[at] ? "true" : "false");
		print_rows(out, &op->content);
	} else if (op->kind == OP_CARD) {
		print_card(out, &op->card);
	} else {
		fprintf(out, ",\"period\":%d", progress->period[at]);
	}
	fputs("}", out);
}

static void print_names(const struct history *h, FILE *out)
{
	char text[40];
	struct resource r;
	int highest = 0;

	fputs("\"meters\":[", out);
	for (int i = 0; i < METERS; i++) {
		history_meter(i, text);
		fprintf(out, "%s\"%s\"", i ? "," : "", text);
	}
	fputs("],\"subscriptions\":[", out);
	for (int i = 0; i < SUBSCRIPTIONS_MAX; i++) {
		history_subscription(i, text);
		fprintf(out, "%s[\"%s\",%d]", i ? "," : "", text, history_customer_of(i));
	}
	for (size_t i = 0; i < h->op_count; i++)
		for (size_t n = 0; n < h->ops[i].content.count; n++)
			if (h->ops[i].content.lines[n].resource > highest)
				highest = h->ops[i].content.lines[n].resource;
	fputs("],\"resources\":[", out);
	for (int i = 0; i <= highest; i++) {
		history_resource(i, 0, &r);
		fprintf(out, "%s[\"%s\",\"%s\",%s]", i ? "," : "", r.uri, r.location, r.tags[0] ? r.tags : "null");
	}
	fputs("],", out);
}

void history_print(const struct history *h, const struct progress *progress, const char *database, FILE *out)
{
	const char *comma = "";

	fprintf(out, "{\"seed\":%llu,\"database\":\"%s\",\"killing\":%d,\"period_start_day\":%d,\"today\":%d,", (unsigned long long)h->seed,
		database, (int)h->killing, h->period_start_day, h->ops[h->op_count - 1].today);
	print_names(h, out);
	fputs("\"ops\":[", out);
	for (size_t i = 0; i < h->op_count; i++) {
		enum op_kind kind = h->ops[i].kind;

		if (kind != OP_SLICE && kind != OP_AGAIN && kind != OP_CARD && kind != OP_CLOSE && kind != OP_REOPEN)
			continue;
		fputs(comma, out);
		print_op(h, progress, i, out);
		comma = ",";
	}
	fputs("]}\n", out);
	fflush(out);
}
