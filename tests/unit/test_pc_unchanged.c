/* SPDX-License-Identifier: MIT */
/* A page that is known again by the bytes of its array, in whatever pieces it comes; and one that is not. */
#include "partner/pc_prints.h"
#include "tests/support/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ITEM(n) "{\"usageStartTime\":\"2018-07-20T00:00:00Z\",\"usageEndTime\":\"2018-07-21T00:00:00Z\"," \
		"\"resource\":{\"id\":\"923978e1-fd3f-4bd5-a798-f4b533057e46\"},\"quantity\":" n "}"
#define ITEMS ITEM("1.5") ", " ITEM("2") ",\n" ITEM("0.001")
#define PAGE(items, links) "{\"totalCount\":3,\"items\":[" items "],\"links\":" links ",\"attributes\":{\"x\":[1,2]}}"
#define NEXT "{\"next\":{\"uri\":\"customers/x?seekOperation=Next\"}}"

static const unsigned char key[STAMP_KEY_BYTES] = "0123456789abcde";
static const char page[] = PAGE(" " ITEMS " ", NEXT);

struct reading {
	struct pc_usage d;
	struct buf hold, seen; /* quantities, each with a space behind */
	struct err err;
	int result;
};

static int on_record(struct pc_usage *d, const struct usage *u, struct err *e)
{
	struct reading *r = container_of(d, struct reading, d);

	(void)e;
	return buf_add_span(&r->seen, u->quantity_text) == -1 ? -1 : buf_add_text(&r->seen, " ");
}

static void open_reading(struct reading *r)
{
	*r = (struct reading){ .result = 0 };
	pc_usage_init(&r->d, on_record);
	pc_usage_stamp(&r->d, key);
	buf_init(&r->hold, 1 << 20);
	buf_init(&r->seen, 1 << 20);
}

static void close_reading(struct reading *r)
{
	pc_usage_fini(&r->d);
	buf_fini(&r->hold);
	buf_fini(&r->seen);
}

/* BODY in pieces of at most EACH bytes, each a copy of its own size; 0: whole. */
static void read_body(struct reading *r, const char *body, size_t n, size_t each)
{
	for (size_t at = 0; at < n && r->result == 0;) {
		size_t piece = each && each < n - at ? each : n - at;
		char *copy = malloc(piece);

		assert_non_null(copy);
		memcpy(copy, body + at, piece);
		r->result = pc_usage_feed(&r->d, (struct span){ copy, piece }, &r->err);
		free(copy);
		at += piece;
	}
	if (r->result == 0)
		r->result = pc_usage_end(&r->d, &r->err);
}

static struct pc_print print_of(const char *body)
{
	struct reading r;
	struct pc_print print;

	open_reading(&r);
	read_body(&r, body, strlen(body), 0);
	assert_int_equal(r.result, 0);
	assert_false(r.d.unchanged);
	print = r.d.print;
	close_reading(&r);
	return print;
}

static void test_print_is_of_the_array_alone(void **state)
{
	struct pc_print a = print_of(page), b = print_of(PAGE(" " ITEMS " ", "null")), c = print_of(PAGE(ITEMS " ", NEXT));
	struct pc_print none = print_of(PAGE("", NEXT));

	(void)state;
	assert_int_equal(a.bytes, strlen(" " ITEMS " "));
	assert_true(digest_equal(a.digest, b.digest));
	assert_false(digest_equal(a.digest, c.digest));
	assert_int_equal(none.bytes, 0);
}

static void test_print_does_not_depend_on_the_pieces(void **state)
{
	const struct pc_print whole = print_of(page);

	(void)state;
	for (size_t each = 1; each < sizeof(page); each++) {
		struct reading r;

		open_reading(&r);
		read_body(&r, page, sizeof(page) - 1, each);
		assert_int_equal(r.result, 0);
		assert_int_equal(r.d.print.bytes, whole.bytes);
		assert_true(digest_equal(r.d.print.digest, whole.digest));
		assert_string_equal(buf_text(&r.seen), "1.5 2 0.001 ");
		close_reading(&r);
	}
}

static void test_expected_page_is_not_decoded(void **state)
{
	const struct pc_print print = print_of(page);

	(void)state;
	for (size_t each = 0; each < sizeof(page); each++)
		for (int held = 0; held < 2; held++) {
			struct reading r;

			open_reading(&r);
			pc_usage_expect(&r.d, &print, held ? &r.hold : NULL);
			read_body(&r, page, sizeof(page) - 1, each);
			assert_int_equal(r.result, 0);
			assert_true(r.d.unchanged);
			assert_true(r.d.done);
			assert_string_equal(buf_text(&r.seen), "");
			assert_string_equal(r.d.next.uri, "customers/x?seekOperation=Next");
			assert_true(digest_equal(r.d.print.digest, print.digest));
			close_reading(&r);
		}
}

/* BODY in place of the page is read as if nothing had been expected, or, when nothing is held, told to have changed. */
static void same_as_unexpected(const char *body, size_t n, size_t each, bool around)
{
	const struct pc_print print = print_of(page);
	struct reading plain, held, bare;

	open_reading(&plain);
	open_reading(&held);
	open_reading(&bare);
	pc_usage_expect(&held.d, &print, &held.hold);
	pc_usage_expect(&bare.d, &print, NULL);
	read_body(&plain, body, n, each);
	read_body(&held, body, n, each);
	read_body(&bare, body, n, each);
	assert_int_equal(held.result, plain.result);
	assert_string_equal(held.err.text, plain.err.text);
	if (!around) {
		assert_false(held.d.unchanged);
		assert_string_equal(buf_text(&held.seen), buf_text(&plain.seen));
		assert_int_equal(held.d.print.bytes, plain.d.print.bytes);
		assert_true(digest_equal(held.d.print.digest, plain.d.print.digest));
		assert_int_equal(bare.result, -1);
		assert_true(bare.d.changed);
	}
	close_reading(&plain);
	close_reading(&held);
	close_reading(&bare);
}

static void test_page_that_changed_is_decoded_after_all(void **state)
{
	static const char *const others[] = {
		PAGE(" " ITEMS "," ITEM("7"), NEXT), PAGE(" " ITEM("1.5") ", " ITEM("2"), NEXT), PAGE("", NEXT),
		PAGE(" " ITEM("2") ", " ITEM("1.5") ",\n" ITEM("0.001") " ", NEXT), PAGE(" " ITEMS " , 1", NEXT), "{\"items\":null}", "{}", "[]",
		"", "{\"items\":[", PAGE(" " ITEMS " ", "7"), PAGE(" " ITEMS " ", NEXT) "x",
	};

	(void)state;
	for (size_t i = 0; i < countof(others); i++)
		for (size_t each = 0; each < 400; each += each < 40 ? 1 : 33)
			same_as_unexpected(others[i], strlen(others[i]), each, false);
}

static void test_every_byte_of_the_array_counts(void **state)
{
	const size_t from = (size_t)(strchr(page, '[') + 1 - page), n = sizeof(page) - 1;
	char body[sizeof(page)];
	struct rng rng = { 7 };

	(void)state;
	for (size_t at = from; at < from + strlen(" " ITEMS " "); at++) {
		memcpy(body, page, sizeof(page));
		body[at] = (char)((size_t)(unsigned char)body[at] ^ (1 + rng_below(&rng, 255)));
		same_as_unexpected(body, n, rng_below(&rng, 200), false);
	}
	for (size_t cut = from; cut < n; cut++) /* cut short */
		same_as_unexpected(page, cut, rng_below(&rng, 200), false);
}

static void test_a_byte_around_the_array_is_judged_as_ever(void **state)
{
	const size_t n = sizeof(page) - 1, to = (size_t)(strstr(page, "],\"links") - page);
	char body[sizeof(page)];
	struct rng rng = { 7 };

	(void)state;
	for (int round = 0; round < 500; round++) {
		size_t at = to + rng_below(&rng, n - to);

		memcpy(body, page, sizeof(page));
		body[at] = (char)((size_t)(unsigned char)body[at] ^ (1 + rng_below(&rng, 255)));
		same_as_unexpected(body, n, rng_below(&rng, 200), true);
	}
}

static void test_more_than_is_held_is_decoded(void **state)
{
	const struct pc_print print = print_of(page);

	(void)state;
	for (size_t room = 0; room < sizeof(page) - 1; room += 7) {
		struct reading r;

		open_reading(&r);
		r.hold.max = room;
		pc_usage_expect(&r.d, &print, &r.hold);
		read_body(&r, page, sizeof(page) - 1, 11);
		assert_int_equal(r.result, 0);
		assert_false(r.d.unchanged);
		assert_string_equal(buf_text(&r.seen), "1.5 2 0.001 ");
		close_reading(&r);
	}
}

static void test_again_decodes_an_unchanged_page(void **state)
{
	const struct pc_print print = print_of(page);
	struct reading r;

	(void)state;
	open_reading(&r);
	pc_usage_expect(&r.d, &print, &r.hold);
	read_body(&r, page, sizeof(page) - 1, 50);
	assert_true(r.d.unchanged);
	assert_int_equal(pc_usage_again(&r.d, &r.err), 0);
	assert_false(r.d.unchanged);
	assert_string_equal(buf_text(&r.seen), "1.5 2 0.001 ");
	assert_string_equal(r.d.next.uri, "customers/x?seekOperation=Next");
	close_reading(&r);
}

static void test_reset_expects_nothing(void **state)
{
	const struct pc_print print = print_of(page);
	struct reading r;

	(void)state;
	open_reading(&r);
	pc_usage_expect(&r.d, &print, &r.hold);
	read_body(&r, page, 60, 0);
	r.result = 0;
	pc_usage_reset(&r.d);
	buf_clear(&r.seen);
	read_body(&r, page, sizeof(page) - 1, 0);
	assert_int_equal(r.result, 0);
	assert_string_equal(buf_text(&r.seen), "1.5 2 0.001 ");
	close_reading(&r);
}

/* -- at rest ------------------------------------------------------------------------------------------------------------------------- */

static void test_prints_come_back_as_written(void **state)
{
	struct pc_prints a = { .count = 0 }, b = { .count = 0 };
	struct pc_print print = { .bytes = 0x01020304, .digest = { { 9, 8, 7 } } };
	struct buf rest;

	(void)state;
	buf_init(&rest, 1000);
	pc_prints_start(&a);
	pc_prints_add(&a, &print);
	print.bytes = 5;
	pc_prints_add(&a, &print);
	assert_int_equal(pc_prints_write(&a, &rest), 0);
	assert_true(pc_prints_read(&b, buf_span(&rest)));
	assert_int_equal(b.count, 2);
	assert_memory_equal(a.key, b.key, sizeof(a.key));
	assert_int_equal(b.items[0].bytes, 0x01020304);
	assert_int_equal(b.items[1].bytes, 5);
	assert_true(digest_equal(b.items[1].digest, print.digest));
	assert_false(pc_prints_read(&b, (struct span){ rest.p, rest.n - 1 }));
	assert_int_equal(b.count, 0);
	rest.p[0]++; /* another version */
	assert_false(pc_prints_read(&b, buf_span(&rest)));
	assert_false(pc_prints_read(&b, (struct span){ NULL, 0 }));
	pc_prints_fini(&a);
	pc_prints_fini(&b);
	buf_fini(&rest);
}

static void test_prints_of_what_can_not_be_known_are_none(void **state)
{
	struct pc_prints p = { .count = 0 };
	struct pc_print print = { .bytes = 3 };
	struct buf rest;

	(void)state;
	buf_init(&rest, 1 << 16);
	pc_prints_start(&p);
	assert_int_equal(pc_prints_write(&p, &rest), 0);
	assert_int_equal(rest.n, 0); /* no page */
	for (int i = 0; i <= PC_PRINTS_PAGES_MAX; i++)
		pc_prints_add(&p, &print);
	assert_int_equal(pc_prints_write(&p, &rest), 0);
	assert_int_equal(rest.n, 0); /* too many */
	pc_prints_start(&p);
	print.bytes = 0;
	pc_prints_add(&p, &print);
	assert_int_equal(pc_prints_write(&p, &rest), 0);
	assert_int_equal(rest.n, 0); /* one without items */
	pc_prints_fini(&p);
	buf_fini(&rest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print_is_of_the_array_alone),
		cmocka_unit_test(test_print_does_not_depend_on_the_pieces),
		cmocka_unit_test(test_expected_page_is_not_decoded),
		cmocka_unit_test(test_page_that_changed_is_decoded_after_all),
		cmocka_unit_test(test_every_byte_of_the_array_counts),
		cmocka_unit_test(test_a_byte_around_the_array_is_judged_as_ever),
		cmocka_unit_test(test_more_than_is_held_is_decoded),
		cmocka_unit_test(test_again_decodes_an_unchanged_page),
		cmocka_unit_test(test_reset_expects_nothing),
		cmocka_unit_test(test_prints_come_back_as_written),
		cmocka_unit_test(test_prints_of_what_can_not_be_known_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
