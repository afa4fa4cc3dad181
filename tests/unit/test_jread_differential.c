/* SPDX-License-Identifier: MIT */
/* The reader against jansson on damaged documents: the same ones accepted, the same values found in them. Where the two differ by
 * design: oracle.h. */
#include "tests/support/decoded.h"
#include "tests/support/gen_json.h"
#include "tests/support/oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 10000

static const char *const samples[] = {
	"utilization.documented.2016.next-link.json", "utilization.documented.azurestack.malformed-nesting.json",
	"ratecard-azure.documented.offerterms.json",  "customers-list.recorded.kr2021.json",
	"subscriptions-list.recorded.kr2020.json",    "token-error.v1.recorded.aadsts50126.json",
};

static void compare(struct span text, uint64_t seed)
{
	const char *why;

	if (!oracle_agrees(text, &why))
		fail_msg("seed %llu: %s\n%.*s", (unsigned long long)seed, why, (int)text.n, text.p);
}

/* A few bytes changed, put in or taken out; what is put in likes to be JSON. */
static void damage(struct rng *rng, struct buf *b)
{
	static const char *const bits[] = { "\"", "\\", "{", "}", "[", "]", ":", ",", "0", "-", ".", "e", "1e5", "\\u", "\\ud83d", "\\ude00", "\\u0000",
					    "true", "null", " ", "\n", "\t", "\x01", "\x7f", "\x80", "\xc3", "\xa9", "\xed\xa0\x80", "\xf0\x9f\x98\x80",
					    "\xe2\x82", "00", "1.", "\"a\":1,", "[[[[" };
	struct buf out;

	for (size_t times = 1 + rng_below(rng, 3); times > 0; times--) {
		const size_t at = rng_below(rng, b->n + 1), drop = rng_one_in(rng, 2) ? 0 : rng_below(rng, 3);
		const char *bit = rng_one_in(rng, 4) ? "" : bits[rng_below(rng, countof(bits))];

		buf_init(&out, b->max);
		assert_int_equal(buf_add(&out, b->p, at), 0);
		assert_int_equal(buf_add_text(&out, bit), 0);
		if (at + drop < b->n)
			assert_int_equal(buf_add(&out, b->p + at + drop, b->n - at - drop), 0);
		buf_fini(b);
		*b = out;
	}
}

static void test_damaged_samples_are_judged_as_jansson_does(void **state)
{
	struct rng rng = { rng_seed() };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)rng.state);
	for (int round = 0; round < ROUNDS; round++) {
		const uint64_t seed = rng.state;
		struct buf body;

		sample_read(&body, samples[rng_below(&rng, countof(samples))]);
		damage(&rng, &body);
		compare(buf_span(&body), seed);
		buf_fini(&body);
	}
}

static void test_damaged_generated_documents_are_judged_as_jansson_does(void **state)
{
	const uint64_t first = rng_seed();

	(void)state;
	print_message("seed %llu\n", (unsigned long long)first);
	for (uint64_t seed = first; seed < first + ROUNDS; seed++) {
		struct gen g;

		gen_init(&g, seed);
		gen_usage(&g, seed % 2 == 0);
		if (rng_one_in(&g.rng, 2))
			damage(&g.rng, &g.json);
		compare(buf_span(&g.json), seed);
		gen_fini(&g);
	}
}

/* Small texts of the bytes that JSON is made of: many of these are valid. */
static void test_small_random_texts_are_judged_as_jansson_does(void **state)
{
	static const char alphabet[] = "\"\"\"\\{}[]::,,0019-+.eE tnu\n/";
	struct rng rng = { rng_seed() };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)rng.state);
	for (int round = 0; round < 100 * ROUNDS; round++) {
		const uint64_t seed = rng.state;
		const size_t n = rng_below(&rng, 9);
		char text[8];

		for (size_t i = 0; i < n; i++)
			text[i] = alphabet[rng_below(&rng, sizeof(alphabet) - 1)];
		compare((struct span){ text, n }, seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged_samples_are_judged_as_jansson_does),
		cmocka_unit_test(test_damaged_generated_documents_are_judged_as_jansson_does),
		cmocka_unit_test(test_small_random_texts_are_judged_as_jansson_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
