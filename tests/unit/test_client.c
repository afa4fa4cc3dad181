/* SPDX-License-Identifier: MIT */
/* What proves the application to Entra: secrets in files and credentials, and what of them goes into the form. */
#include "auth/client.h"
#include "auth/form.h"
#include "auth/secret.h"
#include "base/limits.h"
#include "tests/support/tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define AUDIENCE "https://login.example/tenant/oauth2/v2.0/token"

static char dir[TEMPDIR_SIZE];
static struct buf text;

static int setup(void **state)
{
	(void)state;
	tempdir_make(dir);
	unsetenv("CREDENTIALS_DIRECTORY");
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

static void test_secret_read_from_file_or_credential(void **state)
{
	struct err e = ERR_INIT;
	char file[TEMPDIR_PATH];

	(void)state;
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(secret_read(NULL, "client_secret", &text, &e), 0);
	assert_int_equal(text.n, 0);
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	assert_int_equal(secret_read(NULL, "client_secret", &text, &e), 0);
	assert_int_equal(text.n, 0);
	tempdir_put(dir, "client_secret", "from-systemd\n", 0400);
	assert_int_equal(secret_read(NULL, "client_secret", &text, &e), 0);
	assert_string_equal(buf_text(&text), "from-systemd");
	buf_clear(&text);
	tempdir_put(dir, "other", "from file", 0640);
	snprintf(file, sizeof(file), "%s/other", dir);
	assert_int_equal(secret_read(file, "client_secret", &text, &e), 0);
	assert_string_equal(buf_text(&text), "from file");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_secret_read_refuses_missing_and_public_files(void **state)
{
	struct err e = ERR_INIT;
	char file[TEMPDIR_PATH];

	(void)state;
	snprintf(file, sizeof(file), "%s/secret", dir);
	assert_int_equal(secret_read(file, "client_secret", &text, &e), -1);
	assert_true(e.code[0] && e.remedy[0]);
	assert_int_equal(e.kind, ERR_AUTH);
	assert_non_null(strstr(e.text, file));
	tempdir_put(dir, "secret", "text", 0644);
	assert_int_equal(secret_read(file, "client_secret", &text, &e), -1);
	assert_true(e.code[0] && e.remedy[0]);
	assert_int_equal(e.kind, ERR_AUTH);
	assert_string_equal(e.code, "E-SECRET-MODE");
	assert_int_equal(text.n, 0);
}

static void test_form_encodes_every_byte(void **state)
{
	char all[256];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	assert_int_equal(form_add(&text, "a", (struct span){ all, sizeof(all) }), 0);
	assert_int_equal(form_add(&text, "b", span_of("")), 0);
	assert_memory_equal(buf_text(&text), "a=%00%01", 8);
	assert_non_null(strstr(buf_text(&text), "%1F+%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F0123456789%3A%3B%3C%3D%3E%3F%40ABC"));
	assert_non_null(strstr(buf_text(&text), "XYZ%5B%5C%5D%5E_%60abc"));
	assert_non_null(strstr(buf_text(&text), "xyz%7B%7C%7D~%7F%80"));
	assert_string_equal(buf_text(&text) + text.n - 9, "%FE%FF&b=");
}

static void test_form_too_long_is_an_error(void **state)
{
	(void)state;
	text.max = 4;
	assert_int_equal(form_add(&text, "a", span_of("12")), 0);
	assert_int_equal(form_add(&text, "b", span_of("")), -1);
}

static void test_secret_is_sent_encoded(void **state)
{
	struct client_options o = { .client_id = "id" };
	struct err e = ERR_INIT;

	(void)state;
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	tempdir_put(dir, "client_secret", "a +&=%/~\n", 0400);
	assert_int_equal(client_auth_append(&text, &o, AUDIENCE, &e), 0);
	assert_string_equal(buf_text(&text), "client_id=id&client_secret=a+%2B%26%3D%25%2F~");
	assert_int_equal(client_auth_append(&text, &o, AUDIENCE, &e), 0);
	assert_non_null(strstr(buf_text(&text), "~&client_id=id&client_secret="));
}

static void test_neither_is_an_error_unless_public(void **state)
{
	struct client_options o = { .client_id = "id" };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(client_auth_append(&text, &o, AUDIENCE, &e), -1);
	assert_int_equal(e.kind, ERR_AUTH);
	assert_string_equal(e.code, "E-SECRET-NONE");
	assert_true(e.remedy[0]);
	buf_clear(&text);
	o.public_client = true;
	assert_int_equal(client_auth_append(&text, &o, AUDIENCE, &e), 0);
	assert_string_equal(buf_text(&text), "client_id=id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(secret_read_from_file_or_credential),
		T(secret_read_refuses_missing_and_public_files),
		T(form_encodes_every_byte),
		T(form_too_long_is_an_error),
		T(secret_is_sent_encoded),
		T(neither_is_an_error_unless_public),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
