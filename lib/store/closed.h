/* SPDX-License-Identifier: MIT */
/* closed.h - which billing periods are closed, remembered from the database until something changes. Inside the store. */
#ifndef STORE_CLOSED_H
#define STORE_CLOSED_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

struct closed_period {
	int64_t period, card; /* card: the newest rate card when it was closed, 0: there was none */
};

struct closed_periods {
	bool known;
	size_t count;
	struct closed_period *items;
};

/* 1: PERIOD is closed, *CARD (may be NULL) set; 0: it is not; -1. */
int closed_find(struct store *s, int64_t period, int64_t *card, struct err *e) MUST_CHECK;
/* Whether any is. */
int closed_any(struct store *s, bool *any, struct err *e) MUST_CHECK;
/* The period in which corrections of usage in the closed period USED are booked: that of the day on which the run began. */
int closed_booking_period(struct store *s, int64_t used, int64_t *period, struct err *e) MUST_CHECK;
void closed_forget(struct store *s);

#endif
