/* SPDX-License-Identifier: MIT */
#include "base/mem_plain.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

/* The C library's, or those of a checker (valgrind, a sanitizer) that stand in their place; malloc is nobody else's. */
static void (*plain_free)(void *p);
static void *(*plain_realloc)(void *p, size_t size);

static void look_up(void)
{
	*(void **)&plain_free = dlsym(RTLD_NEXT, "free");
	*(void **)&plain_realloc = dlsym(RTLD_NEXT, "realloc");
	if (!plain_free || !plain_realloc) { /* then what stands in front is good enough, and only slower */
		plain_free = free;
		plain_realloc = realloc;
	}
}

static void ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, look_up);
}

void mem_plain_free(void *p)
{
	ready();
	plain_free(p);
}

void *mem_plain_realloc(void *p, size_t size)
{
	ready();
	return plain_realloc(p, size);
}
