/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "base/err.h"
#include "base/util.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ROUNDS 50000

/* stderr goes into a file while the log speaks. */
static char written[2 * LOG_LINE_MAX];
static size_t written_n;
static FILE *sink;
static int true_stderr;

static int setup(void **state)
{
	(void)state;
	sink = tmpfile();
	true_stderr = dup(STDERR_FILENO);
	dup2(fileno(sink), STDERR_FILENO);
	log_setup(LOG_INFO, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dup2(true_stderr, STDERR_FILENO);
	close(true_stderr);
	fclose(sink);
	log_setup(LOG_INFO, false);
	log_set_hooks(NULL, NULL);
	return 0;
}

/* Finishes the line and takes what was written since. */
static const char *finish(struct log_line *l)
{
	ssize_t n;

	log_finish(l);
	n = pread(fileno(sink), written, sizeof(written) - 1, 0);
	written_n = n > 0 ? (size_t)n : 0;
	written[written_n] = '\0';
	if (ftruncate(fileno(sink), 0) || lseek(fileno(sink), 0, SEEK_SET))
		abort();
	return written;
}

static void test_line_is_event_and_fields_in_order(void **state)
{
	struct log_line l;

	(void)state;
	log_start(&l, LOG_INFO, "run.done");
	log_int(&l, "run", 42);
	log_int(&l, "low", INT64_MIN);
	log_text(&l, "status", "partial");
	log_text(&l, "amount", "EUR 10423.118200000");
	log_text(&l, "empty", "");
	log_text(&l, "null", NULL);
	log_span(&l, "cut", (struct span){ "abcdef", 3 });
	assert_string_equal(finish(&l), "<6>event=run.done run=42 low=-9223372036854775808 status=partial "
					"amount=\"EUR 10423.118200000\" empty=\"\" null=\"\" cut=abc\n");
}

static void test_levels_and_priorities(void **state)
{
	static const char *const prefixes[] = { "<3>", "<4>", "<6>", "<7>" };

	(void)state;
	for (unsigned limit = LOG_ERROR; limit <= LOG_DEBUG; limit++) {
		log_setup(limit, true);
		for (unsigned level = LOG_ERROR; level <= LOG_DEBUG; level++) {
			struct log_line l;
			char expected[32];

			log_start(&l, level, "x");
			log_int(&l, "n", 1);
			snprintf(expected, sizeof(expected), "%sevent=x n=1\n", prefixes[level]);
			assert_string_equal(finish(&l), level <= limit ? expected : "");
			assert_int_equal(log_enabled(level), level <= limit);
		}
	}
}

static void test_elsewhere_than_the_journal_lines_have_a_time(void **state)
{
	struct log_line l;
	const char *line;
	int year, at = 0;

	(void)state;
	log_setup(LOG_INFO, false);
	log_start(&l, LOG_ERROR, "x");
	line = finish(&l);
	assert_int_equal(sscanf(line, "%4d-%*2d-%*2dT%*2d:%*2d:%*2d.%*3dZ event=x%n", &year, &at), 1);
	assert_true(year >= 2024 && year < 2200);
	assert_string_equal(line + at, "\n");
}

static void test_what_came_from_outside_stays_in_its_value(void **state)
{
	static const struct {
		const char *value, *shown;
	} cases[] = {
		{ "a\nb", "\"a\\nb\"" },
		{ "a\n<0>event=forged", "\"a\\n<0>event=forged\"" },
		{ "x y=z", "\"x y=z\"" },
		{ "key=value", "\"key=value\"" },
		{ "say \"hi\"", "\"say \\\"hi\\\"\"" },
		{ "back\\slash", "\"back\\\\slash\"" },
		{ "\t\r\x1b[31m\x7f", "\"\\x09\\x0d\\x1b[31m\\x7f\"" },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"" },
		{ "\xc3", "\"\\xc3\"" },
		{ "\xc0\x80", "\"\\xc0\\x80\"" },             /* overlong */
		{ "\xed\xa0\x80", "\"\\xed\\xa0\\x80\"" },    /* surrogate */
		{ "\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\"" },
		{ "\xc2\x85", "\"\\xc2\\x85\"" },             /* NEL breaks lines for some */
		{ "\xe2\x80\xa8", "\"\\xe2\\x80\\xa8\"" },    /* and so does LINE SEPARATOR */
		{ "\xe2\x80\xae", "\"\\xe2\\x80\\xae\"" },    /* RIGHT-TO-LEFT OVERRIDE: what follows would be read backwards */
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct log_line l;
		char expected[128];

		log_start(&l, LOG_INFO, "x");
		log_text(&l, "v", cases[i].value);
		snprintf(expected, sizeof(expected), "<6>event=x v=%s\n", cases[i].shown);
		assert_string_equal(finish(&l), expected);
	}
}

/* Undoes the quoting at P; the length of the value, or fails. */
static size_t unquote(const char *p, char *value)
{
	size_t n = 0;

	assert_int_equal(*p++, '"');
	while (*p != '"') {
		unsigned hex;

		assert_true((unsigned char)*p >= ' ');
		if (*p != '\\') {
			value[n++] = *p++;
		} else if (p[1] == 'x') {
			assert_int_equal(sscanf(p + 2, "%2x", &hex), 1);
			value[n++] = (char)hex;
			p += 4;
		} else {
			value[n++] = p[1] == 'n' ? '\n' : p[1];
			p += 2;
		}
	}
	assert_string_equal(p, "\" next=1\n");
	return n;
}

static void test_random_bytes_read_back_and_never_forge_a_line(void **state)
{
	static const char nasty[] = "\n\"\\= <>0event\xc3\xa9\xe2\x80\xa8\x7f\xf0\x9f";
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		char value[64], back[64];
		size_t n = (size_t)rand_r(&seed) % sizeof(value);
		struct log_line l;
		const char *line;

		for (size_t k = 0; k < n; k++)
			value[k] = rand_r(&seed) % 2 ? nasty[(size_t)rand_r(&seed) % (sizeof(nasty) - 1)] : (char)rand_r(&seed);
		value[0] = ' '; /* to have it quoted */
		n += n == 0;
		log_start(&l, LOG_INFO, "x");
		log_span(&l, "v", (struct span){ value, n });
		log_int(&l, "next", 1);
		line = finish(&l);
		assert_int_equal(strlen(line), written_n);
		assert_memory_equal(line, "<6>event=x v=", 13);
		assert_int_equal(unquote(line + 13, back), n);
		assert_memory_equal(back, value, n);
	}
}

static void test_long_value_is_cut_inside_its_quotes(void **state)
{
	char value[LOG_VALUE_MAX + 2];
	struct log_line l;
	const char *line;

	(void)state;
	memset(value, 'a', sizeof(value));
	log_start(&l, LOG_INFO, "x");
	log_span(&l, "v", (struct span){ value, LOG_VALUE_MAX });
	log_int(&l, "next", 1);
	assert_int_equal(strlen(finish(&l)), strlen("<6>event=x v=") + LOG_VALUE_MAX + strlen(" next=1\n"));
	log_start(&l, LOG_INFO, "x");
	log_span(&l, "v", (struct span){ value, LOG_VALUE_MAX + 1 });
	log_int(&l, "next", 1);
	line = finish(&l);
	assert_non_null(strstr(line, "aaa...\" next=1\n"));
	assert_int_equal(strlen(line), strlen("<6>event=x v=\"...\"") + LOG_VALUE_MAX + strlen(" next=1\n"));
}

/* Lines of every length around the maximum, made of text, numbers and characters of several bytes. */
static void test_full_line_ends_whole_at_any_length(void **state)
{
	char filler[700];

	(void)state;
	memset(filler, 'f', sizeof(filler));
	for (size_t n = 600; n < 700; n++) {
		struct log_line l;
		const char *line;

		log_start(&l, LOG_INFO, "x");
		for (int i = 0; i < 5; i++)
			log_span(&l, "filler", (struct span){ filler, 690 });
		log_span(&l, "last", (struct span){ filler, n });
		log_text(&l, "quoted", "\xe2\x82\xac \xe2\x82\xac\n\xe2\x82\xac");
		log_int(&l, "number", 123456789);
		log_text(&l, "more", "x");
		line = finish(&l);
		assert_int_equal(strlen(line), written_n);
		assert_true(written_n <= LOG_LINE_MAX);
		assert_ptr_equal(strchr(line, '\n'), line + written_n - 1);
		if (written_n > LOG_LINE_MAX - 16)
			assert_true(strcmp(line + written_n - 4, "...\n") == 0 || strcmp(line + written_n - 5, "...\"\n") == 0 ||
				    strcmp(line + written_n - 7, "more=x\n") == 0);
		for (const char *p = line; (p = strchr(p, '\xe2')); p++)
			assert_memory_equal(p, "\xe2\x82\xac", 3);
	}
}

static void test_err_gives_code_error_and_remedy(void **state)
{
	struct err e = ERR_INIT;
	struct log_line l;

	(void)state;
	err_set(&e, ERR_AUTH, "sign-in: refused");
	log_start(&l, LOG_ERROR, "x");
	log_err(&l, &e);
	assert_string_equal(finish(&l), "<3>event=x error=\"sign-in: refused\"\n");
	err_advise(&e, "E-AUTH-700082", "give consent again");
	log_start(&l, LOG_ERROR, "x");
	log_err(&l, &e);
	assert_string_equal(finish(&l), "<3>event=x code=E-AUTH-700082 error=\"sign-in: refused\" remedy=\"give consent again\"\n");
}

static char hooks[8];

static void before(void)
{
	snprintf(hooks, sizeof(hooks), "b");
}

static void after(void)
{
	hooks[1] = 'a';
}

static void test_hooks_run_around_lines_that_are_written(void **state)
{
	struct log_line l;

	(void)state;
	log_set_hooks(before, after);
	log_start(&l, LOG_DEBUG, "x");
	finish(&l);
	assert_string_equal(hooks, "");
	log_start(&l, LOG_INFO, "x");
	finish(&l);
	assert_memory_equal(hooks, "ba", 2);
}

static void test_journal_is_known_by_its_socket(void **state)
{
	struct stat st;
	char name[64];

	(void)state;
	unsetenv("JOURNAL_STREAM");
	assert_false(log_stderr_is_journal());
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(name, sizeof(name), "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", name, 1);
	assert_true(log_stderr_is_journal());
	setenv("JOURNAL_STREAM", "1:2", 1);
	assert_false(log_stderr_is_journal());
	unsetenv("JOURNAL_STREAM");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_line_is_event_and_fields_in_order),
		TEST(test_levels_and_priorities),
		TEST(test_elsewhere_than_the_journal_lines_have_a_time),
		TEST(test_what_came_from_outside_stays_in_its_value),
		TEST(test_random_bytes_read_back_and_never_forge_a_line),
		TEST(test_long_value_is_cut_inside_its_quotes),
		TEST(test_full_line_ends_whole_at_any_length),
		TEST(test_err_gives_code_error_and_remedy),
		TEST(test_hooks_run_around_lines_that_are_written),
		TEST(test_journal_is_known_by_its_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
