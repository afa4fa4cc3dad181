/* SPDX-License-Identifier: MIT */
#include "auth/login_page.h"
#include "net/loopback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct buf page;

static int setup(void **state)
{
	(void)state;
	buf_init(&page, LOOPBACK_PAGE_MAX);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_fini(&page);
	return 0;
}

static void check_whole(void)
{
	const char *text = buf_text(&page);

	assert_non_null(strstr(text, "<style>" LOOPBACK_STYLE "</style>"));
	assert_string_equal(text + page.n - strlen("</body></html>\n"), "</body></html>\n");
	assert_null(strstr(text, "<script"));
}

static void test_success_says_who_and_what_next(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	login_page_end(&page, &e, "a&b\"<x>@partner.example");
	check_whole();
	assert_non_null(strstr(buf_text(&page), "Account: a&amp;b&quot;&lt;x&gt;@partner.example<"));
	assert_non_null(strstr(buf_text(&page), "Go back to the terminal"));
}

static void test_failure_says_why_and_what_to_do(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, ERR_AUTH, "access_denied: <script>alert(1)</script>");
	err_advise(&e, "E-AUTH-65004", "run \"csp-usaged login\"");
	login_page_end(&page, &e, "");
	check_whole();
	assert_non_null(strstr(buf_text(&page), "&lt;script&gt;alert(1)&lt;/script&gt;"));
	assert_non_null(strstr(buf_text(&page), "Code: E-AUTH-65004"));
	assert_non_null(strstr(buf_text(&page), "What to do: <b>run &quot;csp-usaged login&quot;</b>"));
	assert_non_null(strstr(buf_text(&page), "Nothing was changed"));
}

/* The longest texts that an error can have, each character the dearest. */
static void test_there_is_always_room(void **state)
{
	struct err e = { .kind = ERR_AUTH };

	(void)state;
	memset(e.text, '"', sizeof(e.text) - 1);
	memset(e.remedy, '"', sizeof(e.remedy) - 1);
	memset(e.code, '"', sizeof(e.code) - 1);
	e.text[sizeof(e.text) - 1] = e.remedy[sizeof(e.remedy) - 1] = e.code[sizeof(e.code) - 1] = '\0';
	login_page_end(&page, &e, "");
	check_whole();
	buf_clear(&page);
	login_page_refuse(&page, &e);
	check_whole();
	assert_non_null(strstr(buf_text(&page), "goes on waiting"));
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(success_says_who_and_what_next), T(failure_says_why_and_what_to_do), T(there_is_always_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
