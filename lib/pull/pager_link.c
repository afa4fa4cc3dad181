/* SPDX-License-Identifier: MIT */
/* pager_link.c - where a next link leads. Its text comes from outside: whatever is not plainly a path of ours is refused. */
#include "pull/pager.h"

#include "base/limits.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static int refuse(struct err *e, const char *why)
{
	err_set(e, ERR_FORMAT, "next link refused: %s", why);
	return err_advise(e, "E-LINK", NULL);
}

/* Length of "scheme:" in front of a uri, 0 when it is relative. */
static size_t scheme_length(const char *uri)
{
	size_t n = strcspn(uri, ":/?");

	return uri[n] == ':' ? n + 1 : 0;
}

struct origin {
	struct span scheme, host, port;
};

/* Splits "scheme://host[:port]"; what follows it, or NULL when it is not of that form. */
static const char *origin_of(struct origin *o, const char *url)
{
	const char *at = url + scheme_length(url), *colon;
	size_t n;

	if (at == url || at[0] != '/' || at[1] != '/')
		return NULL;
	o->scheme = (struct span){ url, (size_t)(at - url) - 1 };
	at += 2;
	n = strcspn(at, "/?");
	if (n == 0 || memchr(at, '@', n))
		return NULL;
	o->host = (struct span){ at, n };
	o->port = (struct span){ NULL, 0 };
	colon = memrchr(at, ':', n);
	if (colon && !memchr(colon, ']', n - (size_t)(colon - at))) {
		o->host.n = (size_t)(colon - at);
		o->port = (struct span){ colon + 1, n - o->host.n - 1 };
		if (o->port.n == 0)
			return NULL;
	} else {
		o->port = o->scheme.n == 5 ? SPAN_LITERAL("443") : SPAN_LITERAL("80");
	}
	return at + n;
}

static bool same(struct span a, struct span b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* Whether a segment of the path is "." or "..", percent-encoded or not: who resolves it would leave the collection. */
static bool has_dots(const char *path, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned dots = 0;

		if (path[i] != '/')
			continue;
		while (i + 1 < n && path[i + 1] != '/') {
			bool encoded = n - i > 3 && strncasecmp(path + i + 1, "%2e", 3) == 0;

			if (!encoded && path[i + 1] != '.')
				break;
			i += encoded ? 3 : 1;
			dots++;
		}
		if ((dots == 1 || dots == 2) && (i + 1 == n || path[i + 1] == '/'))
			return true;
	}
	return false;
}

int pager_link_path(const char *base_url, const char *uri, char *path, size_t size, struct err *e)
{
	struct origin base, link;
	const char *rest = uri;
	size_t n = strlen(uri);
	int written;

	if (n == 0 || n > LIMIT_LINK_BYTES)
		return refuse(e, n ? "too long" : "empty");
	for (const char *p = uri; *p; p++)
		if (*p <= ' ' || *p > '~' || *p == '\\' || *p == '#')
			return refuse(e, "it holds a space, a control character, a backslash or a fragment");
	if (scheme_length(uri)) {
		rest = origin_of(&link, uri);
		if (!rest || !origin_of(&base, base_url) || !same(base.scheme, link.scheme) || !same(base.host, link.host) ||
		    !same(base.port, link.port))
			return refuse(e, "it leads to another host");
		if (rest[0] != '/')
			return refuse(e, "it has no path");
	}
	if (rest[0] == '/')
		rest++;
	if (rest[0] == '/')
		return refuse(e, "it leads to another host");
	if (rest[0] == '\0' || rest[0] == '?')
		return refuse(e, "it has no path");
	written = snprintf(path, size, "%s%s", strncasecmp(rest, "v1/", 3) == 0 ? "/" : "/v1/", rest);
	if (written < 0 || (size_t)written >= size)
		return refuse(e, "too long");
	if (has_dots(path, strcspn(path, "?")))
		return refuse(e, "it holds \"..\"");
	return 0;
}
