/* SPDX-License-Identifier: MIT */
/* Times: days and instants against the C library's calendar, the schedule's next and previous start against its local time; durations and
 * whole numbers against sscanf. */
#include "tests/fuzz/fuzz.h"
#include "value/day.h"
#include "value/parse.h"
#include "value/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HOUR_S 3600

/* Reads exactly WIDTH digits at *AT. */
static bool digits(struct span text, size_t *at, int width, int *value)
{
	*value = 0;
	for (int i = 0; i < width; i++, ++*at) {
		if (*at >= text.n || text.p[*at] < '0' || text.p[*at] > '9')
			return false;
		*value = *value * 10 + (text.p[*at] - '0');
	}
	return true;
}

static bool character(struct span text, size_t *at, const char *one_of)
{
	return *at < text.n && text.p[*at] && strchr(one_of, text.p[(*at)++]);
}

/* A date that exists, by asking the C library whether it stays what it is. */
static bool read_date(struct span text, size_t *at, struct tm *tm)
{
	struct tm asked, found;
	time_t t;

	memset(tm, 0, sizeof(*tm));
	if (!digits(text, at, 4, &tm->tm_year) || !character(text, at, "-") || !digits(text, at, 2, &tm->tm_mon) ||
	    !character(text, at, "-") || !digits(text, at, 2, &tm->tm_mday))
		return false;
	if (tm->tm_year < 1 || tm->tm_mon < 1)
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	asked = *tm;
	t = timegm(&asked);
	return gmtime_r(&t, &found) && found.tm_year == tm->tm_year && found.tm_mon == tm->tm_mon && found.tm_mday == tm->tm_mday;
}

static bool read_clock(struct span text, size_t *at, struct tm *tm)
{
	int fraction = 0, digit;

	if (!character(text, at, "T") || !digits(text, at, 2, &tm->tm_hour) || !character(text, at, ":") || !digits(text, at, 2, &tm->tm_min) ||
	    !character(text, at, ":") || !digits(text, at, 2, &tm->tm_sec))
		return false;
	if (tm->tm_hour > 23 || tm->tm_min > 59 || tm->tm_sec > 59)
		return false;
	if (*at == text.n || text.p[*at] != '.')
		return true;
	++*at;
	while (*at < text.n && digits(text, at, 1, &digit))
		fraction++;
	return fraction >= 1 && fraction <= 7;
}

/* The instant that TEXT says; false when it says none. */
static bool read_instant(struct span text, int64_t *instant)
{
	int hours = 0, minutes = 0, sign = 1;
	size_t at = 0;
	struct tm tm;

	if (!read_date(text, &at, &tm) || !read_clock(text, &at, &tm))
		return false;
	if (at < text.n && text.p[at] == 'Z') {
		at++;
	} else if (at < text.n) {
		sign = text.p[at] == '-' ? -1 : 1;
		if (!character(text, &at, "+-") || !digits(text, &at, 2, &hours) || !character(text, &at, ":") || !digits(text, &at, 2, &minutes))
			return false;
		if (minutes > 59 || hours * 60 + minutes > 14 * 60)
			return false;
	}
	*instant = timegm(&tm) - sign * (hours * HOUR_S + minutes * 60);
	return at == text.n && *instant >= INT64_C(-62135596800) && *instant <= INT64_C(253402300799); /* 0001-01-01 to 9999-12-31 */
}

static void check_instant(struct span line, int64_t *found)
{
	int64_t taken = 0, wanted = 0;
	struct err e = ERR_INIT;
	const bool is_instant = read_instant(line, &wanted);
	char text[INSTANT_TEXT_MAX];

	FUZZ_REQUIRE((instant_parse(&taken, line, &e) == 0) == is_instant, "\"%.*s\": %s", (int)line.n, line.p, e.text);
	if (!is_instant) {
		fuzz_check_err(&e);
		return;
	}
	FUZZ_REQUIRE(taken == wanted, "%lld, not %lld", (long long)taken, (long long)wanted);
	instant_print(taken, text);
	FUZZ_REQUIRE(instant_parse(&wanted, span_of(text), &e) == 0 && wanted == taken, "%s", text);
	FUZZ_REQUIRE(day_start(instant_day(taken)) <= taken && taken < day_start(instant_day(taken) + 1), "%s", text);
	*found = taken;
}

static void check_day(struct span line)
{
	struct err e = ERR_INIT;
	char text[DAY_TEXT_MAX];
	size_t at = 0;
	struct tm tm;
	const bool is_day = read_date(line, &at, &tm) && at == line.n;
	int32_t day;

	FUZZ_REQUIRE((day_parse(&day, line, &e) == 0) == is_day, "\"%.*s\": %s", (int)line.n, line.p, e.text);
	if (!is_day) {
		fuzz_check_err(&e);
		return;
	}
	FUZZ_REQUIRE(day_start(day) == timegm(&tm), "%d", day);
	day_print(day, text);
	FUZZ_REQUIRE(span_is(line, text), "%s", text);
}

/* Digits, and what is behind them, in at most 18 digits' worth; false when it can't be said by sscanf. */
static bool read_number(struct span line, long long *value, char *unit)
{
	char text[24];
	int length = 0;

	if (line.n == 0 || line.n > 18)
		return false;
	memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	*unit = '\0';
	if (strspn(text, "-0123456789") == 0 || sscanf(text, "%18lld%n%c", value, &length, unit) < 1)
		return false;
	return (size_t)length + (*unit != '\0') == line.n;
}

static void check_numbers(struct span line)
{
	const char *units = "smhd", *found;
	static const long long seconds[] = { 1, 60, 3600, 86400 };
	struct err e = ERR_INIT;
	long long wanted = 0;
	char unit = '\0';
	const bool is_number = read_number(line, &wanted, &unit);
	int64_t value;
	bool truth;

	if (parse_int(&value, line, INT64_MIN, INT64_MAX, &e) == 0)
		FUZZ_REQUIRE(line.n > 18 || (is_number && unit == '\0' && wanted == value), "%lld", (long long)value);
	else
		FUZZ_REQUIRE(!is_number || unit || line.p[0] == '+', "%s", e.text);
	if (parse_duration(&value, line, INT32_MAX, &e) == 0) {
		found = unit ? strchr(units, unit) : units;
		FUZZ_REQUIRE(line.n > 18 || (is_number && found && wanted * seconds[found - units] == value), "%lld", (long long)value);
		FUZZ_REQUIRE(value >= 0 && value <= INT32_MAX, "%lld", (long long)value);
	} else {
		fuzz_check_err(&e);
	}
	if (parse_bool(&truth, line, &e) == -1)
		fuzz_check_err(&e);
}

/* Local time at T, as if it were UTC. */
static int64_t wall_at(int64_t t)
{
	const time_t instant = (time_t)t;
	struct tm tm;

	if (!localtime_r(&instant, &tm))
		abort();
	return timegm(&tm);
}

/* The first instant at which the wall shows WALL, else at which it is past it: found by going through the hours around. */
static int64_t first_at_or_after(int64_t wall)
{
	int64_t t = wall - 30 * HOUR_S, step = HOUR_S;

	for (int64_t s = t; s < wall + 30 * HOUR_S; s += HOUR_S / 2) { /* an exact one, before what only is later */
		const int64_t there = s + (wall - wall_at(s));

		if (wall_at(there) == wall)
			return wall_at(there - HOUR_S) == wall ? there - HOUR_S : wall_at(there - HOUR_S / 2) == wall ? there - HOUR_S / 2 : there;
	}
	for (; step; step /= 2)
		while (wall_at(t + step) < wall)
			t += step;
	return t + 1;
}

/* Zones without a day that is left out: what the start of such a day is, zone.h does not say. */
static void check_zone(int64_t now, struct rng *chance)
{
	static const char *const zones[] = { "CET", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu" };
	const int hour = (int)rng_below(chance, 24), minute = (int)rng_below(chance, 60);
	int64_t next = INT64_MAX, previous = INT64_MIN;
	struct err e = ERR_INIT;

	now = INT64_C(946684800) + (int64_t)((uint64_t)now % UINT64_C(3155760000)); /* 2000 to 2099 */
	if (rng_one_in(chance, 2))
		now = now / HOUR_S * HOUR_S + hour * HOUR_S + minute * 60 + (int64_t)rng_below(chance, 3) - 1;
	FUZZ_REQUIRE(zone_use(zones[rng_below(chance, countof(zones))], &e) == 0, "%s", e.text);
	for (int days = -2; days <= 2; days++) {
		const int64_t at = first_at_or_after(day_start(instant_day(wall_at(now)) + days) + hour * HOUR_S + minute * 60);

		if (at > now && at < next)
			next = at;
		if (at <= now && at > previous)
			previous = at;
	}
	FUZZ_REQUIRE(zone_next(now, hour, minute) == next, "%lld %02d:%02d %s: %lld, not %lld", (long long)now, hour, minute, getenv("TZ"),
		     (long long)zone_next(now, hour, minute), (long long)next);
	FUZZ_REQUIRE(zone_previous(now, hour, minute) == previous, "%lld %02d:%02d %s: %lld, not %lld", (long long)now, hour, minute,
		     getenv("TZ"), (long long)zone_previous(now, hour, minute), (long long)previous);
}

void fuzz_input(struct span input)
{
	struct rng chance = fuzz_chance(input);
	int64_t found = (int64_t)(rng_next(&chance) >> 1);
	struct span rest = input, line;

	while (fuzz_next(&rest, '\n', &line)) {
		check_instant(line, &found);
		check_day(line);
		check_numbers(line);
	}
	if (rng_one_in(&chance, 8)) /* it costs a hundred times the rest */
		check_zone(found < 0 ? -found : found, &chance);
}
