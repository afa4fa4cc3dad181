/* SPDX-License-Identifier: MIT */
#include "base/util.h"
#include "net/timer.h"
#include "tests/support/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct owner {
	struct timer t;
	int fired;
	uint64_t fired_at;
	struct owner *cancel, *restart; /* in the callback */
	bool free_self;
};

static uv_loop_t *loop;

static void on_fire(struct timer *t)
{
	struct owner *o = container_of(t, struct owner, t);

	o->fired++;
	o->fired_at = uv_hrtime() / 1000000;
	assert_false(timer_active(t));
	if (o->cancel)
		timer_cancel(&o->cancel->t);
	if (o->restart && o->fired < 3)
		timer_start(&o->restart->t, loop, 1, on_fire);
	if (o->free_self)
		free(o);
}

static int setup(void **state)
{
	(void)state;
	loop = loop_open();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return loop_close(loop);
}

static void test_timer_start_fires_once(void **state)
{
	struct owner o = { .fired = 0 };

	(void)state;
	assert_false(timer_active(&o.t));
	timer_start(&o.t, loop, 5, on_fire);
	assert_true(timer_active(&o.t));
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(o.fired, 1);
	assert_false(timer_active(&o.t));
}

static void test_timer_start_anew_moves_the_time(void **state)
{
	struct owner o = { .fired = 0 };
	uint64_t began = uv_hrtime() / 1000000;

	(void)state;
	timer_start(&o.t, loop, 1, on_fire);
	timer_start(&o.t, loop, 50, on_fire);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(o.fired, 1);
	assert_true(o.fired_at - began >= 49);
}

/* libuv counts from the time that the turn of the loop began. */
static void test_timer_start_after_a_long_turn_is_not_too_short(void **state)
{
	struct owner o = { .fired = 0 };
	uint64_t began;

	(void)state;
	uv_update_time(loop);
	usleep(60000);
	began = uv_hrtime() / 1000000;
	timer_start(&o.t, loop, 40, on_fire);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_true(o.fired_at - began >= 39);
}

static void test_timer_cancel_is_silent_and_the_memory_may_go(void **state)
{
	struct owner *o = calloc(1, sizeof(*o));

	(void)state;
	timer_cancel(&o->t); /* never started */
	timer_start(&o->t, loop, 0, on_fire);
	timer_cancel(&o->t);
	timer_cancel(&o->t);
	assert_false(timer_active(&o->t));
	free(o);
	uv_run(loop, UV_RUN_DEFAULT);
}

static void test_timer_cancel_of_another_in_the_same_turn(void **state)
{
	struct owner a = { .fired = 0 }, b = { .fired = 0 };

	(void)state;
	a.cancel = &b;
	b.cancel = &a;
	timer_start(&a.t, loop, 1, on_fire);
	timer_start(&b.t, loop, 1, on_fire);
	usleep(5000);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(a.fired + b.fired, 1);
}

static void test_timer_start_inside_its_callback(void **state)
{
	struct owner o = { .fired = 0 };

	(void)state;
	o.restart = &o;
	timer_start(&o.t, loop, 0, on_fire);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(o.fired, 3);
}

static void test_timer_owner_may_free_itself_in_the_callback(void **state)
{
	struct owner *o = calloc(1, sizeof(*o));

	(void)state;
	o->free_self = true;
	timer_start(&o->t, loop, 0, on_fire);
	uv_run(loop, UV_RUN_DEFAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_timer_##name, setup, teardown)
		T(start_fires_once),
		T(start_anew_moves_the_time),
		T(start_after_a_long_turn_is_not_too_short),
		T(cancel_is_silent_and_the_memory_may_go),
		T(cancel_of_another_in_the_same_turn),
		T(start_inside_its_callback),
		T(owner_may_free_itself_in_the_callback),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
