/* SPDX-License-Identifier: MIT */
/* period.h - billing periods: months that start on a configured day (1..28), named by the month of their first day.
 * A period as a number is year * 100 + month. */
#ifndef BILLING_PERIOD_H
#define BILLING_PERIOD_H

#include <stdint.h>

/* The period that a UTC day (days since 1970) belongs to. */
int32_t period_of_day(int32_t day, int start_day);
/* Its first day, and the first day after it. */
int32_t period_first_day(int32_t period, int start_day);
int32_t period_end_day(int32_t period, int start_day);

#define PERIOD_TEXT_MAX 8 /* "2026-11" and NUL */

void period_print(int32_t period, char text[PERIOD_TEXT_MAX]);

#endif
