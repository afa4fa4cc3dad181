/* SPDX-License-Identifier: MIT */
/* The conveyor: chunks, pauses, lost connections, cancelling, and all of it at random. */
#include "base/limits.h"
#include "tests/support/reader.h"

static char *big_page(size_t n)
{
	char *page = xmalloc(n + 8);

	for (size_t i = 0; i < n; i++)
		page[i] = (char)('a' + (i / 3 + i / 65536) % 26);
	memcpy(page + n, "|||END", 7);
	return page;
}

static void test_a_large_page_arrives_in_order_and_in_pieces(void **state)
{
	size_t n = (size_t)4 << 20;
	char *page = big_page(n);

	(void)state;
	reader->takes = 3000; /* slower than the network: the transfer is paused */
	say(page);
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_OK);
	assert_int_equal(reader->p.bytes, n + 6);
	assert_int_equal(reader->all.n, n);
	assert_memory_equal(reader->all.p, page, n);
	assert_int_equal(reader->largest, LIMIT_CHUNK_BYTES);
	assert_int_equal(reader->feeds, (n + 6 + LIMIT_CHUNK_BYTES - 1) / LIMIT_CHUNK_BYTES);
	free(page);
}

static void test_a_slow_lane_pauses_the_transfer(void **state)
{
	size_t n = (size_t)24 << 20;
	char *page = big_page(n);

	(void)state;
	reader->takes = 200000;
	say(page);
	free(page);
	start("/v1/x");
	LOOP_UNTIL(s.loop, reader->feeds >= 1);
	loop_idle(s.loop, 100); /* one of the first chunks is still being read */
	assert_true(lane_waiting(s.lane) <= LIMIT_CHUNKS_WAITING + 1);
	assert_true(fakehttp_unsent(s.fake) > 0); /* the server can't get rid of the rest */
}

static void test_feed_error_stops_the_transfer(void **state)
{
	size_t n = (size_t)8 << 20;
	char *page = big_page(n);

	(void)state;
	reader->fail_feed = 1;
	say(page);
	say("short|||END");
	free(page);
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_OK);
	assert_string_equal(buf_text(&reader->all), "short");
}

static void test_connection_lost_in_the_middle_begins_the_page_again(void **state)
{
	char *page = big_page((size_t)2 << 20);
	struct buf b;

	(void)state;
	buf_init(&b, (size_t)8 << 20);
	assert_int_equal(buf_printf(&b, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%.*s", strlen(page), 1500000, page), 0);
	fakehttp_script(s.fake, (struct fake_reply){ .bytes = b.p, .n = b.n, .end = FAKE_CLOSE });
	say(page);
	reader->takes = 1000;
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_OK);
	assert_int_equal(reader->restarts, 2);
	assert_int_equal(reader->all.n, (size_t)2 << 20);
	assert_memory_equal(reader->all.p, page, reader->all.n);
	buf_fini(&b);
	free(page);
}

static void on_burial(struct lane_job *job)
{
	(void)job;
}

static void on_buried(struct lane_job *job)
{
	reader_free(container_of(job, struct reader, burial));
}

static void test_cancel_in_any_state_is_silent(void **state)
{
	char *page = big_page(700000);

	(void)state;
	for (int turns = 0; turns < 200; turns++) {
		say("one |next|1|END");
		say("two |ne");
		say(page);
		reader->takes = turns % 3 ? 0 : 300;
		start("/v1/x");
		for (int i = 0; i < turns && !reader->done; i++)
			uv_run(s.loop, UV_RUN_ONCE);
		fakehttp_forget_script(s.fake);
		if (reader->done)
			break;
		pager_cancel(&reader->p);
		pager_cancel(&reader->p);
		reader->p.done = NULL;
		reader->p.work = NULL;
		lane_submit(s.lane, &reader->burial, on_burial, on_buried);
		LOOP_UNTIL(s.loop, lane_waiting(s.lane) == 0);
		loop_idle(s.loop, 1);
		reader = reader_new();
	}
	assert_true(reader->done);
	free(page);
}

static void test_cancel_then_free_of_the_lane_leaks_nothing(void **state)
{
	char *page = big_page(700000);

	(void)state;
	for (int turns = 0; turns < 60; turns++) {
		say(page);
		reader->takes = 300;
		start("/v1/x");
		for (int i = 0; i < turns && !reader->done; i++)
			uv_run(s.loop, UV_RUN_ONCE);
		fakehttp_forget_script(s.fake);
		pager_cancel(&reader->p);
		lane_free(s.lane);
		reader_free(reader);
		loop_idle(s.loop, 1);
		s.lane = lane_new(s.loop);
		reader = reader_new();
	}
	free(page);
}

#define CHAOS_PAGES 6
#define CHAOS_PAGE_MAX 700000

static struct {
	uint32_t dice;
	unsigned pages, fault_percent;
	size_t size[CHAOS_PAGES];
	char reply[CHAOS_PAGE_MAX + 400];
} chaos;

static uint32_t roll(uint32_t sides)
{
	chaos.dice = chaos.dice * 1664525 + 1013904223;
	return (chaos.dice >> 8) % sides;
}

static char chaos_byte(unsigned page, size_t at)
{
	return (char)('a' + (page * 5 + at / 3 + at / 65536) % 26);
}

/* The whole answer of a page into chaos.reply; its length. */
static size_t whole_answer(unsigned page)
{
	char end[60];
	size_t n;
	int m = page + 1 < chaos.pages ? snprintf(end, sizeof(end), "|next|p%u|END", page + 1) : snprintf(end, sizeof(end), "|||END");

	n = (size_t)sprintf(chaos.reply, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", chaos.size[page] + (size_t)m);
	for (size_t i = 0; i < chaos.size[page]; i++)
		chaos.reply[n + i] = chaos_byte(page, i);
	memcpy(chaos.reply + n + chaos.size[page], end, (size_t)m);
	return n + chaos.size[page] + (size_t)m;
}

static void answer_chaos(size_t number, const char *request, struct fake_reply *reply)
{
	static const char *const refusals[] = { "429 Too Many", "503 Unavailable\r\nRetry-After: 0", "401 Unauthorized",
						"204 No Content\r\nRetry-After: 0", "500 Oops" };
	const char *token = strstr(request, "MS-ContinuationToken: p");
	unsigned page = token ? (unsigned)(token[23] - '0') : 0;

	(void)number;
	reply->bytes = chaos.reply;
	reply->delay_ms = roll(4) ? 0 : 1;
	if (roll(100) >= chaos.fault_percent) {
		reply->n = whole_answer(page);
		reply->piece = roll(2) ? 0 : 100000;
		return;
	}
	switch (roll(4)) {
	case 0: /* cut on its way */
		reply->n = roll((uint32_t)whole_answer(page));
		reply->end = roll(2) ? FAKE_CLOSE : FAKE_RESET;
		break;
	case 1: /* cut as a whole answer */
		reply->n = (size_t)sprintf(chaos.reply, "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n");
		memset(chaos.reply + reply->n, 'x', 300000);
		reply->n += 300000;
		break;
	default:
		reply->n = (size_t)sprintf(chaos.reply, "HTTP/1.1 %s\r\n%s\r\n", refusals[roll(countof(refusals))], "Content-Length: 0\r\n");
		break;
	}
}

static void check_chaos(void)
{
	size_t at = 0;

	if (reader->p.answer != FETCH_OK) {
		assert_true(reader->p.err.kind != ERR_NONE || reader->p.answer == FETCH_NO_CONTENT);
		return;
	}
	assert_int_equal(reader->p.pages, chaos.pages);
	for (unsigned page = 0; page < chaos.pages; page++)
		for (size_t i = 0; i < chaos.size[page]; i++)
			if (at >= reader->all.n || reader->all.p[at++] != chaos_byte(page, i))
				fail_msg("page %u differs at %zu", page, i);
	assert_int_equal(at, reader->all.n);
}

/* Faults of the network, the service and the decoder at random: what is reported as whole is whole, and nothing hangs. */
static void test_whatever_happens_a_whole_collection_is_whole(void **state)
{
	unsigned good = 0, rounds = 100;

	(void)state;
	fakehttp_answer_by(s.fake, answer_chaos);
	chaos.dice = 20181;
	for (unsigned round = 0; round < rounds; round++) {
		uint32_t patience = roll(8) ? UINT32_MAX : roll(300);

		chaos.pages = 1 + roll(CHAOS_PAGES);
		chaos.fault_percent = roll(60);
		for (unsigned i = 0; i < chaos.pages; i++)
			chaos.size[i] = roll(3) ? roll(2000) : roll(CHAOS_PAGE_MAX);
		reader->dice = chaos.dice;
		reader->fail_percent = roll(2) ? 0 : 10;
		reader->takes = roll(3) ? 0 : roll(500);
		s.options.max_in_flight = 1 + roll(2);
		s.options.requests_per_minute = roll(2) ? 12000 : 0; /* the next try may have to wait for its turn */
		session_renew_fetch(&s);
		start("/v1/x");
		for (uint32_t turn = 0; turn < patience && !reader->done; turn++)
			uv_run(s.loop, UV_RUN_ONCE);
		if (reader->done) {
			check_chaos();
			good += reader->p.answer == FETCH_OK;
		}
		pager_cancel(&reader->p);
		lane_submit(s.lane, &reader->burial, on_burial, on_buried);
		LOOP_UNTIL(s.loop, lane_waiting(s.lane) == 0);
		reader = reader_new();
	}
	assert_true(good > rounds / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(a_large_page_arrives_in_order_and_in_pieces),
		T(a_slow_lane_pauses_the_transfer),
		T(feed_error_stops_the_transfer),
		T(connection_lost_in_the_middle_begins_the_page_again),
		T(cancel_in_any_state_is_silent),
		T(cancel_then_free_of_the_lane_leaks_nothing),
		T(whatever_happens_a_whole_collection_is_whole),
#undef T
	};

	log_setup(LOG_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
