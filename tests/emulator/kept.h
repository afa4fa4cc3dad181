/* SPDX-License-Identifier: MIT */
/* kept.h - pages of usage that were made once, for scenarios with [page] keep: to serve one again costs no more than to send it, so that
 * what reads the pages can be measured. Owns the bytes until kept_fini; a reply borrows them. Any thread. */
#ifndef EMU_KEPT_H
#define EMU_KEPT_H

#include <pthread.h>
#include <stddef.h>

#include "text.h"

struct kept {
	pthread_mutex_t lock;
	struct kept_page {
		char *key;
		char *bytes;
		size_t len;
	} *pages;
	size_t room, count;
};

void kept_init(struct kept *k);
void kept_fini(struct kept *k);
/* The bytes (a NUL behind them) kept under a key, or NULL. */
const char *kept_find(struct kept *k, const char *key, size_t *len);
/* Keeps a copy of the bytes. A key that is there already stays as it is. */
void kept_add(struct kept *k, const char *key, const struct text *body);

#endif
