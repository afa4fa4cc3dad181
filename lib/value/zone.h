/* SPDX-License-Identifier: MIT */
/* zone.h - the schedule's time zone: "19:00 CET" as instants.
 *
 * One zone a process: zone_use() sets TZ once, before any thread, and everything printed elsewhere is UTC by arithmetic. "CET" is
 * built in as CET-1CEST,M3.5.0,M10.5.0/3 (wall time of Amsterdam), because Debian 13 no longer ships the name and glibc would
 * silently take UTC; any other name must be a file of tzdata ($TZDIR or /usr/share/zoneinfo) that begins with "TZif". */
#ifndef VALUE_ZONE_H
#define VALUE_ZONE_H

#include "base/err.h"

#include <stdint.h>

#define ZONE_TEXT_MAX 48

int zone_check(const char *name, struct err *e) MUST_CHECK; /* ERR_CONFIG with the remedy; changes nothing */
int zone_use(const char *name, struct err *e) MUST_CHECK;
/* The first instant strictly after NOW at which the zone's wall clock shows HOUR:MINUTE; in the gap of spring the first instant
 * after it, in the hour that happens twice the first of the two. */
int64_t zone_next(int64_t now, int hour, int minute);
/* The last such instant at or before NOW. */
int64_t zone_previous(int64_t now, int hour, int minute);
/* "2026-11-20 19:00:00 CET" */
void zone_print(int64_t instant, char text[ZONE_TEXT_MAX]);

#endif
