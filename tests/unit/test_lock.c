/* SPDX-License-Identifier: MIT */
#include "daemon/lock.c"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

static char folder[] = "/tmp/csp-usaged-lock-XXXXXX";
static char database[64], file[80];

static void test_take_release_take(void **state)
{
	struct lock lock = LOCK_INIT;
	struct err e = ERR_INIT;
	struct stat st;

	(void)state;
	assert_int_equal(lock_take(&lock, database, &e), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	lock_release(&lock);
	lock_release(&lock);
	assert_int_equal(lock_take(&lock, database, &e), 0);
	lock_release(&lock);
}

static void test_take_while_another_has_it_names_the_process(void **state)
{
	struct lock first = LOCK_INIT, second = LOCK_INIT;
	struct err e = ERR_INIT;
	char expected[40];

	(void)state;
	assert_int_equal(lock_take(&first, database, &e), 0);
	assert_int_equal(lock_take(&second, database, &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	snprintf(expected, sizeof(expected), "(process %ld)", (long)getpid());
	assert_non_null(strstr(e.text, expected));
	assert_true(e.remedy[0]);
	lock_release(&first);
}

static void test_death_of_the_holder_releases(void **state)
{
	struct lock lock = LOCK_INIT;
	struct err e = ERR_INIT;
	int ready[2], status;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		if (lock_take(&lock, database, &e) == 0 && write(ready[1], "1", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(lock_take(&lock, database, &e), -1);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(lock_take(&lock, database, &e), 0);
	lock_release(&lock);
	close(ready[0]);
	close(ready[1]);
}

static void test_take_without_folder_says_what_to_do(void **state)
{
	struct lock lock = LOCK_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(lock_take(&lock, "/nonexistent/usage.db", &e), -1);
	assert_int_equal(e.kind, ERR_STORE);
	assert_true(e.remedy[0]);
	assert_int_equal(lock.fd, -1);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(database, sizeof(database), "%s/usage.db", folder);
	snprintf(file, sizeof(file), "%s.lock", database);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take_release_take),
		cmocka_unit_test(test_take_while_another_has_it_names_the_process),
		cmocka_unit_test(test_death_of_the_holder_releases),
		cmocka_unit_test(test_take_without_folder_says_what_to_do),
	};

	return cmocka_run_group_tests_name("lock", tests, make_folder, remove_folder);
}
