/* SPDX-License-Identifier: MIT */
/* The headers of an answer, line by line as libcurl hands them over: what is kept is short and prints. Retry-After and Date against
 * strptime. */
#include "base/limits.h"
#include "net/backoff.h"
#include "net/http_private.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <time.h>

#define NOW INT64_C(1700000000)

static void check_kept(const char *text, size_t size)
{
	const struct span s = { text, strnlen(text, size) };

	FUZZ_REQUIRE(s.n < size, "%zu", s.n);
	for (size_t i = 0; i < s.n; i++)
		FUZZ_REQUIRE(s.p[i] >= ' ' && s.p[i] <= '~', "%s", text);
}

/* "Tue, 15 Nov 1994 08:12:31 GMT" and nothing else, of this time; 0 for other texts. */
static int64_t plain_date(const char *text)
{
	struct tm tm = { .tm_mday = 0 };
	const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	char again[40];
	int64_t t;

	if (!end || *end || strlen(text) != 29 || tm.tm_year < 100 || tm.tm_year > 200)
		return 0;
	t = timegm(&tm);
	return strftime(again, sizeof(again), "%a, %d %b %Y %H:%M:%S GMT", &tm) == 29 && strcmp(again, text) == 0 ? t : 0;
}

static void check_wait(const char *text)
{
	const int64_t date = plain_date(text), wait = http_retry_after(text, NOW), told = date - NOW;
	const struct backoff b = { .tries_max = 5, .base_ms = 1000, .cap_ms = 60000 };

	FUZZ_REQUIRE(wait >= -1 && wait <= HTTP_RETRY_AFTER_MAX_S, "%lld", (long long)wait);
	FUZZ_REQUIRE(http_date(text) >= 0, "%lld", (long long)http_date(text));
	if (date) {
		FUZZ_REQUIRE(http_date(text) == date, "%s: %lld, not %lld", text, (long long)http_date(text), (long long)date);
		FUZZ_REQUIRE(wait == (told < 0 ? 0 : told > HTTP_RETRY_AFTER_MAX_S ? HTTP_RETRY_AFTER_MAX_S : told), "%s: %lld", text, (long long)wait);
	}
	if (strspn(text, "0123456789") == strlen(text) && text[0])
		FUZZ_REQUIRE(wait == (strlen(text) > 9 && strspn(text, "0") == 0 ? HTTP_RETRY_AFTER_MAX_S : wait) && wait >= 0, "%s: %lld", text,
			     (long long)wait);
	FUZZ_REQUIRE(backoff_delay_ms(&b, 1, wait, 0) >= (wait > 0 ? wait * 1000 : 0), "%lld", (long long)wait);
}

void fuzz_input(struct span input)
{
	struct http_request r = { .status = 0 };
	struct http_transfer t = { .request = &r };
	struct span rest = input, line;

	while (fuzz_next(&rest, '\n', &line)) {
		char *copy = malloc(line.n + 1), *text = fuzz_text(line);

		if (!copy)
			abort();
		memcpy(copy, line.p, line.n);
		copy[line.n] = '\n';
		(void)http_on_header(copy, 1, line.n + 1, &t);
		if (text && line.n < sizeof(t.retry_after))
			check_wait(text);
		free(copy);
		free(text);
	}
	check_kept(r.content_type, sizeof(r.content_type));
	check_kept(r.request_id, sizeof(r.request_id));
	check_kept(r.correlation_id, sizeof(r.correlation_id));
	check_kept(r.www_authenticate, sizeof(r.www_authenticate));
	check_kept(r.location, sizeof(r.location));
	check_kept(t.retry_after, sizeof(t.retry_after));
	check_kept(t.date, sizeof(t.date));
	check_wait(t.retry_after);
}
