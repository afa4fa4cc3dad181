/* SPDX-License-Identifier: MIT */
/* token_form.c - the request to the token endpoint, as application/x-www-form-urlencoded. */
#include "auth/token_private.h"

#include "base/mem.h"
#include "base/util.h"

#include <string.h>

struct field {
	const char *name;
	struct span value;
	const char *more; /* appended to the value, or NULL */
};

static char *encode(char *to, struct span text)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));

		if (plain) {
			*to++ = (char)c;
		} else if (c == ' ') {
			*to++ = '+';
		} else {
			*to++ = '%';
			*to++ = hex[c >> 4];
			*to++ = hex[c & 15];
		}
	}
	return to;
}

/* Every byte may take three. */
static size_t room_for(const struct field *fields, size_t count)
{
	size_t room = 1;

	for (size_t i = 0; i < count; i++)
		room += strlen(fields[i].name) + 2 + 3 * (fields[i].value.n + (fields[i].more ? strlen(fields[i].more) : 0));
	return room;
}

char *token_form(const struct token_options *options, struct span refresh_token, struct span secret, size_t *size)
{
	const struct field fields[] = {
		{ "client_id", span_of(options->client_id), NULL },
		{ "grant_type", span_of(options->app_only ? "client_credentials" : "refresh_token"), NULL },
		{ "refresh_token", options->app_only ? (struct span){ NULL, 0 } : refresh_token, NULL },
		{ "scope", span_of(options->resource), options->app_only ? "/.default" : "/user_impersonation offline_access" },
		{ "client_secret", secret, NULL },
	};
	char *form = xmalloc(room_for(fields, countof(fields)));
	char *at = form;

	for (size_t i = 0; i < countof(fields); i++) {
		size_t n = strlen(fields[i].name);

		if (fields[i].value.n == 0)
			continue;
		if (at != form)
			*at++ = '&';
		memcpy(at, fields[i].name, n);
		at += n;
		*at++ = '=';
		at = encode(at, fields[i].value);
		if (fields[i].more)
			at = encode(at, span_of(fields[i].more));
	}
	*at = '\0';
	*size = (size_t)(at - form);
	return form;
}

char *token_url(const struct token_options *options)
{
	static const char tail[] = "/oauth2/v2.0/token";
	size_t size = strlen(options->login_url) + 1 + strlen(options->tenant_id) + sizeof(tail);
	char *url = xmalloc(size);

	snprintf(url, size, "%s/%s%s", options->login_url, options->tenant_id, tail);
	return url;
}
