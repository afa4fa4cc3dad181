/* SPDX-License-Identifier: MIT */
/* group.h - the purchases that fill the tiers of a meter one after the other, in their order: usage start, reported day, purchase
 * reference. Inside the store. */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include "store/row.h"

#define GROUP_FROM_THE_FIRST INT64_MIN

/* The purchases of a meter in a period; those in front of a place in their order (usage start, reported day) are as they were priced. */
struct group {
	int64_t period, meter, start, day;
};

struct group_row {
	struct row row;
	struct digest resource; /* known where the order hangs on it */
};

struct group_rows { /* zeroed: empty */
	struct decimal position; /* what those in front of the place have taken of the tiers */
	size_t count, room;
	struct group_row *items; /* from the place on, in order */
};

int group_read(struct store *s, int64_t subscription, const struct group *group, struct group_rows *rows, struct err *e) MUST_CHECK;
void group_rows_fini(struct group_rows *rows);

#endif
