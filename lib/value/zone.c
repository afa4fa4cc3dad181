/* SPDX-License-Identifier: MIT */
#include "value/zone.h"

#include "base/span.h"
#include "value/day.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BUILT_IN "CET"
#define BUILT_IN_RULE "CET-1CEST,M3.5.0,M10.5.0/3"
#define ZONE_DIRECTORY "/usr/share/zoneinfo"
#define ZONE_NAME_MAX 64
#define FILE_MAGIC "TZif"
#define DAYS_AROUND 3 /* local days looked at on each side of now: a zone may skip or repeat a whole day (Samoa 2011) */

/* glibc takes what it does not know for UTC, or for a rule ("Foo3"): nothing reaches it that is not a plain name of a file. */
static bool is_plain_name(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

	return n > 0 && n <= ZONE_NAME_MAX && name[n] == '\0' && name[0] != '/';
}

static bool is_zone_file(const char *directory, const char *name)
{
	char path[PATH_MAX];
	char magic[sizeof(FILE_MAGIC) - 1];
	bool is_zone;
	int n = snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *f;

	if (n < 0 || (size_t)n >= sizeof(path))
		return false;
	f = fopen(path, "re");
	if (!f)
		return false;
	is_zone = fread(magic, sizeof(magic), 1, f) == 1 && memcmp(magic, FILE_MAGIC, sizeof(magic)) == 0;
	fclose(f);
	return is_zone;
}

int zone_check(const char *name, struct err *e)
{
	const char *directory = getenv("TZDIR");

	if (!directory || !*directory)
		directory = ZONE_DIRECTORY;
	if (strcmp(name, BUILT_IN) == 0 || (is_plain_name(name) && is_zone_file(directory, name)))
		return 0;
	err_set(e, ERR_CONFIG, "no time zone \"%.*s\" in %s", SPAN_SHOWN(span_of(name)), directory);
	return err_advise(e, "E-CONFIG", "use CET (which needs no file), or a name that `timedatectl list-timezones` prints; "
					 "some names are in the package tzdata-legacy");
}

int zone_use(const char *name, struct err *e)
{
	char tz[ZONE_NAME_MAX + 2];

	if (zone_check(name, e))
		return -1;
	if (strcmp(name, BUILT_IN) == 0)
		snprintf(tz, sizeof(tz), "%s", BUILT_IN_RULE);
	else
		snprintf(tz, sizeof(tz), ":%s", name); /* the colon: a file, never a rule */
	if (setenv("TZ", tz, 1) == -1)
		return err_errno(e, ERR_CONFIG, "set the time zone");
	tzset();
	return 0;
}

/* Wall time minus UTC at an instant, in seconds. */
static int64_t offset_at(int64_t instant)
{
	time_t t = (time_t)instant;
	struct tm tm;

	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

/* The first instant after FROM, up to TO, whose offset is not FROM's. */
static int64_t first_change(int64_t from, int64_t to)
{
	int64_t before = offset_at(from);

	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (offset_at(middle) == before)
			from = middle;
		else
			to = middle;
	}
	return to;
}

/* The instant of a wall time, given as if it were UTC. mktime() is not asked: for times in a gap or an overlap its answer
 * depends on what it was asked before. */
static int64_t instant_of_wall(int64_t wall)
{
	/* the offsets of the day before and the day after: there is at most one change between */
	int64_t before = wall - offset_at(wall - DAY_SECONDS);
	int64_t after = wall - offset_at(wall + DAY_SECONDS);
	int64_t earlier = before < after ? before : after;
	int64_t later = before < after ? after : before;

	if (earlier + offset_at(earlier) == wall)
		return earlier;
	if (later + offset_at(later) == wall)
		return later;
	return first_change(earlier, later);
}

/* The slot of the local day that is DAYS after the one of NOW. */
static int64_t slot(int64_t now, int days, int hour, int minute)
{
	int32_t day = instant_day(now + offset_at(now)) + days;

	return instant_of_wall(day_start(day) + hour * 3600 + minute * 60);
}

int64_t zone_next(int64_t now, int hour, int minute)
{
	int64_t at = slot(now, -1, hour, minute);

	for (int days = 0; at <= now && days <= DAYS_AROUND; days++)
		at = slot(now, days, hour, minute);
	return at;
}

int64_t zone_previous(int64_t now, int hour, int minute)
{
	int64_t at = slot(now, 1, hour, minute);

	for (int days = 0; at > now && days >= -DAYS_AROUND; days--)
		at = slot(now, days, hour, minute);
	return at;
}

void zone_print(int64_t instant, char text[ZONE_TEXT_MAX])
{
	time_t t = (time_t)instant;
	struct tm tm;

	if (!localtime_r(&t, &tm) || strftime(text, ZONE_TEXT_MAX, "%Y-%m-%d %H:%M:%S %Z", &tm) == 0)
		text[0] = '\0';
}
