/* SPDX-License-Identifier: MIT */
/* fetch_build.c - a request as HTTP: where it may go, and with which headers. */
#include "pull/fetch_private.h"

#include "base/limits.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

/* Room for "/v1" in front of a next link. */
#define PATH_MAX_BYTES (LIMIT_LINK_BYTES + 4)

bool fetch_path_is_safe(const char *path)
{
	size_t n = strlen(path);

	if (n > PATH_MAX_BYTES || path[0] != '/' || path[1] == '/')
		return false;
	for (size_t i = 0; i < n; i++)
		if (path[i] <= ' ' || path[i] > '~' || path[i] == '\\' || path[i] == '#')
			return false;
	return true;
}

/* Headers that a link may name without effect, because we send our own. */
static const char *const ours[] = { "Accept", "MS-RequestId", "MS-CorrelationId", "X-Locale", "MS-Contract-Version" };
/* Headers that a link must not set: they decide who we are, whom we ask, or how the message is framed. */
static const char *const forbidden[] = { "Authorization", "Host", "Cookie", "Connection", "Content-Length", "Transfer-Encoding",
					 "TE", "Trailer", "Upgrade", "Expect", "Range", "Accept-Encoding", "User-Agent",
					 "Proxy-Authorization", "Proxy-Connection" };

static bool is_among(const char *key, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(key, list[i]) == 0)
			return true;
	return false;
}

static int add_link_headers(struct fetch_request *r, struct err *e)
{
	for (size_t i = 0; r->link && i < r->link->header_count; i++) {
		const char *key = r->link->headers[i].key, *value = r->link->headers[i].value;

		if (is_among(key, forbidden, countof(forbidden))) {
			err_set(e, ERR_FORMAT, "the next link wants to set the header %s", key);
			return err_advise(e, "E-LINK", NULL);
		}
		if (is_among(key, ours, countof(ours)))
			continue;
		if (r->http.header_count == HTTP_HEADERS_MAX)
			return err_set(e, ERR_FORMAT, "the next link wants too many headers");
		r->http.headers[r->http.header_count++] = (struct http_header){ key, value };
	}
	return 0;
}

static void add_header(struct http_request *h, const char *key, const char *value)
{
	assert(h->header_count < HTTP_HEADERS_MAX);
	h->headers[h->header_count++] = (struct http_header){ key, value };
}

int fetch_build(struct fetch_request *r, const char *correlation, const char *locale, struct err *e)
{
	struct http_request *h = &r->http;

	*h = (struct http_request){ .method = "GET", .url = r->url };
	h->body_max = r->body_max;
	h->total_timeout_ms = r->total_timeout_ms;
	/* a rate card may take minutes to begin: who allows more in all, allows it for that too */
	h->answer_timeout_ms = r->total_timeout_ms;
	h->accept_gzip = true;
	add_header(h, "Authorization", r->authorization);
	add_header(h, "Accept", "application/json");
	add_header(h, "MS-RequestId", r->request_id);
	add_header(h, "MS-CorrelationId", correlation);
	add_header(h, "MS-Contract-Version", "v1");
	if (locale)
		add_header(h, "X-Locale", locale);
	return add_link_headers(r, e);
}
