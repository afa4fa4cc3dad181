/* SPDX-License-Identifier: MIT */
#include "auth/token_file.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/util.h"
#include "tests/support/fakehttp.h"
#include "tests/support/loop.h"
#include "tests/support/tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>

#include <cmocka.h>

/* The module itself, with a limit that a test reaches quickly. */
#undef LIMIT_PAGES
#define LIMIT_PAGES 300
#include "pull/pager.c"

/* A collection whose pages read "TEXT|NEXT URI|TOKEN|END": the texts of all whole pages are strung together. */
struct reader {
	struct pager p;
	struct buf page, all; /* the lane's */
	atomic_int restarts, feeds, ends;
	atomic_size_t largest;
	useconds_t takes;     /* of each feed */
	int fail_feed, fail_end; /* that many times */
	enum err_kind fail_kind;
	bool next_is_here; /* the last link is given again and again */
	int done;
	struct lane_job burial;
};

static uv_loop_t *loop;
static struct fakehttp *fake, *entra;
static struct http *http;
static struct token *token;
static struct token_options token_options;
static struct fetch *fetch;
static struct lane *lane;
static char dir[TEMPDIR_SIZE];
static struct reader *reader;

static void restart(struct pager *p)
{
	struct reader *r = container_of(p, struct reader, p);

	buf_clear(&r->page);
	atomic_fetch_add(&r->restarts, 1);
}

static int feed(struct pager *p, struct span bytes, struct err *e)
{
	struct reader *r = container_of(p, struct reader, p);

	atomic_fetch_add(&r->feeds, 1);
	if (bytes.n > atomic_load(&r->largest))
		atomic_store(&r->largest, bytes.n);
	if (r->takes)
		usleep(r->takes);
	if (r->fail_feed > 0) {
		r->fail_feed--;
		return err_set(e, r->fail_kind, "item 3: broken");
	}
	return buf_add_span(&r->page, bytes);
}

/* The N-th field of the page as text, or NULL. */
static char *field(const struct buf *page, int n)
{
	const char *at = buf_text(page);

	for (; n && at; n--) {
		at = strchr(at, '|');
		at = at ? at + 1 : NULL;
	}
	return at ? xstrndup(at, strcspn(at, "|")) : NULL;
}

static int end(struct pager *p, struct next_link *next, struct err *e)
{
	struct reader *r = container_of(p, struct reader, p);
	char *text = field(&r->page, 0), *uri = field(&r->page, 1), *value = field(&r->page, 2), *last = field(&r->page, 3);
	int rc = 0;

	atomic_fetch_add(&r->ends, 1);
	if (r->fail_end > 0) {
		r->fail_end--;
		rc = err_set(e, r->fail_kind, "not whole");
	} else if (!last || strcmp(last, "END") != 0) {
		rc = err_set(e, ERR_FORMAT, "the document is cut");
	} else {
		assert_int_equal(buf_add_text(&r->all, text), 0);
		if (uri[0]) {
			next->uri = uri;
			uri = NULL;
			next->headers[0].key = xstrdup("MS-ContinuationToken");
			next->headers[0].value = value;
			next->header_count = 1;
			value = NULL;
		}
	}
	free(text);
	free(uri);
	free(value);
	free(last);
	return rc;
}

static const struct pager_work work = { .restart = restart, .feed = feed, .end = end };

static void answer_token(size_t number, const char *request, struct fake_reply *reply)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 43\r\n\r\n{\"access_token\":\"access\",\"expires_in\":3599}";

	(void)number;
	(void)request;
	*reply = (struct fake_reply){ .bytes = text, .n = sizeof(text) - 1 };
}

static struct reader *reader_new(void)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	buf_init(&r->page, (size_t)64 << 20);
	buf_init(&r->all, (size_t)64 << 20);
	r->fail_kind = ERR_FORMAT;
	return r;
}

static void reader_free(struct reader *r)
{
	buf_fini(&r->page);
	buf_fini(&r->all);
	free(r);
}

static int setup(void **state)
{
	const struct http_options http_options = { .max_connections = 8 };
	struct fetch_options options = { .max_in_flight = 4, .backoff_base_ms = 1 };
	struct err e = ERR_INIT;

	(void)state;
	loop = loop_open();
	fake = fakehttp_new(loop);
	entra = fakehttp_new(loop);
	fakehttp_answer_by(entra, answer_token);
	http = http_new(loop, &http_options, &e);
	assert_non_null(http);
	tempdir_make(dir);
	assert_int_equal(token_file_write(dir, span_of("refresh"), &e), 0);
	unsetenv("CREDENTIALS_DIRECTORY");
	token_options = (struct token_options){ .login_url = fakehttp_url(entra), .tenant_id = "t", .client_id = "c",
						.resource = "https://r", .state_dir = dir, .backoff_base_ms = 1 };
	token = token_new(loop, http, &token_options);
	options.base_url = fakehttp_url(fake);
	fetch = fetch_new(loop, http, token, &options);
	lane = lane_new(loop);
	reader = reader_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (reader)
		pager_cancel(&reader->p);
	lane_free(lane);
	if (reader)
		reader_free(reader);
	fetch_free(fetch);
	token_free(token);
	http_free(http);
	fakehttp_free(fake);
	fakehttp_free(entra);
	tempdir_remove(dir);
	return loop_close(loop);
}

static void on_done(struct pager *p)
{
	struct reader *r = container_of(p, struct reader, p);

	r->done++;
	assert_int_equal(lane_waiting(lane), 0); /* nothing of ours is left there */
}

static void start(const char *path)
{
	reader->p.work = &work;
	reader->p.what = "things";
	reader->p.page_max = (uint64_t)64 << 20;
	reader->p.done = on_done;
	reader->done = 0;
	pager_start(&reader->p, fetch, lane, path);
}

static void read_all(const char *path)
{
	start(path);
	assert_int_equal(reader->done, 0);
	LOOP_UNTIL(loop, reader->done);
	loop_idle(loop, 2);
	assert_int_equal(reader->done, 1);
}

static void say(const char *page)
{
	fakehttp_say(fake, "200 OK", "", page);
}

static void check_failed(enum err_kind kind, const char *words)
{
	assert_int_equal(reader->p.answer, FETCH_FAILED);
	assert_int_equal(reader->p.err.kind, kind);
	assert_non_null(strstr(reader->p.err.text, words));
}

static void test_pages_are_followed_to_the_end(void **state)
{
	(void)state;
	say("one |customers?seekOperation=Next|tok%3d1|END");
	say("two |/customers?seekOperation=Next|tok2|END");
	say("|/v1/customers?seekOperation=Next|tok3|END"); /* an empty page is no end */
	say("four|||END");
	read_all("/v1/customers?size=2");
	assert_int_equal(reader->p.answer, FETCH_OK);
	assert_int_equal(reader->p.pages, 4);
	assert_string_equal(buf_text(&reader->all), "one two four");
	assert_non_null(strstr(fakehttp_request(fake, 1), "GET /v1/customers?seekOperation=Next HTTP/1.1\r\n"));
	assert_non_null(strstr(fakehttp_request(fake, 1), "\r\nMS-ContinuationToken: tok%3d1\r\n"));
	assert_non_null(strstr(fakehttp_request(fake, 3), "\r\nMS-ContinuationToken: tok3\r\n"));
	assert_null(strstr(fakehttp_request(fake, 0), "MS-ContinuationToken"));
}

/* Every third byte counted so that a lost, doubled or exchanged chunk shows. */
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
	assert_int_equal(reader->feeds, 17);
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
	LOOP_UNTIL(loop, reader->feeds == 1);
	loop_idle(loop, 100); /* the first chunk is still being read */
	assert_true(lane_waiting(lane) <= LIMIT_CHUNKS_WAITING + 1);
	assert_true(fakehttp_unsent(fake) > 0); /* the server can't get rid of the rest */
}

static void test_cut_page_is_fetched_again(void **state)
{
	(void)state;
	say("one |next|1|END");
	say("two |ne"); /* as a whole answer */
	say("two |||END");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_OK);
	assert_string_equal(buf_text(&reader->all), "one two ");
	assert_int_equal(reader->p.pages, 2);
	assert_int_equal(reader->restarts, 3);
	assert_non_null(strstr(fakehttp_request(fake, 2), "\r\nMS-ContinuationToken: 1\r\n"));
}

static void test_broken_page_is_an_error_after_its_tries(void **state)
{
	(void)state;
	say("one |next|1|END");
	for (int i = 0; i < PAGER_PAGE_TRIES; i++)
		say("two |ne");
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "page 2: the document is cut");
	assert_int_equal(fakehttp_count(fake), 1 + PAGER_PAGE_TRIES);
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

/* The next try waits for its turn; meanwhile the lane gives back the rest of the broken one, its END among it. */
static void test_the_end_of_a_broken_try_is_not_the_end_of_the_page(void **state)
{
	const struct fetch_options slow = {
		.base_url = fakehttp_url(fake), .max_in_flight = 1, .requests_per_minute = 300, .backoff_base_ms = 1,
	};

	(void)state;
	fetch_free(fetch);
	fetch = fetch_new(loop, http, token, &slow);
	reader->fail_feed = 1;
	say("broken|||END");
	say("whole|||END");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_OK);
	assert_string_equal(buf_text(&reader->all), "whole");
	assert_int_equal(fakehttp_count(fake), 2);
}

static void test_error_of_the_store_is_not_retried(void **state)
{
	(void)state;
	reader->fail_end = 1;
	reader->fail_kind = ERR_STORE;
	say("one|||END");
	read_all("/v1/x");
	check_failed(ERR_STORE, "page 1: not whole");
	assert_int_equal(fakehttp_count(fake), 1);
	reader->fail_feed = 1;
	say("one|||END");
	read_all("/v1/x");
	check_failed(ERR_STORE, "page 1: item 3: broken");
}

static void test_connection_lost_in_the_middle_begins_the_page_again(void **state)
{
	char *page = big_page((size_t)2 << 20);
	struct buf b;

	(void)state;
	buf_init(&b, (size_t)8 << 20);
	assert_int_equal(buf_printf(&b, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%.*s", strlen(page), 1500000, page), 0);
	fakehttp_script(fake, (struct fake_reply){ .bytes = b.p, .n = b.n, .end = FAKE_CLOSE });
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

static void test_same_link_again_is_an_error(void **state)
{
	(void)state;
	say("one |next|1|END");
	say("two |next|1|END");
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "page 3: the next link leads back to an earlier page");
	assert_int_equal(fakehttp_count(fake), 2);
}

static void test_loop_of_several_links_is_an_error(void **state)
{
	char page[64];

	(void)state;
	for (int i = 1; i <= 20; i++) {
		snprintf(page, sizeof(page), "%d |next|%d|END", i, i);
		say(page);
	}
	say("again |/v1/next|7|END");
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "page 22: the next link leads back");
	say("one |x||END"); /* back to the first page */
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "page 2: the next link leads back");
}

static void answer_for_ever(size_t number, const char *request, struct fake_reply *reply)
{
	static char text[200];
	char page[100];
	int n = snprintf(page, sizeof(page), "x|next|%zu|END", number);

	(void)request;
	reply->n = (size_t)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", n, page);
	reply->bytes = text;
}

static void test_endless_collection_is_an_error(void **state)
{
	(void)state;
	fakehttp_answer_by(fake, answer_for_ever);
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "more than 300 pages");
	assert_int_equal(fakehttp_count(fake), LIMIT_PAGES);
}

static void test_hostile_link_is_an_error(void **state)
{
	(void)state;
	say("one |https://evil.example/v1/x|secret|END");
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "page 2: next link refused");
	assert_string_equal(reader->p.err.code, "E-LINK");
	assert_int_equal(fakehttp_count(fake), 1);
}

static void test_answers_of_the_first_page_are_passed_on(void **state)
{
	(void)state;
	fakehttp_say(fake, "204 No Content", "", "");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_NO_CONTENT);
	assert_false(reader->p.told_to_wait);
	for (int i = 0; i < FETCH_NOT_READY_TRIES; i++)
		fakehttp_say(fake, "204 No Content", "Retry-After: 0\r\n", "");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_NO_CONTENT);
	assert_true(reader->p.told_to_wait);
	fakehttp_say(fake, "404 Not Found", "", "{\"code\":20003,\"description\":\"was not found under this customer\"}");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_NOT_FOUND);
	fakehttp_say(fake, "400 Bad Request", "", "{\"code\":3000,\"description\":\"Customer does not have usage data\"}");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_NO_USAGE);
	assert_int_equal(reader->p.pages, 0);
	assert_int_equal(reader->ends, 0);
}

static void test_204_on_a_later_page_is_an_error(void **state)
{
	(void)state;
	say("one |next|1|END");
	fakehttp_say(fake, "204 No Content", "", "");
	read_all("/v1/x");
	check_failed(ERR_BUSY, "page 2: ");
	say("one |next|1|END");
	fakehttp_say(fake, "404 Not Found", "", "{\"code\":20003,\"description\":\"was not found\"}");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_FAILED);
	assert_non_null(strstr(reader->p.err.text, "page 2: things (1 try, MS-RequestId "));
}

static void test_not_ready_on_a_later_page_is_waited_for(void **state)
{
	(void)state;
	say("one |next|1|END");
	fakehttp_say(fake, "204 No Content", "Retry-After: 0\r\n", "");
	say("two|||END");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_OK);
	assert_string_equal(buf_text(&reader->all), "one two");
}

static void test_waiting_for_data_can_be_seen(void **state)
{
	(void)state;
	assert_false(pager_is_not_ready(&reader->p));
	fakehttp_say(fake, "204 No Content", "Retry-After: 1\r\n", "");
	say("late|||END");
	start("/v1/x");
	assert_false(pager_is_not_ready(&reader->p));
	LOOP_UNTIL(loop, pager_is_not_ready(&reader->p));
	LOOP_UNTIL(loop, reader->done);
	assert_false(pager_is_not_ready(&reader->p));
	assert_string_equal(buf_text(&reader->all), "late");
}

static void test_page_over_its_limit_is_an_error(void **state)
{
	(void)state;
	say("one|||END");
	reader->p.page_max = 5;
	reader->p.work = &work;
	reader->p.what = "things";
	reader->p.done = on_done;
	pager_start(&reader->p, fetch, lane, "/v1/x");
	LOOP_UNTIL(loop, reader->done);
	check_failed(ERR_FORMAT, "larger than 5 bytes");
}

static void on_burial(struct lane_job *job)
{
	(void)job;
}

static void on_buried(struct lane_job *job)
{
	reader_free(container_of(job, struct reader, burial));
}

/* Cancelled after each number of turns; the reader goes by a job of its own, as the header says. */
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
			uv_run(loop, UV_RUN_ONCE);
		fakehttp_forget_script(fake);
		if (reader->done)
			break;
		pager_cancel(&reader->p);
		pager_cancel(&reader->p);
		reader->p.done = NULL;
		reader->p.work = NULL;
		lane_submit(lane, &reader->burial, on_burial, on_buried);
		LOOP_UNTIL(loop, lane_waiting(lane) == 0);
		loop_idle(loop, 1);
		reader = reader_new();
	}
	assert_true(reader->done);
	free(page);
}

/* As at shutdown: cancelled, and the lane freed while a job of it may run there. */
static void test_cancel_then_free_of_the_lane_leaks_nothing(void **state)
{
	char *page = big_page(700000);

	(void)state;
	for (int turns = 0; turns < 60; turns++) {
		say(page);
		reader->takes = 300;
		start("/v1/x");
		for (int i = 0; i < turns && !reader->done; i++)
			uv_run(loop, UV_RUN_ONCE);
		fakehttp_forget_script(fake);
		pager_cancel(&reader->p);
		lane_free(lane);
		reader_free(reader);
		loop_idle(loop, 1);
		lane = lane_new(loop);
		reader = reader_new();
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(pages_are_followed_to_the_end),
		T(a_large_page_arrives_in_order_and_in_pieces),
		T(a_slow_lane_pauses_the_transfer),
		T(cut_page_is_fetched_again),
		T(broken_page_is_an_error_after_its_tries),
		T(feed_error_stops_the_transfer),
		T(the_end_of_a_broken_try_is_not_the_end_of_the_page),
		T(error_of_the_store_is_not_retried),
		T(connection_lost_in_the_middle_begins_the_page_again),
		T(same_link_again_is_an_error),
		T(loop_of_several_links_is_an_error),
		T(endless_collection_is_an_error),
		T(hostile_link_is_an_error),
		T(answers_of_the_first_page_are_passed_on),
		T(204_on_a_later_page_is_an_error),
		T(not_ready_on_a_later_page_is_waited_for),
		T(waiting_for_data_can_be_seen),
		T(page_over_its_limit_is_an_error),
		T(cancel_in_any_state_is_silent),
		T(cancel_then_free_of_the_lane_leaks_nothing),
#undef T
	};

	log_setup(LOG_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
