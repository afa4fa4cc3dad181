/* SPDX-License-Identifier: MIT */
/* reader.h - a pager of a test with a simple document. Included once a test program. */
#ifndef SUPPORT_READER_H
#define SUPPORT_READER_H

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/util.h"
#include "pull/pager.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>

#include <cmocka.h>

/* A collection whose pages read "TEXT|NEXT URI|TOKEN|END": the texts of all whole pages are strung together. */
struct reader {
	struct pager p;
	struct buf page, all; /* the lane's */
	atomic_int restarts, feeds, ends;
	atomic_size_t largest;
	useconds_t takes;     /* of each feed */
	int fail_feed, fail_end; /* that many times */
	uint32_t dice, fail_percent; /* at random; the lane's */
	enum err_kind fail_kind;
	int done;
	struct lane_job burial;
};

static struct session s;
static struct reader *reader;

static void restart(struct pager *p)
{
	struct reader *r = container_of(p, struct reader, p);

	buf_clear(&r->page);
	atomic_fetch_add(&r->restarts, 1);
}

static bool unlucky(struct reader *r)
{
	r->dice = r->dice * 1664525 + 1013904223;
	return (r->dice >> 16) % 100 < r->fail_percent;
}

static int feed(struct pager *p, struct span bytes, struct err *e)
{
	struct reader *r = container_of(p, struct reader, p);

	atomic_fetch_add(&r->feeds, 1);
	if (bytes.n > atomic_load(&r->largest))
		atomic_store(&r->largest, bytes.n);
	if (r->takes)
		usleep(r->takes);
	if (r->fail_feed > 0 || unlucky(r)) {
		r->fail_feed -= r->fail_feed > 0;
		return err_set(e, r->fail_kind, "item 3: broken");
	}
	return buf_add_span(&r->page, bytes);
}

/* The N-th field of the page as text, or NULL. */
static char *field(const struct buf *page, int n)
{
	const char *at = buf_text(page);

	for (; n && at; n--) {
		at = strchr(at, '|');
		at = at ? at + 1 : NULL;
	}
	return at ? xstrndup(at, strcspn(at, "|")) : NULL;
}

static int end(struct pager *p, struct next_link *next, struct err *e)
{
	struct reader *r = container_of(p, struct reader, p);
	char *text = field(&r->page, 0), *uri = field(&r->page, 1), *value = field(&r->page, 2), *last = field(&r->page, 3);
	int rc = 0;

	atomic_fetch_add(&r->ends, 1);
	if (r->fail_end > 0 || unlucky(r)) {
		r->fail_end -= r->fail_end > 0;
		rc = err_set(e, r->fail_kind, "not whole");
	} else if (!last || strcmp(last, "END") != 0) {
		rc = err_set(e, ERR_FORMAT, "the document is cut");
	} else {
		assert_int_equal(buf_add_text(&r->all, text), 0);
		if (uri[0]) {
			next->uri = uri;
			uri = NULL;
			next->headers[0].key = xstrdup("MS-ContinuationToken");
			next->headers[0].value = value;
			next->header_count = 1;
			value = NULL;
		}
	}
	free(text);
	free(uri);
	free(value);
	free(last);
	return rc;
}

static const struct pager_work work = { .restart = restart, .feed = feed, .end = end };

static struct reader *reader_new(void)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	buf_init(&r->page, (size_t)64 << 20);
	buf_init(&r->all, (size_t)64 << 20);
	r->fail_kind = ERR_FORMAT;
	return r;
}

static void reader_free(struct reader *r)
{
	buf_fini(&r->page);
	buf_fini(&r->all);
	free(r);
}

static int setup(void **state)
{
	(void)state;
	session_open(&s);
	reader = reader_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pager_cancel(&reader->p);
	lane_free(s.lane); /* waits for what may still run there */
	s.lane = NULL;
	reader_free(reader);
	return session_close(&s);
}

static void on_done(struct pager *p)
{
	struct reader *r = container_of(p, struct reader, p);

	r->done++;
	assert_int_equal(lane_waiting(s.lane), 0); /* nothing of ours is left there */
}

static void start(const char *path)
{
	reader->p.work = &work;
	reader->p.what = "things";
	reader->p.page_max = (uint64_t)64 << 20;
	reader->p.done = on_done;
	reader->done = 0;
	pager_start(&reader->p, s.fetch, s.lane, path);
}

static void read_all(const char *path)
{
	start(path);
	assert_int_equal(reader->done, 0);
	LOOP_UNTIL(s.loop, reader->done);
	loop_idle(s.loop, 2);
	assert_int_equal(reader->done, 1);
}

static void say(const char *page)
{
	fakehttp_say(s.fake, "200 OK", "", page);
}

#endif
