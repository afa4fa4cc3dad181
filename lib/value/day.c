/* SPDX-License-Identifier: MIT */
#include "value/day.h"

#include <stdbool.h>

#define YEAR_MIN 1
#define YEAR_MAX 9999
#define FRACTION_MAX 7      /* digits that .NET prints */
#define OFFSET_HOURS_MAX 14 /* the easternmost zone */
#define ERA_YEARS 400
#define ERA_DAYS 146097      /* of 400 Gregorian years */
#define EPOCH_FROM_ERA 719468 /* days from 0000-03-01 to 1970-01-01 */

/* Years count from March here, so that the leap day is the last day of a year and every month but the last has a fixed start. */
int32_t day_from_civil(struct civil c)
{
	int year = c.month > 2 ? c.year : c.year - 1;
	int era = (year >= 0 ? year : year - (ERA_YEARS - 1)) / ERA_YEARS;
	int year_of_era = year - era * ERA_YEARS;
	int month = c.month > 2 ? c.month - 3 : c.month + 9;
	int day_of_year = (153 * month + 2) / 5 + c.day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * ERA_DAYS + day_of_era - EPOCH_FROM_ERA;
}

struct civil day_to_civil(int32_t day)
{
	int64_t shifted = (int64_t)day + EPOCH_FROM_ERA;
	int era = (int)((shifted >= 0 ? shifted : shifted - (ERA_DAYS - 1)) / ERA_DAYS);
	int day_of_era = (int)(shifted - (int64_t)era * ERA_DAYS);
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month = (5 * day_of_year + 2) / 153;
	struct civil c;

	c.day = day_of_year - (153 * month + 2) / 5 + 1;
	c.month = month < 10 ? month + 3 : month - 9;
	c.year = year_of_era + era * ERA_YEARS + (c.month <= 2);
	return c;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % ERA_YEARS == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Takes exactly COUNT digits off the front of REST. */
static bool take_digits(struct span *rest, size_t count, int *value)
{
	int v = 0;

	if (rest->n < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		char c = rest->p[i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	rest->p += count;
	rest->n -= count;
	*value = v;
	return true;
}

static bool take_char(struct span *rest, char wanted)
{
	if (rest->n == 0 || *rest->p != wanted)
		return false;
	rest->p++;
	rest->n--;
	return true;
}

static bool take_date(struct span *rest, int32_t *day)
{
	struct civil c;

	if (!take_digits(rest, 4, &c.year) || !take_char(rest, '-') || !take_digits(rest, 2, &c.month) ||
	    !take_char(rest, '-') || !take_digits(rest, 2, &c.day))
		return false;
	if (c.year < YEAR_MIN || c.month < 1 || c.month > 12 || c.day < 1 || c.day > days_in_month(c.year, c.month))
		return false;
	*day = day_from_civil(c);
	return true;
}

/* "HH:MM:SS" and a fraction, which is dropped. */
static bool take_time(struct span *rest, int64_t *seconds)
{
	int hour, minute, second, digit;
	int fraction = 0;

	if (!take_digits(rest, 2, &hour) || !take_char(rest, ':') || !take_digits(rest, 2, &minute) ||
	    !take_char(rest, ':') || !take_digits(rest, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	if (take_char(rest, '.')) {
		while (take_digits(rest, 1, &digit))
			fraction++;
		if (fraction == 0 || fraction > FRACTION_MAX)
			return false;
	}
	*seconds = hour * 3600 + minute * 60 + second;
	return true;
}

/* "Z", "+HH:MM", "-HH:MM", or nothing, which means UTC. */
static bool take_offset(struct span *rest, int64_t *seconds)
{
	int sign = rest->n && *rest->p == '-' ? -1 : 1;
	int hours, minutes;

	*seconds = 0;
	if (rest->n == 0 || take_char(rest, 'Z'))
		return true;
	if (!take_char(rest, '+') && !take_char(rest, '-'))
		return false;
	if (!take_digits(rest, 2, &hours) || !take_char(rest, ':') || !take_digits(rest, 2, &minutes))
		return false;
	if (minutes > 59 || hours * 60 + minutes > OFFSET_HOURS_MAX * 60)
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

static int refuse(struct err *e, struct span text, const char *expected)
{
	return err_set(e, ERR_FORMAT, "expected %s, found \"%.*s\"", expected, SPAN_SHOWN(text));
}

int day_parse(int32_t *day, struct span text, struct err *e)
{
	struct span rest = text;
	int32_t d;

	if (!take_date(&rest, &d) || rest.n)
		return refuse(e, text, "a day as YYYY-MM-DD");
	*day = d;
	return 0;
}

int instant_parse(int64_t *seconds, struct span text, struct err *e)
{
	struct span rest = text;
	int64_t time, offset, instant;
	int32_t d;

	if (!take_date(&rest, &d) || !take_char(&rest, 'T') || !take_time(&rest, &time) || !take_offset(&rest, &offset) ||
	    rest.n)
		return refuse(e, text, "a time as YYYY-MM-DDTHH:MM:SSZ");
	instant = day_start(d) + time - offset;
	d = instant_day(instant);
	if (d < day_from_civil((struct civil){ YEAR_MIN, 1, 1 }) || d > day_from_civil((struct civil){ YEAR_MAX, 12, 31 }))
		return refuse(e, text, "a time within the years 0001 to 9999");
	*seconds = instant;
	return 0;
}

int32_t instant_day(int64_t seconds)
{
	return (int32_t)(seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0));
}

int64_t day_start(int32_t day)
{
	return (int64_t)day * DAY_SECONDS;
}

/* Writes COUNT digits and returns where they end; snprintf would do, at twenty times the cost, on every row stored. */
static char *put_digits(char *p, int value, int count)
{
	for (int i = count - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + count;
}

static char *put_date(char *p, int32_t day)
{
	struct civil c = day_to_civil(day);

	p = put_digits(p, c.year, 4);
	*p++ = '-';
	p = put_digits(p, c.month, 2);
	*p++ = '-';
	return put_digits(p, c.day, 2);
}

void day_print(int32_t day, char text[DAY_TEXT_MAX])
{
	*put_date(text, day) = '\0';
}

void instant_print(int64_t seconds, char text[INSTANT_TEXT_MAX])
{
	int32_t day = instant_day(seconds);
	int second = (int)(seconds - day_start(day));
	char *p = put_date(text, day);

	*p++ = 'T';
	p = put_digits(p, second / 3600, 2);
	*p++ = ':';
	p = put_digits(p, second / 60 % 60, 2);
	*p++ = ':';
	p = put_digits(p, second % 60, 2);
	*p++ = 'Z';
	*p = '\0';
}
