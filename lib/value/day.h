/* SPDX-License-Identifier: MIT */
/* day.h - UTC days and instants as integers, and their ISO 8601 text. No zone, no clock: the caller passes "now".
 *
 * day   = int32_t days since 1970-01-01 (UTC);   instant = int64_t seconds since 1970-01-01T00:00:00Z. */
#ifndef VALUE_DAY_H
#define VALUE_DAY_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

#define DAY_SECONDS 86400
#define DAY_TEXT_MAX 12     /* "2018-07-21" and NUL, years 0001..9999 */
#define INSTANT_TEXT_MAX 24 /* "2018-07-21T00:00:00Z" and NUL */

struct civil {
	int year, month, day; /* month 1..12, day 1..31 */
};

int32_t day_from_civil(struct civil c); /* proleptic Gregorian; c must be valid */
struct civil day_to_civil(int32_t day);
int day_parse(int32_t *day, struct span text, struct err *e) MUST_CHECK; /* "YYYY-MM-DD", a real date, whole text */
void day_print(int32_t day, char text[DAY_TEXT_MAX]);

/* ISO 8601 as the service prints it (api: "...Z", "...+00:00", "-08:00", 0 to 7 fraction digits, or no zone at all, which means
 * UTC). Fractions are cut off. Years 0001..9999; "0001-01-01T00:00:00" is a legal value (the service's null date). */
int instant_parse(int64_t *seconds, struct span text, struct err *e) MUST_CHECK;
void instant_print(int64_t seconds, char text[INSTANT_TEXT_MAX]);
int32_t instant_day(int64_t seconds); /* floored to its UTC day */
int64_t day_start(int32_t day);

#endif
