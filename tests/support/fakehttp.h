/* SPDX-License-Identifier: MIT */
/* fakehttp.h - an HTTP server in the test's own process and loop: scripted answers, byte for byte, with their faults. Plain HTTP on
 * loopback. It remembers every request as it came. */
#ifndef SUPPORT_FAKEHTTP_H
#define SUPPORT_FAKEHTTP_H

#include <stddef.h>

struct uv_loop_s;
struct fakehttp;

enum fake_end {
	FAKE_KEEP,  /* the connection stays open for the next request */
	FAKE_CLOSE, /* orderly */
	FAKE_RESET, /* RST */
	FAKE_HANG,  /* stays open, and nothing more is ever said on it */
};

struct fake_reply {
	const char *bytes; /* head and body; copied when scripted */
	size_t n;
	unsigned delay_ms; /* before the first byte */
	size_t piece;      /* 0: all at once, else so many bytes at a time */
	unsigned piece_ms; /* between pieces */
	enum fake_end end;
};

struct fakehttp *fakehttp_new(struct uv_loop_s *loop);
/* Closes everything; the loop needs another turn. */
void fakehttp_free(struct fakehttp *f);
const char *fakehttp_url(const struct fakehttp *f); /* "http://127.0.0.1:PORT" */
/* Answers in the order of the requests, over all connections. Out of script: 599. */
void fakehttp_script(struct fakehttp *f, struct fake_reply reply);
/* The same for an ordinary answer: status "200 OK", header lines each with its line end (or ""), a body; Content-Length is added. */
void fakehttp_say(struct fakehttp *f, const char *status, const char *headers, const char *body);
/* Asked for the answer to a request when set and the script is at its end; the reply's bytes are borrowed until it returns. */
void fakehttp_answer_by(struct fakehttp *f, void (*answer)(size_t number, const char *request, struct fake_reply *reply));
/* Requests so far, and the N-th of them (from 0): head and body. */
size_t fakehttp_count(const struct fakehttp *f);
const char *fakehttp_request(const struct fakehttp *f, size_t n);
/* Connections accepted so far; open now; most requests that were unanswered at the same time. */
size_t fakehttp_connections(const struct fakehttp *f);
size_t fakehttp_most_busy(const struct fakehttp *f);
void fakehttp_forget_most_busy(struct fakehttp *f);
/* Drops the answers that nobody has asked for. */
void fakehttp_forget_script(struct fakehttp *f);
/* Bytes of answers that the clients have not taken yet. */
size_t fakehttp_unsent(const struct fakehttp *f);
size_t fakehttp_open(const struct fakehttp *f);

#endif
