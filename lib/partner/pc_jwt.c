/* SPDX-License-Identifier: MIT */
#include "partner/pc_jwt.h"

#include "base/limits.h"
#include "partner/pc_json.h"
#include "value/base64url.h"

#include <jansson.h>
#include <string.h>

/* The part between the two dots; an empty span for any other text. */
static struct span payload_of(const char *token)
{
	const char *first = strchr(token, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;

	if (!second || strchr(second + 1, '.'))
		return (struct span){ NULL, 0 };
	return (struct span){ first + 1, (size_t)(second - first - 1) };
}

struct json_t *pc_jwt_claims(const char *token)
{
	const struct span payload = payload_of(token);
	json_t *claims = NULL;
	struct err ignored;
	struct buf text;

	buf_init(&text, LIMIT_TOKEN_BYTES);
	if (payload.n && base64url_decode(&text, payload) == 0)
		claims = pc_json_load(buf_span(&text), &ignored);
	buf_fini_secret(&text);
	if (json_is_object(claims))
		return claims;
	json_decref(claims);
	return NULL;
}
