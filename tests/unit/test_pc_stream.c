/* SPDX-License-Identifier: MIT */
/* What pc_usage and pc_rates have in common: limits of size, bytes that dribble in, callers that refuse, starting anew. */
#include "partner/pc_usage.h"

#include "tests/support/decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TIMES "\"usageStartTime\":\"2018-07-20T00:00:00+00:00\",\"usageEndTime\":\"2018-07-21T00:00:00+00:00\","
#define METER "\"resource\":{\"id\":\"923978E1-fd3f-4bd5-a798-f4b533057e46\"}"
#define ITEM "{" TIMES METER ",\"quantity\":1.50}"

/* One item whose member NAME has a text of N bytes, between two others; FILL is repeated to make it. */
static void big_item(struct buf *b, const char *name, const char *fill, size_t n)
{
	buf_init(b, 8 << 20);
	assert_int_equal(buf_printf(b, "{\"items\":[" ITEM ",{" TIMES METER ",\"quantity\":1,\"%s\":\"", name), 0);
	for (size_t i = 0; i < n; i += strlen(fill))
		assert_int_equal(buf_add_text(b, fill), 0);
	assert_int_equal(buf_add_text(b, "\"}," ITEM "]}"), 0);
}

static void big_item_is(const char *name, const char *fill, size_t n, const char *why)
{
	const struct split splits[] = { SPLIT_NONE, { 0, 1, 0 }, { 0, 1000, 0 }, { 0, 4096, 0 }, { 0, LIMIT_CHUNK_BYTES, 0 }, { 0, 300000, 7 } };
	struct buf b;

	big_item(&b, name, fill, n);
	for (size_t i = 0; i < countof(splits); i++) {
		struct decoded d;

		decoded_usage(&d, buf_span(&b), splits[i]);
		assert_string_equal(d.err.text, why);
		assert_int_equal(d.count, *why ? 1 : 3);
		decoded_fini(&d);
	}
	buf_fini(&b);
}

static void test_item_up_to_the_limit_is_decoded_in_any_split(void **state)
{
	(void)state;
	big_item_is("unit", "x", LIMIT_TEXT_BYTES, "");
	big_item_is("unit", "\\u20ac", LIMIT_TEXT_BYTES, ""); /* half as many bytes once undone */
	big_item_is("unknown", "x", LIMIT_ITEM_BYTES - 300, "");
	big_item_is("unknown", "\xec\x84\x9c", LIMIT_ITEM_BYTES - 300, "");
}

static void test_item_beyond_a_limit_is_refused_in_any_split(void **state)
{
	(void)state;
	big_item_is("unit", "x", LIMIT_TEXT_BYTES + 1, "item 2: unit: longer than 65536 bytes");
	big_item_is("infoFields", "x", LIMIT_TEXT_BYTES, "item 2: infoFields: longer than 65536 bytes");
	big_item_is("unknown", "x", LIMIT_ITEM_BYTES, "item 2: larger than 1048576 bytes");
	big_item_is("unknown", "\\n", 4 * LIMIT_ITEM_BYTES, "item 2: larger than 1048576 bytes");
}

static void test_member_beyond_the_limit_is_refused(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 8 << 20);
	assert_int_equal(buf_add_text(&b, "{\"x\":["), 0);
	while (b.n < LIMIT_ITEM_BYTES + 100)
		assert_int_equal(buf_add_text(&b, "                    "), 0);
	assert_int_equal(buf_add_text(&b, "],\"items\":[]}"), 0);
	for (size_t each = 0; each < 3; each++) {
		struct decoded d;

		decoded_usage(&d, buf_span(&b), (struct split){ 0, each * 5000, 0 });
		assert_string_equal(d.err.text, "larger than 1048576 bytes");
		decoded_fini(&d);
	}
	buf_fini(&b);
}

struct probe {
	struct pc_usage d;
	uint64_t stop_at;
};

static int on_record(struct pc_usage *d, const struct usage *record, struct err *e)
{
	(void)record;
	if (d->items == container_of(d, struct probe, d)->stop_at)
		return err_set(e, ERR_STORE, "disk full");
	return 0;
}

static void test_error_stays_until_reset(void **state)
{
	static const char page[] = "{\"links\":{\"next\":{\"uri\":\"/a\"}},\"items\":[" ITEM "," ITEM "," ITEM "]}";
	struct probe p = { .stop_at = 1 };
	struct err e = ERR_INIT;

	(void)state;
	pc_usage_init(&p.d, on_record);
	assert_int_equal(pc_usage_feed(&p.d, span_of(page), &e), -1);
	assert_string_equal(e.text, "disk full");
	assert_int_equal(e.kind, ERR_STORE);
	assert_int_equal(p.d.items, 1);
	err_clear(&e);
	assert_int_equal(pc_usage_feed(&p.d, span_of("x"), &e), -1);
	assert_string_equal(e.text, "disk full");
	assert_int_equal(pc_usage_end(&p.d, &e), -1);
	assert_string_equal(e.text, "disk full");
	p.stop_at = 9;
	pc_usage_reset(&p.d);
	assert_null(p.d.next.uri);
	assert_int_equal(pc_usage_feed(&p.d, span_of(page), &e), 0);
	assert_int_equal(pc_usage_end(&p.d, &e), 0);
	assert_true(p.d.done);
	assert_int_equal(p.d.items, 3);
	assert_string_equal(p.d.next.uri, "/a");
	pc_usage_fini(&p.d);
	pc_usage_fini(&p.d);
}

static void test_reset_in_the_middle_leaves_nothing_behind(void **state)
{
	static const char page[] = "{\"items\":[" ITEM "," ITEM "]}";
	struct probe p = { .stop_at = 9 };
	struct err e = ERR_INIT;

	(void)state;
	pc_usage_init(&p.d, on_record);
	for (size_t cut = 0; cut < sizeof(page); cut++) {
		assert_int_equal(pc_usage_feed(&p.d, (struct span){ page, cut }, &e), 0);
		pc_usage_reset(&p.d);
	}
	assert_int_equal(pc_usage_feed(&p.d, span_of(page), &e), 0);
	assert_int_equal(pc_usage_end(&p.d, &e), 0);
	assert_int_equal(p.d.items, 2);
	pc_usage_fini(&p.d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_item_up_to_the_limit_is_decoded_in_any_split),
		cmocka_unit_test(test_item_beyond_a_limit_is_refused_in_any_split),
		cmocka_unit_test(test_member_beyond_the_limit_is_refused),
		cmocka_unit_test(test_error_stays_until_reset),
		cmocka_unit_test(test_reset_in_the_middle_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
