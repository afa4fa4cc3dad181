/* SPDX-License-Identifier: MIT */
/* The .c is included to see what it gives back to free(). */
#include <stdlib.h>

static void watch_free(void *p);
#define free watch_free
#include "base/buf.c"
#undef free

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const void *watched; /* at least ten bytes */
static bool watched_was_freed, watched_was_wiped;

static void watch_free(void *p)
{
	if (p && p == watched) {
		watched_was_freed = true;
		watched_was_wiped = memcmp(p, "\0\0\0\0\0\0\0\0\0\0", 10) == 0;
	}
	free(p);
}

static void test_empty_buf_is_usable_everywhere(void **state)
{
	struct buf b = { .max = 10 };
	char *taken;

	(void)state;
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(buf_span(&b).n, 0);
	buf_clear(&b);
	buf_consume(&b, 0);
	buf_consume(&b, 5);
	taken = buf_take(&b);
	assert_string_equal(taken, "");
	free(taken);
	buf_fini(&b);
	buf_fini_secret(&b);
	buf_fini(&b);
}

static void test_bytes_are_followed_by_a_nul(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(buf_add(&b, "ab\0c", 4), 0);
	assert_int_equal(b.n, 4);
	assert_memory_equal(b.p, "ab\0c", 5);
	assert_int_equal(buf_add_text(&b, "def"), 0);
	assert_int_equal(buf_add_span(&b, SPAN_LITERAL("gh")), 0);
	assert_int_equal(buf_add_span(&b, (struct span){ NULL, 0 }), 0);
	assert_int_equal(buf_printf(&b, "%d-%s", 42, "x"), 0);
	assert_int_equal(b.n, 13);
	assert_memory_equal(b.p, "ab\0cdefgh42-x", 14);
	buf_fini(&b);
}

static void test_maximum_is_reached_and_never_passed(void **state)
{
	(void)state;
	for (size_t max = 0; max < 600; max++) {
		struct buf b;

		buf_init(&b, max);
		while (b.n < max)
			assert_int_equal(buf_add(&b, "x", 1), 0);
		assert_int_equal(buf_add(&b, "y", 1), -1);
		assert_int_equal(buf_printf(&b, "%c", 'y'), -1);
		assert_int_equal(buf_add(&b, "", 0), 0);
		assert_int_equal(b.n, max);
		assert_int_equal(strlen(buf_text(&b)), max);
		assert_true(b.room <= max + 1);
		buf_fini(&b);
	}
}

static void test_refused_bytes_change_nothing(void **state)
{
	volatile size_t huge = SIZE_MAX; /* the compiler would warn of what is tested */
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	assert_int_equal(buf_add_text(&b, "abc"), 0);
	assert_int_equal(buf_add_text(&b, "de"), -1);
	assert_int_equal(buf_printf(&b, "%s", "a long text"), -1);
	assert_int_equal(buf_add(&b, "x", huge), -1);
	assert_int_equal(buf_add(&b, "x", huge - 3), -1);
	assert_string_equal(buf_text(&b), "abc");
	assert_int_equal(buf_add_text(&b, "d"), 0);
	buf_fini(&b);
}

static void test_maximum_may_be_anything(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(buf_add_text(&b, "0123456789"), 0);
	assert_int_equal(b.n, 10000);
	buf_fini(&b);
}

static void test_consume_drops_the_front(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(buf_add_text(&b, "abcdef"), 0);
	buf_consume(&b, 0);
	assert_string_equal(buf_text(&b), "abcdef");
	buf_consume(&b, 2);
	assert_string_equal(buf_text(&b), "cdef");
	buf_consume(&b, 4);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(buf_add_text(&b, "gh"), 0);
	buf_consume(&b, 99);
	assert_int_equal(b.n, 0);
	buf_fini(&b);
}

static void test_take_moves_out_and_clear_keeps_the_memory(void **state)
{
	struct buf b;
	char *taken;
	size_t room;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(buf_add_text(&b, "abc"), 0);
	taken = buf_take(&b);
	assert_string_equal(taken, "abc");
	assert_null(b.p);
	assert_int_equal(buf_add_text(&b, "next"), 0);
	assert_string_equal(taken, "abc");
	free(taken);
	room = b.room;
	buf_clear(&b);
	assert_int_equal(b.room, room);
	assert_string_equal(buf_text(&b), "");
	buf_fini_secret(&b);
	assert_null(b.p);
}

/* A buffer outgrows its memory many times: no earlier piece may still hold the secret. */
static void test_outgrown_memory_is_wiped(void **state)
{
	struct buf b;
	const char *old;
	char copy[32];

	(void)state;
	buf_init(&b, 1 << 20);
	assert_int_equal(buf_add_text(&b, "the secret"), 0);
	old = b.p;
	memcpy(copy, old, 11);
	watched = old;
	while (b.p == old)
		assert_int_equal(buf_add_text(&b, "0123456789"), 0);
	assert_memory_equal(b.p, copy, 10);
	watched = NULL;
	assert_true(watched_was_freed);
	assert_true(watched_was_wiped);
	buf_fini_secret(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_buf_is_usable_everywhere),
		cmocka_unit_test(test_bytes_are_followed_by_a_nul),
		cmocka_unit_test(test_maximum_is_reached_and_never_passed),
		cmocka_unit_test(test_refused_bytes_change_nothing),
		cmocka_unit_test(test_maximum_may_be_anything),
		cmocka_unit_test(test_consume_drops_the_front),
		cmocka_unit_test(test_take_moves_out_and_clear_keeps_the_memory),
		cmocka_unit_test(test_outgrown_memory_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
