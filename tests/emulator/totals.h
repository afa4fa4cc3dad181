/* SPDX-License-Identifier: MIT */
/* totals.h - the generator's own figures as CSV: an oracle for what a reader of the pages must arrive at.
 * Computed from the totals of usage days less the pieces that are reported outside the range; no page is generated. */
#ifndef EMU_TOTALS_H
#define EMU_TOTALS_H

#include <stdio.h>

#include "world.h"

/* customer_id,subscription_id,usage_day,meter_id,quantity */
void totals_days(const struct world *w, FILE *out);
/* customer_id,subscription_id,reported_day,rows,quantity_sum */
void totals_slices(const struct world *w, FILE *out);

#endif
