/* SPDX-License-Identifier: MIT */
/* The renewal of the consent on disk, killed at each of its system calls, before and after: the old token or the new one is there, whole,
 * and the next renewal works. */
#include "auth/consent.h"
#include "tests/support/tempdir.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cmocka.h>

#define STOPS_MAX 2000

static char dir[TEMPDIR_SIZE];
static struct consent_place place;

static int setup(void **state)
{
	(void)state;
	tempdir_make(dir);
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	place = (struct consent_place){ .state_dir = dir, .tenant_id = "tenant", .client_id = "client" };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tempdir_remove(dir);
	unsetenv("CREDENTIALS_DIRECTORY");
	return 0;
}

static void write_old(void)
{
	const struct consent c = { .refresh_token = (char *)"0.old", .oid = (char *)"oid-1", .given_at = 1, .renewed_at = 2, .mfa = 1 };
	struct err e = ERR_INIT;

	assert_int_equal(consent_write(&c, &place, &e), 0);
}

/* Reads, renews, ends: 0 when the token is durable. */
static int renew(void)
{
	struct consent c = { .mfa = -1 };
	struct err e = ERR_INIT;
	bool overtaken = true;
	int rc = consent_read(&c, &place, &e);

	if (rc == 0)
		rc = consent_renew(&c, &place, "0.new", 3, -1, &overtaken, &e);
	consent_fini(&c);
	return rc == 0 && !overtaken ? 0 : 1;
}

/* Kills a renewal at its STOP-th entry into or return from the kernel; false when it was over before. */
static bool renew_killed_at(unsigned stop)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			_exit(2);
		raise(SIGSTOP);
		_exit(renew());
	}
	assert_true(child > 0);
	for (unsigned i = 0;; i++) {
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return false;
		}
		assert_true(WIFSTOPPED(status));
		if (i == stop)
			break;
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	return true;
}

/* Which token is there; it is whole, and so is what stands beside it. */
static bool is_new(void)
{
	struct consent c = { .mfa = -1 };
	struct err e = ERR_INIT;
	bool new;

	if (consent_read(&c, &place, &e) == -1)
		fail_msg("%s", e.text);
	new = strcmp(c.refresh_token, "0.new") == 0;
	if (!new)
		assert_string_equal(c.refresh_token, "0.old");
	assert_int_equal(c.renewed_at, new ? 3 : 2);
	assert_string_equal(c.oid, "oid-1");
	consent_fini(&c);
	return new;
}

static void kill_everywhere(int files)
{
	unsigned old = 0, new = 0;

	for (unsigned stop = 1;; stop++) {
		assert_true(stop < STOPS_MAX);
		write_old();
		if (!renew_killed_at(stop))
			break;
		if (is_new())
			new++;
		else
			old++;
		assert_int_equal(renew(), 0);
		assert_true(is_new());
		assert_int_equal(tempdir_count(dir, 0), files); /* what the killed one left is gone */
	}
	assert_true(old >= 20 && new >= 2); /* it was killed on both sides of the rename */
}

static void test_killed_at_each_system_call(void **state)
{
	(void)state;
	kill_everywhere(1);
}

static void test_killed_at_each_system_call_sealed(void **state)
{
	(void)state;
	tempdir_put(dir, "token_key", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 0600);
	kill_everywhere(2);
}

/* Some containers forbid tracing: then there is nothing to test with. */
static bool may_trace(void)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1);
	return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_killed_at_each_system_call, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_at_each_system_call_sealed, setup, teardown),
	};

	if (!may_trace()) {
		puts("skipped: processes can't be traced here");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
