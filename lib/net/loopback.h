/* SPDX-License-Identifier: MIT */
/* loopback.h - the server that a browser comes back to: plain HTTP on a free port of 127.0.0.1, and of ::1 where there is one (the
 * same port: a browser may try either for "localhost", and nobody else shall be there). Good for one request.
 *
 * What is not "GET /" is answered without asking (404 for a favicon, 400 and its like for what loopback_request.h refuses). Each
 * connection is good for one request, has LOOPBACK_REQUEST_MS for it and LIMIT_LOOPBACK_BYTES; of more than LIMIT_LOOPBACK_CONNECTIONS
 * the oldest one that has said nothing usable goes. So a local program may waste its time and ours, but neither block nor crash.
 *
 * Every answer forbids the page to load, run, frame or post anything (Content-Security-Policy), to be kept, and to tell its address. */
#ifndef NET_LOOPBACK_H
#define NET_LOOPBACK_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

#define LOOPBACK_REQUEST_MS 10000
#define LOOPBACK_PAGE_MAX ((size_t)16 << 10)
/* The one style sheet that a page may bring, in <style>, byte for byte: the policy names its digest. */
#define LOOPBACK_STYLE "body{font:1.1em/1.5 sans-serif;max-width:40em;margin:4em auto;padding:0 1em}h1{font-size:1.4em}"

struct uv_loop_s;
struct loopback;
struct loopback_server;

enum loopback_verdict {
	LOOPBACK_REFUSE, /* answered at once with PAGE, as 400; the next one may be better */
	LOOPBACK_HOLD,   /* the one: its connection waits for loopback_end, nobody else is listened to any more */
};

struct loopback { /* the caller's, zeroed, with the two functions set */
	/* A GET of "/" with this query (which may be empty), borrowed for the call. PAGE: HTML, at most LOOPBACK_PAGE_MAX. */
	enum loopback_verdict (*on_query)(struct loopback *l, struct span query, struct buf *page);
	/* After loopback_end(), once, never inside it: the page was taken, or nobody takes it. */
	void (*on_end)(struct loopback *l);

	uint16_t port; /* after loopback_open */
	struct loopback_server *server; /* private */
};

/* ERR_NET when there is no port to be had. */
int loopback_open(struct loopback *l, struct uv_loop_s *loop, struct err *e) MUST_CHECK;
/* Gives the request that is held PAGE (copied), if one is, listens no more, and calls on_end. */
void loopback_end(struct loopback *l, struct span page);
/* Immediate, silent, idempotent; fine for one never opened. */
void loopback_close(struct loopback *l);

#endif
