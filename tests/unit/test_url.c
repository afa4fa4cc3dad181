/* SPDX-License-Identifier: MIT */
#include "value/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void test_service_accepts_https_and_loopback_http(void **state)
{
	static const char *const good[] = { "https://api.partnercenter.microsoft.com", "https://example.com:8443", "https://10.0.0.1",
					    "https://[2001:db8::1]:443", "http://localhost", "http://localhost:8080",
					    "http://127.0.0.1:1", "http://127.255.0.9:65535", "http://[::1]", "http://[::1]:8080" };
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < countof(good); i++)
		if (url_check_service(span_of(good[i]), &e))
			fail_msg("%s", e.text);
}

static void test_service_refuses_anything_more(void **state)
{
	static const char *const bad[] = { "", "https://", "https:///", "https://example.com/", "https://example.com/v1",
					   "https://example.com?x", "https://example.com#x", "https://u@example.com",
					   "https://u:p@example.com", "https://example.com:", "https://example.com:0",
					   "https://example.com:65536", "https://example.com:8x", "https://example.com:-1",
					   "https://a:1:2", "HTTPS://example.com", "ftp://example.com",
					   "example.com", "https://exa mple.com", "https://example.com\\@evil.com", "https://ex%61mple.com",
					   "https://.example.com", "https://-a.com", "https://[::1", "https://[]", "https://[::1]x",
					   "https://[example.com]", "https://\xc3\xa9.com", "http://example.com", "http://127.0.0.1.evil.com",
					   "http://localhost.evil.com", "http://localhost@evil.com", "http://128.0.0.1", "http://127.1",
					   "http://[::2]", "http://[::ffff:127.0.0.1]", "http://0.0.0.0", "https://example.com\n" };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;

		if (url_check_service(span_of(bad[i]), &e) == 0)
			fail_msg("accepted %s", bad[i]);
		assert_int_equal(e.kind, ERR_FORMAT);
	}
}

static void test_passwords_are_never_repeated(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(url_check_proxy(SPAN_LITERAL("http://proxy.example.com:3128"), &e), 0);
	assert_int_equal(url_check_proxy(SPAN_LITERAL("http://u:hunter2@proxy.example.com:3128"), &e), -1);
	assert_null(strstr(e.text, "hunter2"));
	assert_int_equal(url_check_service(SPAN_LITERAL("https://u:hunter2@example.com"), &e), -1);
	assert_null(strstr(e.text, "hunter2"));
	assert_int_equal(url_check_proxy(SPAN_LITERAL("proxy:3128"), &e), -1);
}

static void test_nul_and_overlong_hosts_are_refused(void **state)
{
	char url[400] = "https://";
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(url_check_service(SPAN_LITERAL("http://localhost\0.evil.com"), &e), -1);
	assert_int_equal(url_check_service(SPAN_LITERAL("https://example.com\0/x"), &e), -1);
	memset(url + 8, 'a', 253);
	assert_int_equal(url_check_service((struct span){ url, 8 + 253 }, &e), 0);
	url[8 + 253] = 'a';
	assert_int_equal(url_check_service((struct span){ url, 8 + 254 }, &e), -1);
	assert_false(url_is_loopback(SPAN_LITERAL("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_service_accepts_https_and_loopback_http),
		cmocka_unit_test(test_service_refuses_anything_more),
		cmocka_unit_test(test_passwords_are_never_repeated),
		cmocka_unit_test(test_nul_and_overlong_hosts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
