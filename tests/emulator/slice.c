/* SPDX-License-Identifier: MIT */
#include "slice.h"

#include "hash.h"

enum { SALT_RESTATED = 5, SALT_ADDED = 6 };

size_t
slice_full_resources(const struct world *w)
{
	return (size_t)w->s.generate.rows_per_day / (size_t)w->s.generate.pieces;
}

size_t
slice_whole_resources(const struct world *w)
{
	return (size_t)w->s.generate.rows_per_day % (size_t)w->s.generate.pieces;
}

int
slice_whole_lag(const struct world *w)
{
	return w->s.generate.pieces > 1;
}

/* Of 50 resources one is a twin of its neighbour (other quantity), one a clone (same quantity). */
static int
is_twin(size_t resource)
{
	return resource % 50 == 7;
}

static int
is_clone(size_t resource)
{
	return resource % 50 == 17;
}

size_t
slice_dimensions(size_t resource)
{
	return is_twin(resource) || is_clone(resource) ? resource - 1 : resource;
}

const struct template *
slice_template(const struct world *w, const struct subscription *sub, size_t resource)
{
	return &w->templates[(sub->first_template + slice_dimensions(resource)) % w->template_count];
}

static enum quantity_kind
kind_of(const struct world *w, const struct subscription *sub, size_t resource)
{
	return w->meters[slice_template(w, sub, resource)->meter].kind;
}

uwide
slice_total(const struct world *w, const struct subscription *sub, size_t resource, int32_t usage_day)
{
	uint64_t h = hash_three(sub->hash, is_clone(resource) ? resource - 1 : resource, (uint64_t)usage_day);

	return quantity_total(kind_of(w, sub, resource), h);
}

uwide
slice_added(const struct world *w, const struct subscription *sub, const struct restated *r)
{
	return quantity_total(kind_of(w, sub, r->resource), hash_two(r->salt, SALT_ADDED));
}

uwide
slice_change(uwide value)
{
	return value / 8 + 1;
}

struct restated
slice_restated(const struct world *w, const struct subscription *sub, int32_t day)
{
	size_t full = slice_full_resources(w), all = full + slice_whole_resources(w);
	struct restated r = {0};

	if (all == 0)
		return r;
	for (int64_t n = w->s.generate.revision; n > 0; n--) {
		uint64_t h = hash_two(hash_three(sub->hash, SALT_RESTATED, (uint64_t)day), (uint64_t)n);

		if ((int64_t)(h % 100) >= w->s.generate.restated_percent)
			continue;
		r.salt = hash_mix(h);
		r.kind = (enum restated_kind)(RESTATED_QUANTITY + r.salt % 4);
		r.resource = (r.salt >> 8) % all;
		r.piece = r.resource < full ? (int)((r.salt >> 40) % (uint64_t)w->s.generate.pieces) : SLICE_WHOLE;
		break;
	}
	return r;
}

static int
is_missing(const struct slice *s, const struct group *g)
{
	const struct restated *r = &s->restated;

	return r->kind == RESTATED_MISSING && !g->extra && r->piece == g->piece && r->resource >= g->first &&
	    r->resource < g->first + g->count + 1;
}

static void
add_group(struct slice *s, struct group g)
{
	if (g.count == 0)
		return;
	if (s->restated.kind == RESTATED_MISSING && !g.extra && s->restated.piece == g.piece)
		g.count--;
	if (g.count == 0)
		return;
	s->rows += g.count;
	s->groups[s->group_count++] = g;
}

/* One group, or one for each of its hours. */
static void
add_hours(struct slice *s, struct group g, int hours, int hourly)
{
	if (!hourly) {
		add_group(s, g);
		return;
	}
	g.hour_count = hours;
	for (g.hour_index = 0; g.hour_index < hours; g.hour_index++, g.hour++)
		add_group(s, g);
}

static int
first_hour(const struct generate_conf *g, int piece)
{
	int sum = 0;

	for (int i = 0; i < piece; i++)
		sum += g->piece_hours[i];
	return sum;
}

void
slice_make(struct slice *s, const struct world *w, const struct subscription *sub, int32_t day, int hourly)
{
	const struct generate_conf *g = &w->s.generate;
	size_t full = slice_full_resources(w);

	s->w = w;
	s->sub = sub;
	s->day = day;
	s->group_count = 0;
	s->rows = 0;
	s->restated = (struct restated){0};
	if (day < g->first_day || day > g->last_day)
		return;
	s->restated = slice_restated(w, sub, day);
	for (int lag = g->pieces - 1; lag >= 0; lag--) {
		add_hours(s, (struct group){.usage_day = day - lag, .piece = lag, .hour = first_hour(g, lag), .count = full},
		    g->piece_hours[lag], hourly);
		if (lag == slice_whole_lag(w))
			add_hours(s, (struct group){.usage_day = day - lag, .piece = SLICE_WHOLE, .first = full,
			    .count = slice_whole_resources(w)}, 24, hourly);
	}
	if (s->restated.kind == RESTATED_ADDED || s->restated.kind == RESTATED_LATE)
		add_group(s, (struct group){.usage_day = day - (s->restated.kind == RESTATED_LATE ? SLICE_LATE_LAG : 0),
		    .piece = s->restated.piece, .extra = 1, .first = s->restated.resource, .count = 1,
		    .hour_count = hourly ? 1 : 0});
}

size_t
slice_resource(const struct slice *s, const struct group *g, size_t index)
{
	size_t r = g->first + index;

	return is_missing(s, g) && r >= s->restated.resource ? r + 1 : r;
}

uwide
slice_quantity(const struct slice *s, const struct group *g, size_t resource)
{
	const struct generate_conf *conf = &s->w->s.generate;
	const struct restated *r = &s->restated;
	uwide q;

	if (g->extra)
		return slice_added(s->w, s->sub, r);
	q = slice_total(s->w, s->sub, resource, g->usage_day);
	if (g->piece != SLICE_WHOLE)
		q = quantity_piece(q, conf, g->piece);
	if (r->kind == RESTATED_QUANTITY && r->piece == g->piece && r->resource == resource)
		q += slice_change(q);
	return g->hour_count > 0 ? quantity_hour(q, g->hour_index, g->hour_count) : q;
}
