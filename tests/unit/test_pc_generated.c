/* SPDX-License-Identifier: MIT */
/* Pages and rate cards made by chance: a valid one is decoded to exactly what it says, one with a single defect is refused, and the
 * error names it. */
#include "tests/support/decoded.h"
#include "tests/support/gen_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 10000

static void judge(const struct gen *g, const struct decoded *d, uint64_t seed)
{
	if ((d->result == 0) != (g->defect == NULL))
		fail_msg("seed %llu: %s, but %s\n%s", (unsigned long long)seed, g->defect ? g->defect : "valid",
			 d->result == 0 ? "accepted" : d->err.text, buf_text(&g->json));
	if (d->result == 0 && !span_equal(buf_span(&d->text), buf_span(&g->expected)))
		fail_msg("seed %llu: decoded to\n%s\nnot\n%s", (unsigned long long)seed, buf_text(&d->text), buf_text(&g->expected));
	if (d->result == -1)
		assert_int_equal(d->err.kind, ERR_FORMAT);
	if (d->result == -1 && !strstr(d->err.text, g->says ? g->says : ""))
		fail_msg("seed %llu: %s, but \"%s\" does not say \"%s\"\n%s", (unsigned long long)seed, g->defect, d->err.text, g->says,
			 buf_text(&g->json));
}

static void run(void (*generate)(struct gen *g, bool valid), void (*decode)(struct decoded *d, struct span body, struct split split))
{
	const uint64_t first = rng_seed();
	size_t valid = 0;

	print_message("seed %llu\n", (unsigned long long)first);
	for (uint64_t seed = first; seed < first + ROUNDS; seed++) {
		const struct split splits[] = { SPLIT_NONE, { 0, 1, 0 }, { 0, 64, seed } };
		struct decoded d, whole;
		struct gen g;

		gen_init(&g, seed);
		generate(&g, seed % 2 == 0);
		decode(&whole, buf_span(&g.json), SPLIT_NONE);
		judge(&g, &whole, seed);
		decode(&d, buf_span(&g.json), splits[seed % countof(splits)]);
		assert_true(decoded_same(&whole, &d));
		valid += whole.result == 0;
		decoded_fini(&d);
		decoded_fini(&whole);
		gen_fini(&g);
	}
	assert_int_equal(valid, ROUNDS / 2);
}

static void test_usage_accepted_is_exactly_valid(void **state)
{
	(void)state;
	run(gen_usage, decoded_usage);
}

static void test_rates_accepted_is_exactly_valid(void **state)
{
	(void)state;
	run(gen_rates, decoded_rates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usage_accepted_is_exactly_valid),
		cmocka_unit_test(test_rates_accepted_is_exactly_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
