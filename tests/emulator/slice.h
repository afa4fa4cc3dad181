/* SPDX-License-Identifier: MIT */
/* slice.h - which rows a generated slice (subscription, reported day) has, and what each is worth.
 *
 * A subscription has resources 0, 1, 2, ... Most report a usage day in pieces (late_hours), one each reported day, so that a
 * slice has a row for each lag; what does not divide reports a whole day at once. A slice is a list of groups, a group is a
 * run of resources that share usage day and hours. */
#ifndef EMU_SLICE_H
#define EMU_SLICE_H

#include "world.h"

#define SLICE_GROUPS 64
#define SLICE_WHOLE (-1)	/* as piece: the whole day at once */
#define SLICE_LATE_LAG 5	/* a restated late row belongs to the usage day so many days before */

enum restated_kind { RESTATED_NOT, RESTATED_QUANTITY, RESTATED_MISSING, RESTATED_ADDED, RESTATED_LATE };

struct restated {
	enum restated_kind kind;
	size_t resource;
	int piece;
	uint64_t salt;
};

struct group {
	int32_t usage_day;
	int piece;
	int hour;		/* first hour of the day that the row covers */
	int hour_index, hour_count;	/* the hour_index-th of the piece's hour_count hours; hour_count 0: the piece at once */
	int extra;		/* the row that a restatement adds */
	size_t first, count;	/* resources */
};

struct slice {
	const struct world *w;
	const struct subscription *sub;
	int32_t day;
	struct restated restated;
	struct group groups[SLICE_GROUPS];
	int group_count;
	size_t rows;
};

/* Days outside the generated range make an empty slice. */
void slice_make(struct slice *s, const struct world *w, const struct subscription *sub, int32_t day, int hourly);
/* What the scenario's revision did to this slice. */
struct restated slice_restated(const struct world *w, const struct subscription *sub, int32_t day);
/* The resource of the index-th row of a group. */
size_t slice_resource(const struct slice *s, const struct group *g, size_t index);
/* Quantity of a resource's row at the scale of its meter. */
uwide slice_quantity(const struct slice *s, const struct group *g, size_t resource);

/* The resource whose dimensions a resource shows: some look exactly like their neighbour. */
size_t slice_dimensions(size_t resource);
const struct template *slice_template(const struct world *w, const struct subscription *sub, size_t resource);
/* Total of a usage day, and the quantity of a restatement's added row. */
uwide slice_total(const struct world *w, const struct subscription *sub, size_t resource, int32_t usage_day);
uwide slice_added(const struct world *w, const struct subscription *sub, const struct restated *r);
/* What a RESTATED_QUANTITY adds to a piece that was worth value. */
uwide slice_change(uwide value);
/* Resources that report in pieces (they come first), and those that report whole days. */
size_t slice_full_resources(const struct world *w);
size_t slice_whole_resources(const struct world *w);
/* Days from usage to report of whole days. */
int slice_whole_lag(const struct world *w);

#endif
