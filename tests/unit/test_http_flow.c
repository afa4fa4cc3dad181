/* SPDX-License-Identifier: MIT */
/* How answers flow: pauses, time limits, cancelling, connections. */
#include "tests/support/http_calls.h"

#include <zlib.h>

static void say_gzip(size_t n, size_t cut)
{
	char *plain = xmalloc(n);
	size_t room = n / 100 + 4096;
	char *packed = xmalloc(room);
	z_stream z = { .next_in = (unsigned char *)plain, .avail_in = (unsigned)n };
	struct buf b;

	memset(plain, 'a', n);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_out = (unsigned char *)packed;
	z.avail_out = (unsigned)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_init(&b, (size_t)1 << 26);
	assert_int_equal(buf_printf(&b, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n",
				    (unsigned long)z.total_out - cut), 0);
	assert_int_equal(buf_add(&b, packed, (size_t)z.total_out - cut), 0);
	assert_int_equal(deflateEnd(&z), Z_OK);
	fakehttp_script(fake, (struct fake_reply){ .bytes = b.p, .n = b.n });
	buf_fini(&b);
	free(plain);
	free(packed);
}

static void test_gzip_is_unpacked(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_gzip(300000, 0);
	c->r.accept_gzip = true;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->r.bytes, 300000);
	assert_int_equal(c->body.n, 300000);
	assert_non_null(strstr(fakehttp_request(fake, 0), "Accept-Encoding: gzip\r\n"));
}

static void test_gzip_bomb_is_stopped_at_the_limit(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_gzip((size_t)40 << 20, 0);
	c->r.accept_gzip = true;
	c->r.body_max = 1000000;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_FORMAT);
	assert_true(c->body.n <= 1000000);
}

static void test_pause_and_resume_keep_every_byte(void **state)
{
	size_t n = (size_t)3 << 20;
	char *body = xmalloc(n + 1);
	struct call *c = prepare(0, "/");

	(void)state;
	for (size_t i = 0; i < n; i++)
		body[i] = (char)('a' + i * 7 % 26);
	body[n] = '\0';
	fakehttp_say(fake, "200 OK", "", body);
	c->pause_every = 3;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->body.n, n);
	assert_memory_equal(c->body.p, body, n);
	free(body);
}

static void test_pause_and_resume_of_gzip_keep_every_byte(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_gzip((size_t)5 << 20, 0);
	c->r.accept_gzip = true;
	c->pause_every = 1;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->body.n, (size_t)5 << 20);
}

static void test_resume_inside_on_body_goes_on(void **state)
{
	struct call *c = prepare(0, "/");
	char *body = xmalloc(500001);

	(void)state;
	memset(body, 'x', 500000);
	body[500000] = '\0';
	fakehttp_say(fake, "200 OK", "", body);
	c->resume_in_body = true;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->body.n, 500000);
	free(body);
}

static void test_a_long_pause_is_no_timeout(void **state)
{
	struct call *c = prepare(0, "/");
	char *body = xmalloc(400001);

	(void)state;
	memset(body, 'x', 400000);
	body[400000] = '\0';
	fakehttp_say(fake, "200 OK", "", body);
	free(body);
	c->r.total_timeout_ms = 300;
	c->r.stall_timeout_ms = 200;
	c->pause_every = 10;
	c->wake_ms = 500;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NONE);
	assert_int_equal(c->body.n, 400000);
	assert_true(c->r.elapsed_ms > 500);
}

static void test_silent_server_is_an_answer_timeout(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_raw("", FAKE_HANG);
	c->r.answer_timeout_ms = 100;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NET);
	assert_string_equal(c->r.err.code, "E-NET-TIMEOUT");
	assert_non_null(strstr(c->r.err.text, "no answer within 100 ms"));
	assert_in_range(c->r.elapsed_ms, 99, 2000);
}

static void test_stall_in_the_body_is_a_timeout(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	say_raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc", FAKE_HANG);
	c->r.stall_timeout_ms = 100;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NET);
	assert_non_null(strstr(c->r.err.text, "stalled"));
	assert_int_equal(c->r.status, 200);
}

static void test_slow_drip_is_a_stall(void **state)
{
	struct call *c = prepare(0, "/");
	static const char bytes[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
				    "0123456789012345678901234567890123456789012345678901234567890123456789";

	(void)state;
	fakehttp_script(fake, (struct fake_reply){ .bytes = bytes, .n = sizeof(bytes) - 1, .piece = 1, .piece_ms = 10 });
	c->r.stall_timeout_ms = 200;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NET);
	assert_in_range(c->r.elapsed_ms, 199, 3000);
}

static void test_total_timeout_ends_an_endless_answer(void **state)
{
	struct call *c = prepare(0, "/");
	char *bytes = xmalloc(4000000);

	(void)state;
	memset(bytes, 'x', 4000000);
	memcpy(bytes, "HTTP/1.1 200 OK\r\n\r\n", 19);
	fakehttp_script(fake, (struct fake_reply){ .bytes = bytes, .n = 4000000, .piece = 20000, .piece_ms = 10 });
	free(bytes);
	c->r.total_timeout_ms = 300;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_NET);
	assert_non_null(strstr(c->r.err.text, "longer than 300 ms"));
}

static void test_abort_ends_with_the_consumers_error(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	fakehttp_say(fake, "200 OK", "", "abc");
	c->abort = true;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->done);
	assert_int_equal(c->r.err.kind, ERR_STORE);
	assert_string_equal(c->r.err.text, "disk full");
}

static void test_cancel_before_the_first_turn_is_silent(void **state)
{
	struct call *c = prepare(0, "/");

	(void)state;
	http_send(http, &c->r);
	http_cancel(&c->r);
	http_cancel(&c->r);
	memset(&c->r, 0xee, sizeof(c->r)); /* the memory may go */
	loop_idle(loop, 30);
	assert_int_equal(c->done, 0);
	assert_int_equal(fakehttp_count(fake), 0);
}

static void test_cancel_after_any_turn_is_silent(void **state)
{
	(void)state;
	for (int turns = 0; turns < 40; turns++) {
		struct call *c = prepare(0, "/");

		c->done = 0;
		fakehttp_script(fake, (struct fake_reply){
			.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789", .n = 59, .piece = 4 });
		http_send(http, &c->r);
		for (int i = 0; i < turns && !c->done; i++)
			uv_run(loop, UV_RUN_ONCE);
		if (c->done)
			break;
		http_cancel(&c->r);
		memset(&c->r, 0, sizeof(c->r));
		loop_idle(loop, 10);
		assert_int_equal(c->done, 0);
	}
}

static void test_cancel_inside_on_body_is_silent(void **state)
{
	struct call *c = prepare(0, "/");
	char *body = xmalloc(500001);

	(void)state;
	memset(body, 'x', 500000);
	body[500000] = '\0';
	fakehttp_say(fake, "200 OK", "", body);
	free(body);
	c->cancel_in_body = true;
	http_send(http, &c->r);
	LOOP_UNTIL(loop, c->pieces);
	loop_idle(loop, 30);
	assert_int_equal(c->pieces, 1);
	assert_int_equal(c->done, 0);
}

static void test_cancel_of_another_inside_on_body_is_silent(void **state)
{
	struct call *slow = prepare(0, "/slow"), *quick = prepare(1, "/quick");

	(void)state;
	say_raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc", FAKE_HANG);
	http_send(http, &slow->r);
	LOOP_UNTIL(loop, slow->pieces);
	fakehttp_say(fake, "200 OK", "", "abc");
	quick->cancel_other = slow;
	http_send(http, &quick->r);
	LOOP_UNTIL(loop, quick->done);
	loop_idle(loop, 30);
	assert_int_equal(slow->done, 0);
	assert_int_equal(fakehttp_open(fake), 1); /* the cancelled one's connection is closed */
}

static void test_send_inside_done_uses_the_same_connection(void **state)
{
	struct call *first = prepare(0, "/1"), *second = prepare(1, "/2");

	(void)state;
	fakehttp_say(fake, "200 OK", "", "1");
	fakehttp_say(fake, "200 OK", "", "2");
	first->then = second;
	http_send(http, &first->r);
	LOOP_UNTIL(loop, second->done);
	assert_string_equal(buf_text(&second->body), "2");
	assert_int_equal(fakehttp_connections(fake), 1);
}

static void test_many_at_once_all_end(void **state)
{
	int left = (int)countof(calls);

	(void)state;
	for (int i = 0; i < (int)countof(calls); i++) {
		fakehttp_script(fake, (struct fake_reply){ .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .n = 40,
							   .delay_ms = 5, .end = i % 3 == 1 ? FAKE_RESET : FAKE_KEEP });
		http_send(http, &prepare(i, "/")->r);
	}
	while (left) {
		uv_run(loop, UV_RUN_ONCE);
		left = 0;
		for (size_t i = 0; i < countof(calls); i++)
			left += !calls[i].done;
	}
	assert_int_equal(fakehttp_count(fake), countof(calls));
}

static void test_free_with_requests_under_way_is_silent(void **state)
{
	struct call *a = prepare(0, "/"), *b = prepare(1, "/");
	const struct http_options options = { .max_connections = 2 };

	(void)state;
	say_raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc", FAKE_HANG);
	http_send(http, &a->r);
	LOOP_UNTIL(loop, a->pieces);
	http_send(http, &b->r);
	http_free(http);
	loop_idle(loop, 20);
	assert_int_equal(a->done + b->done, 0);
	http_cancel(&a->r); /* still harmless */
	open_http(&options);
}

static void test_close_idle_closes_connections(void **state)
{
	(void)state;
	fakehttp_say(fake, "200 OK", "", "1");
	get("/");
	assert_int_equal(fakehttp_open(fake), 1);
	http_close_idle(http);
	LOOP_UNTIL(loop, fakehttp_open(fake) == 0);
	fakehttp_say(fake, "200 OK", "", "2");
	calls[0].done = 0;
	get("/");
	assert_int_equal(fakehttp_connections(fake), 2);
}

static void test_idle_connection_closed_by_the_server_is_replaced(void **state)
{
	(void)state;
	say_raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", FAKE_RESET);
	get("/");
	loop_idle(loop, 20);
	fakehttp_say(fake, "200 OK", "", "2");
	calls[0].done = 0;
	get("/");
	assert_int_equal(calls[0].r.err.kind, ERR_NONE);
	assert_int_equal(calls[0].r.status, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(gzip_is_unpacked),
		T(gzip_bomb_is_stopped_at_the_limit),
		T(pause_and_resume_keep_every_byte),
		T(pause_and_resume_of_gzip_keep_every_byte),
		T(resume_inside_on_body_goes_on),
		T(a_long_pause_is_no_timeout),
		T(silent_server_is_an_answer_timeout),
		T(stall_in_the_body_is_a_timeout),
		T(slow_drip_is_a_stall),
		T(total_timeout_ends_an_endless_answer),
		T(abort_ends_with_the_consumers_error),
		T(cancel_before_the_first_turn_is_silent),
		T(cancel_after_any_turn_is_silent),
		T(cancel_inside_on_body_is_silent),
		T(cancel_of_another_inside_on_body_is_silent),
		T(send_inside_done_uses_the_same_connection),
		T(many_at_once_all_end),
		T(free_with_requests_under_way_is_silent),
		T(close_idle_closes_connections),
		T(idle_connection_closed_by_the_server_is_replaced),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
