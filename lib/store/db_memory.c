/* SPDX-License-Identifier: MIT */
#include "store/db_memory.h"

#include "base/mem_plain.h"

#include <malloc.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>

static void *take(int size)
{
	return malloc((size_t)size);
}

static void give_back(void *p)
{
	mem_plain_free(p);
}

static void *resize(void *p, int size)
{
	return mem_plain_realloc(p, (size_t)size);
}

static int size_of(void *p)
{
	return p ? (int)malloc_usable_size(p) : 0;
}

static int round_up(int size)
{
	return (size + 7) & ~7;
}

static int begin(void *unused)
{
	(void)unused;
	return SQLITE_OK;
}

static void end(void *unused)
{
	(void)unused;
}

static const struct sqlite3_mem_methods memory = {
	.xMalloc = take,
	.xFree = give_back,
	.xRealloc = resize,
	.xSize = size_of,
	.xRoundup = round_up,
	.xInit = begin,
	.xShutdown = end,
};

/* Refused by SQLite when it is in use already: then it stays as it is, which is slower and nothing else. */
static void setup(void)
{
	sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
	sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

void db_memory_setup(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, setup);
}
