/* SPDX-License-Identifier: MIT */
/* mem.h - allocation that never returns NULL: it aborts with one line. Slices are idempotent, so a restart loses minutes and no
 * data, while a value cut short by a failed allocation would be wrong money. Sizes that a remote chooses are capped before. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t n);
/* The allocator to hand to libraries that would carry on after a failed allocation (jansson). */
void *mem_library_alloc(size_t size);
/* Wipes SIZE bytes at P in a way that the compiler keeps. */
void mem_wipe(void *p, size_t size);

#endif
