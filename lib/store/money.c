/* SPDX-License-Identifier: MIT */
#include "store/money.h"

#include <stdbool.h>
#include <stdio.h>

#define NANOS 1000000000

void money_print(int64_t units, int64_t nanos, char text[MONEY_TEXT_MAX])
{
	bool negative;

	units += nanos / NANOS;
	nanos %= NANOS;
	if (units > 0 && nanos < 0) {
		units--;
		nanos += NANOS;
	} else if (units < 0 && nanos > 0) {
		units++;
		nanos -= NANOS;
	}
	negative = units < 0 || nanos < 0;
	snprintf(text, MONEY_TEXT_MAX, "%s%llu.%09llu", negative ? "-" : "",
		 (unsigned long long)(units < 0 ? -(units + 1) : units) + (units < 0), (unsigned long long)(nanos < 0 ? -nanos : nanos));
}
