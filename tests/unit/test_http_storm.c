/* SPDX-License-Identifier: MIT */
/* Connections that fail in numbers, a multi that fails as a whole, and quiet afterwards. */
#include "net/http_private.h"
#include "tests/support/http_calls.h"

#define STORM 600

static uint32_t storm_dice;

static uint32_t roll(uint32_t sides)
{
	storm_dice = storm_dice * 1664525 + 1013904223;
	return (storm_dice >> 8) % sides;
}

static void answer_storm(size_t number, const char *request, struct fake_reply *reply)
{
	static const char bytes[] = "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n012345678901234567890123456789";

	(void)number;
	(void)request;
	*reply = (struct fake_reply){ .bytes = bytes, .n = roll(3) ? sizeof(bytes) - 1 : roll(sizeof(bytes)), .piece = roll(2) ? 0 : 20 };
	reply->end = reply->n < sizeof(bytes) - 1 || roll(3) == 0 ? (roll(4) ? FAKE_RESET : FAKE_CLOSE) : FAKE_KEEP;
}

/* libuv reports a reset connection as UV_EBADF, stops watching it, and aborts when it is closed while watched. */
static void test_a_storm_of_resets_ends_every_request_once(void **state)
{
	unsigned sent = 0, ended = 0, good = 0;

	(void)state;
	storm_dice = 7;
	fakehttp_answer_by(fake, answer_storm);
	while (ended < STORM) {
		for (int i = 0; i < (int)countof(calls); i++) {
			struct call *c = &calls[i];

			if (c->done) {
				assert_int_equal(c->done, 1);
				good += c->r.err.kind == ERR_NONE;
				assert_true(c->r.err.kind == ERR_NONE ? c->body.n == 30 : c->r.err.kind == ERR_NET);
				ended++;
				c->done = 0;
				c->url[0] = '\0';
			}
			if (!c->url[0] && sent < STORM) {
				sent++;
				http_send(http, &prepare(i, "/")->r);
			}
		}
		if (ended < STORM)
			uv_run(loop, UV_RUN_ONCE);
	}
	assert_in_range(good, STORM / 4, STORM - 20);
}

/* What libcurl can't recover from: those under way fail, the next one works. */
static void test_a_broken_multi_is_replaced(void **state)
{
	struct call *a = prepare(0, "/"), *b = prepare(1, "/");

	(void)state;
	say_raw("", FAKE_HANG);
	http_send(http, &a->r);
	LOOP_UNTIL(loop, fakehttp_count(fake) == 1);
	http->broken = true;
	fakehttp_say(fake, "200 OK", "", "ok");
	http_send(http, &b->r);
	LOOP_UNTIL(loop, b->done);
	assert_int_equal(a->done, 1);
	assert_int_equal(a->r.err.kind, ERR_NET);
	assert_int_equal(b->r.err.kind, ERR_NONE);
}

/* Between two runs nothing of ours wakes the process. */
static void test_idle_means_idle(void **state)
{
	(void)state;
	fakehttp_say(fake, "200 OK", "", "ok");
	get("/");
	http_close_idle(http);
	loop_idle(loop, 50);
	uv_update_time(loop);
	assert_int_equal(uv_backend_timeout(loop), -1); /* no timer of ours is set */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(a_storm_of_resets_ends_every_request_once),
		T(a_broken_multi_is_replaced),
		T(idle_means_idle),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
