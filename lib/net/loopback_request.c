/* SPDX-License-Identifier: MIT */
#include "net/loopback_request.h"

#include "base/limits.h"
#include "base/util.h"

#include <stdio.h>
#include <strings.h>

#define END "\r\n\r\n"
#define END_SIZE (sizeof(END) - 1)

size_t loopback_head_size(struct span bytes, size_t from)
{
	size_t at = from > END_SIZE - 1 ? from - (END_SIZE - 1) : 0; /* its first bytes may have been there */
	const char *end;

	if (bytes.n < at + END_SIZE)
		return 0;
	end = memmem(bytes.p + at, bytes.n - at, END, END_SIZE);
	return end ? (size_t)(end - bytes.p) + END_SIZE : 0;
}

/* Cuts what stands before SEPARATOR off the front of REST, and the separator; false when there is none. */
static bool cut(struct span *rest, const char *separator, struct span *part)
{
	size_t n = strlen(separator);
	const char *at = rest->n ? memmem(rest->p, rest->n, separator, n) : NULL;

	if (!at)
		return false;
	*part = (struct span){ rest->p, (size_t)(at - rest->p) };
	*rest = (struct span){ at + n, rest->n - part->n - n };
	return true;
}

static bool is_visible(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* Whether nothing in a header's value steers: tabs, blanks, what prints, and bytes above ASCII. */
static bool is_value(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* RFC 9110: token. A blank before the colon is none of its characters, and so refused as RFC 9112 demands. */
static bool is_name(struct span s)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!letter && !(c && strchr(others, c)))
			return false;
	}
	return s.n > 0;
}

static struct span trim(struct span s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct span){ s.p + 1, s.n - 1 };
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static bool is_word(struct span s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static bool is_our_host(struct span value, uint16_t port)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };
	char text[32];

	for (size_t i = 0; i < countof(names); i++) {
		snprintf(text, sizeof(text), "%s:%u", names[i], port);
		if (is_word(value, text))
			return true;
	}
	return false;
}

static unsigned read_request_line(struct span line, struct span *target)
{
	struct span method;

	if (!cut(&line, " ", &method) || !is_name(method) || !cut(&line, " ", target))
		return 400;
	if (target->n == 0 || target->p[0] != '/' || !is_visible(*target) || memchr(target->p, '#', target->n))
		return 400;
	if (line.n != strlen("HTTP/1.1") || memcmp(line.p, "HTTP/", 5) != 0)
		return 400;
	if (!span_is(line, "HTTP/1.1") && !span_is(line, "HTTP/1.0"))
		return 505;
	return span_is(method, "GET") ? LOOPBACK_REQUEST_OK : 405;
}

/* One header line; HOSTS counts those that were ours. */
static unsigned read_header(struct span line, uint16_t port, unsigned *hosts)
{
	struct span name, value;

	if (!cut(&line, ":", &name) || !is_name(name) || !is_value(line))
		return 400;
	value = trim(line);
	if (is_word(name, "Transfer-Encoding") || (is_word(name, "Content-Length") && !span_is(value, "0")))
		return 400;
	if (!is_word(name, "Host"))
		return LOOPBACK_REQUEST_OK;
	if (++*hosts > 1)
		return 400;
	return is_our_host(value, port) ? LOOPBACK_REQUEST_OK : 421;
}

static unsigned read_headers(struct span rest, uint16_t port)
{
	unsigned hosts = 0, count = 0, status;
	struct span line;

	while (cut(&rest, "\r\n", &line) && line.n) {
		if (++count > LIMIT_LOOPBACK_HEADERS)
			return 431;
		status = read_header(line, port, &hosts);
		if (status != LOOPBACK_REQUEST_OK)
			return status;
	}
	return hosts == 1 ? LOOPBACK_REQUEST_OK : 400;
}

unsigned loopback_request_read(struct span head, uint16_t port, struct span *path, struct span *query)
{
	struct span line, target;
	unsigned status;

	if (!cut(&head, "\r\n", &line))
		return 400;
	status = read_request_line(line, &target);
	if (status != LOOPBACK_REQUEST_OK)
		return status;
	status = read_headers(head, port);
	if (status != LOOPBACK_REQUEST_OK)
		return status;
	*query = target;
	if (!cut(query, "?", path)) {
		*path = target;
		*query = (struct span){ target.p + target.n, 0 };
	}
	return LOOPBACK_REQUEST_OK;
}
