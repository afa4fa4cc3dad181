/* SPDX-License-Identifier: MIT */
#include "memo.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "text.h"

void
memo_init(struct memo *m)
{
	*m = (struct memo){0};
	pthread_mutex_init(&m->lock, NULL);
}

static void
forget(struct memo *m)
{
	for (size_t i = 0; i < m->room; i++)
		free(m->slots[i].key);
	free(m->slots);
	m->slots = NULL;
	m->room = m->count = 0;
}

void
memo_fini(struct memo *m)
{
	forget(m);
	pthread_mutex_destroy(&m->lock);
}

void
memo_clear(struct memo *m)
{
	pthread_mutex_lock(&m->lock);
	forget(m);
	pthread_mutex_unlock(&m->lock);
}

size_t
memo_count(struct memo *m)
{
	size_t n;

	pthread_mutex_lock(&m->lock);
	n = m->count;
	pthread_mutex_unlock(&m->lock);
	return n;
}

static struct memo_entry *
find(struct memo_entry *slots, size_t room, const char *key)
{
	size_t i = (size_t)hash_bytes(key, strlen(key)) & (room - 1);

	while (slots[i].key != NULL && strcmp(slots[i].key, key) != 0)
		i = (i + 1) & (room - 1);
	return &slots[i];
}

static void
grow(struct memo *m)
{
	size_t room = m->room == 0 ? 64 : m->room * 2;
	struct memo_entry *slots = mem_new(room, sizeof(*slots));

	for (size_t i = 0; i < m->room; i++) {
		if (m->slots[i].key != NULL)
			*find(slots, room, m->slots[i].key) = m->slots[i];
	}
	free(m->slots);
	m->slots = slots;
	m->room = room;
}

static struct memo_entry *
entry(struct memo *m, const char *key)
{
	struct memo_entry *slot;

	if (m->count >= MEMO_MAX)
		forget(m);
	if (m->count * 2 >= m->room)
		grow(m);
	slot = find(m->slots, m->room, key);
	if (slot->key == NULL) {
		slot->key = mem_dup(key);
		m->count++;
	}
	return slot;
}

int64_t
memo_add(struct memo *m, const char *key, int64_t delta)
{
	int64_t sum;

	pthread_mutex_lock(&m->lock);
	sum = entry(m, key)->value += delta;
	pthread_mutex_unlock(&m->lock);
	return sum;
}

int64_t
memo_set(struct memo *m, const char *key, int64_t value)
{
	struct memo_entry *slot;
	int64_t old;

	pthread_mutex_lock(&m->lock);
	slot = entry(m, key);
	old = slot->value;
	slot->value = value;
	pthread_mutex_unlock(&m->lock);
	return old;
}

void
memo_each(struct memo *m, void (*visit)(void *arg, const char *key, int64_t value), void *arg)
{
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->room; i++) {
		if (m->slots[i].key != NULL)
			visit(arg, m->slots[i].key, m->slots[i].value);
	}
	pthread_mutex_unlock(&m->lock);
}
