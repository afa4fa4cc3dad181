/* SPDX-License-Identifier: MIT */
/* What the operator gives: a command line (the input's lines are its words), a list of subscriptions, a purchase's reference. */
#include "daemon/options.h"
#include "daemon/scope.h"
#include "store/reference.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#define WORDS_MAX 12
#define YEAR_10000 INT64_C(253402300800)

static void check_refused(const struct err *e)
{
	fuzz_check_err(e);
	FUZZ_REQUIRE(e->kind == ERR_CONFIG && e->remedy[0], "%s", e->text);
}

static void check_options(struct span input)
{
	char *words[WORDS_MAX + 1] = { NULL };
	struct span rest = input, line;
	struct err e = ERR_INIT;
	struct options o;
	int count = 1;

	if (input.n && memchr(input.p, '\0', input.n))
		return;
	words[0] = fuzz_text(SPAN_LITERAL("csp-usaged"));
	while (count < WORDS_MAX && fuzz_next(&rest, '\n', &line))
		words[count++] = fuzz_text(line);
	if (options_parse(&o, count, words, &e) == -1) {
		check_refused(&e);
	} else {
		FUZZ_REQUIRE(o.command || o.help || o.version, "nothing to do");
		FUZZ_REQUIRE(o.config_file && (!o.ranged || o.from <= o.to), "%d to %d", (int)o.from, (int)o.to);
		FUZZ_REQUIRE(!o.reason || strlen(o.reason) <= OPTIONS_REASON_MAX, "%zu", strlen(o.reason));
		FUZZ_REQUIRE(!o.period || (o.period % 100 >= 1 && o.period % 100 <= 12), "%d", (int)o.period);
	}
	for (int i = 0; i < count; i++)
		free(words[i]);
}

static void check_scope(struct span input)
{
	struct scope s = { .count = 0 };
	struct err e = ERR_INIT;

	if (scope_parse(&s, "FILE", input, &e) == -1) {
		check_refused(&e);
		FUZZ_REQUIRE(strncmp(e.text, "FILE", 4) == 0, "%s", e.text);
	} else {
		FUZZ_REQUIRE(s.count > 0, "none");
		for (size_t i = 0; i < s.count; i++) {
			FUZZ_REQUIRE(i == 0 || scope_compare(s.ids[i - 1].id, s.ids[i].id) < 0, "%zu", i);
			FUZZ_REQUIRE(s.ids[i].line >= 1 && s.ids[i].line <= input.n + 1, "line %u", s.ids[i].line);
		}
	}
	scope_fini(&s);
}

static void check_reference(struct span input)
{
	struct err e = ERR_INIT;
	struct reference r;
	struct guid g;

	if (reference_parse(&r, input, &e) == -1) {
		check_refused(&e);
		return;
	}
	FUZZ_REQUIRE(guid_parse(&g, span_of(r.meter), &e) == 0, "%s", r.meter);
	FUZZ_REQUIRE(strlen(r.subscription) == GUID_TEXT_MAX - 1 || strlen(r.subscription) == 2 * GUID_TEXT_MAX - 1, "%s", r.subscription);
	FUZZ_REQUIRE(r.usage_end >= r.usage_start && r.usage_start < YEAR_10000 && r.ordinal >= 0, "%lld", (long long)r.usage_start);
	FUZZ_REQUIRE(!r.booked || (r.booked % 100 >= 1 && r.booked % 100 <= 12), "%d", (int)r.booked);
}

void fuzz_input(struct span input)
{
	check_options(input);
	check_scope(input);
	check_reference(input);
}
