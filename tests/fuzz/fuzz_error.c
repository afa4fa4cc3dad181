/* SPDX-License-Identifier: MIT */
/* Error answers of Partner Center, of any status and with any body; and text from outside as it may stand in an error. */
#include "partner/pc_error.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const char *text)
{
	const struct span s = span_of(text);

	FUZZ_REQUIRE(s.n < PC_ERROR_TEXT_MAX, "%zu", s.n);
	FUZZ_REQUIRE(fuzz_is_utf8(s) && fuzz_is_tame(s), "%s", text);
	FUZZ_REQUIRE(!strstr(text, "  ") && (s.n == 0 || (text[0] != ' ' && text[s.n - 1] != ' ')), "\"%s\"", text);
	FUZZ_REQUIRE(!strstr(text, "\xe2\x80\xae"), "%s", text); /* RIGHT-TO-LEFT OVERRIDE */
}

/* A secret as Entra makes them must not come through, where a gateway quotes the form that it was posted in. */
static void check_hidden(struct span input)
{
	static const char secret[] = "q1W8Q~abcDEF456ghiJKL789mnoPQR012stuVWX.", middle[] = "DEF456ghiJKL789mno";
	char text[PC_ERROR_TEXT_MAX], quoted[PC_ERROR_TEXT_MAX * 2];

	if (input.n > PC_ERROR_TEXT_MAX || memmem(input.p, input.n, "ghi", 3))
		return;
	memcpy(quoted, input.p, input.n);
	quoted[input.n] = '&';
	memcpy(quoted + input.n + 1, secret, sizeof(secret));
	pc_error_text(text, (struct span){ quoted, input.n + sizeof(secret) });
	FUZZ_REQUIRE(!strstr(text, middle), "%s", text);
}

void fuzz_input(struct span input)
{
	static const long statuses[] = { 200, 302, 400, 401, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504, 599, 999 };
	struct rng chance = fuzz_chance(input);
	char text[PC_ERROR_TEXT_MAX];
	struct err e = ERR_INIT;
	enum pc_answer answer;

	answer = pc_error_decode(&e, statuses[rng_below(&chance, countof(statuses))], input);
	FUZZ_REQUIRE(answer <= PC_REFUSED, "%d", (int)answer);
	fuzz_check_err(&e);
	FUZZ_REQUIRE(e.code[0] && e.remedy[0], "%s", e.text);
	FUZZ_REQUIRE(pc_error_find(e.code) == NULL || strcmp(pc_error_find(e.code)->code, e.code) == 0, "%s", e.code);
	pc_error_text(text, input);
	check_text(text);
	pc_error_name(text, input);
	check_text(text);
	check_hidden(input);
}
