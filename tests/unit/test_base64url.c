/* SPDX-License-Identifier: MIT */
#include "value/base64url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
	const char *bytes, *text;
} vectors[] = { /* RFC 4648 section 10, without padding; and the two characters of URLs */
	{ "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" },
	{ "\xfb\xff\xfe", "-__-" },
};

static void test_vectors_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct buf out;

		buf_init(&out, 100);
		assert_int_equal(base64url_encode(&out, span_of(vectors[i].bytes)), 0);
		assert_string_equal(buf_text(&out), vectors[i].text);
		buf_clear(&out);
		assert_int_equal(base64url_decode(&out, span_of(vectors[i].text)), 0);
		assert_string_equal(buf_text(&out), vectors[i].bytes);
		buf_fini(&out);
	}
}

static void test_what_the_encoder_does_not_write_is_refused(void **state)
{
	static const char *const texts[] = { "Z", "Zm9vY", "Zg==", "Zh", "Zm9", "Zm 8", "Zm8\n", "+/8", "Zm\xc3" };
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(base64url_decode(&out, span_of(texts[i])), -1);
	buf_fini(&out);
}

static void test_every_length_comes_back(void **state)
{
	char bytes[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 256);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct buf text, back;

		buf_init(&text, 1000);
		buf_init(&back, n);
		assert_int_equal(base64url_encode(&text, (struct span){ bytes, n }), 0);
		assert_int_equal(base64url_decode(&back, buf_span(&text)), 0);
		assert_int_equal(back.n, n);
		if (n)
			assert_memory_equal(back.p, bytes, n);
		buf_fini(&text);
		buf_fini(&back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_both_ways),
		cmocka_unit_test(test_what_the_encoder_does_not_write_is_refused),
		cmocka_unit_test(test_every_length_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
