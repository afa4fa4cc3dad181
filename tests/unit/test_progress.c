/* SPDX-License-Identifier: MIT */
#include "daemon/progress.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct progress_facts middle = {
	.step = "USAGE", .done = 30, .total = 120, .rows = 45000, .elapsed_ms = 15000,
};

static void test_line_before_slices_are_known_names_the_step(void **state)
{
	const struct progress_facts f = { .step = "CUSTOMERS" };
	char text[PROGRESS_LINE_MAX];

	(void)state;
	assert_int_equal(progress_line(&f, 79, text, sizeof(text)), 13);
	assert_string_equal(text, "CUSTOMERS ...");
}

static void test_line_has_bar_counts_rate_and_eta(void **state)
{
	char text[PROGRESS_LINE_MAX];

	(void)state;
	progress_line(&middle, 79, text, sizeof(text));
	assert_string_equal(text, "[#######.....................] 30/120 slices  45000 rows  3000 rows/s  ETA 0:45");
}

static void test_line_tells_failures(void **state)
{
	struct progress_facts f = middle;
	char text[PROGRESS_LINE_MAX];

	(void)state;
	f.failed = 7;
	progress_line(&f, 120, text, sizeof(text));
	assert_non_null(strstr(text, "  7 failed"));
}

static void test_line_never_exceeds_width_and_buffer(void **state)
{
	struct progress_facts f = middle;
	char text[PROGRESS_LINE_MAX];

	(void)state;
	f.rows = INT64_MAX / 2000;
	f.total = 1000000000;
	for (size_t width = 1; width < 400; width++) {
		size_t n = progress_line(&f, width, text, sizeof(text));

		assert_true(n <= width && n < sizeof(text));
		assert_int_equal(strlen(text), n);
	}
}

static void test_line_full_and_first(void **state)
{
	struct progress_facts f = middle;
	char text[PROGRESS_LINE_MAX];

	(void)state;
	f.done = f.total;
	progress_line(&f, 100, text, sizeof(text));
	assert_null(strchr(text, '.'));
	assert_non_null(strstr(text, "ETA 0:00"));
	f.done = 0;
	progress_line(&f, 100, text, sizeof(text));
	assert_null(strchr(text, '#'));
	assert_non_null(strstr(text, "ETA -:--"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_before_slices_are_known_names_the_step),
		cmocka_unit_test(test_line_has_bar_counts_rate_and_eta),
		cmocka_unit_test(test_line_tells_failures),
		cmocka_unit_test(test_line_never_exceeds_width_and_buffer),
		cmocka_unit_test(test_line_full_and_first),
	};

	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
