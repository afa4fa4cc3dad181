/* SPDX-License-Identifier: MIT */
#include "base/util.h"
#include "net/lane.h"
#include "tests/support/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include <cmocka.h>

struct work {
	struct lane_job job;
	int number;
	useconds_t takes;
	struct work *then, *cancel; /* submitted, cancelled in done */
};

static uv_loop_t *loop;
static struct lane *lane;
static atomic_int running, most_running, ran[32], finished[32], dropped[32];
static int order[64], ordered; /* written by the worker alone, read when it is idle */

static int setup(void **state)
{
	(void)state;
	loop = loop_open();
	lane = lane_new(loop);
	atomic_store(&most_running, 0);
	for (int i = 0; i < 32; i++) {
		atomic_store(&ran[i], 0);
		atomic_store(&finished[i], 0);
		atomic_store(&dropped[i], 0);
	}
	ordered = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lane_free(lane);
	return loop_close(loop);
}

static void run(struct lane_job *job)
{
	struct work *w = container_of(job, struct work, job);
	int now = atomic_fetch_add(&running, 1) + 1;

	if (now > atomic_load(&most_running))
		atomic_store(&most_running, now);
	if (w->takes)
		usleep(w->takes);
	order[ordered++] = w->number;
	atomic_fetch_add(&ran[w->number], 1);
	atomic_fetch_sub(&running, 1);
}

static void done(struct lane_job *job)
{
	struct work *w = container_of(job, struct work, job);

	assert_true(job->ran);
	atomic_fetch_add(&finished[w->number], 1);
	if (w->cancel)
		assert_true(lane_cancel(lane, &w->cancel->job));
	if (w->then)
		lane_submit(lane, &w->then->job, run, done);
}

static void drop(struct lane_job *job)
{
	atomic_fetch_add(&dropped[container_of(job, struct work, job)->number], 1);
}

static void test_lane_runs_jobs_in_order_one_at_a_time(void **state)
{
	struct work w[20] = { 0 };

	(void)state;
	for (int i = 0; i < 20; i++) {
		w[i].number = i;
		w[i].takes = i % 3 ? 0 : 1000;
		lane_submit(lane, &w[i].job, run, done);
	}
	assert_int_equal(lane_waiting(lane), 20);
	LOOP_UNTIL(loop, lane_waiting(lane) == 0);
	assert_int_equal(most_running, 1);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(order[i], i);
		assert_int_equal(finished[i], 1);
	}
}

static void test_lane_submit_inside_done_goes_behind_the_others(void **state)
{
	struct work a = { .number = 0 }, b = { .number = 1 }, c = { .number = 2 };

	(void)state;
	a.then = &c;
	lane_submit(lane, &a.job, run, done);
	lane_submit(lane, &b.job, run, done);
	LOOP_UNTIL(loop, lane_waiting(lane) == 0);
	assert_int_equal(order[1], 1);
	assert_int_equal(order[2], 2);
	assert_int_equal(finished[2], 1);
}

static void test_lane_cancel_takes_out_a_waiting_job_only(void **state)
{
	struct work a = { .number = 0, .takes = 20000 }, b = { .number = 1 }, c = { .number = 2 };
	struct work never = { .number = 3 };

	(void)state;
	lane_submit(lane, &a.job, run, done);
	lane_submit(lane, &b.job, run, done);
	lane_submit(lane, &c.job, run, done);
	assert_false(lane_cancel(lane, &a.job)); /* on its way to the worker */
	assert_true(lane_cancel(lane, &c.job));  /* the last one: the tail moves */
	assert_false(lane_cancel(lane, &c.job));
	assert_false(lane_cancel(lane, &never.job));
	lane_submit(lane, &c.job, run, done);
	assert_true(lane_cancel(lane, &b.job));
	LOOP_UNTIL(loop, lane_waiting(lane) == 0);
	assert_int_equal(ran[0] + ran[2], 2);
	assert_int_equal(ran[1] + finished[1], 0);
}

static void test_lane_cancel_inside_done(void **state)
{
	struct work a = { .number = 0 }, b = { .number = 1 };

	(void)state;
	a.cancel = &b;
	lane_submit(lane, &a.job, run, done);
	lane_submit(lane, &b.job, run, done);
	LOOP_UNTIL(loop, lane_waiting(lane) == 0);
	loop_idle(loop, 5);
	assert_int_equal(ran[1], 0);
}

static void test_lane_free_waits_for_the_running_job_and_drops_all(void **state)
{
	static struct work w[3];

	(void)state;
	memset(w, 0, sizeof(w));
	for (int i = 0; i < 3; i++) {
		w[i].number = i;
		w[i].takes = 30000;
		w[i].job.drop = drop;
		lane_submit(lane, &w[i].job, run, done);
	}
	while (!atomic_load(&running))
		usleep(100);
	lane_free(lane);
	assert_int_equal(running, 0);
	assert_int_equal(ran[0], 1);
	assert_true(w[0].job.ran);
	assert_false(w[1].job.ran);
	memset(w, 0xee, sizeof(w)); /* the memory may go */
	loop_idle(loop, 10);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(finished[i], 0);
		assert_int_equal(dropped[i], 1);
	}
	lane = lane_new(loop);
}

static void test_lane_free_right_after_submit(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		struct work w = { .number = 0 };

		lane_submit(lane, &w.job, run, done);
		lane_free(lane);
		lane = lane_new(loop);
	}
	assert_int_equal(finished[0], 0);
}

static void test_lane_hold_lets_nothing_begin(void **state)
{
	struct work w[2] = { { .number = 0, .takes = 2000 }, { .number = 1 } };

	(void)state;
	lane_submit(lane, &w[0].job, run, done);
	lane_submit(lane, &w[1].job, run, done);
	lane_hold(lane, true);
	LOOP_UNTIL(loop, finished[0] == 1); /* what runs goes on */
	for (int i = 0; i < 20; i++)
		uv_run(loop, UV_RUN_NOWAIT);
	assert_int_equal(ran[1], 0);
	assert_int_equal(lane_waiting(lane), 1);
	lane_hold(lane, false);
	LOOP_UNTIL(loop, finished[1] == 1);
}

static void test_lane_free_drops_what_is_held(void **state)
{
	struct work w = { .number = 0 };

	(void)state;
	lane_hold(lane, true);
	lane_submit(lane, &w.job, run, done);
	lane_free(lane);
	lane = lane_new(loop);
	assert_int_equal(ran[0], 0);
	assert_int_equal(finished[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_lane_##name, setup, teardown)
		T(runs_jobs_in_order_one_at_a_time),
		T(submit_inside_done_goes_behind_the_others),
		T(cancel_takes_out_a_waiting_job_only),
		T(cancel_inside_done),
		T(free_waits_for_the_running_job_and_drops_all),
		T(free_right_after_submit),
		T(hold_lets_nothing_begin),
		T(free_drops_what_is_held),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
