/* SPDX-License-Identifier: MIT */
#include "day.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int32_t
day_make(int year, int month, int mday)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + mday - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

void
day_split(int32_t day, int *year, int *month, int *mday)
{
	int z = day + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;

	*mday = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2);
}

void
day_text(int32_t day, char out[DAY_TEXT])
{
	int y, m, d;

	day_split(day, &y, &m, &d);
	out[0] = (char)('0' + y / 1000 % 10);
	out[1] = (char)('0' + y / 100 % 10);
	out[2] = (char)('0' + y / 10 % 10);
	out[3] = (char)('0' + y % 10);
	out[4] = out[7] = '-';
	out[5] = (char)('0' + m / 10);
	out[6] = (char)('0' + m % 10);
	out[8] = (char)('0' + d / 10);
	out[9] = (char)('0' + d % 10);
	out[10] = '\0';
}

/* Reads count digits at *s and moves on; -1 when there are fewer. */
static int
digits(const char **s, int count)
{
	int v = 0;

	while (count-- > 0) {
		if (**s < '0' || **s > '9')
			return -1;
		v = v * 10 + (*(*s)++ - '0');
	}
	return v;
}

static int
read_day(const char **s, int32_t *out)
{
	int y = digits(s, 4), m, d, y2, m2, d2;
	int32_t day;

	if (y < 0 || *(*s)++ != '-' || (m = digits(s, 2)) < 1 || m > 12)
		return -1;
	if (*(*s)++ != '-' || (d = digits(s, 2)) < 1 || d > 31)
		return -1;
	day = day_make(y, m, d);
	day_split(day, &y2, &m2, &d2);
	if (y2 != y || m2 != m || d2 != d)
		return -1;
	*out = day;
	return 0;
}

int
day_parse(const char *s, int32_t *out)
{
	int32_t day;

	if (read_day(&s, &day) != 0 || *s != '\0')
		return -1;
	*out = day;
	return 0;
}

static int
read_zone(const char **s, int *offset)
{
	int sign, h, m;

	*offset = 0;
	if (**s == '\0')
		return 0;
	if (**s == 'Z' || **s == 'z') {
		(*s)++;
		return 0;
	}
	if (**s != '+' && **s != '-')
		return -1;
	sign = *(*s)++ == '-' ? -1 : 1;
	if ((h = digits(s, 2)) < 0 || h > 14)
		return -1;
	if (**s == ':')
		(*s)++;
	if ((m = digits(s, 2)) < 0 || m > 59)
		return -1;
	*offset = sign * (h * 3600 + m * 60);
	return 0;
}

int
time_parse(const char *s, int64_t *seconds)
{
	int h = 0, m = 0, sec = 0, offset = 0;
	int32_t day;

	if (read_day(&s, &day) != 0)
		return -1;
	if (*s == 'T' || *s == 't') {
		s++;
		if ((h = digits(&s, 2)) < 0 || h > 23 || *s++ != ':' || (m = digits(&s, 2)) < 0 || m > 59)
			return -1;
		if (*s == ':') {
			s++;
			if ((sec = digits(&s, 2)) < 0 || sec > 59)
				return -1;
		}
		if (*s == '.')
			s += 1 + strspn(s + 1, "0123456789");
		if (read_zone(&s, &offset) != 0)
			return -1;
	}
	if (*s != '\0')
		return -1;
	*seconds = (int64_t)day * 86400 + h * 3600 + m * 60 + sec - offset;
	return 0;
}

int64_t
time_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
