/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/util.h"
#include "pull/pager.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BASE "https://api.partnercenter.microsoft.com"

static void check_path(const char *base, const char *uri, const char *want)
{
	struct err e = ERR_INIT;
	char path[LIMIT_LINK_BYTES + 5];

	if (pager_link_path(base, uri, path, sizeof(path), &e) == -1)
		fail_msg("%s: %s", uri, e.text);
	assert_string_equal(path, want);
}

static void check_refused(const char *base, const char *uri)
{
	struct err e = ERR_INIT;
	char path[LIMIT_LINK_BYTES + 5];

	if (pager_link_path(base, uri, path, sizeof(path), &e) == 0)
		fail_msg("%s was taken as %s", uri, path);
	assert_int_equal(e.kind, ERR_FORMAT);
	assert_string_equal(e.code, "E-LINK");
}

static void test_relative_links(void **state)
{
	static const char *const cases[][2] = {
		{ "customers?size=2&seekOperation=Next", "/v1/customers?size=2&seekOperation=Next" },
		{ "/customers?size=2", "/v1/customers?size=2" },
		{ "/v1/customers?size=40", "/v1/customers?size=40" },
		{ "v1/customers", "/v1/customers" },
		{ "/V1/customers", "/V1/customers" },
		{ "/invoices/x/lineitems?provider=OneTime&size=2?seekOperation=Next", "/v1/invoices/x/lineitems?provider=OneTime&size=2?seekOperation=Next" },
		{ "customers/C/subscriptions/S/utilizations/azure?start_time=2017-06-10T00:00:00Z&size=1000",
		  "/v1/customers/C/subscriptions/S/utilizations/azure?start_time=2017-06-10T00:00:00Z&size=1000" },
		{ "customers?a=b:c/../d//e@f", "/v1/customers?a=b:c/../d//e@f" },
		{ "customers/...", "/v1/customers/..." },
		{ "customers/a..b/.c/d.", "/v1/customers/a..b/.c/d." },
		{ "customers/%2ex/%20", "/v1/customers/%2ex/%20" },
		{ "v1x/customers", "/v1/v1x/customers" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		check_path(BASE, cases[i][0], cases[i][1]);
}

static void test_absolute_links_on_base_url(void **state)
{
	(void)state;
	check_path(BASE, BASE "/v1/customers?x=1", "/v1/customers?x=1");
	check_path(BASE, BASE "/customers", "/v1/customers");
	check_path(BASE, "HTTPS://API.PartnerCenter.Microsoft.COM/v1/customers", "/v1/customers");
	check_path(BASE, BASE ":443/v1/customers", "/v1/customers");
	check_path(BASE ":443", BASE "/v1/customers", "/v1/customers");
	check_path("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/a", "/v1/a");
	check_path("http://[::1]:8080", "http://[::1]:8080/v1/a", "/v1/a");
	check_path("http://[::1]", "http://[::1]:80/v1/a", "/v1/a");
}

static void test_links_elsewhere_are_refused(void **state)
{
	static const char *const uris[] = {
		"https://evil.example/v1/customers", "http://api.partnercenter.microsoft.com/v1/a", BASE ":8443/v1/a", BASE ":/v1/a",
		BASE ".evil.example/v1/a", BASE "@evil.example/v1/a", "https://user@api.partnercenter.microsoft.com/v1/a",
		"https://user:pw@api.partnercenter.microsoft.com/v1/a", "https://api.partnercenter.microsoft.com%2eevil/v1/a",
		"//evil.example/v1/a", "///evil.example/v1/a", BASE "//evil.example", BASE, BASE "?x", BASE "/", BASE "/?x",
		"https:///v1/a", "https:/v1/a", "https:v1/a", "https:", "://x", ":", "javascript:alert(1)", "file:///etc/passwd",
		"ftp://api.partnercenter.microsoft.com/v1/a", "data:text/plain,x", "https://[::1]/v1/a",
	};

	(void)state;
	for (size_t i = 0; i < countof(uris); i++)
		check_refused(BASE, uris[i]);
	check_refused("http://[::1]:8080", "http://[::1]:8081/v1/a");
	check_refused("http://[::1]:8080", "http://[::2]:8080/v1/a");
}

static void test_links_with_tricks_are_refused(void **state)
{
	static const char *const uris[] = {
		"", "/", "?x=1", "/?x", "\\evil\\x", "/\\evil/x", "customers\\x", "customers x", "customers\r\nHost: evil", "customers\t",
		"\x01", "customers\x7f", "customers\x80", "customers#frag", "customers?x#frag", "..", ".", "../x", "customers/..", "customers/../../x",
		"/v1/../admin", "/v1/./x", "/v1/%2e%2e/x", "/v1/%2E/x", "/v1/.%2e/x", "/v1/%2e./x", "/v1/x/%2e%2E", "/v1/x/..?y=1", "/v1/..",
	};

	(void)state;
	for (size_t i = 0; i < countof(uris); i++)
		check_refused(BASE, uris[i]);
}

static void test_length_limits(void **state)
{
	char *uri = calloc(1, LIMIT_LINK_BYTES + 2), path[LIMIT_LINK_BYTES + 5], small[12];
	struct err e = ERR_INIT;

	(void)state;
	memset(uri, 'a', LIMIT_LINK_BYTES);
	assert_int_equal(pager_link_path(BASE, uri, path, sizeof(path), &e), 0);
	assert_int_equal(strlen(path), LIMIT_LINK_BYTES + 4);
	uri[LIMIT_LINK_BYTES] = 'a';
	check_refused(BASE, uri);
	free(uri);
	assert_int_equal(pager_link_path(BASE, "1234567", small, sizeof(small), &e), 0);
	assert_int_equal(pager_link_path(BASE, "12345678", small, sizeof(small), &e), -1);
}

/* Whatever the bytes: what is taken is a plain path below /v1/. */
static void test_random_links_are_refused_or_harmless(void **state)
{
	static const char *const parts[] = { "https:", "//", "/", "\\", BASE, "api.partnercenter.microsoft.com", "evil", "@", ":", "443", "..", "%2e",
					     ".", "v1", "customers", "?", "#", " ", "\r\n", "[::1]", "a", "%", "\xff", "V1/" };
	char uri[400], path[LIMIT_LINK_BYTES + 5];
	unsigned taken = 0;

	(void)state;
	srand(20);
	for (int round = 0; round < 200000; round++) {
		struct err e = ERR_INIT;

		uri[0] = '\0';
		for (int i = rand() % 8; i >= 0; i--)
			strcat(uri, parts[(size_t)rand() % countof(parts)]);
		if (pager_link_path(BASE, uri, path, sizeof(path), &e) == -1)
			continue;
		taken++;
		assert_true(strncmp(path, "/v1/", 4) == 0 || strncmp(path, "/V1/", 4) == 0);
		assert_null(strpbrk(path, " \r\n\\#\xff"));
		path[strcspn(path, "?")] = '\0';
		assert_null(strstr(path, "/../"));
		assert_true(strlen(path) < 3 || strcmp(path + strlen(path) - 3, "/..") != 0);
	}
	assert_true(taken > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relative_links),
		cmocka_unit_test(test_absolute_links_on_base_url),
		cmocka_unit_test(test_links_elsewhere_are_refused),
		cmocka_unit_test(test_links_with_tricks_are_refused),
		cmocka_unit_test(test_length_limits),
		cmocka_unit_test(test_random_links_are_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
