/* SPDX-License-Identifier: MIT */
#include "partner/model.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONTINUATION_HEADER "MS-ContinuationToken"

void next_link_fini(struct next_link *link)
{
	free(link->uri);
	for (size_t i = 0; i < link->header_count; i++) {
		free(link->headers[i].key);
		free(link->headers[i].value);
	}
	memset(link, 0, sizeof(*link));
}

void next_link_take(struct next_link *to, struct next_link *from)
{
	if (to == from)
		return;
	next_link_fini(to);
	*to = *from;
	memset(from, 0, sizeof(*from));
}

const char *next_link_token(const struct next_link *link)
{
	for (size_t i = 0; i < link->header_count; i++)
		if (strcasecmp(link->headers[i].key, CONTINUATION_HEADER) == 0)
			return link->headers[i].value;
	return "";
}

/* Whether every byte is between LOW and '~' and none of EXCEPT: a line break would put a header of its own into our request. */
static bool is_plain(struct span s, char low, const char *except)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < low || s.p[i] > '~' || strchr(except, s.p[i]))
			return false;
	return true;
}

int next_link_set_uri(struct next_link *link, struct span uri, struct err *e)
{
	if (uri.n == 0)
		return err_set(e, ERR_FORMAT, "uri: missing");
	if (uri.n > LIMIT_LINK_BYTES)
		return err_set(e, ERR_FORMAT, "uri: longer than %zu bytes", LIMIT_LINK_BYTES);
	for (size_t i = 0; i < uri.n; i++)
		if ((unsigned char)uri.p[i] < ' ' || uri.p[i] == 0x7f)
			return err_set(e, ERR_FORMAT, "uri: holds a control character");
	free(link->uri);
	link->uri = xstrndup(uri.p, uri.n);
	return 0;
}

int next_link_add_header(struct next_link *link, struct span key, struct span value, struct err *e)
{
	if (link->header_count == LIMIT_LINK_HEADERS)
		return err_set(e, ERR_FORMAT, "headers: more than %d", LIMIT_LINK_HEADERS);
	if (key.n == 0 || key.n > LIMIT_LINK_BYTES || !is_plain(key, '!', "\"(),/:;<=>?@[\\]{}"))
		return err_set(e, ERR_FORMAT, "headers: a key that is no header name");
	if (value.n > LIMIT_CONTINUATION_BYTES)
		return err_set(e, ERR_FORMAT, "headers: a value longer than %zu bytes", LIMIT_CONTINUATION_BYTES);
	if (!is_plain(value, ' ', ""))
		return err_set(e, ERR_FORMAT, "headers: a value that can't be sent");
	link->headers[link->header_count].key = xstrndup(key.p, key.n);
	link->headers[link->header_count].value = xstrndup(value.p, value.n);
	link->header_count++;
	return 0;
}
