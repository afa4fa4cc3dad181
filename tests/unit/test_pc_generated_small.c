/* SPDX-License-Identifier: MIT */
/* The documents that are read whole, made by chance from tables of their members: a valid one is decoded to exactly what it says, one with
 * a single defect is refused with an error that names it. Pages and rate cards: test_pc_generated.c. */
#include "partner/pc_customers.h"
#include "partner/pc_device.h"
#include "partner/pc_error.h"
#include "partner/pc_json.h"
#include "partner/pc_token.h"
#include "tests/support/gen_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 10000
#define MEMBERS_MAX 12
#define ITEMS_MAX 4
#define DOCUMENT_MAX ((size_t)1 << 20)

/* A member: what may stand there, what it is decoded to, and what may not stand there, with a piece of the error that it must give. */
struct member {
	const char *name;
	bool needed; /* absent and null are "NAME: missing" */
	const char *absent; /* what it is decoded to when it is not there; NULL: "" */
	struct {
		const char *json, *text;
	} valid[5];
	struct {
		const char *json, *says;
	} wrong[6];
	const struct member *inner; /* an object, or with `list` an array of objects, of these members; NULL behind the last */
	bool list;
};

struct making {
	struct rng rng;
	struct buf *expected;
	bool spoilt;      /* nothing (more) is to be made wrong */
	const char *says; /* of the defect */
};

static void must(int result)
{
	if (result == -1)
		abort();
}

static void put_object(struct making *m, const struct member *members, struct buf *out);

static bool spoil(struct making *m, size_t ways, const char *says)
{
	if (m->spoilt || !rng_one_in(&m->rng, ways))
		return false;
	m->spoilt = true;
	m->says = says;
	return true;
}

static size_t valid_count(const struct member *of)
{
	size_t n = 0;

	while (n < countof(of->valid) && of->valid[n].json)
		n++;
	return n;
}

/* One of the values that may not stand there. */
static bool put_wrong(struct making *m, const struct member *of, struct buf *value)
{
	size_t n = 0, i;

	while (n < countof(of->wrong) && of->wrong[n].json)
		n++;
	i = n ? rng_below(&m->rng, n) : 0;
	if (n == 0 || !spoil(m, 4, of->wrong[i].says))
		return false;
	must(buf_add_text(value, of->wrong[i].json));
	return true;
}

static void put_items(struct making *m, const struct member *of, struct buf *value)
{
	const size_t count = rng_below(&m->rng, ITEMS_MAX);

	must(buf_add_text(value, "["));
	for (size_t i = 0; i < count; i++) {
		must(buf_add_text(value, i ? ", " : ""));
		put_object(m, of->inner, value);
		must(buf_add_text(m->expected, "\n"));
	}
	must(buf_add_text(value, "]"));
}

/* The expected text of an object that is not there: all its members are empty. */
static void expect_nothing(struct making *m, const struct member *members)
{
	for (; members->name; members++)
		must(buf_printf(m->expected, " %s=", members->name));
}

/* The member's value; false when it is left out. */
static bool put_value(struct making *m, const struct member *of, struct buf *value)
{
	size_t i;

	if (put_wrong(m, of, value))
		return true;
	if (of->list) {
		put_items(m, of, value);
		return true;
	}
	if (of->needed && spoil(m, 6, "missing"))
		return false;
	if (!of->needed && rng_one_in(&m->rng, 5)) {
		if (of->inner)
			expect_nothing(m, of->inner);
		else
			must(buf_printf(m->expected, " %s=%s", of->name, of->absent ? of->absent : ""));
		if (rng_one_in(&m->rng, 2))
			return false;
		must(buf_add_text(value, "null"));
		return true;
	}
	if (of->inner) {
		put_object(m, of->inner, value);
		return true;
	}
	i = rng_below(&m->rng, valid_count(of));
	must(buf_add_text(value, of->valid[i].json));
	must(buf_printf(m->expected, " %s=%s", of->name, of->valid[i].text));
	return true;
}

static void put_object(struct making *m, const struct member *members, struct buf *out)
{
	struct buf texts[MEMBERS_MAX];
	size_t count = 0;

	for (; members->name; members++) {
		struct buf value;

		buf_init(&value, DOCUMENT_MAX);
		if (put_value(m, members, &value)) {
			const int times = spoil(m, 20, "an object has a name twice") ? 2 : 1;

			for (int i = 0; i < times; i++) {
				buf_init(&texts[count], DOCUMENT_MAX);
				must(buf_printf(&texts[count++], "\"%s\" :%s", members->name, buf_text(&value)));
			}
		}
		buf_fini(&value);
	}
	must(buf_add_text(out, "{"));
	must(buf_add_text(out, rng_one_in(&m->rng, 3) ? "\"unknown\":[{\"id\":1e5}]" : "\"attributes\":{\"objectType\":\"X\"}"));
	while (count) {
		const size_t i = rng_below(&m->rng, count);

		must(buf_add_text(out, ",\n  "));
		must(buf_add_span(out, buf_span(&texts[i])));
		buf_fini(&texts[i]);
		texts[i] = texts[--count];
	}
	must(buf_add_text(out, "}"));
}

#define ID { "\"923978e1-fd3f-4bd5-a798-f4b533057e46\"", "923978e1-fd3f-4bd5-a798-f4b533057e46" }, \
	   { "\"3F2B1E1C-C886-4EC6-AD6F-DD0EF38819C9\"", "3f2b1e1c-c886-4ec6-ad6f-dd0ef38819c9" }
#define TEXT { { "\"Tailspin\"", "Tailspin" }, { "\"\"", "" }, { "\"a\\u0041\\\"\\\\\"", "aA\"\\" }, { "\"\xec\x84\x9c \\ud83d\\uDE00\"", "\xec\x84\x9c \xf0\x9f\x98\x80" } }
#define NO_TEXT(says) { { "7", says }, { "[]", says }, { "true", says }, { "\"\\u0000\"", "u0000" }, { "\"\xff\"", "UTF-8" }, { "tru", "byte" } }
#define NO_ID { { "7", "id: not a text" }, { "null", "id: missing" }, { "\"\"", "id: expected a GUID" }, { "\"923978e1\"", "id: expected a GUID" } }
#define MEMBER(member_name) { .name = member_name, .valid = TEXT, .wrong = NO_TEXT(member_name ": not a text") }
#define LINKS { .name = "links", \
	.valid = { { "{\"self\":{\"uri\":\"/x\"}}", "" }, { "{\"next\":null}", "" }, \
		   { "{\"next\":{\"uri\":\"/a?b\",\"headers\":[{\"value\":\"%3d\",\"key\":\"K\"}]}}", "/a?b K %3d" } }, \
	.wrong = { { "7", "links: not an object" }, { "{\"next\":[]}", "links.next: not an object" }, { "{\"next\":{}}", "links.next: uri: missing" }, \
		   { "{\"next\":{\"uri\":\"a\\n\"}}", "links.next: uri: holds a control" }, \
		   { "{\"next\":{\"uri\":\"a\",\"headers\":[{\"key\":\"a b\",\"value\":\"\"}]}}", "a key that is no header name" }, \
		   { "{\"next\":{\"uri\":\"a\",\"headers\":[{\"key\":\"a\",\"value\":\"\\r\\n\"}]}}", "a value that can't be sent" } } }
#define NO_LIST { { "{}", "items: not an array" }, { "null", "items: " }, { "[7]", "item 1: not an object" } }

static const struct member profile[] = { MEMBER("companyName"), { .name = "domain", .valid = TEXT, .wrong = NO_TEXT("domain: not a text") }, { .name = NULL } };
static const struct member customer[] = {
	{ .name = "id", .needed = true, .valid = { ID }, .wrong = NO_ID },
	{ .name = "companyProfile", .inner = profile, .wrong = { { "7", "companyProfile: not an object" }, { "[]", "companyProfile: not an object" } } },
	MEMBER("relationshipToPartner"),
	{ .name = NULL },
};
static const struct member customers[] = { { .name = "items", .inner = customer, .list = true, .wrong = NO_LIST }, LINKS, { .name = NULL } };

static const struct member subscription[] = {
	{ .name = "id", .needed = true, .valid = { ID }, .wrong = NO_ID },
	{ .name = "entitlementId", .valid = { ID, { "\"no id\"", "" } }, .wrong = NO_TEXT("entitlementId: not a text") },
	MEMBER("offerId"), MEMBER("offerName"), MEMBER("friendlyName"), MEMBER("status"), MEMBER("billingType"), MEMBER("unitType"),
	MEMBER("creationDate"),
	{ .name = NULL },
};
static const struct member subscriptions[] = { { .name = "items", .inner = subscription, .list = true, .wrong = NO_LIST }, LINKS, { .name = NULL } };

#define NO_TOKEN(member_name) { { "7", member_name ": not a text" }, { "\"a b\"", member_name ": holds a character" }, { "\"\\u00e9\"", member_name ": holds a character" }, { "{}", member_name ": not a text" } }
static const struct member token[] = {
	{ .name = "access_token", .needed = true, .valid = { { "\"eyJ0.e30.c2ln\"", "eyJ0.e30.c2ln" }, { "\"0.AXX-_~\"", "0.AXX-_~" } },
	  .wrong = NO_TOKEN("access_token") },
	{ .name = "refresh_token", .valid = { { "\"0.ARR\"", "0.ARR" }, { "\"\"", "" } }, .wrong = NO_TOKEN("refresh_token") },
	{ .name = "id_token", .valid = { { "\"a.b.c\"", "a.b.c" } }, .wrong = NO_TOKEN("id_token") },
	{ .name = "expires_in", .needed = true, .valid = { { "3600", "3600" }, { "\"3599\"", "3599" }, { "5", "60" }, { "999999999", "86400" } },
	  .wrong = { { "-1", "expires_in" }, { "1.5", "expires_in" }, { "\"soon\"", "expires_in" }, { "null", "expires_in: missing" }, { "[]", "expires_in" } } },
	{ .name = NULL },
};

#define NO_CODE(member_name) { { "7", member_name }, { "\"\"", member_name }, { "\"a b\"", member_name }, { "null", member_name } }
static const struct member device[] = {
	{ .name = "user_code", .needed = true, .valid = { { "\"GTHK-QXS\"", "GTHK-QXS" } },
	  .wrong = { { "7", "user_code" }, { "\"\"", "user_code" }, { "\"A_B\"", "user_code: not letters" }, { "null", "user_code" } } },
	{ .name = "device_code", .needed = true, .valid = { { "\"DAQAB\"", "DAQAB" } }, .wrong = NO_CODE("device_code") },
	{ .name = "verification_uri", .needed = true, .valid = { { "\"https://microsoft.com/devicelogin\"", "https://microsoft.com/devicelogin" } },
	  .wrong = { { "\"http://microsoft.com/\"", "verification_uri: not an address" }, { "\"https://a@b/\"", "verification_uri" }, { "\"javascript:x\"", "verification_uri" } } },
	{ .name = "expires_in", .absent = "60", .valid = { { "900", "900" }, { "\"901\"", "901" }, { "-1", "60" } },
	  .wrong = { { "{}", "expires_in" }, { "\"x\"", "expires_in" }, { "1e2", "expires_in" } } },
	{ .name = "interval", .absent = "5", .valid = { { "5", "5" }, { "0", "1" }, { "\"7\"", "7" } }, .wrong = { { "true", "interval" }, { "\"-1\"", "interval" } } },
	{ .name = NULL },
};

static void put(struct buf *out, const char *name, struct span text)
{
	must(buf_printf(out, " %s=%.*s", name, (int)text.n, text.n ? text.p : ""));
}

static void put_guid(struct buf *out, const char *name, struct guid g)
{
	char text[GUID_TEXT_MAX];

	guid_print(g, text);
	put(out, name, guid_is_zero(g) ? SPAN_LITERAL("") : span_of(text));
}

static void put_next(struct buf *out, const struct next_link *next)
{
	must(buf_printf(out, " links=%s", next->uri ? next->uri : ""));
	for (size_t i = 0; i < next->header_count; i++)
		must(buf_printf(out, " %s %s", next->headers[i].key, next->headers[i].value));
}

static int decode_customers(struct span body, struct buf *out, struct err *e)
{
	struct pc_customer_list list;

	if (pc_customers_decode(&list, body, e) == -1)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		put_guid(out, "id", list.items[i].id);
		put(out, "companyName", list.items[i].company_name);
		put(out, "domain", list.items[i].domain);
		put(out, "relationshipToPartner", list.items[i].relationship);
		must(buf_add_text(out, "\n"));
	}
	put_next(out, &list.next);
	pc_customers_fini(&list);
	return 0;
}

static int decode_subscriptions(struct span body, struct buf *out, struct err *e)
{
	struct pc_subscription_list list;

	if (pc_subscriptions_decode(&list, body, e) == -1)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		const struct subscription *s = &list.items[i];

		put_guid(out, "id", s->id);
		put_guid(out, "entitlementId", s->entitlement);
		put(out, "offerId", s->offer_id);
		put(out, "offerName", s->offer_name);
		put(out, "friendlyName", s->friendly_name);
		put(out, "status", s->status);
		put(out, "billingType", s->billing_type);
		put(out, "unitType", s->unit_type);
		put(out, "creationDate", s->creation_date);
		must(buf_add_text(out, "\n"));
	}
	put_next(out, &list.next);
	pc_subscriptions_fini(&list);
	return 0;
}

static int decode_token(struct span body, struct buf *out, struct err *e)
{
	struct pc_token t;

	if (pc_token_decode(&t, body, e) == -1)
		return -1;
	put(out, "access_token", span_of(t.access_token));
	put(out, "refresh_token", span_of(t.refresh_token));
	put(out, "id_token", span_of(t.id_token));
	must(buf_printf(out, " expires_in=%lld", (long long)t.expires_in_s));
	pc_token_fini(&t);
	return 0;
}

static int decode_device(struct span body, struct buf *out, struct err *e)
{
	struct pc_device d;

	if (pc_device_decode(&d, body, e) == -1)
		return -1;
	must(buf_printf(out, " user_code=%s device_code=%s verification_uri=%s expires_in=%lld interval=%lld", d.user_code, d.device_code,
			d.verification_uri, (long long)d.expires_in_s, (long long)d.interval_s));
	pc_device_fini(&d);
	return 0;
}

static void run(const struct member *document, int (*decode)(struct span body, struct buf *out, struct err *e), const char *code)
{
	const uint64_t first = rng_seed();
	size_t accepted = 0;

	print_message("seed %llu\n", (unsigned long long)first);
	for (uint64_t seed = first; seed < first + ROUNDS; seed++) {
		const bool valid = seed % 2 == 0;
		struct buf body, expected, found;
		struct making m = { { seed }, &expected, valid, NULL };
		struct err e = ERR_INIT;
		int result;

		buf_init(&body, DOCUMENT_MAX);
		buf_init(&expected, DOCUMENT_MAX);
		buf_init(&found, DOCUMENT_MAX);
		put_object(&m, document, &body);
		if (!m.spoilt)
			(void)gen_break(&m.rng, &body);
		result = decode(buf_span(&body), &found, &e);
		if ((result == 0) != valid)
			fail_msg("seed %llu: %s\n%s", (unsigned long long)seed, result ? e.text : "accepted", buf_text(&body));
		if (valid && !span_equal(buf_span(&found), buf_span(&expected)))
			fail_msg("seed %llu: decoded to\n%s\nnot\n%s", (unsigned long long)seed, buf_text(&found), buf_text(&expected));
		if (!valid && (e.kind != ERR_FORMAT || strcmp(e.code, code) != 0 || !e.remedy[0] || (m.says && !strstr(e.text, m.says))))
			fail_msg("seed %llu: \"%s\" (%s) does not say \"%s\"\n%s", (unsigned long long)seed, e.text, e.code, m.says, buf_text(&body));
		accepted += result == 0;
		buf_fini(&body);
		buf_fini(&expected);
		buf_fini(&found);
	}
	assert_int_equal(accepted, ROUNDS / 2);
}

static void test_customers_accepted_are_exactly_valid(void **state)
{
	(void)state;
	run(customers, decode_customers, "E-FORMAT-CUSTOMERS");
}

static void test_subscriptions_accepted_are_exactly_valid(void **state)
{
	(void)state;
	run(subscriptions, decode_subscriptions, "E-FORMAT-SUBSCRIPTIONS");
}

static void test_tokens_accepted_are_exactly_valid(void **state)
{
	(void)state;
	run(token, decode_token, "E-FORMAT-TOKEN");
}

static void test_device_codes_accepted_are_exactly_valid(void **state)
{
	(void)state;
	run(device, decode_device, "E-FORMAT-DEVICE");
}

/* An error answer always means something: what it says, or what its status says when it can't be read. */
static void test_error_answers_say_their_code_or_their_status(void **state)
{
	static const struct {
		const char *json, *code;
	} bodies[] = {
		{ "{\"code\":900421,\"description\":\"MFA\"}", "E-PC-900421" },
		{ "{\"code\":\"2032\",\"message\":\"x\"}", "E-PC-2032" },
		{ "{\"error\":{\"code\":20002,\"message\":\"x\"}}", "E-PC-20002" },
		{ "{\"message\":\"nothing else\"}", "E-PC-HTTP-403" },
		{ "{\"code\":-1,\"description\":[]}", "E-PC-HTTP-403" },
		{ "{\"code\":1e9}", "E-PC-HTTP-403" },
	};
	struct rng rng = { rng_seed() };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)rng.state);
	for (int round = 0; round < ROUNDS; round++) {
		const size_t i = rng_below(&rng, countof(bodies));
		const bool broken = rng_one_in(&rng, 2);
		struct err e = ERR_INIT;
		struct buf body;

		buf_init(&body, DOCUMENT_MAX);
		must(buf_add_text(&body, bodies[i].json));
		if (broken)
			(void)gen_break(&rng, &body);
		(void)pc_error_decode(&e, 403, buf_span(&body));
		assert_string_equal(e.code, broken ? "E-PC-HTTP-403" : bodies[i].code);
		assert_true(e.remedy[0]);
		pc_token_error(&e, 403, buf_span(&body));
		assert_string_equal(e.code, "E-AUTH-HTTP-403");
		buf_fini(&body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_customers_accepted_are_exactly_valid),
		cmocka_unit_test(test_subscriptions_accepted_are_exactly_valid),
		cmocka_unit_test(test_tokens_accepted_are_exactly_valid),
		cmocka_unit_test(test_device_codes_accepted_are_exactly_valid),
		cmocka_unit_test(test_error_answers_say_their_code_or_their_status),
	};

	pc_json_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
