/* SPDX-License-Identifier: MIT */
/* usage.h - pages of usage rows as JSON text. The hot path: prepared fragments are stitched into a buffer. */
#ifndef EMU_USAGE_H
#define EMU_USAGE_H

#include "slice.h"

struct usage_query {
	const struct subscription *sub;
	int32_t from, to;	/* reported days, to exclusive */
	int hourly;
	int details;		/* 0: aggregated over resource instances */
};

/* Where an enumeration stands: the next row. */
struct usage_position {
	int32_t day;
	uint64_t row;
};

/* Moves *pos over exhausted slices; 0 when nothing is left. */
int usage_more(const struct world *w, const struct usage_query *q, struct usage_position *pos);
/* Appends at most size rows, comma separated, to out and moves *pos behind them. Returns their number. */
size_t usage_page(const struct world *w, const struct usage_query *q, struct usage_position *pos, size_t size, struct text *out);

/* aggregate.c: the same for show_details=false, one slice at a time. */
size_t aggregate_rows(const struct slice *s);
size_t aggregate_put(const struct slice *s, size_t from, size_t size, int first, struct text *out);
/* The two times that open each row of a group, up to the meter. Returns their length. */
size_t usage_times(const struct world *w, const struct group *g, char out[160]);

#endif
