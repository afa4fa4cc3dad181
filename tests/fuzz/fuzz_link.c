/* SPDX-License-Identifier: MIT */
/* Where a next link leads: whatever its text, a request with what comes out of it goes to our own host and below /v1/, as libcurl reads
 * the address that is put together. Also the addresses of the configuration, which must have the host that they seem to have. */
#include "base/limits.h"
#include "pull/pager.h"
#include "tests/fuzz/fuzz.h"
#include "value/url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

static bool part_is(CURLU *u, CURLUPart part, const char *wanted)
{
	char *text = NULL;
	const CURLUcode code = curl_url_get(u, part, &text, 0);
	const bool same = wanted ? code == CURLUE_OK && strcasecmp(text, wanted) == 0 : code != CURLUE_OK;

	curl_free(text);
	return same;
}

/* "%2e" is a dot to a server, though not to libcurl. */
static void undo_dots(char *path)
{
	char *to = path;

	for (const char *p = path; *p; p++) {
		const bool dot = strncasecmp(p, "%2e", 3) == 0;

		*to++ = dot ? '.' : *p;
		p += dot ? 2 : 0;
	}
	*to = '\0';
}

static void check_target(const char *base, const char *host, const char *port, char *path)
{
	CURLU *u = curl_url();
	char *url = NULL, *taken = NULL;

	undo_dots(path);
	if (!u || asprintf(&url, "%s%s", base, path) == -1)
		abort();
	FUZZ_REQUIRE(curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK, "%s", url); /* dots are resolved here */
	FUZZ_REQUIRE(part_is(u, CURLUPART_HOST, host) && part_is(u, CURLUPART_PORT, port), "%s", url);
	FUZZ_REQUIRE(part_is(u, CURLUPART_USER, NULL) && part_is(u, CURLUPART_PASSWORD, NULL) && part_is(u, CURLUPART_FRAGMENT, NULL), "%s", url);
	FUZZ_REQUIRE(curl_url_get(u, CURLUPART_PATH, &taken, 0) == CURLUE_OK && strncasecmp(taken, "/v1/", 4) == 0, "%s: %s", url, taken);
	FUZZ_REQUIRE(strlen(taken) == strcspn(path, "?"), "%s is another path than %s", taken, path); /* no dots to be resolved */
	curl_free(taken);
	curl_url_cleanup(u);
	free(url);
}

static void check_link(const char *uri)
{
	static const struct {
		const char *base, *host, *port;
	} services[] = {
		{ "https://api.partnercenter.microsoft.com", "api.partnercenter.microsoft.com", NULL },
		{ "http://127.0.0.1:8080", "127.0.0.1", "8080" },
		{ "http://[::1]:8080", "[::1]", "8080" },
	};
	char path[LIMIT_LINK_BYTES + 5];

	for (size_t i = 0; i < countof(services); i++) {
		struct err e = ERR_INIT;

		if (pager_link_path(services[i].base, uri, path, sizeof(path), &e) == 0) {
			check_target(services[i].base, services[i].host, services[i].port, path);
		} else {
			fuzz_check_err(&e);
			FUZZ_REQUIRE(e.kind == ERR_FORMAT && strcmp(e.code, "E-LINK") == 0, "%s", e.code);
		}
	}
}

/* An accepted address is one to libcurl, too, and has nothing but a host and a port. */
static void check_address(const char *text)
{
	struct err e = ERR_INIT;
	CURLU *u = curl_url();

	if (url_check_proxy(span_of(text), &e) == 0) {
		/* libcurl knows zones of addresses, and refuses names that we do not: it may refuse more, but never find more in there */
		if (curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK) {
			FUZZ_REQUIRE(part_is(u, CURLUPART_USER, NULL) && part_is(u, CURLUPART_PASSWORD, NULL), "%s", text);
			FUZZ_REQUIRE(part_is(u, CURLUPART_QUERY, NULL) && part_is(u, CURLUPART_FRAGMENT, NULL), "%s", text);
			FUZZ_REQUIRE(part_is(u, CURLUPART_PATH, "/"), "%s", text);
		}
	} else {
		fuzz_check_err(&e);
		FUZZ_REQUIRE(url_check_service(span_of(text), &e) == -1, "%s", text);
	}
	if (url_check_service(span_of(text), &e) == 0 && strncmp(text, "http://", 7) == 0) {
		char *host = NULL;

		FUZZ_REQUIRE(curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK && curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK, "%s",
			     text);
		FUZZ_REQUIRE(url_is_loopback(span_of(host)), "%s: %s", text, host);
		curl_free(host);
	}
	curl_url_cleanup(u);
}

void fuzz_input(struct span input)
{
	char *text = fuzz_text(input);

	if (!text)
		return;
	check_link(text);
	check_address(text);
	free(text);
}
