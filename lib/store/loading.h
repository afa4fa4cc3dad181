/* SPDX-License-Identifier: MIT */
/* loading.h - the rows of a slice while it is read: in memory up to LOADING_ROWS_MAX, beyond that in a temporary table of the
 * connection, which is gone with it. Handed out in the order of the purchases' key, ordinals given. Inside the store. */
#ifndef STORE_LOADING_H
#define STORE_LOADING_H

#include "base/buf.h"
#include "store/row.h"

#define LOADING_ROWS_MAX 16384

struct loaded { /* a row in memory; its quantity stands in the texts */
	int64_t start, end;
	uint32_t period, meter, resource, product, quantity_at, quantity_n;
};

struct loaded_place { /* of a row in the order of keys */
	uint64_t rank; /* period, meter */
	uint32_t resource, at;
};

struct loading {
	struct store *s;
	uint32_t number;      /* of this loading in the temporary table */
	uint64_t rows;        /* of whole pages */
	uint64_t spilled;     /* of them in the temporary table */
	size_t count, room, page_at; /* in memory; where the page at hand begins */
	size_t page_text_at;
	struct loaded *items;
	struct buf texts;

	/* handing out */
	struct loaded_place *order;
	size_t next;
	struct sqlite3_stmt *q;
	struct row *same;     /* rows that differ in nothing but quantity and unit, sorted by them */
	size_t same_count, same_room, same_next;
	struct row ahead;     /* read, belongs to the next group */
	bool has_ahead;
};

void loading_init(struct loading *l, struct store *s);
void loading_fini(struct loading *l);
void loading_page_start(struct loading *l);
int loading_add(struct loading *l, const struct row_key *key, int64_t product, struct span quantity, struct err *e) MUST_CHECK;
int loading_page_end(struct loading *l, struct err *e) MUST_CHECK;

/* The rows sorted, subscription and day left open: 1 a row, 0 the end, -1. */
int loading_sort(struct loading *l, struct err *e) MUST_CHECK;
int loading_next(struct loading *l, struct row *row, struct err *e) MUST_CHECK;

#endif
