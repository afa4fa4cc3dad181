/* SPDX-License-Identifier: MIT */
#include "partner/pc_prints.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES (1 + STAMP_KEY_BYTES)
#define PAGE_BYTES (4 + sizeof(struct digest))

void pc_prints_fini(struct pc_prints *p)
{
	free(p->items);
	*p = (struct pc_prints){ .count = 0 };
}

void pc_prints_start(struct pc_prints *p)
{
	const struct guid key = guid_random(); /* 122 bits of the kernel's */

	_Static_assert(sizeof(key.b) == STAMP_KEY_BYTES, "a GUID is a key");
	memcpy(p->key, key.b, sizeof(p->key));
	p->count = 0;
}

void pc_prints_add(struct pc_prints *p, const struct pc_print *print)
{
	if (p->count == p->room) {
		p->room = p->room ? p->room * 2 : 4;
		p->items = xreallocarray(p->items, p->room, sizeof(*p->items));
	}
	p->items[p->count++] = *print;
}

/* Numbers in the order of the network: a database may move to another machine. */
static void put_number(unsigned char *at, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(n >> (24 - 8 * i));
}

static uint32_t get_number(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool can_be_known(const struct pc_prints *p)
{
	if (p->count == 0 || p->count > PC_PRINTS_PAGES_MAX)
		return false;
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].bytes == 0)
			return false;
	return true;
}

int pc_prints_write(const struct pc_prints *p, struct buf *out)
{
	const unsigned char version = PC_PRINTS_VERSION;

	if (!can_be_known(p))
		return 0;
	if (buf_add(out, &version, 1) == -1 || buf_add(out, p->key, sizeof(p->key)) == -1)
		return -1;
	for (size_t i = 0; i < p->count; i++) {
		unsigned char page[PAGE_BYTES];

		put_number(page, p->items[i].bytes);
		memcpy(page + 4, p->items[i].digest.b, sizeof(struct digest));
		if (buf_add(out, page, sizeof(page)) == -1)
			return -1;
	}
	return 0;
}

bool pc_prints_read(struct pc_prints *p, struct span bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.p;

	p->count = 0;
	if (bytes.n < HEAD_BYTES + PAGE_BYTES || (bytes.n - HEAD_BYTES) % PAGE_BYTES || at[0] != PC_PRINTS_VERSION ||
	    (bytes.n - HEAD_BYTES) / PAGE_BYTES > PC_PRINTS_PAGES_MAX)
		return false;
	memcpy(p->key, at + 1, sizeof(p->key));
	for (at += HEAD_BYTES; at < (const unsigned char *)bytes.p + bytes.n; at += PAGE_BYTES) {
		struct pc_print print = { .bytes = get_number(at) };

		memcpy(print.digest.b, at + 4, sizeof(print.digest));
		pc_prints_add(p, &print);
	}
	return true;
}
