/* SPDX-License-Identifier: MIT */
/* The consent on disk: what is written is read again, whatever was done to it is refused, and of several the newest one holds. */
#include "auth/consent.h"
#include "auth/consent_private.h"
#include "base/limits.h"
#include "tests/support/tempdir.h"
#include "value/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER_KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefe"

static char dir[TEMPDIR_SIZE], credentials[TEMPDIR_SIZE];
static struct consent_place place;

static int setup(void **state)
{
	(void)state;
	tempdir_make(dir);
	tempdir_make(credentials);
	setenv("CREDENTIALS_DIRECTORY", credentials, 1);
	place = (struct consent_place){ .state_dir = dir, .tenant_id = "tenant", .client_id = "client" };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tempdir_remove(dir);
	tempdir_remove(credentials);
	unsetenv("CREDENTIALS_DIRECTORY");
	return 0;
}

static void give_key(const char *key)
{
	tempdir_put(credentials, "token_key", key, 0600);
}

static void write_consent(const char *token)
{
	struct consent c = { .refresh_token = (char *)token, .upn = "ada \"A\" \\ L\xc3\xb6we\x01@partner.example", .oid = "oid-1",
			     .tenant = "tenant-1", .given_at = 1700000000, .renewed_at = 1700000001, .mfa = 1 };
	struct err e = ERR_INIT;

	assert_int_equal(consent_write(&c, &place, &e), 0);
}

static struct consent read_consent(void)
{
	struct consent c = { .mfa = -1 };
	struct err e = ERR_INIT;

	if (consent_read(&c, &place, &e) == -1)
		fail_msg("%s", e.text);
	assert_int_equal(e.kind, ERR_NONE);
	return c;
}

static void check_token(const char *token)
{
	struct consent c = read_consent();

	assert_string_equal(c.refresh_token, token);
	consent_fini(&c);
}

static void check_refused(const char *code)
{
	struct consent c = { .mfa = -1 };
	struct err e = ERR_INIT;

	assert_int_equal(consent_read(&c, &place, &e), -1);
	consent_fini(&c);
	assert_string_equal(e.code, code);
	assert_int_equal(e.kind, ERR_AUTH);
	assert_non_null(strstr(e.remedy, "csp-usaged login"));
	assert_null(strstr(e.text, "token-1"));
}

static void check_whole(void)
{
	struct consent c;

	write_consent("0.token-1");
	c = read_consent();
	assert_string_equal(c.refresh_token, "0.token-1");
	assert_string_equal(c.upn, "ada \"A\" \\ L\xc3\xb6we\x01@partner.example");
	assert_string_equal(c.oid, "oid-1");
	assert_string_equal(c.tenant, "tenant-1");
	assert_int_equal(c.given_at, 1700000000);
	assert_int_equal(c.renewed_at, 1700000001);
	assert_int_equal(c.mfa, 1);
	assert_false(c.has_origin);
	assert_int_equal(consent_lapses_at(&c), 1700000001 + 90 * DAY_SECONDS);
	consent_fini(&c);
}

static void test_what_is_written_is_read(void **state)
{
	(void)state;
	check_whole();
	assert_non_null(strstr(tempdir_get(dir, TOKEN_FILE_NAME), "\"sha256\""));
	assert_non_null(strstr(tempdir_get(dir, TOKEN_FILE_NAME), "0.token-1"));
}

/* As the file has it. */
static size_t read_bytes(char *bytes, size_t room)
{
	const char *text = tempdir_get(dir, TOKEN_FILE_NAME);
	size_t n = strlen(text);

	assert_true(n < room);
	memcpy(bytes, text, n + 1);
	return n;
}

static void test_with_a_key_it_is_sealed(void **state)
{
	static char first[4096];

	(void)state;
	give_key(KEY "\n");
	check_whole();
	read_bytes(first, sizeof(first));
	assert_non_null(strstr(first, "\"sealed\""));
	assert_null(strstr(first, "token-1"));
	assert_null(strstr(first, "oid"));
	check_whole();
	assert_string_not_equal(tempdir_get(dir, TOKEN_FILE_NAME), first); /* another nonce */
}

static void test_longest_token_passes_and_longer_is_refused(void **state)
{
	char *token = malloc(LIMIT_TOKEN_BYTES + 2);
	struct consent c = { .refresh_token = token, .mfa = -1 };
	struct err e = ERR_INIT;

	(void)state;
	give_key(KEY);
	memset(token, 't', LIMIT_TOKEN_BYTES + 1);
	token[LIMIT_TOKEN_BYTES] = '\0';
	write_consent(token);
	check_token(token);
	token[LIMIT_TOKEN_BYTES] = 't';
	token[LIMIT_TOKEN_BYTES + 1] = '\0';
	assert_int_equal(consent_write(&c, &place, &e), -1);
	assert_int_equal(e.kind, ERR_STORE);
	free(token);
}

static const struct seal_key *test_key(void)
{
	static struct seal_key key;

	for (size_t i = 0; i < sizeof(key.b); i++)
		key.b[i] = (unsigned char)(0x11 * (i % 16));
	return &key;
}

static void check_bytes_refused(struct span bytes, const struct seal_key *key, size_t at)
{
	struct consent c = { .mfa = -1 };
	struct err e = ERR_INIT;

	if (consent_parse(&c, bytes, key, span_of("csp-usaged consent 1 tenant client"), &e) != -1)
		fail_msg("accepted although changed at %zu", at);
	assert_int_equal(e.kind, ERR_AUTH);
	assert_non_null(strstr(e.remedy, "csp-usaged login"));
	assert_null(strstr(e.text, "token-1"));
	consent_fini(&c);
}

/* Every bit flipped, every length cut, and a byte more. */
static void check_tampering(const struct seal_key *key)
{
	static char bytes[4096];
	struct consent c = { .mfa = -1 };
	struct err e = ERR_INIT;
	size_t n;

	write_consent("0.token-1");
	n = read_bytes(bytes, sizeof(bytes));
	assert_int_equal(consent_parse(&c, (struct span){ bytes, n }, key, span_of("csp-usaged consent 1 tenant client"), &e), 0);
	consent_fini(&c);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
		check_bytes_refused((struct span){ bytes, n }, key, bit / 8);
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t length = 0; length < n; length++)
		check_bytes_refused((struct span){ bytes, length }, key, length);
	bytes[n] = '\n';
	check_bytes_refused((struct span){ bytes, n + 1 }, key, n);
}

static void test_every_flipped_bit_and_every_cut_is_refused(void **state)
{
	(void)state;
	check_tampering(NULL);
}

static void test_every_flipped_bit_and_every_cut_of_a_sealed_one_is_refused(void **state)
{
	(void)state;
	give_key(KEY);
	check_tampering(test_key());
}

static void test_a_damaged_file_is_refused_and_replaced_by_a_sign_in(void **state)
{
	static char bytes[4096];

	(void)state;
	write_consent("0.token-1");
	read_bytes(bytes, sizeof(bytes));
	bytes[strlen(bytes) - 3] ^= 1;
	tempdir_put(dir, TOKEN_FILE_NAME, bytes, 0600);
	check_refused("E-TOKEN-DAMAGED");
	tempdir_put(credentials, "refresh_token", "outside", 0600); /* nor does it bring an old credential back */
	check_refused("E-TOKEN-DAMAGED");
	write_consent("0.token-2");
	check_token("0.token-2");
}

static void test_sealed_is_refused_without_the_key_with_another_or_elsewhere(void **state)
{
	(void)state;
	give_key(KEY);
	write_consent("0.token-1");
	give_key(OTHER_KEY);
	check_refused("E-TOKEN-KEY");
	assert_int_equal(unlink(tempdir_path(credentials, "token_key")), 0);
	check_refused("E-TOKEN-KEY");
	give_key(KEY);
	place.client_id = "another";
	check_refused("E-TOKEN-DAMAGED");
	place.client_id = "client";
	check_token("0.token-1");
}

static void test_key_that_is_none_is_refused(void **state)
{
	static const char *const keys[] = { "00", KEY "0", "0011223344556677889ZAABBCCDDEEFF00112233445566778899aabbccddeeff" };

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct consent c = { .mfa = -1 };
		struct err e = ERR_INIT;

		give_key(keys[i]);
		assert_int_equal(consent_read(&c, &place, &e), -1);
		assert_string_equal(e.code, "E-TOKEN-KEY");
		assert_non_null(strstr(e.remedy, "openssl rand -hex 32"));
		assert_null(strstr(e.text, "00"));
		consent_fini(&c);
	}
}

static void test_bare_token_is_read(void **state)
{
	struct consent c;

	(void)state;
	tempdir_put(dir, TOKEN_FILE_NAME, " \r\n\t0.A-b_c~9\r\n\n", 0600);
	c = read_consent();
	assert_string_equal(c.refresh_token, "0.A-b_c~9");
	assert_null(c.upn);
	assert_int_equal(c.given_at, 0);
	assert_int_equal(c.mfa, -1);
	assert_int_equal(consent_lapses_at(&c), 0);
	consent_fini(&c);
}

static void test_what_is_neither_is_refused(void **state)
{
	static const char *const texts[] = { "", " \n\n", "two words", "two\nlines", "{}", "{\"refresh_token\":\"x\"}", "a\"b", "token\x7f" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		tempdir_put(dir, TOKEN_FILE_NAME, texts[i], 0600);
		check_refused("E-TOKEN-DAMAGED");
	}
}

static void test_without_a_consent_the_remedy_is_to_sign_in(void **state)
{
	(void)state;
	check_refused("E-AUTH-LOGIN");
}

static void renew(struct consent *c, const char *token, bool expected)
{
	struct err e = ERR_INIT;
	bool overtaken = !expected;

	assert_int_equal(consent_renew(c, &place, token, 1800000000, -1, &overtaken, &e), 0);
	assert_int_equal(overtaken, expected);
	consent_fini(c);
}

static void test_renewal_keeps_who_consented(void **state)
{
	struct consent c;

	(void)state;
	write_consent("0.token-1");
	c = read_consent();
	renew(&c, "0.token-2", false);
	c = read_consent();
	assert_string_equal(c.refresh_token, "0.token-2");
	assert_string_equal(c.oid, "oid-1");
	assert_int_equal(c.given_at, 1700000000);
	assert_int_equal(c.renewed_at, 1800000000);
	assert_int_equal(c.mfa, 1);
	consent_fini(&c);
}

static void test_consent_put_there_in_flight_stays(void **state)
{
	struct consent c;

	(void)state;
	write_consent("0.token-1");
	c = read_consent();
	write_consent("0.of-the-login");
	renew(&c, "0.token-2", true);
	check_token("0.of-the-login");
	c = read_consent();
	tempdir_put(dir, TOKEN_FILE_NAME, "pasted", 0600);
	renew(&c, "0.token-2", true);
	check_token("pasted");
}

static void test_credential_is_the_first_consent(void **state)
{
	struct consent c;

	(void)state;
	tempdir_put(credentials, "refresh_token", "0.outside-1\n", 0400);
	c = read_consent();
	assert_string_equal(c.refresh_token, "0.outside-1");
	renew(&c, "0.rotated-1", false);
	check_token("0.rotated-1"); /* the credential, unchanged, does not come back */
}

static void test_changed_credential_wins_over_the_stored_token(void **state)
{
	struct consent c;

	(void)state;
	write_consent("0.token-1");
	tempdir_put(credentials, "refresh_token", "0.outside-1", 0600);
	c = read_consent();
	assert_string_equal(c.refresh_token, "0.outside-1");
	assert_null(c.upn); /* that was another one */
	renew(&c, "0.rotated-1", false);
	tempdir_put(credentials, "refresh_token", "0.outside-2", 0600);
	c = read_consent();
	assert_string_equal(c.refresh_token, "0.outside-2");
	renew(&c, "0.rotated-2", false);
	check_token("0.rotated-2");
	assert_int_equal(unlink(tempdir_path(credentials, "refresh_token")), 0);
	check_token("0.rotated-2");
}

static void test_sign_in_wins_over_the_credential_that_is_there(void **state)
{
	(void)state;
	tempdir_put(credentials, "refresh_token", "0.outside-1", 0600);
	write_consent("0.of-the-login");
	check_token("0.of-the-login");
	tempdir_put(credentials, "refresh_token", "0.outside-2", 0600);
	check_token("0.outside-2");
}

/* The daemon sees the credential, who signs in by sudo does not. */
static void test_sign_in_without_credentials_wins_over_the_one_that_was_used(void **state)
{
	struct consent c;

	(void)state;
	tempdir_put(credentials, "refresh_token", "0.outside-1", 0600);
	c = read_consent();
	renew(&c, "0.rotated-1", false);
	unsetenv("CREDENTIALS_DIRECTORY");
	write_consent("0.of-the-login");
	setenv("CREDENTIALS_DIRECTORY", credentials, 1);
	check_token("0.of-the-login");
	tempdir_put(credentials, "refresh_token", "0.outside-2", 0600);
	check_token("0.outside-2");
}

/* Nor the key. */
static void test_sign_in_without_the_key_wins_over_the_credential_that_was_used(void **state)
{
	struct consent c;

	(void)state;
	give_key(KEY);
	tempdir_put(credentials, "refresh_token", "0.outside-1", 0600);
	c = read_consent();
	renew(&c, "0.rotated-1", false);
	check_token("0.rotated-1");
	unsetenv("CREDENTIALS_DIRECTORY");
	check_refused("E-TOKEN-KEY");
	write_consent("0.of-the-login");
	setenv("CREDENTIALS_DIRECTORY", credentials, 1);
	check_token("0.of-the-login");
}

/* The key was lost, with the machine perhaps, and a new consent is given with a new key. */
static void test_changed_credential_wins_over_one_sealed_with_another_key(void **state)
{
	struct consent c;

	(void)state;
	give_key(KEY);
	tempdir_put(credentials, "refresh_token", "0.outside-1", 0600);
	c = read_consent();
	renew(&c, "0.rotated-1", false);
	give_key(OTHER_KEY);
	check_refused("E-TOKEN-KEY"); /* the same credential is older than what is sealed */
	tempdir_put(credentials, "refresh_token", "0.outside-2", 0600);
	c = read_consent();
	assert_string_equal(c.refresh_token, "0.outside-2");
	renew(&c, "0.rotated-2", false);
	check_token("0.rotated-2");
	tempdir_put(credentials, "refresh_token", "0.outside-3", 0600);
	assert_int_equal(unlink(tempdir_path(credentials, "token_key")), 0);
	check_refused("E-TOKEN-KEY"); /* without a key it would lie there open */
}

static void test_every_flipped_bit_of_one_with_an_origin_is_refused(void **state)
{
	(void)state;
	tempdir_put(credentials, "refresh_token", "0.outside-1", 0600);
	check_tampering(NULL);
	give_key(KEY);
	check_tampering(test_key());
}

static void test_check_key_tells_whether_it_will_be_sealed(void **state)
{
	struct err e = ERR_INIT;
	bool sealed = true;

	(void)state;
	assert_int_equal(consent_check_key(&place, &sealed, &e), 0);
	assert_false(sealed);
	give_key(KEY);
	assert_int_equal(consent_check_key(&place, &sealed, &e), 0);
	assert_true(sealed);
	give_key("not a key");
	assert_int_equal(consent_check_key(&place, &sealed, &e), -1);
	assert_string_equal(e.code, "E-TOKEN-KEY");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(what_is_written_is_read),
		T(with_a_key_it_is_sealed),
		T(longest_token_passes_and_longer_is_refused),
		T(every_flipped_bit_and_every_cut_is_refused),
		T(every_flipped_bit_and_every_cut_of_a_sealed_one_is_refused),
		T(a_damaged_file_is_refused_and_replaced_by_a_sign_in),
		T(sealed_is_refused_without_the_key_with_another_or_elsewhere),
		T(key_that_is_none_is_refused),
		T(bare_token_is_read),
		T(what_is_neither_is_refused),
		T(without_a_consent_the_remedy_is_to_sign_in),
		T(renewal_keeps_who_consented),
		T(consent_put_there_in_flight_stays),
		T(credential_is_the_first_consent),
		T(changed_credential_wins_over_the_stored_token),
		T(sign_in_wins_over_the_credential_that_is_there),
		T(sign_in_without_credentials_wins_over_the_one_that_was_used),
		T(sign_in_without_the_key_wins_over_the_credential_that_was_used),
		T(changed_credential_wins_over_one_sealed_with_another_key),
		T(every_flipped_bit_of_one_with_an_origin_is_refused),
		T(check_key_tells_whether_it_will_be_sealed),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
