/* SPDX-License-Identifier: MIT */
/* What a browser, or another program of this machine, sends to the sign-in's address: the head of a request in any pieces, its query, and
 * what a person pastes. */
#include "auth/redirect.h"
#include "net/loopback_request.h"
#include "tests/fuzz/fuzz.h"

#define PORT 8400

static void check_query(struct span query)
{
	struct err e = ERR_INIT;
	struct redirect r;

	if (redirect_parse(&r, query, &e) == 0) {
		FUZZ_REQUIRE((r.code.n == 0) != (r.error.n == 0), "a code and an error");
		for (size_t i = 0; i < r.code.n; i++)
			FUZZ_REQUIRE(r.code.p[i] > ' ' && r.code.p[i] <= '~', "code");
		for (size_t i = 0; i < r.state.n; i++)
			FUZZ_REQUIRE(r.state.p[i] > ' ' && r.state.p[i] <= '~', "state");
	} else {
		fuzz_check_err(&e);
	}
	redirect_fini(&r);
}

/* The head ends at the same byte however many of its bytes were looked at before. */
static size_t head_size(struct span input, struct rng *chance)
{
	const size_t whole = loopback_head_size(input, 0);
	size_t seen = 0, found = 0;

	for (size_t n = 0; n <= input.n && !found; n += 1 + rng_below(chance, 9)) {
		found = loopback_head_size((struct span){ input.p, n }, seen);
		seen = n;
	}
	if (!found)
		found = loopback_head_size(input, seen);
	FUZZ_REQUIRE(found == whole && whole <= input.n, "%zu, not %zu", found, whole);
	return whole;
}

void fuzz_input(struct span input)
{
	struct rng chance = fuzz_chance(input);
	struct span path = { NULL, 0 }, query = { NULL, 0 }, pasted = redirect_query_of(input);
	const size_t size = head_size(input, &chance);

	check_query(input);
	FUZZ_REQUIRE(pasted.n == 0 || (pasted.p >= input.p && pasted.p + pasted.n <= input.p + input.n), "not of the input");
	FUZZ_REQUIRE(pasted.n == 0 || !memchr(pasted.p, '#', pasted.n), "a fragment");
	check_query(pasted);
	if (size && loopback_request_read((struct span){ input.p, size }, PORT, &path, &query) == LOOPBACK_REQUEST_OK) {
		FUZZ_REQUIRE(path.n && path.p[0] == '/' && !memchr(path.p, '?', path.n), "%.*s", (int)path.n, path.p);
		for (size_t i = 0; i < path.n + query.n; i++)
			FUZZ_REQUIRE((i < path.n ? path.p[i] : query.p[i - path.n]) > ' ', "%zu", i);
		check_query(query);
	}
}
