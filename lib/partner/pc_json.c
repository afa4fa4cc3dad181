/* SPDX-License-Identifier: MIT */
#include "partner/pc_json.h"

#include "base/mem.h"
#include "json/jread.h"
#include "partner/pc_stream.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>

static void wipe_and_free(void *p)
{
	if (!p)
		return;
	mem_wipe(p, malloc_usable_size(p));
	free(p);
}

void pc_json_setup(void)
{
	json_set_alloc_funcs(mem_library_alloc, wipe_and_free);
}

/* Whether BODY is JSON by our own reader. jansson says what is wrong by quoting it, and recurses to a depth of 2048. */
static int check(struct span body, struct err *e)
{
	enum jread_token t;
	struct jread r;

	jread_init(&r);
	jread_window(&r, body.p, body.n, true);
	do {
		t = jread_next(&r);
	} while (t != JREAD_END && t != JREAD_ERROR);
	return t == JREAD_END ? 0 : jread_error(&r, e);
}

struct json_t *pc_json_load(struct span body, struct err *e)
{
	json_error_t error;
	size_t skip;
	json_t *document;

	if (pc_document_start(body, &skip, e) == -1)
		return NULL;
	body = (struct span){ body.n ? body.p + skip : "", body.n - skip };
	if (check(body, e) == -1)
		return NULL;
	document = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (document)
		return document;
	switch (json_error_code(&error)) {
	case json_error_duplicate_key:
		err_set(e, ERR_FORMAT, "byte %d: an object has a name twice", error.position);
		break;
	case json_error_numeric_overflow:
		err_set(e, ERR_FORMAT, "byte %d: number too large", error.position);
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		err_set(e, ERR_FORMAT, "byte %d: a text holds the character \\u0000", error.position);
		break;
	default:
		err_set(e, ERR_FORMAT, "byte %d: not JSON", error.position);
		break;
	}
	return NULL;
}

struct span pc_json_text(const struct json_t *object, const char *name)
{
	const json_t *text = json_object_get(object, name);

	return (struct span){ json_string_value(text), json_string_length(text) };
}
