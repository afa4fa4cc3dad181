/* SPDX-License-Identifier: MIT */
#include "daemon/signals.h"

#include "base/log.h"
#include "base/util.h"
#include "tests/support/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

struct ears {
	struct signals signals;
	int ends, hups;
	char name[16];
};

static uv_loop_t *loop;

static void on_end(struct signals *s, const char *name)
{
	struct ears *ears = container_of(s, struct ears, signals);

	ears->ends++;
	snprintf(ears->name, sizeof(ears->name), "%s", name);
}

static void on_hup(struct signals *s)
{
	container_of(s, struct ears, signals)->hups++;
}

static void test_each_signal_reaches_its_ear(void **state)
{
	struct ears ears = { .signals = { .on_end = on_end, .on_hup = on_hup } };
	struct err e = ERR_INIT;

	(void)state;
	loop = loop_open();
	assert_int_equal(signals_start(&ears.signals, loop, &e), 0);
	raise(SIGHUP);
	LOOP_UNTIL(loop, ears.hups == 1);
	raise(SIGHUP);
	LOOP_UNTIL(loop, ears.hups == 2);
	assert_int_equal(ears.ends, 0);
	raise(SIGTERM);
	LOOP_UNTIL(loop, ears.ends == 1);
	assert_string_equal(ears.name, "SIGTERM");
	raise(SIGHUP); /* on the way out nothing is begun */
	loop_idle(loop, 20);
	assert_int_equal(ears.hups, 2);
	signals_stop(&ears.signals);
	signals_stop(&ears.signals);
	assert_int_equal(loop_close(loop), 0);
}

static void test_hup_ends_when_nobody_wants_it(void **state)
{
	struct ears ears = { .signals = { .on_end = on_end } };
	struct err e = ERR_INIT;

	(void)state;
	loop = loop_open();
	assert_int_equal(signals_start(&ears.signals, loop, &e), 0);
	raise(SIGHUP);
	LOOP_UNTIL(loop, ears.ends);
	assert_string_equal(ears.name, "SIGHUP");
	signals_stop(&ears.signals);
	assert_int_equal(loop_close(loop), 0);
}

static void listen_to_two(void)
{
	struct ears ears = { .signals = { .on_end = on_end } };
	struct err e = ERR_INIT;
	uv_loop_t own;

	uv_loop_init(&own);
	if (signals_start(&ears.signals, &own, &e) == -1)
		_exit(99);
	raise(SIGTERM);
	while (!ears.ends)
		uv_run(&own, UV_RUN_ONCE);
	raise(SIGINT);
	alarm(5);
	uv_run(&own, UV_RUN_DEFAULT);
	_exit(98);
}

static void test_second_signal_leaves_at_once(void **state)
{
	pid_t child = fork();
	int status = 0;

	(void)state;
	if (child == 0)
		listen_to_two();
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* first, while this process has no loop that a child would share */
		cmocka_unit_test(test_second_signal_leaves_at_once),
		cmocka_unit_test(test_each_signal_reaches_its_ear),
		cmocka_unit_test(test_hup_ends_when_nobody_wants_it),
	};

	log_setup(LOG_ERROR, false);
	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
