/* SPDX-License-Identifier: MIT */
/* The reader against jansson on damaged documents: the same ones accepted, the same values found in them. Where the two differ by
 * design it is said: depth, numbers beyond a double, \u0000. */
#include "json/jread.h"

#include "tests/support/decoded.h"
#include "tests/support/gen_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#define ROUNDS 10000

static const char *const samples[] = {
	"utilization.documented.2016.next-link.json", "utilization.documented.azurestack.malformed-nesting.json",
	"ratecard-azure.documented.offerterms.json",  "customers-list.recorded.kr2021.json",
	"subscriptions-list.recorded.kr2020.json",    "token-error.v1.recorded.aadsts50126.json",
};

static bool is_deep(const struct jread *r)
{
	return strcmp(r->why, "nested too deep") == 0;
}

/* The text of the token just read must be the string V. */
static bool same_text(struct jread *r, const char *p, size_t n)
{
	struct err e = ERR_INIT;
	struct buf scratch;
	struct span text;
	bool same;

	buf_init(&scratch, 1 << 20);
	if (jread_text(r, &scratch, &text, &e) == -1)
		same = memchr(p, '\0', n) != NULL; /* the one thing that we refuse and a string of jansson may hold */
	else
		same = span_equal(text, (struct span){ p, n });
	buf_fini(&scratch);
	return same;
}

static bool same_number(struct span text, const json_t *v)
{
	char digits[512];

	if (text.n >= sizeof(digits))
		return true;
	memcpy(digits, text.p, text.n);
	digits[text.n] = '\0';
	if (json_is_integer(v))
		return strtoll(digits, NULL, 10) == json_integer_value(v);
	return json_is_real(v) && strtod(digits, NULL) == json_real_value(v);
}

/* Recursion is bounded by the reader's depth here. Object members come out of jansson in the order they were read. */
static bool same_value(struct jread *r, enum jread_token t, json_t *v)
{
	const char *name;
	json_t *member;
	size_t i;

	switch (t) {
	case JREAD_OBJECT:
		json_object_foreach(v, name, member)
			if (jread_next(r) != JREAD_NAME || !same_text(r, name, strlen(name)) || !same_value(r, jread_next(r), member))
				return false;
		return json_is_object(v) && jread_next(r) == JREAD_OBJECT_END;
	case JREAD_ARRAY:
		json_array_foreach(v, i, member)
			if (!same_value(r, jread_next(r), member))
				return false;
		return json_is_array(v) && jread_next(r) == JREAD_ARRAY_END;
	case JREAD_STRING:
		return json_is_string(v) && same_text(r, json_string_value(v), json_string_length(v));
	case JREAD_NUMBER:
		return same_number(r->text, v);
	case JREAD_TRUE:
		return json_is_true(v);
	case JREAD_FALSE:
		return json_is_false(v);
	case JREAD_NULL:
		return json_is_null(v);
	default:
		return false;
	}
}

static void compare(struct span text, uint64_t seed)
{
	const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
	json_error_t error;
	json_t *document = json_loadb(text.p, text.n, flags, &error);
	enum jread_token t;
	struct jread r;

	jread_init(&r);
	jread_window(&r, text.n ? text.p : "", text.n, true);
	while ((t = jread_next(&r)) != JREAD_END && t != JREAD_ERROR)
		continue;
	if (!document && (json_error_code(&error) == json_error_numeric_overflow || json_error_code(&error) == json_error_null_byte_in_key))
		return; /* its limits, not the grammar's */
	if (t == JREAD_ERROR && is_deep(&r)) {
		json_decref(document);
		return; /* ours */
	}
	if ((t == JREAD_END) != (document != NULL))
		fail_msg("seed %llu: jread %s, jansson %s\n%.*s", (unsigned long long)seed, t == JREAD_END ? "accepts" : r.why,
			 document ? "accepts" : error.text, (int)text.n, text.p);
	json_decref(document);
	document = json_loadb(text.p, text.n, flags | JSON_REJECT_DUPLICATES, &error);
	if (!document)
		return;
	jread_init(&r);
	jread_window(&r, text.p, text.n, true);
	if (!same_value(&r, jread_next(&r), document))
		fail_msg("seed %llu: other values at byte %zu\n%.*s", (unsigned long long)seed, r.at, (int)text.n, text.p);
	json_decref(document);
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
