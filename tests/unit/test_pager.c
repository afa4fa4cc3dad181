/* SPDX-License-Identifier: MIT */
/* From page to page: links, broken pages, answers that end a collection. */
#include "base/limits.h"

/* The module itself, with a limit that a test reaches quickly. */
#undef LIMIT_PAGES
#define LIMIT_PAGES 300
#include "pull/pager.c"

#include "tests/support/reader.h"

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
	assert_non_null(strstr(fakehttp_request(s.fake, 1), "GET /v1/customers?seekOperation=Next HTTP/1.1\r\n"));
	assert_non_null(strstr(fakehttp_request(s.fake, 1), "\r\nMS-ContinuationToken: tok%3d1\r\n"));
	assert_non_null(strstr(fakehttp_request(s.fake, 3), "\r\nMS-ContinuationToken: tok3\r\n"));
	assert_null(strstr(fakehttp_request(s.fake, 0), "MS-ContinuationToken"));
}

/* Every third byte counted so that a lost, doubled or exchanged chunk shows. */
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
	assert_non_null(strstr(fakehttp_request(s.fake, 2), "\r\nMS-ContinuationToken: 1\r\n"));
}

static void test_broken_page_is_an_error_after_its_tries(void **state)
{
	(void)state;
	say("one |next|1|END");
	for (int i = 0; i < PAGER_PAGE_TRIES; i++)
		say("two |ne");
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "page 2: the document is cut");
	assert_int_equal(fakehttp_count(s.fake), 1 + PAGER_PAGE_TRIES);
}

/* The next try waits for its turn; meanwhile the lane gives back the rest of the broken one, its END among it. */
static void test_the_end_of_a_broken_try_is_not_the_end_of_the_page(void **state)
{
	(void)state;
	s.options.max_in_flight = 1;
	s.options.requests_per_minute = 300;
	session_renew_fetch(&s);
	reader->fail_feed = 1;
	say("broken|||END");
	say("whole|||END");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_OK);
	assert_string_equal(buf_text(&reader->all), "whole");
	assert_int_equal(fakehttp_count(s.fake), 2);
}

static void test_error_of_the_store_is_not_retried(void **state)
{
	(void)state;
	reader->fail_end = 1;
	reader->fail_kind = ERR_STORE;
	say("one|||END");
	read_all("/v1/x");
	check_failed(ERR_STORE, "page 1: not whole");
	assert_int_equal(fakehttp_count(s.fake), 1);
	reader->fail_feed = 1;
	say("one|||END");
	read_all("/v1/x");
	check_failed(ERR_STORE, "page 1: item 3: broken");
}

static void test_same_link_again_is_an_error(void **state)
{
	(void)state;
	say("one |next|1|END");
	say("two |next|1|END");
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "page 3: the next link leads back to an earlier page");
	assert_int_equal(fakehttp_count(s.fake), 2);
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
	fakehttp_answer_by(s.fake, answer_for_ever);
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "more than 300 pages");
	assert_int_equal(fakehttp_count(s.fake), LIMIT_PAGES);
}

static void test_hostile_link_is_an_error(void **state)
{
	(void)state;
	say("one |https://evil.example/v1/x|secret|END");
	read_all("/v1/x");
	check_failed(ERR_FORMAT, "page 2: next link refused");
	assert_string_equal(reader->p.err.code, "E-LINK");
	assert_int_equal(fakehttp_count(s.fake), 1);
}

static void test_answers_of_the_first_page_are_passed_on(void **state)
{
	(void)state;
	fakehttp_say(s.fake, "204 No Content", "", "");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_NO_CONTENT);
	assert_false(reader->p.told_to_wait);
	for (int i = 0; i < FETCH_NOT_READY_TRIES; i++)
		fakehttp_say(s.fake, "204 No Content", "Retry-After: 0\r\n", "");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_NO_CONTENT);
	assert_true(reader->p.told_to_wait);
	fakehttp_say(s.fake, "404 Not Found", "", "{\"code\":20003,\"description\":\"was not found under this customer\"}");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_NOT_FOUND);
	fakehttp_say(s.fake, "400 Bad Request", "", "{\"code\":3000,\"description\":\"Customer does not have usage data\"}");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_NO_USAGE);
	assert_int_equal(reader->p.pages, 0);
	assert_int_equal(reader->ends, 0);
}

static void test_204_on_a_later_page_is_an_error(void **state)
{
	(void)state;
	say("one |next|1|END");
	fakehttp_say(s.fake, "204 No Content", "", "");
	read_all("/v1/x");
	check_failed(ERR_BUSY, "page 2: ");
	say("one |next|1|END");
	fakehttp_say(s.fake, "404 Not Found", "", "{\"code\":20003,\"description\":\"was not found\"}");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_FAILED);
	assert_non_null(strstr(reader->p.err.text, "page 2: things (1 try, MS-RequestId "));
}

static void test_not_ready_on_a_later_page_is_waited_for(void **state)
{
	(void)state;
	say("one |next|1|END");
	fakehttp_say(s.fake, "204 No Content", "Retry-After: 0\r\n", "");
	say("two|||END");
	read_all("/v1/x");
	assert_int_equal(reader->p.answer, FETCH_OK);
	assert_string_equal(buf_text(&reader->all), "one two");
}

static void test_waiting_for_data_can_be_seen(void **state)
{
	(void)state;
	assert_false(pager_is_not_ready(&reader->p));
	fakehttp_say(s.fake, "204 No Content", "Retry-After: 1\r\n", "");
	say("late|||END");
	start("/v1/x");
	assert_false(pager_is_not_ready(&reader->p));
	LOOP_UNTIL(s.loop, pager_is_not_ready(&reader->p));
	LOOP_UNTIL(s.loop, reader->done);
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
	pager_start(&reader->p, s.fetch, s.lane, "/v1/x");
	LOOP_UNTIL(s.loop, reader->done);
	check_failed(ERR_FORMAT, "larger than 5 bytes");
}

/* Cancelled after each number of turns; the reader goes by a job of its own, as the header says. */
/* As at shutdown: cancelled, and the lane freed while a job of it may run there. */

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(pages_are_followed_to_the_end),
		T(cut_page_is_fetched_again),
		T(broken_page_is_an_error_after_its_tries),
		T(the_end_of_a_broken_try_is_not_the_end_of_the_page),
		T(error_of_the_store_is_not_retried),
		T(same_link_again_is_an_error),
		T(loop_of_several_links_is_an_error),
		T(endless_collection_is_an_error),
		T(hostile_link_is_an_error),
		T(answers_of_the_first_page_are_passed_on),
		T(204_on_a_later_page_is_an_error),
		T(not_ready_on_a_later_page_is_waited_for),
		T(waiting_for_data_can_be_seen),
		T(page_over_its_limit_is_an_error),
#undef T
	};

	log_setup(LOG_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
