/* SPDX-License-Identifier: MIT */
#include "base/util.h"
#include "net/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct backoff ours = { .tries_max = 6, .base_ms = 1000, .cap_ms = 60000 };

static void test_backoff_doubles_up_to_the_cap(void **state)
{
	static const int64_t ceilings[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
	struct backoff b = { .tries_max = 100, .base_ms = 1000, .cap_ms = 60000 };

	(void)state;
	for (unsigned i = 0; i < countof(ceilings); i++) {
		assert_int_equal(backoff_delay_ms(&b, i + 1, -1, UINT32_MAX), ceilings[i]);
		assert_int_equal(backoff_delay_ms(&b, i + 1, -1, 0), 0);
		assert_int_equal(backoff_delay_ms(&b, i + 1, -1, UINT32_MAX / 2 + 1), (ceilings[i] + 1) / 2);
	}
}

static void test_backoff_gives_up_after_the_last_try(void **state)
{
	struct backoff once = { .tries_max = 1, .base_ms = 1, .cap_ms = 1 };
	struct backoff patient = { .tries_max = 6, .told_tries_max = 12, .base_ms = 1, .cap_ms = 1 };

	(void)state;
	assert_true(backoff_delay_ms(&ours, 5, -1, 1) >= 0);
	assert_int_equal(backoff_delay_ms(&ours, 6, -1, 1), BACKOFF_GIVE_UP);
	assert_int_equal(backoff_delay_ms(&ours, 7, 10, 1), BACKOFF_GIVE_UP);
	assert_int_equal(backoff_delay_ms(&once, 1, -1, 1), BACKOFF_GIVE_UP);
	/* a told time is the service's own plan for us: it is followed for longer */
	assert_int_equal(backoff_delay_ms(&patient, 6, -1, 1), BACKOFF_GIVE_UP);
	assert_int_equal(backoff_delay_ms(&patient, 6, 0, 1), BACKOFF_GIVE_UP);
	assert_true(backoff_delay_ms(&patient, 11, 10, 1) >= 10000);
	assert_int_equal(backoff_delay_ms(&patient, 12, 10, 1), BACKOFF_GIVE_UP);
}

static void test_backoff_never_shortens_a_told_time(void **state)
{
	static const uint32_t randoms[] = { 0, 1, 0x7fffffff, 0x80000000, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < countof(randoms); i++)
		for (unsigned tried = 1; tried < 6; tried++)
			for (int64_t told = 0; told < 100; told += 7) {
				int64_t delay = backoff_delay_ms(&ours, tried, told, randoms[i]);

				assert_true(delay >= told * 1000);
				assert_true(delay <= told * 1000 + 60000);
			}
}

static void test_backoff_does_not_overflow(void **state)
{
	struct backoff big = { .tries_max = UINT32_MAX, .base_ms = UINT32_MAX, .cap_ms = UINT32_MAX };
	struct backoff none = { .tries_max = UINT32_MAX };

	(void)state;
	assert_int_equal(backoff_delay_ms(&big, UINT32_MAX - 1, -1, UINT32_MAX), UINT32_MAX);
	assert_int_equal(backoff_delay_ms(&big, 1, 86400, UINT32_MAX), 86400000 + (int64_t)UINT32_MAX);
	assert_int_equal(backoff_delay_ms(&none, 1000, -1, UINT32_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backoff_doubles_up_to_the_cap),
		cmocka_unit_test(test_backoff_gives_up_after_the_last_try),
		cmocka_unit_test(test_backoff_never_shortens_a_told_time),
		cmocka_unit_test(test_backoff_does_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
