/* SPDX-License-Identifier: MIT */
/* The token file: as it stands there; the input as the record of one with the right checksum; what was written is read back, plain and
 * sealed, and refused with any bit changed. */
#include "auth/consent_private.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#define BOUND SPAN_LITERAL("tenant client")

static const struct seal_key key = { { 7, 7, 7 } }, other_key = { { 8 } };

static int parse(struct consent *c, struct span bytes, const struct seal_key *with, struct err *e)
{
	int result;

	memset(c, 0, sizeof(*c));
	err_clear(e);
	result = consent_parse(c, bytes, with, BOUND, e);
	if (result == -1) {
		fuzz_check_err(e);
		FUZZ_REQUIRE(e->kind == ERR_AUTH && e->remedy[0], "%s", e->text);
		FUZZ_REQUIRE(!c->refresh_token || strlen(c->refresh_token) < 8 || !strstr(e->text, c->refresh_token), "a token in an error");
	} else {
		FUZZ_REQUIRE(c->refresh_token && c->refresh_token[0], "no token");
	}
	return result;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same(const struct consent *a, const struct consent *b)
{
	return same_text(a->refresh_token, b->refresh_token) && same_text(a->upn, b->upn) && same_text(a->oid, b->oid) &&
	       same_text(a->tenant, b->tenant) && a->given_at == b->given_at && a->renewed_at == b->renewed_at && a->mfa == b->mfa &&
	       a->has_origin == b->has_origin && (!a->has_origin || hash_equal(&a->origin, &b->origin));
}

/* C is written and read again; with one bit of BYTES changed it is not. */
static void check_written(const struct consent *c, const struct seal_key *with, struct rng *chance)
{
	const char bit = (char)(1 << rng_below(chance, 8));
	struct err e = ERR_INIT;
	struct consent read;
	struct buf bytes;
	size_t at;

	buf_init(&bytes, LIMIT_CONSENT_BYTES * 2);
	if (consent_print(&bytes, c, with, BOUND, &e) == -1) {
		fuzz_check_err(&e);
		buf_fini(&bytes);
		return;
	}
	FUZZ_REQUIRE(parse(&read, buf_span(&bytes), with, &e) == 0, "%s\n%s", e.text, buf_text(&bytes));
	FUZZ_REQUIRE(same(c, &read), "%s", buf_text(&bytes));
	consent_fini(&read);
	if (with) {
		FUZZ_REQUIRE(parse(&read, buf_span(&bytes), &other_key, &e) == -1, "another key");
		consent_fini(&read);
		FUZZ_REQUIRE(parse(&read, buf_span(&bytes), NULL, &e) == -1, "no key");
		consent_fini(&read);
	}
	at = rng_below(chance, bytes.n);
	bytes.p[at] ^= bit;
	FUZZ_REQUIRE(parse(&read, buf_span(&bytes), with, &e) == -1, "%s", buf_text(&bytes));
	consent_fini(&read);
	bytes.p[at] ^= bit;
	bytes.n = at; /* the end is missing */
	FUZZ_REQUIRE(parse(&read, buf_span(&bytes), with, &e) == -1, "cut: %.*s", (int)bytes.n, buf_text(&bytes));
	consent_fini(&read);
	buf_fini(&bytes);
}

/* The input as the RECORD of a file whose checksum is right. */
static void check_record(struct span input, struct rng *chance)
{
	const struct hash hash = hash_of(input);
	char text[HASH_TEXT_MAX];
	struct err e = ERR_INIT;
	struct consent c;
	struct buf bytes;

	hash_print(&hash, text);
	buf_init(&bytes, LIMIT_CONSENT_BYTES * 2);
	if (buf_printf(&bytes, "{\"csp_usaged_consent\":1,\"sha256\":\"%s\",\"record\":", text) == -1 || buf_add_span(&bytes, input) == -1 ||
	    buf_add_text(&bytes, "}\n") == -1)
		abort();
	if (parse(&c, buf_span(&bytes), NULL, &e) == 0) {
		check_written(&c, NULL, chance);
		check_written(&c, &key, chance);
	}
	consent_fini(&c);
	buf_fini(&bytes);
}

/* The input's lines as the texts of a consent. */
static void check_texts(struct span input, struct rng *chance)
{
	struct consent c = { .given_at = (int64_t)(rng_next(chance) >> 1), .mfa = (int)rng_below(chance, 3) - 1 };
	char **texts[] = { &c.refresh_token, &c.upn, &c.oid, &c.tenant };
	struct span rest = input, line;
	bool is_text = true;

	for (size_t i = 0; i < countof(texts) && fuzz_next(&rest, '\n', &line); i++) {
		*texts[i] = fuzz_text(line);
		is_text = is_text && *texts[i] && fuzz_is_utf8(line);
	}
	c.has_origin = rng_one_in(chance, 2);
	c.origin = hash_of(input);
	if (is_text && c.refresh_token && c.refresh_token[0] && strlen(c.refresh_token) < LIMIT_TOKEN_BYTES) {
		check_written(&c, NULL, chance);
		check_written(&c, &key, chance);
	}
	consent_fini(&c);
}

void fuzz_input(struct span input)
{
	struct rng chance = fuzz_chance(input);
	struct err e = ERR_INIT;
	struct consent c;

	(void)parse(&c, input, &key, &e);
	consent_fini(&c);
	(void)parse(&c, input, NULL, &e);
	consent_fini(&c);
	check_record(input, &chance);
	check_texts(input, &chance);
}
