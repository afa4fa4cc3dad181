/* SPDX-License-Identifier: MIT */
#include "pull/pace.h"

#include <ctype.h>
#include <string.h>

#define REQUEST 60000000 /* what a request costs: a bucket gains per_minute in each microsecond */
#define MICROSECONDS 1000000

void pace_init(struct pace *p, unsigned most, unsigned per_minute)
{
	int64_t burst = per_minute / PACE_BURST_SHARE;

	*p = (struct pace){ .most = most ? most : 1, .per_minute = per_minute };
	if (burst > (int64_t)p->most)
		burst = p->most;
	p->depth = (burst ? burst : 1) * REQUEST;
	p->level = p->depth;
	pace_restore(p);
}

void pace_restore(struct pace *p)
{
	p->limit = p->most;
	p->good = p->in_a_row = 0;
}

static void fill(struct pace *p, uint64_t now_us)
{
	uint64_t passed = now_us - p->filled_us;
	uint64_t full = (uint64_t)((p->depth - p->level) / p->per_minute) + 1;

	if (now_us <= p->filled_us)
		return;
	p->filled_us = now_us;
	p->level = passed < full ? p->level + (int64_t)passed * p->per_minute : p->depth;
	if (p->level > p->depth)
		p->level = p->depth;
}

uint64_t pace_take(struct pace *p, uint64_t now_us)
{
	if (p->everybody_us > now_us)
		return p->everybody_us - now_us;
	if (p->per_minute == 0)
		return 0;
	fill(p, now_us);
	if (p->level < REQUEST)
		return (uint64_t)((REQUEST - p->level + p->per_minute - 1) / p->per_minute);
	p->level -= REQUEST;
	return 0;
}

void pace_count(struct pace *p, uint64_t now_us)
{
	if (p->per_minute == 0)
		return;
	fill(p, now_us);
	p->level -= REQUEST;
}

static struct pace_hold *find(struct pace *p, uint64_t customer, uint64_t now_us)
{
	struct pace_hold *free_one = NULL;

	for (unsigned i = 0; i < PACE_HOLDS; i++) {
		struct pace_hold *h = &p->holds[i];

		if (h->until_us > now_us && h->customer == customer)
			return h;
		if (h->until_us <= now_us)
			free_one = h;
	}
	return free_one;
}

uint64_t pace_hold_us(const struct pace *p, uint64_t customer, uint64_t now_us)
{
	uint64_t until_us = 0;

	if (customer == 0)
		until_us = p->everybody_us;
	for (unsigned i = 0; i < PACE_HOLDS && customer; i++)
		if (p->holds[i].customer == customer && p->holds[i].until_us > until_us)
			until_us = p->holds[i].until_us;
	return until_us > now_us ? until_us - now_us : 0;
}

static void hold(struct pace *p, uint64_t customer, uint64_t until_us, uint64_t now_us)
{
	struct pace_hold *h = customer ? find(p, customer, now_us) : NULL;

	if (h) {
		p->in_a_row += h->until_us <= now_us; /* several requests of one customer are one voice */
		if (h->until_us < until_us)
			*h = (struct pace_hold){ customer, until_us };
	}
	if ((!h || p->in_a_row >= PACE_UNANIMOUS) && p->everybody_us < until_us)
		p->everybody_us = until_us;
}

bool pace_refused(struct pace *p, uint64_t customer, uint64_t epoch, int64_t told_s, uint64_t now_us)
{
	p->good = 0;
	if (told_s > 0)
		hold(p, customer, now_us + (uint64_t)told_s * MICROSECONDS, now_us);
	if (epoch != p->epoch)
		return false;
	p->epoch++;
	if (p->limit == 1)
		return false;
	p->limit /= 2;
	return true;
}

void pace_answered(struct pace *p)
{
	p->in_a_row = 0;
	if (p->limit == p->most || ++p->good < PACE_GROW_AFTER)
		return;
	p->good = 0;
	p->limit++;
}

uint64_t pace_customer(const char *path)
{
	static const char start[] = "/v1/customers/";
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a; ids differ in case between the service's answers */

	if (strncmp(path, start, sizeof(start) - 1) != 0)
		return 0;
	for (const char *p = path + sizeof(start) - 1; *p && *p != '/' && *p != '?'; p++)
		hash = (hash ^ (uint64_t)tolower((unsigned char)*p)) * 0x100000001b3;
	return hash ? hash : 1;
}
