/* SPDX-License-Identifier: MIT */
/* quantity.h - exact decimal quantities: coefficient * 10^-scale, no floating point anywhere.
 * A resource uses a total on each usage day; the total arrives in pieces by hours, and the pieces sum exactly to it. */
#ifndef EMU_QUANTITY_H
#define EMU_QUANTITY_H

#include <stdint.h>

#include "scenario.h"

#define QUANTITY_TEXT 48
/* Sums are kept at this scale, which every quantity can be brought to without loss. */
#define QUANTITY_SUM_SCALE 20

__extension__ typedef unsigned __int128 uwide;
__extension__ typedef __int128 wide;

/* How the quantities of one kind of resource look. */
enum quantity_kind {
	QUANTITY_HOURS,		/* few digits: 24, 12.5 */
	QUANTITY_SHORT,		/* 0.032256 */
	QUANTITY_DOUBLE,	/* 0.032258064516129 */
	QUANTITY_LONG,		/* 12.39999999999999985235 */
	QUANTITY_ZERO,
	QUANTITY_TINY,		/* 0.000025, 1e-06 */
	QUANTITY_BIG,		/* 1264812.5 */
	QUANTITY_KINDS
};

enum quantity_kind quantity_kind_of(uint64_t h);
int quantity_scale(enum quantity_kind kind);
/* Total of a usage day; h is the hash of (resource, usage day). */
uwide quantity_total(enum quantity_kind kind, uint64_t h);
/* Part of total that covers hours of its `of` hours, where the first such share is `first`: the largest piece takes what
 * division leaves over. */
uwide quantity_piece(uwide total, const struct generate_conf *g, int piece);
/* The hour-th of count equal shares of a piece; the last takes the rest. */
uwide quantity_hour(uwide piece, int hour, int count);
/* As the service prints it: shortest text, "24.0", "0.0", and d.de-NN below 0.0001 when exponent. Returns the end. */
char *quantity_put(char *p, uwide value, int scale, int exponent);
/* Plain decimal text without exponent, trailing zeros or a lone point; value is at QUANTITY_SUM_SCALE. */
void quantity_plain(wide value, char out[QUANTITY_TEXT]);
wide quantity_for_sum(uwide value, int scale);

#endif
