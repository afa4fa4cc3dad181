/* SPDX-License-Identifier: MIT */
#include "daemon/wake.h"

#include "base/util.h"
#include "daemon/clock.h"
#include "tests/support/loop.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct sleeper {
	struct wake wake;
	int woken;
};

static uv_loop_t *loop;

static void on_wake(struct wake *w, bool clock_set)
{
	struct sleeper *s = container_of(w, struct sleeper, wake);

	assert_false(clock_set); /* nobody sets the clock of a machine that runs tests */
	s->woken++;
}

static struct sleeper sleeper(void)
{
	struct sleeper s = { .wake = { .on_wake = on_wake } };

	return s;
}

static void test_alarm_in_the_past_fires_at_once_and_once(void **state)
{
	struct sleeper s = sleeper();
	struct err e = ERR_INIT;

	(void)state;
	loop = loop_open();
	assert_int_equal(wake_start(&s.wake, loop, &e), 0);
	wake_at(&s.wake, clock_now() - 1000);
	LOOP_UNTIL(loop, s.woken);
	loop_idle(loop, 20);
	assert_int_equal(s.woken, 1);
	wake_stop(&s.wake);
	assert_int_equal(loop_close(loop), 0);
}

static void test_alarm_fires_not_before_its_instant(void **state)
{
	struct sleeper s = sleeper();
	struct err e = ERR_INIT;
	int64_t at = clock_now() + 1;

	(void)state;
	loop = loop_open();
	assert_int_equal(wake_start(&s.wake, loop, &e), 0);
	wake_at(&s.wake, at + 3600);
	wake_at(&s.wake, at); /* instead of the one before */
	LOOP_UNTIL(loop, s.woken);
	assert_true(clock_now() >= at);
	wake_stop(&s.wake);
	assert_int_equal(loop_close(loop), 0);
}

static void test_stop_is_silent_in_every_state(void **state)
{
	struct sleeper s = sleeper();
	struct err e = ERR_INIT;

	(void)state;
	loop = loop_open();
	wake_stop(&s.wake); /* never started */
	assert_int_equal(wake_start(&s.wake, loop, &e), 0);
	wake_at(&s.wake, clock_now() - 1);
	wake_stop(&s.wake); /* due */
	wake_stop(&s.wake);
	assert_int_equal(loop_close(loop), 0);
	assert_int_equal(s.woken, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alarm_in_the_past_fires_at_once_and_once),
		cmocka_unit_test(test_alarm_fires_not_before_its_instant),
		cmocka_unit_test(test_stop_is_silent_in_every_state),
	};

	return cmocka_run_group_tests_name("wake", tests, NULL, NULL);
}
