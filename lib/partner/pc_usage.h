/* SPDX-License-Identifier: MIT */
/* pc_usage.h - a page of utilizations/azure, decoded item by item as its bytes arrive. Memory is one item (LIMIT_ITEM_BYTES),
 * whatever the page's size. Unknown members are skipped; a missing or wrong one that matters is an error that names the item
 * and the member ("item 17: quantity: not a number", counted from 1, code E-FORMAT-USAGE). A UTF-8 BOM is stripped; UTF-16 is
 * refused with a sentence that says so. An error stays: feed and end repeat it until reset. What is said of a document does not
 * depend on how its bytes were split, but records before a faulty one may have been handed out.
 *
 * A page may be known by the bytes of its array of items: their number, and their digest under a secret key. One that is as expected
 * is not decoded again; all around the array is. */
#ifndef PARTNER_PC_USAGE_H
#define PARTNER_PC_USAGE_H

#include "base/buf.h"
#include "partner/model.h"
#include "value/digest.h"

/* What a page is known by. A page without items has none: no bytes. */
struct pc_print {
	uint32_t bytes;
	struct digest digest;
};

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
	struct pc_print print; /* then: of this page, when it is stamped */
	bool unchanged;        /* then: it is as expected, and no record of it was handed out */
	bool changed;          /* feed or end failed because it is not, and nothing was held */

	/* private */
	struct stamper *stamper; /* NULL: not stamped */
	unsigned char key[STAMP_KEY_BYTES];
	struct pc_print expected; /* no bytes: nothing is */
	struct buf *hold;
};

/* D must stay where it is until fini. */
void pc_usage_init(struct pc_usage *d, pc_usage_fn *on_record);
void pc_usage_fini(struct pc_usage *d);
/* Starts over with an empty page: a new page, or the same one tried again. Keeps on_record. */
void pc_usage_reset(struct pc_usage *d);
/* Pages are stamped from now on, with KEY. Behind a reset, before the first byte. */
void pc_usage_stamp(struct pc_usage *d, const unsigned char key[STAMP_KEY_BYTES]);
/* This page, stamped, is expected to be that of PRINT. HOLD, empty, borrowed until reset, keeps its bytes, so that they are decoded
 * after all when it is not (or when there are more than HOLD takes); without (NULL) the page fails as `changed`, for good. */
void pc_usage_expect(struct pc_usage *d, const struct pc_print *print, struct buf *hold);
/* The next bytes of the body, in any split. */
int pc_usage_feed(struct pc_usage *d, struct span bytes, struct err *e) MUST_CHECK;
/* The body ended: the document must be complete. Then d->next tells whether another page follows (next.uri or NULL). */
int pc_usage_end(struct pc_usage *d, struct err *e) MUST_CHECK;
/* Behind pc_usage_end of an unchanged page that is held: its records are wanted after all. */
int pc_usage_again(struct pc_usage *d, struct err *e) MUST_CHECK;

#endif
