/* SPDX-License-Identifier: MIT */
/* day.h - UTC days as a count from 1970-01-01, and the time texts of the service. No time zone, no locale. */
#ifndef EMU_DAY_H
#define EMU_DAY_H

#include <stdint.h>

#include "err.h"

#define DAY_NONE INT32_MIN
#define DAY_TEXT 11

int32_t day_make(int year, int month, int mday);
void day_split(int32_t day, int *year, int *month, int *mday);
/* "2018-07-21" with its NUL. */
void day_text(int32_t day, char out[DAY_TEXT]);
int day_parse(const char *s, int32_t *out) MUST_CHECK;
/* ISO 8601 with Z or an offset, 0 to 7 fraction digits; without a zone it is read as UTC. Seconds since 1970. */
int time_parse(const char *s, int64_t *seconds) MUST_CHECK;
/* The real clock. */
int64_t time_now_ms(void);

#endif
