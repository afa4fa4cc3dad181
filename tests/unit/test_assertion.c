/* SPDX-License-Identifier: MIT */
/* The JWT by which the application proves itself: its signature as OpenSSL sees it, its thumbprints as the openssl program prints them. */
#include "auth/client.h"
#include "base/limits.h"
#include "base/util.h"
#include "tests/support/tempdir.h"
#include "value/base64url.h"
#include "value/guid.h"

#include <ctype.h>
#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#define AUDIENCE "https://login.example/tenant/oauth2/v2.0/token"
#define CLIENT "7b3c6f5e-0f4a-4b7e-9a55-2c1d8e90aa01"
#define DAY 86400L

static char dir[TEMPDIR_SIZE];
static EVP_PKEY *rsa, *other, *small, *ec;
static struct buf text;

static void put_key(const char *name, EVP_PKEY *key, const char *passphrase)
{
	FILE *f = fopen(tempdir_path(dir, name), "w");
	const EVP_CIPHER *cipher = passphrase ? EVP_aes_128_cbc() : NULL;

	assert_non_null(f);
	assert_int_equal(PEM_write_PKCS8PrivateKey(f, key, cipher, passphrase, passphrase ? (int)strlen(passphrase) : 0, NULL, NULL), 1);
	fclose(f);
	assert_int_equal(chmod(tempdir_path(dir, name), 0600), 0);
}

static void put_certificate(const char *name, EVP_PKEY *key, long from_s, long to_s)
{
	X509 *x = X509_new();
	FILE *f = fopen(tempdir_path(dir, name), "w");

	assert_non_null(x);
	assert_non_null(f);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_gmtime_adj(X509_getm_notBefore(x), from_s);
	X509_gmtime_adj(X509_getm_notAfter(x), to_s);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"csp-usaged", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_X509(f, x), 1);
	X509_free(x);
	fclose(f);
	assert_int_equal(chmod(tempdir_path(dir, name), 0644), 0);
}

static int make_keys(void **state)
{
	(void)state;
	rsa = EVP_RSA_gen(2048);
	other = EVP_RSA_gen(2048);
	small = EVP_RSA_gen(1024);
	ec = EVP_EC_gen("P-256");
	return rsa && other && small && ec ? 0 : -1;
}

static int free_keys(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(other);
	EVP_PKEY_free(small);
	EVP_PKEY_free(ec);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	tempdir_make(dir);
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	put_certificate("client_certificate", rsa, -DAY, DAY);
	put_key("client_key", rsa, NULL);
	buf_init(&text, LIMIT_FORM_BYTES);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_fini_secret(&text);
	tempdir_remove(dir);
	unsetenv("CREDENTIALS_DIRECTORY");
	return 0;
}

/* The assertion of a form, borrowed from `text`. */
static struct span append(enum assertion_algorithm algorithm)
{
	static const char head[] = "client_id=" CLIENT
				   "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=";
	const struct client_options o = { .client_id = CLIENT, .assertion = algorithm };
	struct err e = ERR_INIT;

	buf_clear(&text);
	if (client_auth_append(&text, &o, AUDIENCE, &e) == -1)
		fail_msg("%s", e.text);
	assert_memory_equal(buf_text(&text), head, sizeof(head) - 1);
	return span_of(buf_text(&text) + sizeof(head) - 1);
}

static void check_refused(const char *code, const char *words)
{
	const struct client_options o = { .client_id = CLIENT };
	struct err e = ERR_INIT;

	buf_clear(&text);
	assert_int_equal(client_auth_append(&text, &o, AUDIENCE, &e), -1);
	assert_int_equal(e.kind, ERR_AUTH);
	assert_string_equal(e.code, code);
	assert_true(e.remedy[0]);
	if (!strstr(e.text, words))
		fail_msg("\"%s\" does not say \"%s\"", e.text, words);
}

/* One of the JWT's three parts, decoded. */
static struct buf part(struct span jwt, int index)
{
	const char *from = jwt.p, *to;
	struct buf out;

	for (int i = 0; i < index; i++) {
		from = strchr(from, '.');
		assert_non_null(from);
		from++;
	}
	to = strchr(from, '.');
	assert_int_equal(to == NULL, index == 2);
	buf_init(&out, LIMIT_TOKEN_BYTES);
	assert_int_equal(base64url_decode(&out, (struct span){ from, to ? (size_t)(to - from) : strlen(from) }), 0);
	return out;
}

static json_t *part_json(struct span jwt, int index)
{
	struct buf bytes = part(jwt, index);
	json_t *o = json_loads(buf_text(&bytes), JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(o);
	buf_fini(&bytes);
	return o;
}

static bool verifies(struct span jwt, EVP_PKEY *key, bool pss)
{
	const char *dot = strrchr(jwt.p, '.');
	struct buf signature = part(jwt, 2);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *k = NULL;
	int good;

	assert_int_equal(EVP_DigestVerifyInit(c, &k, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(k, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING), 1);
	if (pss)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(k, 32), 1); /* RFC 7518: as long as the hash */
	good = EVP_DigestVerify(c, (const unsigned char *)signature.p, signature.n, (const unsigned char *)jwt.p, (size_t)(dot - jwt.p));
	EVP_MD_CTX_free(c);
	buf_fini(&signature);
	return good == 1;
}

/* What `openssl x509 -fingerprint` says, as bytes. */
static size_t fingerprint(const char *digest, unsigned char *bytes)
{
	char command[TEMPDIR_PATH + 100], line[256];
	const char *p;
	size_t n = 0;
	FILE *f;

	snprintf(command, sizeof(command), "openssl x509 -noout -fingerprint -%s -in %s", digest, tempdir_path(dir, "client_certificate"));
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_int_equal(pclose(f), 0);
	p = strchr(line, '=');
	assert_non_null(p);
	for (p++; isxdigit((unsigned char)*p); p += 3) {
		bytes[n++] = (unsigned char)strtol(p, NULL, 16);
		if (p[2] != ':')
			break;
	}
	return n;
}

static void check_header(struct span jwt, const char *algorithm, const char *name, const char *digest, size_t size)
{
	json_t *header = part_json(jwt, 0);
	unsigned char want[64];
	struct buf got;

	assert_string_equal(json_string_value(json_object_get(header, "alg")), algorithm);
	assert_string_equal(json_string_value(json_object_get(header, "typ")), "JWT");
	assert_int_equal(json_object_size(header), 3);
	buf_init(&got, 100);
	assert_int_equal(base64url_decode(&got, span_of(json_string_value(json_object_get(header, name)))), 0);
	assert_int_equal(got.n, size);
	assert_int_equal(fingerprint(digest, want), size);
	assert_memory_equal(got.p, want, size);
	buf_fini(&got);
	json_decref(header);
}

static void test_ps256_as_openssl_sees_it(void **state)
{
	struct span jwt = append(ASSERTION_PS256);

	(void)state;
	check_header(jwt, "PS256", "x5t#S256", "sha256", 32);
	assert_true(verifies(jwt, rsa, true));
	assert_false(verifies(jwt, rsa, false));
	assert_false(verifies(jwt, other, true));
}

static void test_rs256_as_openssl_sees_it(void **state)
{
	struct span jwt = append(ASSERTION_RS256);

	(void)state;
	check_header(jwt, "RS256", "x5t", "sha1", 20);
	assert_true(verifies(jwt, rsa, false));
	assert_false(verifies(jwt, rsa, true));
}

static void test_claims(void **state)
{
	json_t *claims = part_json(append(ASSERTION_PS256), 1);
	json_int_t now = time(NULL), nbf = json_integer_value(json_object_get(claims, "nbf")),
		   exp = json_integer_value(json_object_get(claims, "exp"));
	const char *jti = json_string_value(json_object_get(claims, "jti"));
	struct err e = ERR_INIT;
	struct guid guid;
	json_t *again;

	(void)state;
	assert_string_equal(json_string_value(json_object_get(claims, "aud")), AUDIENCE);
	assert_string_equal(json_string_value(json_object_get(claims, "iss")), CLIENT);
	assert_string_equal(json_string_value(json_object_get(claims, "sub")), CLIENT);
	assert_int_equal(guid_parse(&guid, span_of(jti), &e), 0);
	assert_true(nbf <= now && now < exp);
	assert_true(exp - nbf >= 300 && exp - nbf <= 600);
	assert_int_equal(json_integer_value(json_object_get(claims, "iat")), nbf);
	again = part_json(append(ASSERTION_PS256), 1);
	assert_string_not_equal(json_string_value(json_object_get(again, "jti")), jti);
	json_decref(again);
	json_decref(claims);
}

static void test_key_of_another_certificate_is_refused(void **state)
{
	(void)state;
	put_key("client_key", other, NULL);
	check_refused("E-CERT-KEY", "not that of");
}

static void test_certificate_out_of_date_is_refused(void **state)
{
	(void)state;
	put_certificate("client_certificate", rsa, -2 * DAY, -DAY);
	check_refused("E-CERT-EXPIRED", "has expired on 20");
	put_certificate("client_certificate", rsa, DAY, 2 * DAY);
	check_refused("E-CERT-EXPIRED", "is not valid before 20");
}

static void test_what_is_no_certificate_or_no_key_is_refused(void **state)
{
	(void)state;
	put_key("client_key", rsa, "passphrase");
	check_refused("E-CERT-FORM", "without a passphrase");
	tempdir_put(dir, "client_key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0600);
	check_refused("E-CERT-FORM", "private key in PEM");
	tempdir_put(dir, "client_certificate", "hello", 0644);
	check_refused("E-CERT-FORM", "certificate in PEM");
}

static void test_other_kinds_of_key_are_refused(void **state)
{
	(void)state;
	put_key("client_key", ec, NULL);
	check_refused("E-CERT-FORM", "RSA");
	put_key("client_key", small, NULL);
	check_refused("E-CERT-FORM", "2048");
}

static void test_key_that_others_may_read_or_that_is_missing_is_refused(void **state)
{
	(void)state;
	assert_int_equal(chmod(tempdir_path(dir, "client_key"), 0604), 0);
	check_refused("E-SECRET-MODE", "mode 0604");
	assert_int_equal(unlink(tempdir_path(dir, "client_key")), 0);
	check_refused("E-SECRET-NONE", "no client key");
}

static void test_configured_secret_comes_before_a_credential(void **state)
{
	char file[TEMPDIR_PATH];
	struct client_options o = { .client_id = CLIENT };
	struct err e = ERR_INIT;

	(void)state;
	tempdir_put(dir, "client_secret", "s", 0600);
	(void)append(ASSERTION_PS256); /* of two credentials the certificate */
	snprintf(file, sizeof(file), "%s", tempdir_path(dir, "client_secret"));
	o.client_secret_file = file;
	buf_clear(&text);
	assert_int_equal(client_auth_append(&text, &o, AUDIENCE, &e), 0);
	assert_string_equal(buf_text(&text), "client_id=" CLIENT "&client_secret=s");
}

static void test_expiry_is_told(void **state)
{
	const struct client_options o = { .client_id = CLIENT };
	struct err e = ERR_INIT;
	int64_t at;

	(void)state;
	assert_int_equal(client_certificate_expires_at(&o, &at, &e), 0);
	assert_true(at > time(NULL) + DAY - 60 && at <= time(NULL) + DAY);
	assert_int_equal(unlink(tempdir_path(dir, "client_certificate")), 0);
	assert_int_equal(client_certificate_expires_at(&o, &at, &e), 0);
	assert_int_equal(at, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(ps256_as_openssl_sees_it),
		T(rs256_as_openssl_sees_it),
		T(claims),
		T(key_of_another_certificate_is_refused),
		T(certificate_out_of_date_is_refused),
		T(what_is_no_certificate_or_no_key_is_refused),
		T(other_kinds_of_key_are_refused),
		T(key_that_others_may_read_or_that_is_missing_is_refused),
		T(configured_secret_comes_before_a_credential),
		T(expiry_is_told),
#undef T
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
