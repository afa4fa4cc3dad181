/* SPDX-License-Identifier: MIT */
/* wipe_free.c - memory is wiped as it is given back, also by libraries: libcurl, OpenSSL, nghttp2 and jansson leave tokens in what they
 * free, and there they would stay until somebody happens to write over them. The program's own free() and realloc() stand in front of
 * the C library's for every shared library. Not under the sanitizers, which have their own. */
#include "base/mem.h"
#include "base/sanitizer.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>

#if !UNDER_SANITIZER
typedef void free_fn(void *p);

/* The C library's, or that of a checker (valgrind) which has taken its place. NULL while it is being looked up. */
static free_fn *next_free(void)
{
	static free_fn *found;
	static bool looking;

	if (!found && !looking) {
		looking = true; /* what dlsym itself gives back meanwhile is lost: a few bytes, once, before any thread */
		*(void **)&found = dlsym(RTLD_NEXT, "free");
	}
	return found;
}

__attribute__((constructor)) static void look_up(void)
{
	(void)next_free();
}

void free(void *p)
{
	free_fn *next = next_free();

	if (!p || !next)
		return;
	mem_wipe(p, malloc_usable_size(p));
	next(p);
}

/* Never in place but where it nearly fits: the C library would leave the old bytes where they were. */
void *realloc(void *old, size_t size)
{
	size_t room = old ? malloc_usable_size(old) : 0;
	void *p;

	if (!old)
		return malloc(size);
	if (size == 0) {
		free(old);
		return NULL;
	}
	if (size <= room && size > room / 2)
		return old;
	p = malloc(size);
	if (!p)
		return NULL;
	memcpy(p, old, size < room ? size : room);
	free(old);
	return p;
}
#endif
