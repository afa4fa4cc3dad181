/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/document.h"

#include "partner/model.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/decoded.h"
#include "value/day.h"

struct span document_body(struct span body)
{
	const bool marked = body.n >= 3 && memcmp(body.p, "\xef\xbb\xbf", 3) == 0;

	return marked ? (struct span){ body.p + 3, body.n - 3 } : body;
}

static const json_t *field(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_null(v) ? NULL : v;
}

bool document_has(const json_t *object, const char *name)
{
	return field(object, name) != NULL;
}

/* The text at NAME; false when there is none, or another kind of value. */
static bool get_text(const json_t *object, const char *name, struct span *text)
{
	const json_t *v = field(object, name);

	return json_is_string(v) && !oracle_is_number(v, text) && !(text->n && memchr(text->p, '\0', text->n));
}

bool document_is_text(const json_t *object, const char *name)
{
	struct span text;

	return !field(object, name) || get_text(object, name, &text);
}

bool document_is_object(const json_t *object, const char *name)
{
	return !field(object, name) || json_is_object(field(object, name));
}

bool document_is_guid(const json_t *object, const char *name)
{
	struct err ignored;
	struct span text;
	struct guid g;

	return get_text(object, name, &text) && guid_parse(&g, text, &ignored) == 0;
}

bool document_is_decimal(const json_t *object, const char *name)
{
	const json_t *v = field(object, name);
	struct err ignored;
	struct decimal d;
	struct span text;

	if (!json_is_string(v))
		return false;
	(void)oracle_is_number(v, &text);
	return decimal_parse(&d, text, &ignored) == 0;
}

bool document_is_instant(const json_t *object, const char *name, int64_t *instant)
{
	struct err ignored;
	struct span text;

	return get_text(object, name, &text) && instant_parse(instant, text, &ignored) == 0;
}

/* Recursion is bounded by what jansson accepts. */
unsigned document_depth(const json_t *v)
{
	unsigned deepest = 0, depth;
	const char *name;
	json_t *member;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)v, name, member) {
		depth = document_depth(member);
		deepest = depth > deepest ? depth : deepest;
	}
	json_array_foreach(v, i, member) {
		depth = document_depth(member);
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + (json_is_object(v) || json_is_array(v));
}

void document_check_text(const json_t *object, const char *name, struct span taken)
{
	struct span text;

	if (!get_text(object, name, &text))
		text.n = 0;
	FUZZ_REQUIRE(span_equal(text, taken), "%s: \"%.*s\", not \"%.*s\"", name, (int)taken.n, taken.p, (int)text.n, text.p);
}

void document_check_printed(const json_t *object, const char *name, struct span taken)
{
	struct span text;

	(void)oracle_is_number(field(object, name), &text);
	FUZZ_REQUIRE(span_equal(text, taken), "%s: \"%.*s\", not \"%.*s\"", name, (int)taken.n, taken.p, (int)text.n, text.p);
}

void document_check_raw(const json_t *object, const char *name, struct span taken)
{
	const json_t *v = field(object, name);
	json_t *read = NULL;

	FUZZ_REQUIRE((v == NULL) == (taken.n == 0), "%s: \"%.*s\"", name, (int)taken.n, taken.p);
	if (!v)
		return;
	FUZZ_REQUIRE(oracle_read_exact(taken, &read) == ORACLE_ACCEPTS, "%s: \"%.*s\"", name, (int)taken.n, taken.p);
	FUZZ_REQUIRE(json_equal(read, v), "%s: \"%.*s\"", name, (int)taken.n, taken.p);
	json_decref(read);
}

void document_check_guid(const json_t *object, const char *name, struct guid taken)
{
	struct err ignored;
	struct guid g;

	FUZZ_REQUIRE(guid_parse(&g, span_of(json_string_value(field(object, name))), &ignored) == 0 && guid_equal(g, taken), "%s", name);
}

static bool is_plain(struct span text, char low, const char *except)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < low || text.p[i] > '~' || strchr(except, text.p[i]))
			return false;
	return true;
}

static bool is_header(const json_t *header)
{
	struct span key, value = { NULL, 0 };

	if (!json_is_object(header) || !get_text(header, "key", &key) || !document_is_text(header, "value"))
		return false;
	if (field(header, "value"))
		(void)get_text(header, "value", &value);
	return key.n && key.n <= LIMIT_LINK_BYTES && value.n <= LIMIT_CONTINUATION_BYTES && is_plain(key, '!', "\"(),/:;<=>?@[\\]{}") &&
	       is_plain(value, ' ', "");
}

bool document_is_next(const json_t *document)
{
	const json_t *links = field(document, "links"), *next = field(links, "next"), *headers = field(next, "headers");
	struct span uri;

	if ((links && !json_is_object(links)) || (next && !json_is_object(next)) || (headers && !json_is_array(headers)))
		return false;
	if (!next)
		return true;
	if (!get_text(next, "uri", &uri) || uri.n == 0 || uri.n > LIMIT_LINK_BYTES || json_array_size(headers) > LIMIT_LINK_HEADERS)
		return false;
	for (size_t i = 0; i < uri.n; i++)
		if ((unsigned char)uri.p[i] < ' ' || uri.p[i] == 0x7f)
			return false;
	for (size_t i = 0; i < json_array_size(headers); i++)
		if (!is_header(json_array_get(headers, i)))
			return false;
	return true;
}

void document_check_next(const json_t *document, const struct next_link *taken)
{
	const json_t *next = field(field(document, "links"), "next"), *headers = field(next, "headers");

	FUZZ_REQUIRE(taken->header_count == json_array_size(headers), "%zu headers", taken->header_count);
	document_check_text(next, "uri", span_of(taken->uri));
	for (size_t i = 0; i < taken->header_count; i++) {
		document_check_text(json_array_get(headers, i), "key", span_of(taken->headers[i].key));
		document_check_text(json_array_get(headers, i), "value", span_of(taken->headers[i].value));
	}
}

void document_check_splits(struct span input, void decode(struct decoded *d, struct span body, struct split split))
{
	struct rng chance = fuzz_chance(input);
	const struct split split = { 0, 1 + rng_below(&chance, 64), rng_one_in(&chance, 8) ? 0 : rng_next(&chance) };
	struct decoded whole, pieces;

	decode(&whole, input, SPLIT_NONE);
	decode(&pieces, input, split);
	FUZZ_REQUIRE(decoded_same(&whole, &pieces), "whole: %d %s\npieces: %d %s", whole.result, whole.err.text, pieces.result, pieces.err.text);
	if (whole.result == -1)
		fuzz_check_err(&whole.err);
	FUZZ_REQUIRE(whole.result == 0 || whole.err.kind == ERR_FORMAT, "%s", whole.err.text);
	decoded_fini(&whole);
	decoded_fini(&pieces);
}
