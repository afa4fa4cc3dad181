/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/util.h"
#include "net/loopback_request.h"
#include "tests/support/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PORT 40123
#define HOST "Host: localhost:40123\r\n"

static struct span path, query;

static unsigned read_bytes(const char *text, size_t n)
{
	/* on the heap and no byte too long, so that a read beyond the end is seen */
	char *copy = malloc(n ? n : 1);
	unsigned status;

	memcpy(copy, text, n);
	status = loopback_request_read((struct span){ copy, n }, PORT, &path, &query);
	if (status == LOOPBACK_REQUEST_OK) {
		path.p = text + (path.p - copy);
		query.p = text + (query.p - copy);
	}
	free(copy);
	return status;
}

static unsigned read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static void test_browser_request(void **state)
{
	(void)state;
	assert_int_equal(read_text("GET /?code=a.b&state=c HTTP/1.1\r\n" HOST "Connection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11)\r\n"
				   "Accept-Language: en\r\nCookie: a=\xc3\xa9; b=1\r\nEmpty:\r\n\r\n"), 200);
	assert_true(span_is(path, "/"));
	assert_true(span_is(query, "code=a.b&state=c"));
}

static void test_targets(void **state)
{
	(void)state;
	assert_int_equal(read_text("GET /favicon.ico HTTP/1.1\r\n" HOST "\r\n"), 200);
	assert_true(span_is(path, "/favicon.ico"));
	assert_int_equal(query.n, 0);
	assert_int_equal(read_text("GET /? HTTP/1.1\r\n" HOST "\r\n"), 200);
	assert_true(span_is(path, "/"));
	assert_int_equal(query.n, 0);
	assert_int_equal(read_text("GET /a?b?c HTTP/1.0\r\n" HOST "\r\n"), 200);
	assert_true(span_is(query, "b?c"));
}

static void test_hosts(void **state)
{
	(void)state;
	assert_int_equal(read_text("GET / HTTP/1.1\r\nHost: 127.0.0.1:40123\r\n\r\n"), 200);
	assert_int_equal(read_text("GET / HTTP/1.1\r\nhOST:\t[::1]:40123 \r\n\r\n"), 200);
	assert_int_equal(read_text("GET / HTTP/1.1\r\nHost: LOCALHOST:40123\r\n\r\n"), 200);
	assert_int_equal(read_text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 421);
	assert_int_equal(read_text("GET / HTTP/1.1\r\nHost: localhost:4012\r\n\r\n"), 421);
	assert_int_equal(read_text("GET / HTTP/1.1\r\nHost: rebound.example:40123\r\n\r\n"), 421);
	assert_int_equal(read_text("GET / HTTP/1.1\r\nHost: localhost:40123.example\r\n\r\n"), 421);
	assert_int_equal(read_text("GET / HTTP/1.1\r\nAccept: a\r\n\r\n"), 400);
	assert_int_equal(read_text("GET / HTTP/1.1\r\n" HOST HOST "\r\n"), 400);
}

static void test_refused(void **state)
{
	static const struct {
		unsigned status;
		const char *text;
	} cases[] = {
		{ 400, "\r\n" },
		{ 400, "\r\nGET / HTTP/1.1\r\n" HOST "\r\n" },
		{ 400, "GET /\r\n" HOST "\r\n" },
		{ 400, "GET  / HTTP/1.1\r\n" HOST "\r\n" },
		{ 400, "GET / HTTP/1.1 \r\n" HOST "\r\n" },
		{ 400, "GET / HTTP/1.1\n" HOST "\r\n" },
		{ 400, "GET / HTP/1.1\r\n" HOST "\r\n" },
		{ 400, "GET http://localhost:40123/ HTTP/1.1\r\n" HOST "\r\n" },
		{ 400, "GET * HTTP/1.1\r\n" HOST "\r\n" },
		{ 400, "GET /a#b HTTP/1.1\r\n" HOST "\r\n" },
		{ 400, "GET /\x01 HTTP/1.1\r\n" HOST "\r\n" },
		{ 400, "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n" },
		{ 400, "G\x02T / HTTP/1.1\r\n" HOST "\r\n" },
		{ 400, " / HTTP/1.1\r\n" HOST "\r\n" },
		{ 405, "POST / HTTP/1.1\r\n" HOST "\r\n" },
		{ 405, "HEAD / HTTP/1.1\r\n" HOST "\r\n" },
		{ 405, "get / HTTP/1.1\r\n" HOST "\r\n" },
		{ 505, "GET / HTTP/2.0\r\n" HOST "\r\n" },
		{ 505, "GET / HTTP/0.9\r\n" HOST "\r\n" },
		{ 400, "GET / HTTP/1.1\r\n" HOST "no colon\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\n" HOST ": no name\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost : localhost:40123\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\n" HOST "A: b\r\n folded\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\n" HOST "A: b\rc\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\n" HOST "A: b\nc: d\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\n" HOST "A: \x7f\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n" },
		{ 200, "GET / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n" },
		{ 400, "\x16\x03\x01\x02\x01" "hello\r\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		if (read_text(cases[i].text) != cases[i].status)
			fail_msg("case %zu: %u, wanted %u", i, read_text(cases[i].text), cases[i].status);
}

static void test_nul_bytes_are_refused_everywhere(void **state)
{
	static const char good[] = "GET /?a=b HTTP/1.1\r\n" HOST "A: b\r\n\r\n";
	char bad[sizeof(good)];

	(void)state;
	assert_int_equal(read_text(good), 200);
	for (size_t i = 0; i < sizeof(good) - 3; i++) {
		memcpy(bad, good, sizeof(good));
		bad[i] = '\0';
		assert_int_not_equal(read_bytes(bad, sizeof(good) - 1), 200);
	}
}

static void test_too_many_headers(void **state)
{
	char text[8000] = "GET / HTTP/1.1\r\n" HOST;
	size_t n = strlen(text);

	(void)state;
	for (int i = 1; i < LIMIT_LOOPBACK_HEADERS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "A%d: b\r\n", i);
	snprintf(text + n, sizeof(text) - n, "\r\n");
	assert_int_equal(read_text(text), 200);
	snprintf(text + n, sizeof(text) - n, "Z: b\r\n\r\n");
	assert_int_equal(read_text(text), 431);
}

static void test_head_size_piece_by_piece(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\n" HOST "\r\nmore\r\n\r\n";
	const size_t want = strlen("GET / HTTP/1.1\r\n" HOST "\r\n");

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++)
		for (size_t from = 0; from <= n && from < want; from++)
			assert_int_equal(loopback_head_size((struct span){ text, n }, from), n < want ? 0 : want);
}

/* Whatever comes: an answer of the list, never a crash; what is taken is what HTTP says. */
static void test_any_bytes(void **state)
{
	static const char good[] = "GET /?code=a&state=b HTTP/1.1\r\n" HOST "A: b\r\n\r\n";
	struct rng rng = { rng_seed() };
	char bytes[sizeof(good)];

	(void)state;
	print_message("CSP_TEST_SEED=%llu\n", (unsigned long long)rng.state);
	for (int round = 0; round < 200000; round++) {
		size_t n = rng_below(&rng, 4) ? sizeof(good) - 1 : rng_below(&rng, sizeof(good));
		unsigned status;

		memcpy(bytes, good, sizeof(good));
		for (size_t i = 1 + rng_below(&rng, 3); i; i--)
			bytes[rng_below(&rng, sizeof(good) - 1)] = (char)rng_below(&rng, 256);
		status = read_bytes(bytes, n);
		assert_true(status == 200 || status == 400 || status == 405 || status == 421 || status == 431 || status == 505);
		if (status == 200)
			assert_true(path.n >= 1 && path.p[0] == '/' && !memchr(path.p, '?', path.n) && !memchr(query.p, ' ', query.n));
	}
}

#define T(name) cmocka_unit_test(test_##name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(browser_request), T(targets), T(hosts), T(refused), T(nul_bytes_are_refused_everywhere), T(too_many_headers),
		T(head_size_piece_by_piece), T(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
