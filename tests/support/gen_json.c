/* SPDX-License-Identifier: MIT */
#include "tests/support/gen_json.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT_MAX ((size_t)8 << 20)
#define MEMBERS_MAX 16
#define MEMBER_BYTES 700
#define PICK(g, array) ((array)[rng_below(&(g)->rng, countof(array))])

/* An object in the making: its members as text, put down in any order. */
struct object {
	size_t count;
	char members[MEMBERS_MAX][MEMBER_BYTES];
};

struct pair {
	const char *json, *text; /* a value and what it says */
};

static const struct pair texts[] = {
	{ "\"Compute Hours\"", "Compute Hours" },
	{ "\"\"", "" },
	{ "null", "" },
	{ "\"a\\u0041\\n\\\"\\\\\\/\"", "aA\n\"\\/" },
	{ "\"\xec\x84\x9c\xec\x9a\xb8 \\ud83d\\uDE00\"", "\xec\x84\x9c\xec\x9a\xb8 \xf0\x9f\x98\x80" },
	{ "\"/subscriptions/46a62ece-10ad-42e5-b3f1-b2ed53e6fc08/resourceGroups/ASRWest\"",
	  "/subscriptions/46a62ece-10ad-42e5-b3f1-b2ed53e6fc08/resourceGroups/ASRWest" },
};

static const struct pair raws[] = {
	{ "{}", "{}" },
	{ "null", "" },
	{ "{\"a.b\":\"c\", \"d\":[1,{}]}", "{\"a.b\":\"c\", \"d\":[1,{}]}" },
	{ "[\"x\\u0041\"]", "[\"x\\u0041\"]" },
	{ "\"text\"", "\"text\"" },
};

/* The number, printed plainly, and as it stands there. */
static const struct pair numbers[] = {
	{ "0", "0" }, { "1.50", "1.50" }, { "0.1999968000511991808131", "0.1999968000511991808131" }, { "1e-05", "0.00001" },
	{ "12345678.000", "12345678.000" }, { "-0.5", "-0.5" }, { "2.5E+1", "25" },
};

static const struct pair meters[] = {
	{ "\"923978e1-fd3f-4bd5-a798-f4b533057e46\"", "923978e1-fd3f-4bd5-a798-f4b533057e46" },
	{ "\"3F2B1E1C-C886-4EC6-AD6F-DD0EF38819C9\"", "3f2b1e1c-c886-4ec6-ad6f-dd0ef38819c9" },
};

static const char *const strange[] = { "\"x\":1e999", "\"attributes\":{\"objectType\":\"X\"}", "\"ID\":[[],[{}]]", "\"\\u0000\":\"\\u0000\"", "\"\":true" };
static const char *const wrong_texts[] = { "7", "[]", "{}", "true", "\"a\\u0000\"" };
static const char *const not_json[] = { "\"\n\"", "\"\\x\"", "\"\\ud800\"", "\"\xff\"", "\"\xed\xa0\x80\"", "01", "1.", "tru", "NaN", "'a'" };

static void must(int result)
{
	if (result == -1)
		abort();
}

static const char *space(struct gen *g)
{
	static const char *const spaces[] = { "", "", "", " ", "\r\n      ", "\t", "                    " };

	return PICK(g, spaces);
}

static void PRINTF(2, 3) member(struct object *o, const char *format, ...)
{
	va_list args;

	if (o->count == MEMBERS_MAX)
		abort();
	va_start(args, format);
	if (vsnprintf(o->members[o->count++], MEMBER_BYTES, format, args) >= MEMBER_BYTES)
		abort();
	va_end(args);
}

/* The object's text, its members shuffled. */
static void put_object(struct gen *g, struct object *o, struct buf *out)
{
	if (rng_one_in(&g->rng, 3))
		member(o, "%s", PICK(g, strange));
	must(buf_printf(out, "{%s", space(g)));
	for (size_t left = o->count; left > 0; left--) {
		const size_t i = rng_below(&g->rng, left);

		must(buf_printf(out, "%s%s%s%s", left < o->count ? "," : "", space(g), o->members[i], space(g)));
		memmove(o->members[i], o->members[left - 1], MEMBER_BYTES);
	}
	must(buf_add_text(out, "}"));
}

/* Whether the defect goes here: one place of WAYS. SAYS: what the error must. */
static bool spoil(struct gen *g, bool *valid, size_t ways, const char *what, const char *says)
{
	if (*valid || !rng_one_in(&g->rng, ways))
		return false;
	*valid = true;
	g->defect = what;
	g->says = says;
	return true;
}

static void put_text(struct gen *g, struct object *o, const char *name, const char *expected, bool *valid)
{
	const struct pair *p = &PICK(g, texts);

	if (spoil(g, valid, 8, "a text of the wrong kind", name))
		member(o, "\"%s\":%s", name, PICK(g, wrong_texts));
	else if (spoil(g, valid, 8, "a text that is no JSON", "byte "))
		member(o, "\"%s\":%s", name, PICK(g, not_json));
	else if (rng_one_in(&g->rng, 6))
		p = NULL;
	else
		member(o, "\"%s\":%s%s", name, space(g), p->json);
	must(buf_printf(&g->expected, " %s=%zu:%s", expected, p ? strlen(p->text) : 0, p ? p->text : ""));
}

static void put_raw(struct gen *g, struct object *o, const char *name, const char *expected)
{
	const struct pair *p = rng_one_in(&g->rng, 6) ? NULL : &PICK(g, raws);

	if (p)
		member(o, "\"%s\"%s:%s", name, space(g), p->json);
	must(buf_printf(&g->expected, " %s=%zu:%s", expected, p ? strlen(p->text) : 0, p ? p->text : ""));
}

static void put_meter(struct gen *g, struct object *o, bool *valid)
{
	static const char *const wrong[] = { "null", "\"\"", "7", "\"923978e1-fd3f-4bd5-a798-f4b533057e4\"", "\"923978e1fd3f4bd5a798f4b533057e46\"" };
	const struct pair *p = &PICK(g, meters);

	if (spoil(g, valid, 3, "meter id twice", "id: stands there twice"))
		member(o, "\"id\":%s", p->json);
	if (spoil(g, valid, 3, "wrong meter id", "id: "))
		member(o, "\"id\":%s", PICK(g, wrong));
	else if (!spoil(g, valid, 3, "no meter id", "id: missing"))
		member(o, "\"id\":%s", p->json);
	must(buf_printf(&g->expected, " meter=%s", p->text));
}

static void put_number(struct gen *g, struct object *o, const char *name, bool *valid)
{
	static const char *const wrong[] = { "null", "true", "\"\"", "\"1x\"", "{}", "\" 1\"", "1e999999999999", "\"NaN\"" };
	const struct pair *p = &PICK(g, numbers);
	const bool quoted = rng_one_in(&g->rng, 4);

	if (spoil(g, valid, 3, "number twice", "stands there twice"))
		member(o, "\"%s\":%s", name, p->json);
	if (spoil(g, valid, 3, "wrong number", name))
		member(o, "\"%s\":%s", name, PICK(g, wrong));
	else if (!spoil(g, valid, 3, "no number", "missing"))
		member(o, "\"%s\":%s%s%s", name, quoted ? "\"" : "", p->json, quoted ? "\"" : "");
	must(buf_printf(&g->expected, " %s=%s printed=%zu:%s", name, p->text, strlen(p->json), p->json));
}

static void put_times(struct gen *g, struct object *o, bool *valid)
{
	static const char *const starts[] = { "2018-07-20T00:00:00+00:00", "2018-07-19T17:00:00.0000000-07:00", "2018-07-20T00:00:00Z" };
	static const char *const wrong[] = { "null", "1", "\"\"", "\"2018-07-32T00:00:00Z\"", "\"2018-07-21 x\"", "\"2018-07-20T00:00:00Z\"",
					     "\"2018-08-22T00:00:00Z\"" };

	if (!spoil(g, valid, 4, "no start", "usageStartTime: missing"))
		member(o, "\"usageStartTime\":\"%s\"", PICK(g, starts));
	if (spoil(g, valid, 4, "wrong end", "usageEndTime: "))
		member(o, "\"usageEndTime\":%s", PICK(g, wrong));
	else if (!spoil(g, valid, 4, "no end", "usageEndTime: missing"))
		member(o, "\"usageEndTime\":\"2018-07-21T00:00:00Z\"");
	must(buf_add_text(&g->expected, " start=2018-07-20T00:00:00Z end=2018-07-21T00:00:00Z"));
}

static void add_object(struct gen *g, struct object *to, const char *name, struct object *o)
{
	struct buf text;

	buf_init(&text, DOCUMENT_MAX);
	put_object(g, o, &text);
	member(to, "\"%s\":%s", name, buf_text(&text));
	buf_fini(&text);
}

static void put_record(struct gen *g, bool *valid)
{
	struct object *item = xcalloc(3, sizeof(*item)), *resource = item + 1, *instance = item + 2;
	const bool has_instance = !rng_one_in(&g->rng, 5);

	put_times(g, item, valid);
	put_meter(g, resource, valid);
	put_text(g, resource, "name", "name", valid);
	put_text(g, resource, "category", "category", valid);
	put_text(g, resource, "subcategory", "subcategory", valid);
	put_text(g, resource, "region", "region", valid);
	put_text(g, item, "unit", "unit", valid);
	put_number(g, item, "quantity", valid);
	if (has_instance) {
		put_text(g, instance, "resourceUri", "uri", valid);
		put_text(g, instance, "location", "location", valid);
		must(buf_add_text(&g->expected, " part=0: order=0:"));
		put_raw(g, instance, "tags", "tags");
		put_raw(g, instance, "additionalInfo", "info");
		add_object(g, item, "instanceData", instance);
	} else {
		must(buf_add_text(&g->expected, " uri=0: location=0: part=0: order=0: tags=0: info=0:"));
	}
	put_raw(g, item, "infoFields", "fields");
	must(buf_add_text(&g->expected, "\n"));
	add_object(g, item, "resource", resource);
	put_object(g, item, &g->json);
	free(item);
}

static void put_rate(struct gen *g, bool *valid)
{
	static const struct pair tiers[] = {
		{ "{}", "" },
		{ "{\"0\":0.255}", " from=0 price=0.255 printed=5:0.255" },
		{ "{\"51200\" : 2, \"0\":\"3.0\",\"512000\":1}", " from=0 price=3.0 printed=3:3.0 from=51200 price=2 printed=1:2 from=512000 price=1 printed=1:1" },
	};
	static const char *const wrong[] = { "null", "[]", "{\"0\":null}", "{\"0\":1,\"0.00\":2}", "{\"x\":1}", "{\"-1\":1}", "{\"\":1}", "{\"0\":{}}" };
	const struct pair *p = &PICK(g, tiers);
	struct object *o = xcalloc(1, sizeof(*o));

	put_meter(g, o, valid);
	put_text(g, o, "name", "name", valid);
	put_text(g, o, "category", "category", valid);
	put_text(g, o, "subcategory", "subcategory", valid);
	put_text(g, o, "region", "region", valid);
	put_text(g, o, "unit", "unit", valid);
	put_raw(g, o, "tags", "tags");
	must(buf_add_text(&g->expected, " included=0 printed=1:0 effective=2017-02-01T00:00:00Z"));
	if (!spoil(g, valid, 3, "no effective date", "effectiveDate: missing"))
		member(o, "\"effectiveDate\":\"2017-02-01T00:00:00\"");
	if (spoil(g, valid, 2, "wrong rates", "rates: "))
		member(o, "\"rates\":%s", PICK(g, wrong));
	else if (!spoil(g, valid, 2, "no rates", "rates: missing"))
		member(o, "\"rates\":%s", p->json);
	must(buf_printf(&g->expected, "%s\n", p->text));
	put_object(g, o, &g->json);
	free(o);
}

/* The elements, and the document around them; HEAD and TAIL are members before and behind the array. */
static void put_document(struct gen *g, bool valid, const char *array, void (*put)(struct gen *g, bool *valid), const char *head,
			 const char *tail)
{
	const size_t count = rng_below(&g->rng, 6), last = count - 1;

	buf_clear(&g->json);
	buf_clear(&g->expected);
	g->defect = g->says = NULL;
	g->items = count;
	must(buf_printf(&g->json, "%s%s{%s%s\"%s\":[", rng_one_in(&g->rng, 4) ? "\xef\xbb\xbf" : "", space(g), head, *head ? "," : "", array));
	for (size_t i = 0; i < count; i++) {
		bool done = valid || (i < last && !rng_one_in(&g->rng, count));

		must(buf_printf(&g->json, "%s%s", i ? "," : "", space(g)));
		put(g, &done);
		valid = valid || g->defect != NULL;
	}
	must(buf_printf(&g->json, "%s]%s%s}%s", space(g), *tail ? "," : "", tail, space(g)));
	if (!valid)
		g->defect = gen_break(&g->rng, &g->json);
}

void gen_usage(struct gen *g, bool valid)
{
	static const char links[] = "\"links\":{\"next\":{\"uri\":\"/a?seek_operation=Next\",\"headers\":[{\"key\":\"K\",\"value\":\"%3d\"}]}}";
	const bool before = rng_one_in(&g->rng, 2), linked = rng_one_in(&g->rng, 2);

	put_document(g, valid, "items", put_record, linked && before ? links : "\"totalCount\":3", linked && !before ? links : "");
	must(buf_add_text(&g->expected, linked ? " next=22:/a?seek_operation=Next key=1:K value=3:%3d" : " next=0:"));
}

void gen_rates(struct gen *g, bool valid)
{
	put_document(g, valid, "meters", put_rate, "\"currency\":\"EUR\"", "\"offerTerms\":[{}],\"locale\":\"en\"");
	must(buf_add_text(&g->expected, " locale=2:en currency=3:EUR terms=4:[{}] tax=0"));
}

/* Where the structural bytes of JSON are: outside texts, and the quotes themselves. AT has room for all. */
static size_t structure(struct span json, size_t *at)
{
	bool inside = false;
	size_t count = 0;

	for (size_t i = 0; i < json.n; i++) {
		if (json.p[i] == '"')
			inside = !inside;
		if (json.p[i] == '"' || (!inside && strchr("{}[]:,", json.p[i]) && json.p[i]))
			at[count++] = i;
		if (inside && json.p[i] == '\\')
			i++;
	}
	return count;
}

const char *gen_break(struct rng *rng, struct buf *json)
{
	size_t *at = xcalloc(json->n, sizeof(*at));
	const size_t count = structure(buf_span(json), at), i = at[rng_below(rng, count)], last = at[count - 1];
	const char *what = NULL;
	struct buf out;

	buf_init(&out, DOCUMENT_MAX);
	switch (rng_below(rng, 4)) {
	case 0:
		must(buf_add(&out, json->p, rng_below(rng, last + 1)));
		what = "cut";
		break;
	case 1:
		must(buf_add(&out, json->p, i));
		must(buf_add(&out, json->p + i + 1, json->n - i - 1));
		what = "structural byte dropped";
		break;
	case 2:
		must(buf_add(&out, json->p, i + 1));
		must(buf_add(&out, json->p + i, json->n - i));
		what = "structural byte doubled";
		break;
	default:
		must(buf_add_span(&out, buf_span(json)));
		must(buf_add_text(&out, rng_one_in(rng, 2) ? "{}" : "x"));
		what = "something behind";
		break;
	}
	free(at);
	buf_fini(json);
	*json = out;
	return what;
}

void gen_init(struct gen *g, uint64_t seed)
{
	memset(g, 0, sizeof(*g));
	g->rng.state = seed;
	buf_init(&g->json, DOCUMENT_MAX);
	buf_init(&g->expected, DOCUMENT_MAX);
}

void gen_fini(struct gen *g)
{
	buf_fini(&g->json);
	buf_fini(&g->expected);
}
