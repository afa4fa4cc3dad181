/* SPDX-License-Identifier: MIT */
/* pc_usage.h - a page of utilizations/azure, decoded item by item as its bytes arrive. Memory is one item (LIMIT_ITEM_BYTES),
 * whatever the page's size. Unknown members are skipped; a missing or wrong one that matters is an error that names the item
 * and the member ("item 17: quantity: not a number", counted from 1, code E-FORMAT-USAGE). A UTF-8 BOM is stripped; UTF-16 is
 * refused with a sentence that says so. An error stays: feed and end repeat it until reset. What is said of a document does not
 * depend on how its bytes were split, but records before a faulty one may have been handed out. */
#ifndef PARTNER_PC_USAGE_H
#define PARTNER_PC_USAGE_H

#include "partner/model.h"

struct pc_usage;

/* Gets each record in the order of the page; -1 with ERR ends the page. */
typedef int pc_usage_fn(struct pc_usage *d, const struct usage *record, struct err *e);

struct pc_stream; /* private: window, reader and place in the document */

struct pc_usage {
	pc_usage_fn *on_record;
	struct pc_stream *stream;
	uint64_t items; /* records handed out and taken so far; the one in hand not counted */
	struct next_link next;
	bool done; /* pc_usage_end found the document complete */
};

/* D must stay where it is until fini. */
void pc_usage_init(struct pc_usage *d, pc_usage_fn *on_record);
void pc_usage_fini(struct pc_usage *d);
/* Starts over with an empty page: a new page, or the same one tried again. Keeps on_record. */
void pc_usage_reset(struct pc_usage *d);
/* The next bytes of the body, in any split. */
int pc_usage_feed(struct pc_usage *d, struct span bytes, struct err *e) MUST_CHECK;
/* The body ended: the document must be complete. Then d->next tells whether another page follows (next.uri or NULL). */
int pc_usage_end(struct pc_usage *d, struct err *e) MUST_CHECK;

#endif
