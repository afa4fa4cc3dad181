/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "net/loopback.h"
#include "tests/support/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static uv_loop_t *loop;
static struct loopback server;
static char got_query[200], answer[40000];
static int asked, ended;
static bool close_when_asked;

static enum loopback_verdict on_query(struct loopback *l, struct span query, struct buf *page)
{
	asked++;
	snprintf(got_query, sizeof(got_query), "%.*s", (int)query.n, query.p);
	if (close_when_asked)
		loopback_close(l);
	if (span_is(query, "good"))
		return LOOPBACK_HOLD;
	assert_int_equal(buf_add_text(page, "<p>no"), 0);
	return LOOPBACK_REFUSE;
}

static void on_end(struct loopback *l)
{
	assert_ptr_equal(l, &server);
	ended++;
}

static int setup(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	loop = loop_open();
	server = (struct loopback){ .on_query = on_query, .on_end = on_end };
	asked = ended = 0;
	close_when_asked = false;
	got_query[0] = '\0';
	assert_int_equal(loopback_open(&server, loop, &e), 0);
	assert_int_not_equal(server.port, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loopback_close(&server);
	loopback_close(&server);
	return loop_close(loop);
}

/* The kernel completes the connection before the server looks. */
static int dial(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(server.port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void say_get(int fd, const char *target)
{
	char text[300];

	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n", target, server.port);
	say(fd, text);
}

/* What the server says until it closes, into ANSWER; returns its length. The turns of the loop are taken on the way. */
static size_t hear(int fd)
{
	size_t n = 0;

	for (;;) {
		ssize_t got = recv(fd, answer + n, sizeof(answer) - 1 - n, MSG_DONTWAIT);

		if (got == 0 || (got < 0 && errno == ECONNRESET))
			break;
		if (got > 0)
			n += (size_t)got;
		else
			uv_run(loop, UV_RUN_NOWAIT);
	}
	answer[n] = '\0';
	close(fd);
	return n;
}

static void check_status(int fd, const char *status)
{
	assert_true(hear(fd) > 0);
	assert_memory_equal(answer, "HTTP/1.1 ", 9);
	assert_memory_equal(answer + 9, status, strlen(status));
}

static void test_the_good_request_gets_its_page_at_the_end(void **state)
{
	int fd = dial();

	(void)state;
	say_get(fd, "/?good");
	LOOP_UNTIL(loop, asked);
	assert_string_equal(got_query, "good");
	loop_idle(loop, 10);
	assert_int_equal(recv(fd, answer, sizeof(answer), MSG_DONTWAIT), -1); /* it waits */
	loopback_end(&server, SPAN_LITERAL("<p>done"));
	check_status(fd, "200 OK\r\n");
	assert_non_null(strstr(answer, "\r\n\r\n<p>done"));
	assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'none'; "));
	assert_non_null(strstr(answer, "Cache-Control: no-store\r\n"));
	assert_non_null(strstr(answer, "Referrer-Policy: no-referrer\r\n"));
	LOOP_UNTIL(loop, ended);
	assert_int_equal(ended, 1);
}

static void test_the_policy_names_the_style(void **state)
{
	unsigned char digest[32], text[64];
	char want[100];
	int fd = dial();

	(void)state;
	assert_int_equal(EVP_Digest(LOOPBACK_STYLE, strlen(LOOPBACK_STYLE), digest, NULL, EVP_sha256(), NULL), 1);
	EVP_EncodeBlock(text, digest, sizeof(digest));
	snprintf(want, sizeof(want), "style-src 'sha256-%s';", (char *)text);
	say_get(fd, "/");
	hear(fd);
	assert_non_null(strstr(answer, want));
}

static void test_others_are_answered_and_the_good_one_still_counts(void **state)
{
	int fd = dial();

	(void)state;
	say_get(fd, "/favicon.ico");
	check_status(fd, "404 ");
	fd = dial();
	say(fd, "POST / HTTP/1.1\r\n\r\n");
	check_status(fd, "405 ");
	fd = dial();
	say(fd, "GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n");
	check_status(fd, "421 ");
	assert_int_equal(asked, 0);
	fd = dial();
	say_get(fd, "/?bad");
	check_status(fd, "400 ");
	assert_non_null(strstr(answer, "<p>no"));
	assert_int_equal(asked, 1);
	fd = dial();
	say_get(fd, "/?good");
	LOOP_UNTIL(loop, asked == 2);
	loopback_end(&server, SPAN_LITERAL("<p>done"));
	check_status(fd, "200 ");
}

static void test_a_request_byte_by_byte(void **state)
{
	int fd = dial();
	char text[200];

	(void)state;
	snprintf(text, sizeof(text), "GET /?bad HTTP/1.1\r\nHost: [::1]:%u\r\n\r\n", server.port);
	for (const char *p = text; *p; p++) {
		assert_int_equal(send(fd, p, 1, MSG_NOSIGNAL), 1);
		loop_idle(loop, 1);
		assert_int_equal(asked, p[1] == '\0');
	}
	check_status(fd, "400 ");
}

static void test_a_head_without_end_is_refused(void **state)
{
	static char garbage[4096];
	int fd = dial();
	size_t sent = 0;

	(void)state;
	memset(garbage, 'a', sizeof(garbage));
	while (sent <= LIMIT_LOOPBACK_BYTES) {
		ssize_t n = send(fd, garbage, sizeof(garbage), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN)
			break; /* it has had enough already */
		sent += n > 0 ? (size_t)n : 0;
		uv_run(loop, UV_RUN_NOWAIT);
	}
	check_status(fd, "431 ");
}

static void test_silent_and_vanishing_visitors_do_not_block(void **state)
{
	int silent[3 * LIMIT_LOOPBACK_CONNECTIONS], fd;

	(void)state;
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		silent[i] = dial();
		if (i % 3 == 0)
			say(silent[i], "GET /?go");
		if (i % 5 == 0) {
			struct linger reset = { 1, 0 };

			setsockopt(silent[i], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
			close(silent[i]);
			silent[i] = -1;
		}
		loop_idle(loop, 1);
	}
	fd = dial();
	say_get(fd, "/?good");
	LOOP_UNTIL(loop, asked);
	loopback_end(&server, SPAN_LITERAL("<p>done"));
	check_status(fd, "200 ");
	LOOP_UNTIL(loop, ended);
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		if (silent[i] != -1)
			close(silent[i]);
}

static void test_nobody_is_served_beside_the_good_one(void **state)
{
	int before = dial(), fd = dial(), after;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(server.port), .sin_addr = { htonl(INADDR_LOOPBACK) } };

	(void)state;
	loop_idle(loop, 5);
	say_get(fd, "/?good");
	LOOP_UNTIL(loop, asked);
	assert_int_equal(hear(before), 0);
	after = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	loop_idle(loop, 5);
	assert_int_equal(connect(after, (const struct sockaddr *)&address, sizeof(address)), -1);
	close(after);
	close(fd); /* and even the good one may go */
	loopback_end(&server, SPAN_LITERAL("<p>done"));
	LOOP_UNTIL(loop, ended);
}

static void test_the_end_without_any_request(void **state)
{
	(void)state;
	loopback_end(&server, SPAN_LITERAL("<p>done"));
	assert_int_equal(ended, 0);
	LOOP_UNTIL(loop, ended);
	assert_int_equal(ended, 1);
}

static void test_closed_from_inside_and_in_every_state(void **state)
{
	struct err e = ERR_INIT;
	int fd = dial();

	(void)state;
	close_when_asked = true;
	say_get(fd, "/?good");
	LOOP_UNTIL(loop, asked);
	assert_int_equal(hear(fd), 0);
	close_when_asked = false;
	assert_int_equal(loopback_open(&server, loop, &e), 0);
	fd = dial();
	say_get(fd, "/?good");
	LOOP_UNTIL(loop, asked == 2);
	loopback_end(&server, SPAN_LITERAL("<p>done"));
	loopback_close(&server); /* while the page is under way */
	close(fd);
	loop_idle(loop, 5);
	assert_int_equal(ended, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_good_request_gets_its_page_at_the_end),
		T(the_policy_names_the_style),
		T(others_are_answered_and_the_good_one_still_counts),
		T(a_request_byte_by_byte),
		T(a_head_without_end_is_refused),
		T(silent_and_vanishing_visitors_do_not_block),
		T(nobody_is_served_beside_the_good_one),
		T(the_end_without_any_request),
		T(closed_from_inside_and_in_every_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
