/* SPDX-License-Identifier: MIT */
#include "auth/token_file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/support/tempdir.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

static char dir[TEMPDIR_SIZE];
static struct buf text;
static struct token_file_seen seen;

static int setup(void **state)
{
	(void)state;
	tempdir_make(dir);
	buf_init(&text, LIMIT_CONSENT_BYTES);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_fini_secret(&text);
	tempdir_remove(dir);
	return 0;
}

static void check_refused(enum err_kind kind, const char *words)
{
	struct err e = ERR_INIT;

	buf_clear(&text);
	assert_int_equal(token_file_read(dir, &text, &seen, &e), -1);
	assert_int_equal(e.kind, kind);
	assert_non_null(strstr(e.text, words));
	assert_int_equal(text.n, 0);
	assert_true(e.code[0] && e.remedy[0]);
}

static void write_token(const char *token)
{
	struct err e = ERR_INIT;

	assert_int_equal(token_file_write(dir, span_of(token), NULL, NULL, &e), 0);
}

static void check_token(const char *token)
{
	struct err e = ERR_INIT;

	buf_clear(&text);
	assert_int_equal(token_file_read(dir, &text, &seen, &e), 0);
	assert_string_equal(buf_text(&text), token);
}

static void test_write_then_read_gives_the_same(void **state)
{
	struct stat st;

	(void)state;
	write_token("0.first");
	check_token("0.first");
	write_token("0.second-and-longer");
	check_token("0.second-and-longer");
	assert_int_equal(tempdir_count(dir, 0), 1);
	assert_int_equal(stat(tempdir_path(dir, TOKEN_FILE_NAME), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void test_write_ignores_a_generous_umask(void **state)
{
	mode_t old = umask(0);
	struct stat st;

	(void)state;
	write_token("x");
	umask(old);
	assert_int_equal(stat(tempdir_path(dir, TOKEN_FILE_NAME), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void test_file_larger_than_the_buffer_is_refused(void **state)
{
	(void)state;
	write_token("12345678");
	text.max = 8;
	check_token("12345678");
	text.max = 7;
	check_refused(ERR_AUTH, "too long");
}

static void test_read_gives_every_byte(void **state)
{
	(void)state;
	write_token(" \n\t0.abc\r\n\n");
	check_token(" \n\t0.abc\r\n\n");
}

static void test_read_without_a_file_says_so(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	seen.there = true;
	assert_int_equal(token_file_read(dir, &text, &seen, &e), 0);
	assert_false(seen.there);
	assert_int_equal(text.n, 0);
}

/* Another one was put there between the reading and the writing: it stays. */
static void test_write_does_not_replace_what_was_changed_meanwhile(void **state)
{
	struct token_file_seen first;
	struct err e = ERR_INIT;
	bool overtaken;

	(void)state;
	write_token("old");
	check_token("old");
	first = seen;
	assert_int_equal(token_file_write(dir, span_of("rotated"), &first, &overtaken, &e), 0);
	assert_false(overtaken);
	check_token("rotated");
	assert_int_equal(token_file_write(dir, span_of("late"), &first, &overtaken, &e), 0);
	assert_true(overtaken);
	check_token("rotated");
	first = seen;
	assert_int_equal(unlink(tempdir_path(dir, TOKEN_FILE_NAME)), 0); /* taken away on purpose: it does not come back */
	assert_int_equal(token_file_write(dir, span_of("late"), &first, &overtaken, &e), 0);
	assert_true(overtaken);
	first.there = false;
	assert_int_equal(token_file_write(dir, span_of("first"), &first, &overtaken, &e), 0);
	assert_false(overtaken);
	assert_int_equal(token_file_write(dir, span_of("second"), &first, &overtaken, &e), 0);
	assert_true(overtaken);
	check_token("first");
	assert_int_equal(tempdir_count(dir, 0), 1);
}

static void test_read_without_a_folder_is_an_error(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(token_file_read("/nonexistent/x", &text, &seen, &e), -1);
	assert_int_equal(e.kind, ERR_STORE);
	assert_string_equal(e.code, "E-TOKEN-STORE");
	assert_non_null(strstr(e.remedy, "state_dir"));
	assert_int_equal(token_file_write("/nonexistent/x", span_of("t"), NULL, NULL, &e), -1);
	assert_int_equal(e.kind, ERR_STORE);
}

static void test_read_refuses_what_others_may_touch(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0660, 0620, 0602, 0610, 0601, 0777 };

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		tempdir_put(dir, TOKEN_FILE_NAME, "secret-text", modes[i]);
		check_refused(ERR_AUTH, "mode 0");
	}
	tempdir_put(dir, TOKEN_FILE_NAME, "secret-text", 0600);
	assert_int_equal(chmod(dir, 0770), 0);
	check_refused(ERR_AUTH, "mode 0770");
	assert_int_equal(chmod(dir, 0707), 0);
	check_refused(ERR_AUTH, "mode 0707");
	assert_int_equal(chmod(dir, 0755), 0);
	check_token("secret-text");
}

static void test_read_refuses_links_and_pipes(void **state)
{
	char target[TEMPDIR_PATH];

	(void)state;
	tempdir_put(dir, "elsewhere", "secret-text", 0600);
	snprintf(target, sizeof(target), "%s/elsewhere", dir);
	assert_int_equal(symlink(target, tempdir_path(dir, TOKEN_FILE_NAME)), 0);
	check_refused(ERR_AUTH, "Too many levels");
	write_token("new"); /* replaces the link, not what it points to */
	check_token("new");
	assert_string_equal(tempdir_get(dir, "elsewhere"), "secret-text");
	assert_int_equal(unlink(tempdir_path(dir, TOKEN_FILE_NAME)), 0);
	assert_int_equal(mkfifo(tempdir_path(dir, TOKEN_FILE_NAME), 0600), 0);
	check_token(""); /* and does not hang */
}

static void test_write_removes_leftovers_and_nothing_else(void **state)
{
	(void)state;
	tempdir_put(dir, TOKEN_FILE_NAME ".tmp-killed", "half", 0600);
	tempdir_put(dir, TOKEN_FILE_NAME ".tmp-", "", 0600);
	tempdir_put(dir, TOKEN_FILE_NAME ".mine", "keep", 0600);
	write_token("new");
	assert_int_equal(tempdir_count(dir, 0), 2);
	assert_string_equal(tempdir_get(dir, TOKEN_FILE_NAME ".mine"), "keep");
}

static void test_write_that_fails_leaves_the_old_token(void **state)
{
	struct rlimit old, none = { 3, 3 };
	struct err e = ERR_INIT;
	int rc;

	(void)state;
	write_token("old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0); /* as a full disk: a short write, then an error */
	rc = token_file_write(dir, span_of("new-and-longer"), NULL, NULL, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(rc, -1);
	assert_int_equal(e.kind, ERR_STORE);
	assert_non_null(strstr(e.text, dir));
	assert_null(strstr(e.text, "new-and"));
	assert_string_equal(e.code, "E-TOKEN-STORE");
	check_token("old");
	assert_int_equal(tempdir_count(dir, 0), 1);
}

/* Two processes write at once, again and again, one of them is killed: always a whole token of one of them. */
static void test_writers_of_several_processes_do_not_meet(void **state)
{
	pid_t other = fork();
	int status;

	(void)state;
	if (other == 0) {
		struct err e = ERR_INIT;

		for (;;)
			if (token_file_write(dir, span_of("token-of-the-other"), NULL, NULL, &e) == -1)
				_exit(1);
	}
	for (int i = 0; i < 300; i++) {
		write_token("token-of-mine");
		buf_clear(&text);
		struct err e = ERR_INIT;

		assert_int_equal(token_file_read(dir, &text, &seen, &e), 0);
		assert_true(strcmp(buf_text(&text), "token-of-mine") == 0 || strcmp(buf_text(&text), "token-of-the-other") == 0);
	}
	kill(other, SIGKILL);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_true(WIFSIGNALED(status));
	write_token("last");
	check_token("last");
	assert_int_equal(tempdir_count(dir, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(write_then_read_gives_the_same),
		T(write_ignores_a_generous_umask),
		T(file_larger_than_the_buffer_is_refused),
		T(read_gives_every_byte),
		T(read_without_a_file_says_so),
		T(read_without_a_folder_is_an_error),
		T(read_refuses_what_others_may_touch),
		T(write_does_not_replace_what_was_changed_meanwhile),
		T(read_refuses_links_and_pipes),
		T(write_removes_leftovers_and_nothing_else),
		T(write_that_fails_leaves_the_old_token),
		T(writers_of_several_processes_do_not_meet),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
