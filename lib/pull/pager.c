/* SPDX-License-Identifier: MIT */
/* pager.c - the conveyor between the loop, which fetches, and the lane, which decodes.
 *
 * What goes to the lane are pieces: RESTART, FEED with a chunk of bytes, END. Each belongs to an attempt; those of an attempt that
 * has failed are taken out of the lane's queue, or ignored when they come back. */
#include "pull/pager.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PATH_SIZE (LIMIT_LINK_BYTES + 5)

enum piece_kind { PIECE_RESTART, PIECE_FEED, PIECE_END };

struct piece {
	struct lane_job job;
	struct pager_state *state;
	enum piece_kind kind;
	uint64_t attempt;
	struct buf bytes;      /* of FEED */
	struct next_link next; /* of END */
	struct err err;
	struct piece *sibling;
};

struct pager_state {
	struct pager *p; /* on the lane handed to `work` alone */
	const struct pager_work *work;
	struct fetch *fetch;
	struct lane *lane;
	struct fetch_request request;
	char *path;            /* of the page under way */
	struct next_link link; /* that led to it; no uri on the first page */
	struct buf chunk;      /* bytes on their way to the lane */
	struct piece *pieces;  /* submitted, in no order */
	unsigned feeding;      /* FEED pieces among them */
	uint64_t attempt;      /* counts the tries of all pages */
	unsigned page_try;
	bool paused;
	bool ended;            /* the result is set: done() when the lane is rid of us */
	bool cancelled;        /* the pager has gone: only this memory is left to free */
	bool broken;           /* the lane's own: this attempt failed, what follows of it is skipped */
	uint64_t *seen;        /* a hash of each page asked for */
	size_t seen_count, seen_room;
};

static void fetch_page(struct pager_state *s);

static void state_free(struct pager_state *s)
{
	assert(!s->pieces);
	free(s->path);
	next_link_fini(&s->link);
	buf_fini(&s->chunk);
	free(s->seen);
	free(s);
}

static void piece_free(struct piece *piece)
{
	struct pager_state *s = piece->state;
	struct piece **at = &s->pieces;

	while (*at != piece)
		at = &(*at)->sibling;
	*at = piece->sibling;
	s->feeding -= piece->kind == PIECE_FEED;
	buf_fini(&piece->bytes);
	next_link_fini(&piece->next);
	free(piece);
}

/* Takes back what the lane has not begun. */
static void recall_pieces(struct pager_state *s)
{
	struct piece *piece = s->pieces;

	while (piece) {
		struct piece *sibling = piece->sibling;

		if (lane_cancel(s->lane, &piece->job))
			piece_free(piece);
		piece = sibling;
	}
	buf_clear(&s->chunk);
}

/* The end, as soon as the lane holds nothing of ours: the caller's memory may go in done(). */
static void end_if_idle(struct pager_state *s)
{
	struct pager *p = s->p;

	if (s->pieces)
		return;
	state_free(s);
	p->state = NULL;
	p->done(p);
}

static void finish(struct pager_state *s, enum fetch_answer answer, const struct err *err)
{
	s->ended = true;
	fetch_cancel(&s->request);
	s->p->answer = answer;
	if (err)
		s->p->err = *err;
	recall_pieces(s);
	end_if_idle(s);
}

static void fail_page(struct pager_state *s, const struct err *err)
{
	struct err e = *err;

	(void)err_wrap(&e, "page %llu", (unsigned long long)s->p->pages + 1);
	finish(s, FETCH_FAILED, &e);
}

/* The page's document was cut or broken on its way, or is broken at its source: a few tries tell. */
static void page_broken(struct pager_state *s, const struct err *err)
{
	struct log_line l;

	fetch_cancel(&s->request);
	recall_pieces(s);
	s->attempt++; /* from here on: pieces that are still on the lane come back before the next try has begun, END among them */
	if (err->kind != ERR_FORMAT || ++s->page_try >= PAGER_PAGE_TRIES) {
		fail_page(s, err);
		return;
	}
	log_start(&l, LOG_DEBUG, "page.again");
	log_text(&l, "what", s->p->what);
	log_int(&l, "page", (int64_t)s->p->pages + 1);
	log_int(&l, "try", s->page_try);
	log_err(&l, err);
	log_finish(&l);
	fetch_page(s);
}

/* FNV-1a over the path and the token: a collision of 64 bits costs a slice a night. */
static uint64_t page_hash(const char *path, const char *token)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (const char *p = path; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
	hash = (hash ^ '\n') * 0x100000001b3;
	for (const char *p = token; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
	return hash;
}

/* Remembers the page; false when it was asked for before. */
static bool note_page(struct pager_state *s)
{
	uint64_t hash = page_hash(s->path, next_link_token(&s->link));

	for (size_t i = 0; i < s->seen_count; i++)
		if (s->seen[i] == hash)
			return false;
	if (s->seen_count == s->seen_room) {
		s->seen_room = s->seen_room ? s->seen_room * 2 : 8;
		s->seen = xreallocarray(s->seen, s->seen_room, sizeof(*s->seen));
	}
	s->seen[s->seen_count++] = hash;
	return true;
}

static void next_page(struct pager_state *s, struct next_link *next)
{
	struct err e = ERR_INIT;

	s->p->pages++;
	s->page_try = 0;
	if (!next->uri) {
		finish(s, FETCH_OK, NULL);
		return;
	}
	next_link_take(&s->link, next);
	if (s->p->pages >= LIMIT_PAGES)
		err_set(&e, ERR_FORMAT, "the collection has more than %d pages", LIMIT_PAGES);
	else if (pager_link_path(fetch_base_url(s->fetch), s->link.uri, s->path, PATH_SIZE, &e) == 0 && !note_page(s))
		err_set(&e, ERR_FORMAT, "the next link leads back to an earlier page");
	if (e.kind != ERR_NONE)
		fail_page(s, &e);
	else
		fetch_page(s);
}

static void on_piece_run(struct lane_job *job)
{
	struct piece *piece = container_of(job, struct piece, job);
	struct pager_state *s = piece->state;
	int rc = 0;

	if (piece->kind == PIECE_RESTART) {
		s->broken = false;
		s->work->restart(s->p);
		return;
	}
	if (s->broken) {
		err_set(&piece->err, ERR_FORMAT, "the rest of a broken page"); /* nobody shall take it for its end */
		return;
	}
	if (piece->kind == PIECE_FEED)
		rc = s->work->feed(s->p, buf_span(&piece->bytes), &piece->err);
	else
		rc = s->work->end(s->p, &piece->next, &piece->err);
	s->broken = rc == -1;
	if (s->broken && piece->err.kind == ERR_NONE)
		err_set(&piece->err, ERR_FORMAT, "the page was refused");
}

static void on_piece_done(struct lane_job *job)
{
	struct piece *piece = container_of(job, struct piece, job);
	struct pager_state *s = piece->state;
	bool stale = piece->attempt != s->attempt;
	enum piece_kind kind = piece->kind;
	struct err err = piece->err;
	struct next_link next = piece->next;

	memset(&piece->next, 0, sizeof(piece->next));
	piece_free(piece);
	if (!s->cancelled && !s->ended && !stale && err.kind == ERR_NONE && kind != PIECE_RESTART && s->work->decoded)
		s->work->decoded(s->p);
	if (s->cancelled && !s->pieces) {
		state_free(s);
	} else if (s->cancelled || (stale && !s->ended)) {
		/* nothing depends on it any more */
	} else if (s->ended) {
		end_if_idle(s);
	} else if (err.kind != ERR_NONE) {
		page_broken(s, &err);
	} else if (kind == PIECE_END) {
		next_page(s, &next);
	} else if (s->paused && s->feeding < LIMIT_CHUNKS_WAITING) {
		s->paused = false;
		fetch_resume(&s->request);
	}
	next_link_fini(&next);
}

/* The lane was freed with the piece still in it; a pager that was not cancelled before keeps its state. */
static void on_piece_dropped(struct lane_job *job)
{
	struct piece *piece = container_of(job, struct piece, job);
	struct pager_state *s = piece->state;

	piece_free(piece);
	if (s->cancelled && !s->pieces)
		state_free(s);
}

static void submit(struct pager_state *s, enum piece_kind kind)
{
	struct piece *piece = xcalloc(1, sizeof(*piece));

	piece->state = s;
	piece->kind = kind;
	piece->attempt = s->attempt;
	piece->job.drop = on_piece_dropped;
	buf_init_plain(&piece->bytes, LIMIT_CHUNK_BYTES);
	if (kind == PIECE_FEED) {
		piece->bytes = s->chunk;
		buf_init_plain(&s->chunk, LIMIT_CHUNK_BYTES);
		s->feeding++;
	}
	piece->sibling = s->pieces;
	s->pieces = piece;
	lane_submit(s->lane, &piece->job, on_piece_run, on_piece_done);
}

static void on_attempt(struct fetch_request *r)
{
	struct pager_state *s = container_of(r, struct pager_state, request);

	recall_pieces(s);
	s->attempt++;
	s->paused = false;
	submit(s, PIECE_RESTART);
}

static enum http_body on_body(struct fetch_request *r, struct span bytes)
{
	struct pager_state *s = container_of(r, struct pager_state, request);

	while (bytes.n) {
		size_t room = LIMIT_CHUNK_BYTES - s->chunk.n;
		struct span part = { bytes.p, bytes.n < room ? bytes.n : room };

		if (buf_add_span(&s->chunk, part) == -1)
			return HTTP_ABORT; /* it was made to fit */
		bytes = (struct span){ bytes.p + part.n, bytes.n - part.n };
		if (s->chunk.n == LIMIT_CHUNK_BYTES)
			submit(s, PIECE_FEED);
	}
	s->paused = s->feeding >= LIMIT_CHUNKS_WAITING;
	return s->paused ? HTTP_PAUSED : HTTP_TAKEN;
}

static void on_fetched(struct fetch_request *r)
{
	struct pager_state *s = container_of(r, struct pager_state, request);
	struct err e = ERR_INIT;

	s->p->bytes += r->bytes;
	s->p->told_to_wait = r->told_to_wait;
	if (r->answer == FETCH_OK) {
		if (s->chunk.n)
			submit(s, PIECE_FEED);
		submit(s, PIECE_END);
	} else if (r->err.kind != ERR_NONE && (r->answer == FETCH_FAILED || s->p->pages)) {
		fail_page(s, &r->err);
	} else if (s->p->pages) {
		err_set(&e, ERR_BUSY, "%s: HTTP 204 in the middle of the collection", s->p->what);
		fail_page(s, &e);
	} else {
		finish(s, r->answer, &r->err);
	}
}

static void fetch_page(struct pager_state *s)
{
	s->request = (struct fetch_request){
		.what = s->p->what,
		.path = s->path,
		.link = s->link.uri ? &s->link : NULL,
		.body_max = s->p->page_max,
		.total_timeout_ms = s->p->total_timeout_ms,
		.on_attempt = on_attempt,
		.on_body = on_body,
		.done = on_fetched,
	};
	fetch_send(s->fetch, &s->request);
}

void pager_start(struct pager *p, struct fetch *fetch, struct lane *lane, const char *path)
{
	struct pager_state *s = xcalloc(1, sizeof(*s));
	size_t n = strlen(path);

	s->p = p;
	s->work = p->work;
	s->fetch = fetch;
	s->lane = lane;
	s->path = xcalloc(1, n < PATH_SIZE ? PATH_SIZE : n + 1);
	memcpy(s->path, path, n);
	buf_init_plain(&s->chunk, LIMIT_CHUNK_BYTES);
	p->answer = FETCH_FAILED;
	err_clear(&p->err);
	p->told_to_wait = false;
	p->pages = p->bytes = 0;
	p->state = s;
	(void)note_page(s); /* the first is new */
	fetch_page(s);
}

void pager_cancel(struct pager *p)
{
	struct pager_state *s = p->state;

	if (!s)
		return;
	p->state = NULL;
	s->cancelled = true;
	fetch_cancel(&s->request);
	recall_pieces(s);
	if (!s->pieces)
		state_free(s);
}

bool pager_is_not_ready(const struct pager *p)
{
	return p->state && !p->state->pieces && fetch_is_not_ready(&p->state->request);
}

const struct err *pager_trouble(const struct pager *p)
{
	return p->state && p->state->request.err.kind != ERR_NONE ? &p->state->request.err : NULL;
}
