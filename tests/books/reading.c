/* SPDX-License-Identifier: MIT */
/* What the database says while a history is applied to it. */
#include "tests/books/player.h"

#include <stdlib.h>
#include <sys/stat.h>

#define OF_PERIOD "g.period = CAST(?1 AS INTEGER)"
#define POLL_COLUMNS "seq, purchase_reference, revision, status, quantity_exact, amount_nanos"

struct dump {
	struct store_rows rows;
	uint64_t sum, count;
};

static int add_to_dump(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *err)
{
	struct dump *d = (struct dump *)rows;

	(void)names, (void)err;
	for (int i = 0; i < columns; i++)
		for (const char *c = values[i] ? values[i] : "\1"; *c; c++)
			d->sum = (d->sum ^ (unsigned char)*c) * UINT64_C(1099511628211);
	d->count++;
	return 0;
}

/* A number for all that stands in the tables of purchases, slices and prices. */
uint64_t dump_of(struct player *p)
{
	static const char *const queries[] = { "SELECT * FROM usage_fact", "SELECT * FROM usage_band", "SELECT * FROM usage_change", "SELECT * FROM part",
					       "SELECT * FROM slice", "SELECT * FROM rate", "SELECT * FROM rate_tier", "SELECT id FROM rate_card" };
	struct dump d = { .rows = { .on_row = add_to_dump }, .sum = 1 };

	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
		ok(p, store_select(p->s, queries[i], NULL, 0, &d.rows, &p->e), "dump");
	return d.sum ^ d.count;
}

uint64_t dump_of_period(struct player *p, int32_t period)
{
	static const char *const queries[] = { "SELECT * FROM part g WHERE " OF_PERIOD,
					       "SELECT u.* FROM part g CROSS JOIN usage_fact u ON u.part_id = g.id WHERE " OF_PERIOD,
					       "SELECT b.* FROM part g CROSS JOIN usage_band b ON b.part_id = g.id WHERE " OF_PERIOD,
					       "SELECT h.* FROM part g CROSS JOIN usage_change h ON h.part_id = g.id WHERE " OF_PERIOD };
	char text[12];
	const char *const parameters[] = { text };
	struct dump d = { .rows = { .on_row = add_to_dump }, .sum = 1 };

	snprintf(text, sizeof(text), "%d", (int)period);
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
		ok(p, store_select(p->s, queries[i], parameters, 1, &d.rows, &p->e), "dump");
	return d.sum ^ d.count;
}

int64_t wal_bytes(struct player *p)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", p->database);
	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

struct polled {
	struct store_rows rows;
	struct player *p;
	int64_t last;
	const char *comma;
};

static int print_polled(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *err)
{
	struct polled *poll = (struct polled *)rows;
	int64_t seq = strtoll(values[0], NULL, 10);

	(void)names, (void)err;
	fprintf(poll->p->out, "%s[", poll->comma);
	for (int i = 0; i < columns; i++) {
		fputs(i ? "," : "", poll->p->out);
		if (values[i])
			fprintf(poll->p->out, "\"%s\"", values[i]);
		else
			fputs("null", poll->p->out);
	}
	fputs("]", poll->p->out);
	poll->comma = ",";
	if (seq > poll->last)
		poll->last = seq;
	return 0;
}

void poll_changes(struct player *p)
{
	char last[24];
	const char *const parameters[] = { last };
	struct polled poll = { .rows = { .on_row = print_polled }, .p = p, .last = p->progress->polled, .comma = "" };

	ok(p, store_flush(p->s, &p->e), "flush");
	snprintf(last, sizeof(last), "%lld", (long long)p->progress->polled);
	fprintf(p->out, "{\"after\":%s,\"poll\":[", last);
	ok(p, store_select(p->s, "SELECT " POLL_COLUMNS " FROM purchases WHERE seq > CAST(?1 AS INTEGER) ORDER BY seq", parameters, 1, &poll.rows, &p->e), "poll");
	fputs("]}\n", p->out);
	fflush(p->out);
	p->progress->polled = poll.last;
}
