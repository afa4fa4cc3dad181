/* SPDX-License-Identifier: MIT */
#include "totals.h"

#include <stdlib.h>

#include "day.h"
#include "slice.h"

/* Sums of one usage day by meter; only touched meters are visited and cleared. */
struct day_sums {
	wide *by_meter;
	int32_t *rows;		/* that a reader sees: a sum of no rows is not printed, a sum of zeros is */
	unsigned char *touched;
	uint32_t *list;
	size_t count;
};

static void
add(struct day_sums *d, uint32_t meter, wide quantity, int32_t rows)
{
	if (!d->touched[meter]) {
		d->touched[meter] = 1;
		d->list[d->count++] = meter;
	}
	d->by_meter[meter] += quantity;
	d->rows[meter] += rows;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int
in_range(const struct world *w, int32_t day)
{
	return day >= w->s.generate.first_day && day <= w->s.generate.last_day;
}

static int
scale_of(const struct world *w, const struct subscription *sub, size_t resource)
{
	return quantity_scale(w->meters[slice_template(w, sub, resource)->meter].kind);
}

/* A usage day of one resource: all of it, less what is reported outside the range. */
static void
add_resource(const struct world *w, const struct subscription *sub, size_t resource, int32_t usage_day, struct day_sums *d)
{
	uwide total = slice_total(w, sub, resource, usage_day), rest = total;
	int32_t reported = 0;

	if (resource >= slice_full_resources(w)) {
		reported = in_range(w, usage_day + slice_whole_lag(w));
	} else {
		for (int lag = 0; lag < w->s.generate.pieces; lag++) {
			if (in_range(w, usage_day + lag))
				reported++;
			else
				rest -= quantity_piece(total, &w->s.generate, lag);
		}
	}
	if (reported > 0)
		add(d, slice_template(w, sub, resource)->meter, quantity_for_sum(rest, scale_of(w, sub, resource)), reported);
}

/* What a restatement of the slice reported on day did to this usage day. */
static void
add_restated(const struct world *w, const struct subscription *sub, int32_t day, int32_t usage_day, struct day_sums *d)
{
	struct restated r = slice_restated(w, sub, day);
	uint32_t meter;
	int lag = r.piece == SLICE_WHOLE ? slice_whole_lag(w) : r.piece, scale;
	uwide piece;

	if (r.kind == RESTATED_NOT || !in_range(w, day))
		return;
	meter = slice_template(w, sub, r.resource)->meter;
	scale = scale_of(w, sub, r.resource);
	if (r.kind == RESTATED_ADDED || r.kind == RESTATED_LATE) {
		if (usage_day == day - (r.kind == RESTATED_LATE ? SLICE_LATE_LAG : 0))
			add(d, meter, quantity_for_sum(slice_added(w, sub, &r), scale), 1);
		return;
	}
	if (usage_day != day - lag)
		return;
	piece = slice_total(w, sub, r.resource, usage_day);
	if (r.piece != SLICE_WHOLE)
		piece = quantity_piece(piece, &w->s.generate, r.piece);
	if (r.kind == RESTATED_QUANTITY)
		add(d, meter, quantity_for_sum(slice_change(piece), scale), 0);
	else
		add(d, meter, -quantity_for_sum(piece, scale), -1);
}

static void
print_day(const struct world *w, const struct subscription *sub, int32_t usage_day, struct day_sums *d, FILE *out)
{
	char day[DAY_TEXT], quantity[QUANTITY_TEXT];

	day_text(usage_day, day);
	qsort(d->list, d->count, sizeof(*d->list), by_number);
	for (size_t i = 0; i < d->count; i++) {
		uint32_t m = d->list[i];
		char meter[37];

		if (parse_guid(w->meters[m].id, meter) != 0)
			abort();
		quantity_plain(d->by_meter[m], quantity);
		if (d->rows[m] > 0)
			fprintf(out, "%s,%s,%s,%s,%s\n", w->customers[sub->customer].id, sub->id, day, meter, quantity);
		d->by_meter[m] = 0;
		d->rows[m] = 0;
		d->touched[m] = 0;
	}
	d->count = 0;
}

static int
has_usage(const struct world *w, const struct subscription *sub)
{
	return sub->kind == SUB_USAGE && !w->customers[sub->customer].advisor;
}

void
totals_days(const struct world *w, FILE *out)
{
	const struct generate_conf *g = &w->s.generate;
	size_t resources = slice_full_resources(w) + slice_whole_resources(w);
	struct day_sums d = {mem_new(w->meter_count, sizeof(wide)), mem_new(w->meter_count, sizeof(int32_t)),
	    mem_new(w->meter_count, 1),
	    mem_new(w->meter_count, sizeof(uint32_t)), 0};

	fputs("customer_id,subscription_id,usage_day,meter_id,quantity\n", out);
	for (size_t i = 0; i < (size_t)g->subscriptions; i++) {
		if (!has_usage(w, &w->subs[i]))
			continue;
		for (int32_t day = g->first_day - SCENARIO_PIECES; day <= g->last_day; day++) {
			for (size_t r = 0; r < resources; r++)
				add_resource(w, &w->subs[i], r, day, &d);
			for (int32_t lag = 0; lag <= SCENARIO_PIECES; lag++)
				add_restated(w, &w->subs[i], day + lag, day, &d);
			print_day(w, &w->subs[i], day, &d, out);
		}
	}
	free(d.by_meter);
	free(d.rows);
	free(d.touched);
	free(d.list);
}

void
totals_slices(const struct world *w, FILE *out)
{
	const struct generate_conf *g = &w->s.generate;
	char day[DAY_TEXT], quantity[QUANTITY_TEXT];
	struct slice s;

	fputs("customer_id,subscription_id,reported_day,rows,quantity_sum\n", out);
	for (size_t i = 0; i < (size_t)g->subscriptions; i++) {
		for (int32_t n = g->first_day; has_usage(w, &w->subs[i]) && n <= g->last_day; n++) {
			wide sum = 0;

			slice_make(&s, w, &w->subs[i], n, 0);
			for (int k = 0; k < s.group_count; k++) {
				for (size_t index = 0; index < s.groups[k].count; index++) {
					size_t r = slice_resource(&s, &s.groups[k], index);

					sum += quantity_for_sum(slice_quantity(&s, &s.groups[k], r), scale_of(w, &w->subs[i], r));
				}
			}
			day_text(n, day);
			quantity_plain(sum, quantity);
			fprintf(out, "%s,%s,%s,%zu,%s\n", w->customers[w->subs[i].customer].id, w->subs[i].id, day, s.rows, quantity);
		}
	}
}
