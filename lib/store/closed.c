/* SPDX-License-Identifier: MIT */
#include "store/closed.h"

#include "base/mem.h"
#include "billing/period.h"
#include "store/books.h"

#include <stdlib.h>

void closed_forget(struct store *s)
{
	free(s->closed.items);
	s->closed = (struct closed_periods){ .known = false };
}

static int read_closed(struct store *s, struct err *e)
{
	struct closed_periods *c = &s->closed;
	struct sqlite3_stmt *q;
	int rc;

	if (c->known)
		return 0;
	if (!(q = db_query(s->db, SQL_PERIODS_CLOSED, e)))
		return -1;
	while ((rc = db_step(s->db, q, e)) == 1) {
		c->items = xreallocarray(c->items, c->count + 1, sizeof(*c->items));
		c->items[c->count++] = (struct closed_period){ db_int(q, 0), db_int(q, 1) };
	}
	if (rc == -1)
		closed_forget(s);
	c->known = rc == 0;
	return rc;
}

int closed_find(struct store *s, int64_t period, int64_t *card, struct err *e)
{
	if (read_closed(s, e) == -1)
		return -1;
	for (size_t i = 0; i < s->closed.count; i++)
		if (s->closed.items[i].period == period) {
			if (card)
				*card = s->closed.items[i].card;
			return 1;
		}
	return 0;
}

int closed_any(struct store *s, bool *any, struct err *e)
{
	if (read_closed(s, e) == -1)
		return -1;
	*any = s->closed.count > 0;
	return 0;
}

int closed_booking_period(struct store *s, int64_t used, int64_t *period, struct err *e)
{
	int start_day = s->options.period_start_day, rc;
	int32_t booking = period_of_day(s->today, start_day);

	/* Only a clock that went back finds the period of today closed, or before that of the usage: then it is the next one that can be. */
	if (booking < used)
		booking = (int32_t)used;
	while ((rc = closed_find(s, booking, NULL, e)) == 1)
		booking = period_of_day(period_end_day(booking, start_day), start_day);
	*period = booking;
	return rc;
}
