/* SPDX-License-Identifier: MIT */
/* http_setup.c - a request as options of a libcurl easy handle. */
#include "net/http_private.h"

#include "base/limits.h"
#include "base/mem.h"
#include "value/url.h"

#include <string.h>

#define CONNECT_TIMEOUT_MS 30000L
#define BUFFER_BYTES 131072L
/* Compressed bytes are unpacked a buffer at a time even while we are paused: a small one keeps that small. */
#define BUFFER_GZIP_BYTES 16384L

/* The same for every request. */
static const struct {
	CURLoption option;
	long value;
} fixed[] = {
	{ CURLOPT_NOSIGNAL, 1 },
	{ CURLOPT_QUICK_EXIT, 1 }, /* a dead name server would block the loop while libcurl joins its resolver thread */
	{ CURLOPT_FOLLOWLOCATION, 0 },
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_SSL_VERIFYPEER, 1 },
	{ CURLOPT_SSL_VERIFYHOST, 2 },
	{ CURLOPT_HTTP09_ALLOWED, 0 },
	{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 }, /* a proxy's headers are not the answer's */
	{ CURLOPT_DNS_CACHE_TIMEOUT, 60 },
	{ CURLOPT_TCP_KEEPALIVE, 1 },
	{ CURLOPT_NOPROGRESS, 1 },
	{ CURLOPT_TIMEOUT_MS, 0 }, /* we keep the time ourselves: libcurl's runs on while a transfer is paused */
};

int http_url_check(const char *url, bool *loopback, struct err *e)
{
	CURLU *parsed = curl_url();
	char *scheme = NULL, *host = NULL;
	bool ok = false;

	*loopback = false;
	if (parsed && curl_url_set(parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK &&
	    curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
		*loopback = url_is_loopback(span_of(host));
		ok = strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && *loopback);
	}
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(parsed);
	if (ok)
		return 0;
	return err_set(e, ERR_CONFIG, "address refused: https:// is wanted, or http:// of a loopback address, and no user name");
}

/* A line end in a header would begin another header. */
static bool is_header(const struct http_header *h)
{
	if (!h->key[0] || strpbrk(h->key, " \t:\r\n"))
		return false;
	for (const unsigned char *p = (const unsigned char *)h->value; *p; p++)
		if ((*p < ' ' && *p != '\t') || *p == 0x7f)
			return false;
	return true;
}

static int add_header(struct http_transfer *t, const struct http_header *h, struct err *e)
{
	size_t size = strlen(h->key) + strlen(h->value) + 3;
	char *line = xmalloc(size);
	struct curl_slist *longer;

	if (!is_header(h)) {
		free(line);
		return err_set(e, ERR_FORMAT, "header refused: it holds control characters");
	}
	/* libcurl would drop "Key:"; this is how it is told to send an empty value */
	snprintf(line, size, h->value[0] ? "%s: %s" : "%s;", h->key, h->value);
	longer = curl_slist_append(t->headers, line); /* copies */
	mem_wipe(line, size);
	free(line);
	if (!longer)
		return err_set(e, ERR_NET, "libcurl: no memory for a header");
	t->headers = longer;
	return 0;
}

static CURLcode set_fixed(CURL *easy)
{
	CURLcode rc = CURLE_OK;

	for (size_t i = 0; i < countof(fixed) && rc == CURLE_OK; i++)
		rc = curl_easy_setopt(easy, fixed[i].option, fixed[i].value);
	return rc;
}

/* Where to, and by which way. */
static CURLcode set_route(struct http_transfer *t, bool loopback)
{
	const struct http *http = t->http;
	const struct http_request *r = t->request;
	CURL *easy = t->easy;
	long connect_ms = r->connect_timeout_ms ? (long)r->connect_timeout_ms : CONNECT_TIMEOUT_MS;
	long version = http->http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_URL, r->url);

	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, loopback ? "https,http" : "https");
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
	/* The first connection tells whether one is enough: no other is opened before. */
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PIPEWAIT, http->http2 ? 1L : 0L);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	if (http->ca_file)
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
	if (http->proxy || loopback) /* "": none, not even that of the environment */
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PROXY, http->proxy ? http->proxy : "");
	return rc;
}

static CURLcode set_request(struct http_transfer *t)
{
	const struct http_request *r = t->request;
	CURL *easy = t->easy;
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);

	if (t->http->user_agent)
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_USERAGENT, t->http->user_agent);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, r->accept_gzip ? BUFFER_GZIP_BYTES : BUFFER_BYTES);
	if (r->accept_gzip)
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	if (strcmp(r->method, "POST") == 0) {
		/* not copied: the caller keeps it until done, and wipes it then */
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body.n ? r->body.p : "");
	} else {
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	}
	return rc;
}

static CURLcode set_callbacks(struct http_transfer *t)
{
	CURL *easy = t->easy;
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_PRIVATE, t);

	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->curl_error);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, http_on_header);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_on_write);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, http_engine_socket_closed);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, t->http);
	return rc;
}

int http_setup(struct http_transfer *t, struct err *e)
{
	const struct http_request *r = t->request;
	bool loopback;
	CURLcode rc;

	if (http_url_check(r->url, &loopback, e) == -1)
		return -1;
	if (strcmp(r->method, "GET") != 0 && strcmp(r->method, "POST") != 0)
		return err_set(e, ERR_CONFIG, "method %s is not supported", r->method);
	for (size_t i = 0; i < r->header_count; i++)
		if (add_header(t, &r->headers[i], e) == -1)
			return -1;
	rc = set_fixed(t->easy);
	rc = rc ? rc : set_route(t, loopback);
	rc = rc ? rc : set_request(t);
	rc = rc ? rc : set_callbacks(t);
	if (rc == CURLE_OK)
		return 0;
	return err_set(e, ERR_CONFIG, "libcurl does not take an option: %s", curl_easy_strerror(rc));
}
