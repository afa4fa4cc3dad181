/* SPDX-License-Identifier: MIT */
/* How the file is read, whatever its keys mean, and printed. */
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "config_fixture.h"

static void test_load_layout_that_people_write(void **state)
{
	struct fixture *f = *state;

	assert_loads(f, "\xef\xbb\xbf# comment\r\n\r\n  ; comment = x\r\n\t[partner]  # why\r\n  tenant_id=" TENANT "   ; mine\r\n"
			"    client_id : " CLIENT " # mine\r\n" CENTER "[log]\nlevel = warn");
	assert_int_equal(f->c.log_level, LOG_WARN);
}

static void test_list_over_several_lines_and_of_any_length(void **state)
{
	struct fixture *f = *state;
	struct buf text;

	buf_init(&text, 1 << 20);
	assert_int_equal(buf_add_text(&text, MINIMAL "[usage]\ninclude_customers = " TENANT ",\n  " CLIENT ", " TENANT "\n"
						     "\t; in between\n\n    " CLIENT " # and behind\n  lookback_days = 1\n"), 0);
	assert_loads(f, buf_text(&text));
	assert_int_equal(f->c.include_customers.count, 4);
	assert_int_equal(f->c.lookback_days, 1);
	buf_clear(&text);
	assert_int_equal(buf_add_text(&text, MINIMAL "[usage]\nexclude_customers = " TENANT), 0);
	for (int i = 0; i < 999; i++)
		assert_int_equal(buf_add_text(&text, i % 2 ? "," CLIENT : ", " CLIENT), 0);
	assert_loads(f, buf_text(&text));
	assert_int_equal(f->c.exclude_customers.count, 1000);
	for (size_t i = 1; i < 1000; i++)
		assert_true(guid_equal(f->c.exclude_customers.ids[i], f->c.client_id));
	buf_fini(&text);
}

static void test_unknown_names_are_answered_with_the_known(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, MINIMAL "[usage]\nlookback = 3\n", 8, "[usage] lookback: there is no such key");
	assert_non_null(strstr(f->e.remedy, "lookback_days, backfill_days"));
	assert_refused(f, MINIMAL "[usages]\nlookback_days = 3\n", 8, "[usages] lookback_days: there is no such section");
	assert_non_null(strstr(f->e.remedy, "[partner], [partner_center], [schedule], [usage]"));
	assert_refused(f, "tenant_id = " TENANT "\n", 1, "in front of the first [section]");
	assert_refused(f, MINIMAL "tenant_id = " TENANT "\n", 7, "[partner_center] tenant_id: there is no such key");
	assert_refused(f, MINIMAL "Region = NL\n", 7, "there is no such key");
	assert_refused(f, MINIMAL "client_secret = hunter2\n", 7, "client_secret: there is no such key");
	assert_null(strstr(f->e.text, "hunter2"));
}

static void test_keys_given_twice_are_refused(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, MINIMAL "region = NL\n", 7, "[partner_center] region: given twice, first in line 6");
	assert_refused(f, MINIMAL "[usage]\nlookback_days = 3\n[log]\n[usage]\nlookback_days = 4\n", 11, "first in line 8");
}

static void test_lines_that_are_no_settings(void **state)
{
	static const char *const bad[] = { "rubbish", "  rubbish", "= 3", "[usage", "[usage] lookback_days = 3", "{", "\\" };
	struct fixture *f = *state;
	char text[1024];

	for (size_t i = 0; i < countof(bad); i++) {
		snprintf(text, sizeof(text), "%s\n%s\n", MINIMAL, bad[i]);
		assert_refused(f, text, 8, "not a setting");
	}
	assert_int_equal(load_bytes(f, MINIMAL "\0", sizeof(MINIMAL)), -1);
	assert_non_null(strstr(f->e.text, ":7: "));
	snprintf(text, sizeof(text), "%s[database]\npath = /%0300d\n", MINIMAL, 1);
	assert_refused(f, text, 8, "the line is too long");
	snprintf(text, sizeof(text), "%s[database]\npath = /%0100d,%0100d\n", MINIMAL, 1, 1);
	assert_refused(f, text, 8, "the line is too long");
	snprintf(text, sizeof(text), "%s# %0500d, %0100d\n", MINIMAL, 1, 1);
	assert_loads(f, text);
}

static void test_file_that_can_not_be_read(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(config_load(&f->c, "/nonexistent/csp.conf", &f->e), -1);
	assert_int_equal(f->e.kind, ERR_CONFIG);
	assert_string_equal(f->e.text, "/nonexistent/csp.conf: can't be read: No such file or directory");
	assert_true(strlen(f->e.remedy) > 0);
	assert_int_equal(config_load(&f->c, "/tmp", &f->e), -1);
	assert_string_equal(f->e.text, "/tmp: can't be read: Is a directory");
}

static char *print(const struct config *c, enum config_form form)
{
	static const struct config_note notes[] = { { "rounding", "half away from zero" } };
	struct buf out;

	buf_init(&out, 1 << 20);
	assert_int_equal(config_print(c, form, notes, countof(notes), &out), 0);
	return buf_take(&out);
}

static void test_print_reads_back_as_the_same(void **state)
{
	static const enum config_form forms[] = { CONFIG_EFFECTIVE, CONFIG_EXAMPLE };
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(forms); i++) {
		char *first, *printed, *again;

		assert_loads(f, MINIMAL "cloud = china\n[database]\npublish =\n[usage]\ninclude_customers = " TENANT ",\n  " CLIENT
					"\n[schedule]\ntime = 06:30\njitter = 90s\n");
		first = print(&f->c, CONFIG_EFFECTIVE);
		printed = print(&f->c, forms[i]);
		assert_loads(f, printed);
		again = print(&f->c, CONFIG_EFFECTIVE);
		assert_string_equal(first, again);
		assert_int_equal(f->c.include_customers.count, 2);
		free(first);
		free(printed);
		free(again);
	}
}

static void test_print_example_comments_defaults_out(void **state)
{
	char *text = print(NULL, CONFIG_EXAMPLE);

	(void)state;
	assert_non_null(strstr(text, "\ntenant_id =\n"));
	assert_non_null(strstr(text, "\n#time = 19:00\n"));
	assert_non_null(strstr(text, "\n#base_url = https://api.partnercenter.microsoft.com\n"));
	assert_non_null(strstr(text, "\n# rounding: half away from zero\n"));
	free(text);
	text = print(NULL, CONFIG_EFFECTIVE);
	assert_non_null(strstr(text, "\ntime = 19:00\n"));
	assert_non_null(strstr(text, "\nca_file =\n"));
	free(text);
}

static void test_print_stops_at_any_maximum(void **state)
{
	char *whole = print(NULL, CONFIG_EXAMPLE);
	const struct config_note note = { "rounding", "half away from zero" };
	size_t n = strlen(whole);

	(void)state;
	for (size_t max = 0; max <= n; max++) {
		struct buf out;

		buf_init(&out, max);
		assert_int_equal(config_print(NULL, CONFIG_EXAMPLE, &note, 1, &out), max == n ? 0 : -1);
		buf_fini(&out);
	}
	free(whole);
}

static void test_file_cut_anywhere_is_refused_or_read(void **state)
{
	struct fixture *f = *state;
	char *whole;

	assert_loads(f, MINIMAL "[usage]\ninclude_customers = " TENANT ", " CLIENT "\n");
	whole = print(&f->c, CONFIG_EXAMPLE);
	for (size_t n = 0; n < strlen(whole); n += 3)
		(void)load_bytes(f, whole, n); /* for the sanitizers */
	free(whole);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_load_layout_that_people_write),
		TEST(test_list_over_several_lines_and_of_any_length),
		TEST(test_unknown_names_are_answered_with_the_known),
		TEST(test_keys_given_twice_are_refused),
		TEST(test_lines_that_are_no_settings),
		TEST(test_file_that_can_not_be_read),
		TEST(test_print_reads_back_as_the_same),
		TEST(test_print_example_comments_defaults_out),
		TEST(test_print_stops_at_any_maximum),
		TEST(test_file_cut_anywhere_is_refused_or_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
