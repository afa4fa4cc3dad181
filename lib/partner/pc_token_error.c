/* SPDX-License-Identifier: MIT */
#include "partner/pc_token.h"

#include "partner/pc_error.h"
#include "partner/pc_json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 30
#define NUMBERS_MAX 8 /* of error_codes; two seen */

/* "invalid_grant" as "E-AUTH-INVALID-GRANT"; empty when it is no such name. */
static void name_code(char code[ERR_CODE_MAX], struct span name)
{
	static const char prefix[] = "E-AUTH-";
	size_t n = sizeof(prefix) - 1;

	code[0] = '\0';
	if (name.n == 0 || name.n > NAME_MAX_BYTES)
		return;
	for (size_t i = 0; i < name.n; i++) {
		const char c = name.p[i];

		if (c == '_')
			code[n++] = '-';
		else if (c >= 'a' && c <= 'z')
			code[n++] = (char)(c - 'a' + 'A');
		else
			return;
	}
	code[n] = '\0';
	memcpy(code, prefix, sizeof(prefix) - 1);
}

/* The number behind "AADSTS" in a description, for answers without error_codes; -1 when there is none. */
static long number_in(const char *text)
{
	const char *p = strstr(text, "AADSTS");
	long number = 0;
	int digits = 0;

	if (!p)
		return -1;
	for (p += 6; *p >= '0' && *p <= '9' && digits < 9; p++, digits++)
		number = number * 10 + (*p - '0');
	return digits ? number : -1;
}

/* 70000 and 70002 only say that something about the grant is wrong; the number beside them says what. */
static bool is_vague(long number)
{
	return number == 70000 || number == 70002;
}

/* The most telling of the error's numbers, or -1: one of the table before others, one that is not vague before one that is. */
static long best_number(const json_t *numbers, const char *description)
{
	size_t count = json_array_size(numbers);
	long best = -1;
	int best_rank = -1;

	if (count > NUMBERS_MAX)
		count = NUMBERS_MAX;
	for (size_t i = 0; i < count; i++) {
		const json_int_t number = json_integer_value(json_array_get(numbers, i));
		int rank;

		if (number <= 0 || number > 999999999)
			continue;
		rank = (pc_error_entra((long)number) ? 2 : 0) + (is_vague((long)number) ? 0 : 1);
		if (rank > best_rank) {
			best = (long)number;
			best_rank = rank;
		}
	}
	return best >= 0 ? best : number_in(description);
}

/* The name of the error decides, as Microsoft asks: its numbers may change. */
static enum err_kind judge(long status, const struct pc_error_entry *named, const struct pc_error_entry *numbered)
{
	if (status == 429 || status >= 500 || (named && named->retry))
		return ERR_BUSY;
	if (named && named->person)
		return ERR_AUTH;
	if (numbered && numbered->retry)
		return ERR_BUSY;
	return numbered && numbered->person ? ERR_AUTH : ERR_REMOTE;
}

/* What an error of the sign-in service says of itself. */
struct refusal {
	struct span name;
	char description[PC_ERROR_TEXT_MAX];
	long number; /* -1: none */
};

/* Fills E; STATUS 0: it did not come as an answer to a request. */
static void fill(struct err *e, long status, const struct refusal *r)
{
	char by_name[ERR_CODE_MAX], by_number[ERR_CODE_MAX] = "", name[PC_ERROR_TEXT_MAX], http[30] = "";
	const struct pc_error_entry *named, *numbered, *advice;
	const char *remedy = "none known; look up the number and the description in Microsoft's list of AADSTS codes";

	name_code(by_name, r->name);
	pc_error_text(name, r->name);
	if (r->number >= 0)
		snprintf(by_number, sizeof(by_number), "E-AUTH-%ld", r->number);
	if (status)
		snprintf(http, sizeof(http), "HTTP %ld%s", status, name[0] ? ", " : "");
	named = pc_error_find(by_name);
	numbered = pc_error_find(by_number);
	advice = numbered ? numbered : named;
	err_set(e, judge(status, named, numbered), "%s%s: %s", http, name,
		r->description[0] ? r->description : advice ? advice->meaning : "no description");
	if (!by_name[0])
		snprintf(by_name, sizeof(by_name), "E-AUTH-HTTP-%ld", status);
	if (advice)
		remedy = advice->remedy;
	else if (e->kind == ERR_BUSY)
		remedy = "none needed: it is tried again";
	err_advise(e, by_number[0] ? by_number : by_name, remedy);
}

bool pc_token_error_is_consent(struct span body)
{
	static const char *const names[] = { "invalid_grant", "interaction_required", "consent_required", "login_required" };
	struct err ignored;
	json_t *document = body.n <= LIMIT_ERROR_BODY_BYTES ? pc_json_load(body, &ignored) : NULL;
	const struct span name = pc_json_text(document, "error");
	bool found = false;

	for (size_t i = 0; i < countof(names); i++)
		found = found || span_is(name, names[i]);
	json_decref(document);
	return found;
}

void pc_token_error(struct err *e, long http_status, struct span body)
{
	struct err ignored;
	json_t *document = body.n <= LIMIT_ERROR_BODY_BYTES ? pc_json_load(body, &ignored) : NULL;
	struct refusal r = { .name = pc_json_text(document, "error") };

	pc_error_text(r.description, pc_json_text(document, "error_description"));
	r.number = best_number(json_object_get(document, "error_codes"), r.description);
	fill(e, http_status, &r);
	json_decref(document);
}

void pc_sign_in_error(struct err *e, struct span error, struct span description)
{
	struct refusal r = { .name = error };

	pc_error_text(r.description, description);
	r.number = number_in(r.description);
	fill(e, 0, &r);
}
