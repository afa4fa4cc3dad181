/* SPDX-License-Identifier: MIT */
/* The reader of JSON: as jansson, whatever the windows that its bytes come in; and the two forms of canonical.h. */
#include "base/mem.h"
#include "json/canonical.h"
#include "json/jread.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/oracle.h"

#include <stdlib.h>

#define TEXT_MAX ((size_t)1 << 20)

/* What was read, token by token, as one text. */
static void note(struct buf *notes, const struct jread *r, enum jread_token t)
{
	struct span text = { NULL, 0 };

	if (t == JREAD_NAME || t == JREAD_STRING || t == JREAD_NUMBER)
		text = r->text;
	if (buf_add(notes, (const char[]){ (char)('A' + t), r->escaped && text.n ? '+' : '-' }, 2) == -1 || buf_add_span(notes, text) == -1)
		abort();
	if (t == JREAD_ERROR && buf_printf(notes, "%llu %s", (unsigned long long)r->why_at, r->why) == -1)
		abort();
}

static void read_whole(struct span input, struct buf *notes)
{
	enum jread_token t;
	struct jread r;

	jread_init(&r);
	jread_window(&r, input.p, input.n, true);
	do {
		t = jread_next(&r);
		note(notes, &r, t);
	} while (t != JREAD_END && t != JREAD_ERROR);
	FUZZ_REQUIRE(t != JREAD_END || r.at == input.n, "ends at %zu of %zu", r.at, input.n);
}

/* In windows that grow by a few bytes, each in memory of its own size; what was read falls out at the front now and then. */
static void read_windows(struct span input, struct rng *chance, struct buf *notes)
{
	const size_t step = 1 + rng_below(chance, 16);
	size_t from = 0, to = 0;
	enum jread_token t;
	struct jread r;

	jread_init(&r);
	do {
		struct jread mark;
		char *window;

		to = input.n - to > step ? to + 1 + rng_below(chance, step) : input.n;
		window = xmalloc(to - from);
		if (to > from)
			memcpy(window, input.p + from, to - from);
		jread_window(&r, window, to - from, to == input.n);
		do {
			mark = r;
			t = jread_next(&r);
			if (t != JREAD_MORE)
				note(notes, &r, t);
		} while (t != JREAD_MORE && t != JREAD_END && t != JREAD_ERROR);
		FUZZ_REQUIRE(t != JREAD_MORE || to < input.n, "wants more than there is");
		if (t == JREAD_MORE)
			r = mark;
		from += r.at;
		free(window);
	} while (t == JREAD_MORE);
}

/* The canonical form as JSON: that of an object has its members alone, each with a comma behind. */
static void put_canonical(struct buf *out, struct span compact, const json_t *document)
{
	const bool open = json_is_object(document) && json_object_size(document) <= CANONICAL_MEMBERS_MAX;

	if (open && buf_add_text(out, "{") == -1)
		abort();
	canonical_json(out, compact);
	if (open)
		out->n -= out->n > 1;
	if (open && buf_add_text(out, "}") == -1)
		abort();
}

static void check_forms(struct span input, json_t *document)
{
	struct buf compact, canonical, again;
	json_t *read;

	buf_init(&compact, TEXT_MAX);
	buf_init(&canonical, TEXT_MAX);
	buf_init(&again, TEXT_MAX);
	FUZZ_REQUIRE(compact_json(&compact, input) == 0, "compact");
	put_canonical(&canonical, buf_span(&compact), document);
	put_canonical(&again, buf_span(&canonical), document);
	FUZZ_REQUIRE(span_equal(buf_span(&canonical), buf_span(&again)), "%s, then %s", buf_text(&canonical), buf_text(&again));
	FUZZ_REQUIRE(oracle_read(buf_span(&canonical), &read) == ORACLE_ACCEPTS, "%s", buf_text(&canonical));
	FUZZ_REQUIRE(json_equal(read, document), "%s", buf_text(&canonical));
	json_decref(read);
	buf_fini(&compact);
	buf_fini(&canonical);
	buf_fini(&again);
}

void fuzz_input(struct span input)
{
	struct rng chance = fuzz_chance(input);
	struct buf whole, pieces;
	json_t *document;
	const char *why;

	FUZZ_REQUIRE(oracle_agrees(input, &why), "%s", why);
	buf_init(&whole, TEXT_MAX);
	buf_init(&pieces, TEXT_MAX);
	read_whole(input, &whole);
	read_windows(input, &chance, &pieces);
	FUZZ_REQUIRE(span_equal(buf_span(&whole), buf_span(&pieces)), "whole %s\npieces %s", buf_text(&whole), buf_text(&pieces));
	buf_fini(&whole);
	buf_fini(&pieces);
	if (oracle_read(input, &document) == ORACLE_ACCEPTS)
		check_forms(input, document);
	json_decref(document);
}
