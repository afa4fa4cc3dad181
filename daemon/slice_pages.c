/* SPDX-License-Identifier: MIT */
#include "daemon/slice_pages.h"

#include "base/mem.h"
#include "daemon/boot.h"
#include "daemon/slice.h"
#include "store/usage_batch.h"

#include <stdlib.h>
#include <string.h>

#define WORTH_A_TRIP 32 /* records: fewer wait for more of their page */

/* One batch on its way to the store. */
struct take {
	struct lane_job job;
	struct slice *s;
	struct usage_batch *batch;
	unsigned era; /* of the run: it may have turned to something else meanwhile */
	bool refused;
};

static void push(batch_list *list, struct usage_batch *b)
{
	b->next = atomic_load(list);
	while (!atomic_compare_exchange_weak(list, &b->next, b))
		;
}

static void free_all(struct usage_batch *b)
{
	while (b) {
		struct usage_batch *next = b->next;

		usage_batch_free(b);
		b = next;
	}
}

/* -- decode: bytes to records ------------------------------------------------------------------------------------------------ */

static struct usage_batch *batch_get(struct slice_pages_pool *pool)
{
	struct usage_batch *b;

	if (!pool->own_spare)
		pool->own_spare = atomic_exchange(&pool->spare, NULL);
	b = pool->own_spare;
	if (!b)
		return usage_batch_new();
	pool->own_spare = b->next;
	return b;
}

/* Only when there is a record for it: a page that waits for its bytes holds none. */
static void open_batch(struct slice *s)
{
	s->batch = batch_get(&s->run->usage.pool);
	usage_batch_clear(s->batch);
	s->batch->begins_page = s->page_begins;
	s->page_begins = false;
}

static int on_record(struct pc_usage *d, const struct usage *record, struct err *e)
{
	struct slice *s = container_of(d, struct slice, decoder);

	if (!s->batch)
		open_batch(s);
	return usage_batch_add(s->batch, record, e);
}

/* What an attempt at the page has left is void. */
static void drop_batch(struct slice *s)
{
	struct slice_pages_pool *pool = &s->run->usage.pool;

	if (s->batch) {
		s->batch->next = pool->own_spare;
		pool->own_spare = s->batch;
	}
	s->batch = NULL;
	s->page_begins = true;
}

static void hand_over(struct slice *s, bool ends_page)
{
	s->batch->ends_page = ends_page;
	push(&s->ready, s->batch);
	s->batch = NULL;
}

static void hold_take(struct slice *s)
{
	struct slice_hold *holds = s->run->usage.pool.holds;

	for (size_t i = 0; i < SLICE_HOLDS && !s->hold; i++)
		if (!atomic_exchange(&holds[i].taken, true))
			s->hold = &holds[i];
	if (!s->hold)
		return;
	s->hold->bytes.max = SLICE_HOLD_BYTES;
	buf_clear(&s->hold->bytes);
}

static void hold_release(struct slice *s)
{
	if (s->hold)
		atomic_store(&s->hold->taken, false);
	s->hold = NULL;
}

/* The page at hand is expected to be what it was. Only the first one need be held: those before a later one were not decoded. */
static void expect_page(struct slice *s)
{
	const size_t page = s->prints.count;

	if (page == 0)
		hold_take(s);
	pc_usage_expect(&s->decoder, &s->known.items[page], s->hold ? &s->hold->bytes : NULL);
}

static void restart(struct pager *p)
{
	struct slice *s = container_of(p, struct slice, pager);

	if (!s->decoder.on_record) {
		pc_usage_init(&s->decoder, on_record);
		pc_usage_stamp(&s->decoder, s->prints.key);
	} else {
		pc_usage_reset(&s->decoder);
	}
	s->again = false;
	if (s->skips)
		expect_page(s);
	drop_batch(s);
}

static int may_go_on(const struct slice *s, struct err *e)
{
	return atomic_load(&s->run->hurry) ? err_set(e, ERR_CANCELLED, "the run was stopped") : 0;
}

/* Asked for once more in vain, the page would be the same: no ERR_FORMAT. */
static int read_again(struct slice *s, struct err *e)
{
	s->again = true;
	return err_set(e, ERR_BUSY, "the slice is not what it was");
}

static int feed(struct pager *p, struct span bytes, struct err *e)
{
	struct slice *s = container_of(p, struct slice, pager);

	if (may_go_on(s, e) == -1)
		return -1;
	if (pc_usage_feed(&s->decoder, bytes, e) == -1)
		return s->decoder.changed ? read_again(s, e) : -1;
	if (s->batch && s->batch->count >= WORTH_A_TRIP)
		hand_over(s, false);
	return 0;
}

static int end_page(struct slice *s, struct err *e)
{
	struct pc_usage *d = &s->decoder;
	bool more;

	if (pc_usage_end(d, e) == -1)
		return d->changed ? read_again(s, e) : -1;
	more = d->next.uri != NULL;
	if (d->unchanged && more != (s->prints.count + 1 < s->known.count)) {
		if (!s->hold)
			return read_again(s, e);
		if (pc_usage_again(d, e) == -1)
			return -1;
	}
	s->skips = d->unchanged;
	return 0;
}

static int end(struct pager *p, struct next_link *next, struct err *e)
{
	struct slice *s = container_of(p, struct slice, pager);

	if (may_go_on(s, e) == -1 || end_page(s, e) == -1)
		return -1;
	next_link_take(next, &s->decoder.next);
	pc_prints_add(&s->prints, &s->decoder.print);
	hold_release(s);
	if (s->skips)
		return 0;
	if (!s->batch)
		open_batch(s);
	hand_over(s, true);
	return 0;
}

/* -- lane: records into the slice's loading ------------------------------------------------------------------------------------ */

static int take(struct slice *s, const struct usage_batch *b, struct err *e)
{
	struct run *run = s->run;

	if (run->broken || atomic_load(&run->hurry))
		return err_set(e, ERR_CANCELLED, "the run was stopped");
	if (!s->load && slice_load_new(&s->load, run->boot->store, s->target->id, s->day, e) == -1)
		return -1;
	return slice_load_take(s->load, b, e);
}

static void on_take(struct lane_job *job)
{
	struct take *t = container_of(job, struct take, job);
	struct slice *s = t->s;

	if (s->load_err.kind == ERR_NONE && take(s, t->batch, &s->load_err) == -1) {
		t->refused = true;
		s->run->broken = s->run->broken || s->load_err.kind == ERR_STORE;
	}
	push(&s->run->usage.pool.spare, t->batch);
	t->batch = NULL;
}

/* -- loop ------------------------------------------------------------------------------------------------------------------------- */

static void pressure(struct run *run)
{
	lane_hold(run->boot->decode, run->usage.pool.waiting >= SLICE_BATCHES_WAITING);
}

static void take_free(struct lane_job *job)
{
	struct take *t = container_of(job, struct take, job);

	usage_batch_free(t->batch);
	free(t);
}

static void on_taken(struct lane_job *job)
{
	struct take *t = container_of(job, struct take, job);
	struct slice *s = t->s;
	struct run *run = s->run;

	run->usage.pool.waiting--;
	pressure(run);
	/* An error that is set is not touched any more. */
	if (t->refused && t->era == run->era && s->load_err.kind == ERR_STORE)
		slice_fail_run(s, &s->load_err);
	take_free(job);
}

static void submit(struct slice *s, struct usage_batch *b)
{
	struct take *t = xcalloc(1, sizeof(*t));

	t->s = s;
	t->batch = b;
	t->era = s->run->era;
	t->job.drop = take_free;
	s->run->usage.pool.waiting++;
	lane_submit(s->run->boot->lane, &t->job, on_take, on_taken);
}

static void decoded(struct pager *p)
{
	struct slice *s = container_of(p, struct slice, pager);
	struct usage_batch *b = atomic_exchange(&s->ready, NULL), *first = NULL;

	while (b) { /* the newest is on top */
		struct usage_batch *next = b->next;

		b->next = first;
		first = b;
		b = next;
	}
	while (first) {
		b = first;
		first = b->next;
		submit(s, b);
	}
	pressure(s->run);
}

void slice_pages_start(struct slice *s)
{
	s->skips = s->known.count > 0;
	s->again = false;
	pc_prints_start(&s->prints);
	if (s->skips)
		memcpy(s->prints.key, s->known.key, sizeof(s->prints.key));
	if (s->decoder.on_record)
		pc_usage_stamp(&s->decoder, s->prints.key);
}

bool slice_pages_unchanged(const struct slice *s)
{
	return s->skips;
}

const struct pager_work slice_pages_work = { .restart = restart, .feed = feed, .end = end, .decoded = decoded };

void slice_pages_fini(struct slice *s)
{
	slice_load_free(s->load);
	s->load = NULL;
	err_clear(&s->load_err);
	usage_batch_free(s->batch);
	s->batch = NULL;
	free_all(atomic_exchange(&s->ready, NULL));
	if (s->decoder.on_record)
		pc_usage_fini(&s->decoder);
	s->decoder.on_record = NULL;
	pc_prints_fini(&s->known);
	pc_prints_fini(&s->prints);
	hold_release(s);
}

void slice_pages_pool_fini(struct slice_pages_pool *pool)
{
	free_all(pool->own_spare);
	pool->own_spare = NULL;
	free_all(atomic_exchange(&pool->spare, NULL));
	for (size_t i = 0; i < SLICE_HOLDS; i++)
		buf_fini(&pool->holds[i].bytes);
}
