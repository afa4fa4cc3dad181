/* SPDX-License-Identifier: MIT */
/* pager.h - one collection to its end: fetch a page, decode its bytes on the worker lane while they arrive, follow the next link by
 * its uri and its headers, one page in flight.
 *
 * HAPPY PATH  fetch -> restart (lane) -> feed* (lane) -> end (lane) gives the next link -> fetch ... -> no next link: done.
 * FAILURES    a page whose document is cut or broken (ERR_FORMAT of feed or end) is fetched again (PAGER_PAGE_TRIES); the same link
 *             as of any earlier page, another host, a path outside the API, more than LIMIT_PAGES pages: error. 204, "no usage", "not
 *             found" or "forbidden" on the first page: answered as such; on a later page it is FETCH_FAILED, after fetch has retried
 *             what was "not ready", because what came before would be half a slice. Errors read "page N: ...".
 *
 * Bytes travel in chunks of LIMIT_CHUNK_BYTES; with LIMIT_CHUNKS_WAITING of them unread the transfer is paused. So memory is bounded
 * whatever the page's size. Small documents (customers) use the same way: feed collects, end decodes and stores. */
#ifndef PULL_PAGER_H
#define PULL_PAGER_H

#include "net/lane.h"
#include "pull/fetch.h"

#define PAGER_PAGE_TRIES 3

struct pager;

struct pager_work { /* runs on the lane, but for `decoded` */
	void (*restart)(struct pager *p);  /* a page begins, or begins again: drop what this page has given */
	int (*feed)(struct pager *p, struct span bytes, struct err *e);
	int (*end)(struct pager *p, struct next_link *next, struct err *e); /* the page is whole; move its next link into NEXT */
	void (*decoded)(struct pager *p); /* on the loop, NULL: not wanted: a feed or end has gone well */
};

struct pager {
	/* filled by the caller (zeroed otherwise), borrowed until done or cancel */
	const struct pager_work *work;
	const char *what;
	uint64_t page_max; /* bytes of one page */
	uint32_t total_timeout_ms;
	void (*done)(struct pager *p); /* on the loop, once */

	/* for done() */
	enum fetch_answer answer; /* FETCH_OK: every page was decoded */
	struct err err;
	bool told_to_wait;
	uint64_t pages, bytes;

	struct pager_state *state; /* private */
};

/* PATH is copied. done() never runs inside pager_start, and when it runs no job of this pager is left on the lane: all memory may go. */
void pager_start(struct pager *p, struct fetch *fetch, struct lane *lane, const char *path);
/* No callback on the loop afterwards, and no further one on the lane; but one that runs there at this moment goes on to its end.
 * Memory that `work` touches, the struct pager among it, must outlive that: it is freed by a job of the caller's own, submitted after
 * this call (the lane is in order), or after lane_free. Idempotent, allowed in every state. */
void pager_cancel(struct pager *p);
/* Whether it does nothing but wait for data that is not ready yet: another one may be started in its place meanwhile. */
bool pager_is_not_ready(const struct pager *p);
/* What went wrong with the last try while it waits for the next one, or NULL. */
const struct err *pager_trouble(const struct pager *p);

/* The path to ask for from a next link's uri: relative, with or without "/" or "/v1" in front; an absolute one only when it is on
 * BASE_URL. PATH is written (SIZE: LIMIT_LINK_BYTES + 5 at least). Anything else (another host, user name, "//", "\", control characters,
 * spaces, "..", fragment, too long) is ERR_FORMAT with the code E-LINK. Pure; tested by itself. */
int pager_link_path(const char *base_url, const char *uri, char *path, size_t size, struct err *e) MUST_CHECK;

#endif
