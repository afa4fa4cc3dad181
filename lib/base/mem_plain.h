/* SPDX-License-Identifier: MIT */
/* mem_plain.h - giving back memory that holds no secret: as free and realloc, but nothing is wiped, whatever stands in front of the C
 * library's. For the many bytes of usage and prices, and for SQLite's pages. */
#ifndef BASE_MEM_PLAIN_H
#define BASE_MEM_PLAIN_H

#include <stddef.h>

void mem_plain_free(void *p);
/* NULL when there is no memory; then P stays. */
void *mem_plain_realloc(void *p, size_t size);

#endif
