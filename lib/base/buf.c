/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/mem.h"
#include "base/mem_plain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 256
#define BUF_FIRST_PLAIN 8192

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_init_plain(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max, .plain = true };
}

static void give_back(struct buf *b)
{
	if (b->plain)
		mem_plain_free(b->p);
	else
		free(b->p);
}

void buf_fini(struct buf *b)
{
	give_back(b);
	b->p = NULL;
	b->n = b->room = 0;
}

void buf_fini_secret(struct buf *b)
{
	mem_wipe(b->p, b->room);
	buf_fini(b);
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	if (b->p)
		b->p[0] = '\0';
}

/* Moves to a larger piece of memory and wipes the old one, which realloc would give back as it is: any buffer may hold a secret. */
static void grow(struct buf *b, size_t room)
{
	char *p = xmalloc(room);

	if (b->p)
		memcpy(p, b->p, b->n + 1);
	if (!b->plain)
		mem_wipe(b->p, b->room);
	give_back(b);
	b->p = p;
	b->room = room;
}

/* Room for EXTRA more bytes and the NUL; -1 when that is over the maximum. */
static int reserve(struct buf *b, size_t extra)
{
	size_t want = b->n + extra + 1;
	size_t room = b->room ? b->room : b->plain ? BUF_FIRST_PLAIN : BUF_FIRST;

	if (extra > b->max || b->n > b->max - extra)
		return -1;
	if (want <= b->room)
		return 0;
	while (room < want)
		room *= 2;
	if (room - 1 > b->max)
		room = b->max + 1;
	grow(b, room);
	return 0;
}

int buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (reserve(b, n) == -1)
		return -1;
	if (n)
		memcpy(b->p + b->n, bytes, n);
	b->n += n;
	b->p[b->n] = '\0';
	return 0;
}

int buf_add_span(struct buf *b, struct span s)
{
	return buf_add(b, s.p, s.n);
}

int buf_add_text(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

int buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	int wanted;

	va_start(args, format);
	wanted = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (wanted < 0 || reserve(b, (size_t)wanted) == -1)
		return -1;
	va_start(args, format);
	vsnprintf(b->p + b->n, (size_t)wanted + 1, format, args);
	va_end(args);
	b->n += (size_t)wanted;
	return 0;
}

void buf_consume(struct buf *b, size_t n)
{
	if (n >= b->n) {
		buf_clear(b);
		return;
	}
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
	b->p[b->n] = '\0';
}

char *buf_take(struct buf *b)
{
	char *taken = b->p ? b->p : xstrdup("");

	b->p = NULL;
	b->n = b->room = 0;
	return taken;
}

struct span buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

const char *buf_text(const struct buf *b)
{
	return b->p ? b->p : "";
}
