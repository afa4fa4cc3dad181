/* SPDX-License-Identifier: MIT */
#include "daemon/options.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define WORDS_MAX 10

/* The commands themselves stay out of this program. */
#define STUB(name)                                                           \
	int name(const struct options *options, const struct config *config) \
	{                                                                    \
		(void)options, (void)config;                                 \
		return 0;                                                    \
	}
STUB(cmd_run)
STUB(cmd_sync)
STUB(cmd_status)
STUB(cmd_coverage)
STUB(cmd_check)
STUB(cmd_explain)
STUB(cmd_config)

/* Parses a command line whose words are separated by one space each. */
static int parse(const char *line, struct options *o, struct err *e)
{
	static char copy[400];
	char *words[WORDS_MAX + 1] = { NULL };
	char *rest = copy;
	int count = 0;

	snprintf(copy, sizeof(copy), "csp-usaged %s", line);
	while (rest && *rest && count < WORDS_MAX)
		words[count++] = strsep(&rest, " ");
	return options_parse(o, count, words, e);
}

static void test_parse_command_and_options_in_any_order(void **state)
{
	static const char *const lines[] = {
		"sync --from 2026-01-02 --to 2026-01-31 --config /x.conf",
		"--config=/x.conf sync --to=2026-01-31 --from=2026-01-02",
		"--from 2026-01-02 --config /x.conf --to 2026-01-31 sync",
	};

	(void)state;
	for (size_t i = 0; i < countof(lines); i++) {
		struct err e = ERR_INIT;
		struct options o;

		assert_int_equal(parse(lines[i], &o, &e), 0);
		assert_string_equal(o.command->name, "sync");
		assert_string_equal(o.config_file, "/x.conf");
		assert_true(o.ranged);
		assert_int_equal(o.to - o.from, 29);
	}
}

static void test_parse_defaults(void **state)
{
	struct err e = ERR_INIT;
	struct options o;

	(void)state;
	assert_int_equal(parse("status", &o, &e), 0);
	assert_string_equal(o.config_file, "/etc/csp-usaged/csp-usaged.conf");
	assert_false(o.json || o.ranged || o.help || o.version || o.test || o.month_given);
	assert_true(guid_is_zero(o.customer));
	assert_int_equal(parse("status --json", &o, &e), 0);
	assert_true(o.json);
}

static void test_parse_help_and_version_need_no_command(void **state)
{
	struct err e = ERR_INIT;
	struct options o;

	(void)state;
	assert_int_equal(parse("--help", &o, &e), 0);
	assert_true(o.help && !o.command);
	assert_int_equal(parse("--version", &o, &e), 0);
	assert_true(o.version);
	assert_int_equal(parse("sync --help", &o, &e), 0);
	assert_true(o.help && o.command);
}

static void test_parse_takes_the_word_of_a_command_that_has_one(void **state)
{
	struct err e = ERR_INIT;
	struct options o;

	(void)state;
	assert_int_equal(parse("explain E-LOCK --config /x.conf", &o, &e), 0);
	assert_string_equal(o.word, "E-LOCK");
	assert_true(o.command->bare);
	assert_int_equal(parse("explain --mdoc", &o, &e), 0);
	assert_null(o.word);
	assert_true(o.mdoc);
}

static void test_parse_wrong_usage_is_one_error_with_remedy(void **state)
{
	static const struct {
		const char *line, *text;
	} bad[] = {
		{ "", "no command given" },
		{ "frobnicate", "unknown command \"frobnicate\"" },
		{ "sync --device", "--device is not an option of sync" },
		{ "reconcile x.csv", "unknown command \"reconcile\"" },
		{ "status --colour", "unknown option --colour" },
		{ "status extra", "status takes no argument \"extra\"" },
		{ "explain E-LOCK E-NET-NAME", "explain takes no argument \"E-NET-NAME\"" },
		{ "status --mdoc", "--mdoc is not an option of status" },
		{ "status --from 2026-01-01", "--from is not an option of status" },
		{ "run --json", "--json is not an option of run" },
		{ "sync --from", "--from wants a value" },
		{ "sync --from 2026-01-01", "--from and --to belong together" },
		{ "sync --from 2026-02-01 --to 2026-01-01", "--from is after --to" },
		{ "--help --example", "--example is not an option of csp-usaged" },
		{ "--help --test", "--test is not an option of csp-usaged" },
		{ "coverage --month 2026-1", "--month: \"2026-1\" is not a month: expected YYYY-MM" },
		{ "coverage --month 2026-13", "--month: \"2026-13\" is not a month: expected YYYY-MM" },
	};

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;
		struct options o;

		assert_int_equal(parse(bad[i].line, &o, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_string_equal(e.text, bad[i].text);
		assert_non_null(strstr(e.remedy, "--help"));
	}
}

static void test_parse_bad_values_name_the_option(void **state)
{
	static const char *const bad[] = { "sync --from 2026-02-30 --to 2026-03-01", "sync --from yesterday --to 2026-03-01",
					   "sync --customer 12", "coverage --month 2026-13" };

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = ERR_INIT;
		struct options o;

		assert_int_equal(parse(bad[i], &o, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_memory_equal(e.text, "--", 2);
	}
}

static void test_help_names_each_command_and_only_its_options(void **state)
{
	struct options o = { .help = true };
	char text[4000] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	(void)state;
	options_help(&o, out);
	fclose(out);
	for (size_t i = 0; i < countof(commands); i++)
		assert_non_null(strstr(text, commands[i].help));
	assert_non_null(strstr(text, "--config FILE"));
	assert_null(strstr(text, "--from"));

	o.command = &commands[SYNC];
	out = fmemopen(text, sizeof(text), "w");
	options_help(&o, out);
	fclose(out);
	assert_non_null(strstr(text, "--from D"));
	assert_non_null(strstr(text, "--config FILE"));
	assert_null(strstr(text, "--json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_command_and_options_in_any_order),
		cmocka_unit_test(test_parse_defaults),
		cmocka_unit_test(test_parse_help_and_version_need_no_command),
		cmocka_unit_test(test_parse_takes_the_word_of_a_command_that_has_one),
		cmocka_unit_test(test_parse_wrong_usage_is_one_error_with_remedy),
		cmocka_unit_test(test_parse_bad_values_name_the_option),
		cmocka_unit_test(test_help_names_each_command_and_only_its_options),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
