/* SPDX-License-Identifier: MIT */
#include "billing/period.h"

#include "value/day.h"

#include <stdio.h>

int32_t period_of_day(int32_t day, int start_day)
{
	struct civil c = day_to_civil(day);

	if (c.day < start_day && --c.month == 0) {
		c.month = 12;
		c.year--;
	}
	return c.year * 100 + c.month;
}

int32_t period_first_day(int32_t period, int start_day)
{
	return day_from_civil((struct civil){ period / 100, period % 100, start_day });
}

int32_t period_end_day(int32_t period, int start_day)
{
	int32_t next = period % 100 == 12 ? period + 89 : period + 1;

	return period_first_day(next, start_day);
}

void period_print(int32_t period, char text[PERIOD_TEXT_MAX])
{
	unsigned year = (unsigned)period / 100 % 10000, month = (unsigned)period % 100;

	snprintf(text, PERIOD_TEXT_MAX, "%04u-%02u", year, month);
}
