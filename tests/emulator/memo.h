/* SPDX-License-Identifier: MIT */
/* memo.h - counts by key, shared between requests. Forgets everything when it holds MEMO_MAX keys. */
#ifndef EMU_MEMO_H
#define EMU_MEMO_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#define MEMO_MAX 1000000

struct memo {
	pthread_mutex_t lock;
	struct memo_entry {
		char *key;
		int64_t value;
	} *slots;
	size_t room, count;
};

void memo_init(struct memo *m);
void memo_fini(struct memo *m);
void memo_clear(struct memo *m);
size_t memo_count(struct memo *m);
/* Adds to the value of a key (0 when new) and returns the sum. */
int64_t memo_add(struct memo *m, const char *key, int64_t delta);
/* Sets the value and returns the one before. */
int64_t memo_set(struct memo *m, const char *key, int64_t value);
/* Calls visit for each key, in no order, with the lock held. */
void memo_each(struct memo *m, void (*visit)(void *arg, const char *key, int64_t value), void *arg);

#endif
