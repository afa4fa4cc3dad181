/* SPDX-License-Identifier: MIT */
/* money.h - totals of money as text. A sum of nanos can exceed 64 bits, so totals are kept as the sum of whole units and the sum of
 * the rests (SQL: sum(nanos / 1000000000), sum(nanos % 1000000000)): exact up to 1e15 units and beyond. */
#ifndef STORE_MONEY_H
#define STORE_MONEY_H

#include <stdint.h>

#define MONEY_TEXT_MAX 40

/* "10423.118200000": nine digits behind the point, always. */
void money_print(int64_t units, int64_t nanos, char text[MONEY_TEXT_MAX]);

#endif
