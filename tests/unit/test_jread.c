/* SPDX-License-Identifier: MIT */
#include "json/jread.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char marks[] = { [JREAD_OBJECT] = '{', [JREAD_OBJECT_END] = '}', [JREAD_ARRAY] = '[', [JREAD_ARRAY_END] = ']',
			      [JREAD_NAME] = 'N',   [JREAD_STRING] = 'S',     [JREAD_NUMBER] = '#', [JREAD_TRUE] = 't',
			      [JREAD_FALSE] = 'f',  [JREAD_NULL] = 'n',       [JREAD_END] = '.' };

/* All tokens of TEXT as one text, fed in windows that grow by STEP bytes (0: one window); -1 when it is refused. */
static int read_all(struct span text, size_t step, struct buf *out, struct err *e)
{
	struct jread r;
	size_t at = 0, n = step ? 0 : text.n;
	char *copy = NULL;
	int result = 1;

	jread_init(&r);
	do {
		enum jread_token t;

		at += r.at;
		n = !step || text.n - at < n - r.at + step ? text.n - at : n - r.at + step;
		free(copy);
		copy = xmalloc(n);
		if (n)
			memcpy(copy, text.p + at, n);
		jread_window(&r, copy, n, at + n == text.n);
		while ((t = jread_next(&r)) != JREAD_MORE && t != JREAD_ERROR) {
			assert_int_equal(buf_printf(out, "%c", marks[t]), 0);
			if (t == JREAD_NAME || t == JREAD_STRING || t == JREAD_NUMBER)
				assert_int_equal(buf_add_span(out, r.text), 0);
			if (t == JREAD_END)
				break;
		}
		result = t == JREAD_END ? 0 : t == JREAD_ERROR ? jread_error(&r, e) : 1;
	} while (result == 1);
	free(copy);
	return result;
}

/* What read_all says of TEXT, the same for every width of window. */
static int verdict(struct span text, const char *expected, struct err *e)
{
	const size_t steps[] = { 0, 1, 2, 3, 7 };
	int first = 0;

	for (size_t i = 0; i < countof(steps); i++) {
		struct err now = ERR_INIT;
		struct buf out;
		int result;

		buf_init(&out, 1 << 20);
		result = read_all(text, steps[i], &out, &now);
		if (i > 0) {
			assert_int_equal(result, first);
			assert_string_equal(now.text, e->text);
		}
		if (expected)
			assert_string_equal(buf_text(&out), expected);
		first = result;
		*e = now;
		buf_fini(&out);
	}
	return first;
}

static void test_next_document_gives_its_tokens_in_order(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(verdict(span_of(" { \"a\" : [ 1 , -2.50e+07 , \"x\\n\" , true,false,null,{},[] ] , \"\":{\"b\":0}}\r\n\t"),
				 "{Na[#1#-2.50e+07Sx\\ntfn{}[]]N{Nb#0}}.", &e), 0);
	assert_int_equal(verdict(span_of("0"), "#0.", &e), 0);
	assert_int_equal(verdict(span_of("\"\""), "S.", &e), 0);
	assert_int_equal(verdict(span_of("[\"a text of more than the thirty-two bytes that one look sees, with \\u0041 in it\"]"),
				 "[Sa text of more than the thirty-two bytes that one look sees, with \\u0041 in it].", &e), 0);
}

static void test_next_valid_values_are_accepted(void **state)
{
	static const char *const valid[] = {
		"0", "-0", "-0.0", "1E5", "1e-5", "1e+5", "0e0", "0.00", "123456789012345678901234567890.123456789012345678901234567890e999999",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", "\"\\uD83D\\uDE00\"", "\"\x7f\"", "\"\\u0000\"", "[[[]]]", "{\"a\":{\"a\":{}}}",
		"{\"a\":1,\"a\":2}", "\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
		"true", "false", "null", " \t\r\n1",
	};

	(void)state;
	for (size_t i = 0; i < countof(valid); i++) {
		struct err e = ERR_INIT;

		if (verdict(span_of(valid[i]), NULL, &e) != 0)
			fail_msg("%s: %s", valid[i], e.text);
	}
}

static void test_next_invalid_values_are_refused(void **state)
{
	static const char *const invalid[] = {
		"", " ", "00", "01", "-", "-a", "+1", ".5", "1.", "1.e5", "1e", "1e+", "0x1", "1_0", "NaN", "Infinity", "-Infinity",
		"tru", "truex", "True", "nul", "nulL", "falsy", "'a'", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"",
		"\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ud800\\u0041\"", "\"\\ud800\\ud800\"", "\"\\udc00\"", "\"\\udc00\\udc00\"", "\"\n\"", "\"\x1f\"",
		"[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}",
		"{a:1}", "{\"a\" 1}", "{\"a\"::1}", "{1:1}", "{\"a\":1]", "{\"a\"}", "}", "1 2", "{}{}", "[]]", "/**/1", "[1]//", "\v1", "\xa0",
		"\xef\xbb\xbf{}",
	};

	(void)state;
	for (size_t i = 0; i < countof(invalid); i++) {
		struct err e = ERR_INIT;

		if (verdict(span_of(invalid[i]), NULL, &e) != -1)
			fail_msg("%s: accepted", invalid[i]);
		assert_int_equal(e.kind, ERR_FORMAT);
	}
}

static void test_next_what_is_not_utf8_is_refused(void **state)
{
	static const char *const invalid[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe1\x80", "\xe1\x80\x41", "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf1\x80\x80", "\xf1\x80\x80\x41", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xfe", "\xff",
	};

	(void)state;
	for (size_t i = 0; i < countof(invalid); i++) {
		for (size_t pad = 0; pad < 40; pad++) {
			struct err e = ERR_INIT;
			char text[80];

			snprintf(text, sizeof(text), "[\"%.*s%s\"]", (int)pad, "0123456789012345678901234567890123456789", invalid[i]);
			assert_int_equal(verdict(span_of(text), NULL, &e), -1);
			assert_non_null(strstr(e.text, "a text is not UTF-8"));
		}
	}
}

static void test_next_every_byte_in_a_text_is_judged_alike_at_every_place(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 0x80; byte++) {
		for (size_t pad = 0; pad < 40; pad++) {
			const bool valid = byte >= ' ' && byte != '"' && byte != '\\';
			struct err e = ERR_INIT;
			char text[80];

			memset(text, 'x', sizeof(text));
			text[0] = '"';
			text[1 + pad] = (char)byte;
			text[78] = '"';
			assert_int_equal(verdict((struct span){ text, 79 }, NULL, &e), valid ? 0 : -1);
		}
	}
}

static void test_next_depth_is_limited(void **state)
{
	enum { DEEP = 100000 };
	char text[2 * LIMIT_JSON_DEPTH + 3];
	struct err e = ERR_INIT;
	char *deep;

	(void)state;
	memset(text, '[', LIMIT_JSON_DEPTH);
	memset(text + LIMIT_JSON_DEPTH, ']', LIMIT_JSON_DEPTH);
	assert_int_equal(verdict((struct span){ text, 2 * LIMIT_JSON_DEPTH }, NULL, &e), 0);
	memset(text, '[', LIMIT_JSON_DEPTH + 1);
	memset(text + LIMIT_JSON_DEPTH + 1, ']', LIMIT_JSON_DEPTH + 1);
	assert_int_equal(verdict((struct span){ text, 2 * LIMIT_JSON_DEPTH + 2 }, NULL, &e), -1);
	assert_string_equal(e.text, "byte 32: nested too deep");
	deep = xmalloc(DEEP);
	memset(deep, '[', DEEP);
	assert_int_equal(verdict((struct span){ deep, DEEP }, NULL, &e), -1);
	free(deep);
}

static void test_next_truncated_anywhere_is_an_error(void **state)
{
	static const char text[] = "{\"a\":[1.5e3,\"b\\u00e9\\ud83d\\ude00\xf0\x9f\x98\x80\",true,false,null,{\"c\":-0}]}";

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		struct err e = ERR_INIT;

		assert_int_equal(verdict((struct span){ text, n }, NULL, &e), -1);
		assert_non_null(strstr(e.text, n ? "the document ends too early" : "empty document"));
	}
}

static void test_more_moves_nothing(void **state)
{
	struct jread r, mark;

	(void)state;
	jread_init(&r);
	jread_window(&r, "[1,  \"ab", 8, false);
	assert_int_equal(jread_next(&r), JREAD_ARRAY);
	assert_int_equal(jread_next(&r), JREAD_NUMBER);
	mark = r;
	assert_int_equal(jread_next(&r), JREAD_MORE);
	assert_int_equal(r.at, mark.at);
	jread_window(&r, ",  \"abc\"]", 9, true);
	assert_int_equal(r.base, 2);
	assert_int_equal(jread_next(&r), JREAD_STRING);
	assert_true(span_is(r.text, "abc"));
	assert_int_equal(jread_next(&r), JREAD_ARRAY_END);
	assert_int_equal(jread_next(&r), JREAD_END);
	assert_int_equal(jread_next(&r), JREAD_END);
}

static void test_error_tells_the_byte_of_the_document(void **state)
{
	struct err e = ERR_INIT;
	struct jread r;

	(void)state;
	jread_init(&r);
	jread_window(&r, "[1,", 3, false);
	assert_int_equal(jread_next(&r), JREAD_ARRAY);
	assert_int_equal(jread_next(&r), JREAD_NUMBER);
	jread_window(&r, ",\n  x", 5, false);
	assert_int_equal(jread_next(&r), JREAD_ERROR);
	assert_int_equal(jread_next(&r), JREAD_ERROR);
	assert_int_equal(jread_error(&r, &e), -1);
	assert_string_equal(e.text, "byte 6: expected a value");
}

static void test_skip_passes_a_whole_value_and_hands_out_its_bytes(void **state)
{
	static const char *const values[] = { "{\"a\":[1,{}],\"b\":\"]\"}", "[]", "\"a\\\"b\"", "-1.50", "true", "false", "null" };

	(void)state;
	for (size_t i = 0; i < countof(values); i++) {
		struct span raw = { NULL, 0 };
		struct jread r;
		char text[80];

		snprintf(text, sizeof(text), "[ %s , 7]", values[i]);
		jread_init(&r);
		jread_window(&r, text, strlen(text), true);
		assert_int_equal(jread_next(&r), JREAD_ARRAY);
		assert_true(jread_skip(&r, jread_next(&r), &raw) > JREAD_ERROR);
		assert_true(span_is(raw, values[i]));
		assert_int_equal(jread_next(&r), JREAD_NUMBER);
		assert_true(span_is(r.text, "7"));
	}
}

static void test_skip_of_a_cut_value_wants_more(void **state)
{
	struct jread r;

	(void)state;
	jread_init(&r);
	jread_window(&r, "{\"a\":[1,2", 9, false);
	assert_int_equal(jread_skip(&r, jread_next(&r), NULL), JREAD_MORE);
	jread_init(&r);
	jread_window(&r, "{\"a\":[1,2", 9, true);
	assert_int_equal(jread_skip(&r, jread_next(&r), NULL), JREAD_ERROR);
}

static void text_is(const char *json, const char *expected)
{
	struct err e = ERR_INIT;
	struct buf scratch;
	struct span text;
	struct jread r;

	buf_init(&scratch, 64);
	jread_init(&r);
	jread_window(&r, json, strlen(json), true);
	assert_int_equal(jread_next(&r), JREAD_STRING);
	assert_int_equal(jread_text(&r, &scratch, &text, &e), expected ? 0 : -1);
	if (expected)
		assert_true(span_is(text, expected));
	buf_fini(&scratch);
}

static void test_text_undoes_escapes(void **state)
{
	(void)state;
	text_is("\"plain\"", "plain");
	text_is("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
	text_is("\"a\\u0041\\u00e9\\u20AC\\uD83D\\uDE00z\"", "aA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
	text_is("\"\\u007f\\u0080\\u07ff\\u0800\\uffff\\udbff\\udfff\"", "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf");
	text_is("\"a\\u0000\"", NULL);
	text_is("\"\\n3456789012345678901234567890123456789012345678901234567890123456789\"", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next_document_gives_its_tokens_in_order),
		cmocka_unit_test(test_next_valid_values_are_accepted),
		cmocka_unit_test(test_next_invalid_values_are_refused),
		cmocka_unit_test(test_next_what_is_not_utf8_is_refused),
		cmocka_unit_test(test_next_every_byte_in_a_text_is_judged_alike_at_every_place),
		cmocka_unit_test(test_next_depth_is_limited),
		cmocka_unit_test(test_next_truncated_anywhere_is_an_error),
		cmocka_unit_test(test_more_moves_nothing),
		cmocka_unit_test(test_error_tells_the_byte_of_the_document),
		cmocka_unit_test(test_skip_passes_a_whole_value_and_hands_out_its_bytes),
		cmocka_unit_test(test_skip_of_a_cut_value_wants_more),
		cmocka_unit_test(test_text_undoes_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
