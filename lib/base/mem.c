/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include "base/util.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static NORETURN void out_of_memory(void)
{
	static const char line[] = "event=fatal code=E-MEMORY error=\"out of memory\" "
				   "remedy=\"give the machine more memory; the next run continues by itself\"\n";

	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		abort();
	abort();
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	size_t bytes = count * size;
	void *p;

	if (size && count > SIZE_MAX / size)
		out_of_memory();
	p = realloc(old, bytes ? bytes : 1);
	if (!p)
		out_of_memory();
	return p;
}

char *xstrndup(const char *text, size_t n)
{
	char *p = xmalloc(n + 1);

	if (n)
		memcpy(p, text, n);
	p[n] = '\0';
	return p;
}

char *xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

void *mem_library_alloc(size_t size)
{
	return xmalloc(size);
}

void mem_wipe(void *p, size_t size)
{
	if (p && size)
		explicit_bzero(p, size);
}
