/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "usage.h"

struct sum {
	int group;
	uint32_t meter;
	wide quantity;
};

static int
by_group_and_meter(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->meter < y->meter ? -1 : x->meter > y->meter;
}

/* One sum for each meter of each group; freed by the caller. */
static struct sum *
make_sums(const struct slice *s, size_t *count)
{
	struct sum *sums = mem_new(s->rows, sizeof(*sums));
	size_t n = 0, kept = 0;

	for (int i = 0; i < s->group_count; i++) {
		const struct group *g = &s->groups[i];

		for (size_t k = 0; k < g->count; k++) {
			size_t r = slice_resource(s, g, k);
			uint32_t meter = slice_template(s->w, s->sub, r)->meter;

			sums[n++] = (struct sum){i, meter,
			    quantity_for_sum(slice_quantity(s, g, r), quantity_scale(s->w->meters[meter].kind))};
		}
	}
	qsort(sums, n, sizeof(*sums), by_group_and_meter);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && by_group_and_meter(&sums[kept - 1], &sums[i]) == 0)
			sums[kept - 1].quantity += sums[i].quantity;
		else
			sums[kept++] = sums[i];
	}
	*count = kept;
	return sums;
}

size_t
aggregate_rows(const struct slice *s)
{
	size_t count;

	free(make_sums(s, &count));
	return count;
}

size_t
aggregate_put(const struct slice *s, size_t from, size_t size, int first, struct text *out)
{
	size_t count, done = 0;
	struct sum *sums = make_sums(s, &count);
	char times[160];

	for (size_t i = from; i < count && done < size; i++, done++) {
		const struct meter *m = &s->w->meters[sums[i].meter];

		if (!first)
			text_puts(out, ",");
		first = 0;
		text_put(out, times, usage_times(s->w, &s->groups[sums[i].group], times));
		catalog_put_head(m, out);
		out->len = (size_t)(quantity_put(text_room(out, QUANTITY_TEXT), (uwide)sums[i].quantity, QUANTITY_SUM_SCALE,
		    m->exponent) - out->p);
		text_puts(out, ",\"unit\":\"");
		text_puts(out, m->unit);
		text_puts(out, "\",\"infoFields\":{},\"attributes\":{\"objectType\":\"AzureUtilizationRecord\"}}");
	}
	free(sums);
	return done;
}
