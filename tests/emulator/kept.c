/* SPDX-License-Identifier: MIT */
#include "kept.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

void
kept_init(struct kept *k)
{
	*k = (struct kept){0};
	pthread_mutex_init(&k->lock, NULL);
}

void
kept_fini(struct kept *k)
{
	for (size_t i = 0; i < k->room; i++) {
		free(k->pages[i].key);
		free(k->pages[i].bytes);
	}
	free(k->pages);
	pthread_mutex_destroy(&k->lock);
}

static struct kept_page *
place(struct kept_page *pages, size_t room, const char *key)
{
	size_t i = (size_t)hash_bytes(key, strlen(key)) & (room - 1);

	while (pages[i].key != NULL && strcmp(pages[i].key, key) != 0)
		i = (i + 1) & (room - 1);
	return &pages[i];
}

static void
grow(struct kept *k)
{
	size_t room = k->room == 0 ? 1024 : k->room * 2;
	struct kept_page *pages = mem_new(room, sizeof(*pages));

	for (size_t i = 0; i < k->room; i++) {
		if (k->pages[i].key != NULL)
			*place(pages, room, k->pages[i].key) = k->pages[i];
	}
	free(k->pages);
	k->pages = pages;
	k->room = room;
}

const char *
kept_find(struct kept *k, const char *key, size_t *len)
{
	const struct kept_page *page;
	const char *bytes = NULL;

	pthread_mutex_lock(&k->lock);
	if (k->room > 0 && (page = place(k->pages, k->room, key))->key != NULL) {
		bytes = page->bytes;
		*len = page->len;
	}
	pthread_mutex_unlock(&k->lock);
	return bytes;
}

void
kept_add(struct kept *k, const char *key, const struct text *body)
{
	struct kept_page *page;

	pthread_mutex_lock(&k->lock);
	if (k->count * 2 >= k->room)
		grow(k);
	page = place(k->pages, k->room, key);
	if (page->key == NULL) {
		page->key = mem_dup(key);
		page->bytes = mem_new(body->len + 1, 1);
		memcpy(page->bytes, body->p, body->len);
		page->len = body->len;
		k->count++;
	}
	pthread_mutex_unlock(&k->lock);
}
