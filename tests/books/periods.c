/* SPDX-License-Identifier: MIT */
/* Periods are closed and opened again. Which one is chosen by what the database knows, and remembered: after a death the same one. */
#include "tests/books/player.h"

#include <stdlib.h>

#define PERIODS_MAX 40

struct periods {
	struct store_rows rows;
	size_t count;
	int32_t items[PERIODS_MAX];
};

static int add_period(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *err)
{
	struct periods *list = (struct periods *)rows;

	(void)columns, (void)names, (void)err;
	if (list->count < PERIODS_MAX)
		list->items[list->count++] = (int32_t)strtol(values[0], NULL, 10);
	return 0;
}

/* The periods for which WHERE is true, the oldest first; ?1 is today. */
static struct periods periods_where(struct player *p, const char *where)
{
	struct periods list = { .rows = { .on_row = add_period } };
	char sql[500], today[12];
	const char *const parameters[] = { today };

	snprintf(sql, sizeof(sql), "SELECT period FROM period WHERE %s AND CAST(?1 AS INTEGER) > 0 ORDER BY period", where);
	snprintf(today, sizeof(today), "%d", (int)p->h->ops[p->at].today);
	ok(p, store_select(p->s, sql, parameters, 1, &list.rows, &p->e), "list the periods");
	return list;
}

static bool is_closed(struct player *p, int32_t period)
{
	struct periods closed = periods_where(p, "state = 2");

	for (size_t i = 0; i < closed.count; i++)
		if (closed.items[i] == period)
			return true;
	return false;
}

static void forget(struct player *p, int32_t period)
{
	struct fixed *fixed = p->progress->fixed;
	size_t last = 0;

	while (last + 1 < FIXED_MAX && fixed[last + 1].period)
		last++;
	for (size_t i = 0; i <= last; i++)
		if (fixed[i].period == period) {
			fixed[i].sum = fixed[last].sum;
			fixed[i].period = fixed[last].period;
			fixed[last].period = 0;
			return;
		}
}

static void remember(struct player *p, int32_t period)
{
	struct fixed *fixed = p->progress->fixed;

	forget(p, period);
	while (fixed->period)
		fixed++;
	fixed->sum = dump_of_period(p, period);
	fixed->period = period;
}

void check_fixed(struct player *p)
{
	for (const struct fixed *f = p->progress->fixed; f->period; f++)
		if (is_closed(p, f->period)) /* a death can have taken the closing back */
			check(p, f->sum == dump_of_period(p, f->period), "a closed period has changed");
}

static int try_close(struct player *p, int32_t period, int64_t now)
{
	return store_period_close(p->s, &period, "", now, &p->e);
}

/* Can't be closed: the one of today, and one that is closed. */
static void try_wrong(struct player *p, int64_t now)
{
	struct periods open = periods_where(p, "ends > CAST(?1 AS INTEGER)"), closed = periods_where(p, "state = 2");
	const struct periods *lists[] = { &open, &closed };

	for (size_t i = 0; i < 2; i++)
		if (lists[i]->count)
			check(p, try_close(p, lists[i]->items[0], now) == -1 && p->e.kind == ERR_CONFIG, "a period is closed that can't be");
	check(p, try_close(p, 190001, now) == -1 && p->e.kind == ERR_CONFIG, "an unknown period is closed");
}

void close_period(struct player *p)
{
	volatile int32_t *chosen = &p->progress->period[p->at];
	/* one before which another with corrections in it is open can't be closed */
	struct periods ended = periods_where(p, "state <> 2 AND ends <= CAST(?1 AS INTEGER) AND NOT EXISTS (SELECT 1 FROM period o"
						" WHERE o.state <> 2 AND o.period < period.period AND EXISTS (SELECT 1 FROM usage u"
						" WHERE u.kind = 2 AND u.period = o.period))");
	int64_t now = moment(p, 500);

	if (!*chosen)
		*chosen = !ended.count ? -1 : ended.items[rng_one_in(&p->rng, 8) ? rng_below(&p->rng, ended.count) : 0];
	try_wrong(p, now);
	if (*chosen == -1)
		return;
	check_fixed(p);
	if (!is_closed(p, *chosen))
		ok(p, try_close(p, *chosen, now), "close a period");
	remember(p, *chosen);
}

/* In a run of its own, as the command does. */
void reopen_period(struct player *p)
{
	volatile int32_t *chosen = &p->progress->period[p->at];
	struct periods closed = periods_where(p, "state = 2");
	int32_t period = 0;
	int64_t revised;
	int rc;

	if (!*chosen)
		*chosen = closed.count ? closed.items[closed.count - 1] : -1;
	if (*chosen == -1 || !is_closed(p, *chosen))
		return;
	check_fixed(p);
	end_run(p);
	begin_run(p, "reopen");
	rc = store_period_reopen(p->s, p->run_id, "a test", moment(p, 500), &period, &revised, &p->e);
	if (rc == -1 && strcmp(p->e.code, "E-USAGE-UNIT-CLOSED") == 0) {
		err_clear(&p->e); /* two units can't become one: the oracle does not judge these histories */
		end_run(p);
		begin_run(p, "sync");
		return;
	}
	ok(p, rc, "reopen a period");
	check(p, period == *chosen, "another period is reopened than the newest closed one");
	end_run(p);
	begin_run(p, "sync");
	forget(p, *chosen);
}
