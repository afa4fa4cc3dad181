/* SPDX-License-Identifier: MIT */
#include "crypto/hash.h"
#include "crypto/hex.h"
#include "crypto/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* Test case 16 of the paper that proposed GCM (McGrew, Viega): key, nonce, what is bound, plain text, sealed text and tag. */
#define KEY "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define NONCE "cafebabefacedbaddecaf888"
#define BOUND "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define PLAIN                                                                                                                          \
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define SEALED                                                                                                                         \
	"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" \
	"76fc6ece0f4e1768cddf8853bb2d551b"

static struct span from_hex(unsigned char *bytes, const char *text)
{
	size_t n = strlen(text) / 2;

	assert_true(hex_parse(bytes, n, span_of(text)));
	return (struct span){ (const char *)bytes, n };
}

static void test_known_answer(void **state)
{
	unsigned char nonce[SEAL_NONCE_BYTES], bound[32], plain[100], sealed[100];
	struct span text = from_hex(sealed, SEALED), wanted = from_hex(plain, PLAIN), with = from_hex(bound, BOUND);
	struct seal_key key;
	struct buf out;

	(void)state;
	(void)from_hex(key.b, KEY);
	(void)from_hex(nonce, NONCE);
	buf_init(&out, 100);
	assert_int_equal(seal_open(&out, &key, nonce, with, text), 0);
	assert_true(span_equal(buf_span(&out), wanted));
	buf_clear(&out);
	with.n--; /* bound to something else */
	assert_int_equal(seal_open(&out, &key, nonce, with, text), -1);
	assert_int_equal(out.n, 0);
	buf_fini_secret(&out);
}

static void test_what_was_closed_opens(void **state)
{
	unsigned char nonce[2][SEAL_NONCE_BYTES];
	struct seal_key key = { { 1, 2, 3 } };
	struct buf sealed, plain;

	(void)state;
	buf_init(&sealed, 100);
	buf_init(&plain, 100);
	assert_int_equal(seal_close(&sealed, &key, nonce[0], span_of("bound"), span_of("secret")), 0);
	assert_int_equal(sealed.n, strlen("secret") + SEAL_TAG_BYTES);
	assert_int_equal(seal_open(&plain, &key, nonce[0], span_of("bound"), buf_span(&sealed)), 0);
	assert_string_equal(buf_text(&plain), "secret");
	buf_clear(&sealed);
	assert_int_equal(seal_close(&sealed, &key, nonce[1], span_of("bound"), span_of("")), 0);
	assert_memory_not_equal(nonce[0], nonce[1], SEAL_NONCE_BYTES);
	assert_int_equal(seal_open(&plain, &key, nonce[1], span_of("bound"), buf_span(&sealed)), 0);
	sealed.max = sealed.n + 3;
	assert_int_equal(seal_close(&sealed, &key, nonce[1], span_of(""), span_of("secret")), -1); /* no room */
	buf_fini(&sealed);
	buf_fini_secret(&plain);
}

static void test_hash_of_abc(void **state)
{
	struct hash h = hash_of(span_of("abc")), back;
	char text[HASH_TEXT_MAX];

	(void)state;
	hash_print(&h, text);
	assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_true(hash_parse(&back, span_of(text)) && hash_equal(&h, &back));
	text[0] = 'B'; /* one way to write it */
	assert_false(hash_parse(&back, span_of(text)));
	assert_false(hash_parse(&back, (struct span){ text + 1, HASH_TEXT_MAX - 2 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answer),
		cmocka_unit_test(test_what_was_closed_opens),
		cmocka_unit_test(test_hash_of_abc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
