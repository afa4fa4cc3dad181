/* SPDX-License-Identifier: MIT */
/* pc_prints.h - what the pages of a slice are known by, and its form at rest: a version, the key, and of each page the number of bytes
 * and the digest. Pure. */
#ifndef PARTNER_PC_PRINTS_H
#define PARTNER_PC_PRINTS_H

#include "partner/pc_usage.h"

/* Raised whenever the same bytes would be stored differently than before: by the decoder, by what identifies a resource or a product, by
 * the order of purchases. Slices stored under another version are decoded. */
#define PC_PRINTS_VERSION 1
#define PC_PRINTS_PAGES_MAX 1000 /* slices of more pages are not known again */

struct pc_prints { /* zeroed: no pages */
	unsigned char key[STAMP_KEY_BYTES];
	size_t count, room;
	struct pc_print *items;
};

void pc_prints_fini(struct pc_prints *p);
/* Forgets the pages; the key is a new one. */
void pc_prints_start(struct pc_prints *p);
void pc_prints_add(struct pc_prints *p, const struct pc_print *print);
/* Appends the form at rest; nothing when a page is without bytes or there are none or too many: such a slice is not known again. -1 when
 * OUT is full. */
int pc_prints_write(const struct pc_prints *p, struct buf *out) MUST_CHECK;
/* True when BYTES are of this version, and P has them. */
bool pc_prints_read(struct pc_prints *p, struct span bytes);

#endif
