/* SPDX-License-Identifier: MIT */
#include "usage.h"

#include <stdio.h>
#include <string.h>

#include "day.h"

static inline char *
put(char *p, const char *from, size_t len)
{
	memcpy(p, from, len);
	return p + len;
}

/* hours since 1970 of a UTC instant, printed in the scenario's offset. */
static void
time_text(const struct world *w, int64_t hours, char out[48])
{
	const char *zone = w->s.quirks.time_offset;
	int64_t minutes = hours * 60, day;
	char date[DAY_TEXT];
	int minute;

	if (zone[0] != 'Z')
		minutes += (zone[0] == '-' ? -1 : 1) *
		    (((zone[1] - '0') * 10 + zone[2] - '0') * 60 + (zone[4] - '0') * 10 + zone[5] - '0');
	day = minutes >= 0 ? minutes / 1440 : -((-minutes + 1439) / 1440);
	minute = (int)(minutes - day * 1440);
	day_text((int32_t)day, date);
	snprintf(out, 48, "%sT%02d:%02d:00%s", date, minute / 60, minute % 60, zone);
}

size_t
usage_times(const struct world *w, const struct group *g, char out[160])
{
	int64_t start = (int64_t)g->usage_day * 24 + (g->hour_count > 0 ? g->hour : 0);
	char from[48], to[48];
	int n;

	time_text(w, start, from);
	time_text(w, start + (g->hour_count > 0 ? 1 : 24), to);
	n = snprintf(out, 160, "{\"usageStartTime\":\"%s\",\"usageEndTime\":\"%s\",", from, to);
	return (size_t)n;
}

/* Six hexadecimal digits, enough to tell the resources of a subscription apart. */
static inline char *
put_number(char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (int i = 5; i >= 0; i--) {
		p[i] = hex[n & 15];
		n >>= 4;
	}
	return p + 6;
}

static char *
put_row(char *p, const struct slice *s, const struct group *g, size_t resource, const char *times, size_t times_len)
{
	const struct world *w = s->w;
	const struct template *t = slice_template(w, s->sub, resource);
	const struct meter *m = &w->meters[t->meter];
	const char *f = w->fragments.p;

	p = put(p, times, times_len);
	p = put(p, f + t->head, t->head_len);
	p = quantity_put(p, slice_quantity(s, g, resource), quantity_scale(m->kind), m->exponent);
	p = put(p, f + t->before, t->before_len);
	if (t->has_uri) {
		p = put(p, s->sub->id, 36);
		p = put(p, f + t->path, t->path_len);
		p = put_number(p, slice_dimensions(resource));
	}
	return put(p, f + t->tail, t->tail_len);
}

/* Rows [from, from + size) of one slice. */
static void
put_slice(const struct slice *s, size_t from, size_t size, int first, struct text *out)
{
	char *p = text_room(out, size * s->w->row_max), *start = p;
	char times[160];

	for (int i = 0; i < s->group_count && size > 0; i++) {
		const struct group *g = &s->groups[i];
		size_t times_len;

		if (from >= g->count) {
			from -= g->count;
			continue;
		}
		times_len = usage_times(s->w, g, times);
		for (; from < g->count && size > 0; from++, size--) {
			if (!first)
				*p++ = ',';
			first = 0;
			p = put_row(p, s, g, slice_resource(s, g, from), times, times_len);
		}
		from = 0;
	}
	out->len += (size_t)(p - start);
	out->p[out->len] = '\0';
}

static size_t
rows_of(const struct usage_query *q, const struct slice *s)
{
	return q->details ? s->rows : aggregate_rows(s);
}

int
usage_more(const struct world *w, const struct usage_query *q, struct usage_position *pos)
{
	int32_t last = w->s.generate.last_day;
	struct slice s;

	if (pos->day < w->s.generate.first_day)
		*pos = (struct usage_position){w->s.generate.first_day, 0};
	for (; pos->day < q->to && pos->day <= last; *pos = (struct usage_position){pos->day + 1, 0}) {
		slice_make(&s, w, q->sub, pos->day, q->hourly);
		if (pos->row < rows_of(q, &s))
			return 1;
	}
	return 0;
}

size_t
usage_page(const struct world *w, const struct usage_query *q, struct usage_position *pos, size_t size, struct text *out)
{
	size_t done = 0;
	struct slice s;

	while (done < size && usage_more(w, q, pos)) {
		size_t n;

		slice_make(&s, w, q->sub, pos->day, q->hourly);
		n = rows_of(q, &s) - pos->row;
		n = n < size - done ? n : size - done;
		if (q->details)
			put_slice(&s, pos->row, n, done == 0, out);
		else
			aggregate_put(&s, pos->row, n, done == 0, out);
		pos->row += n;
		done += n;
	}
	return done;
}
