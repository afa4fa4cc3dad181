/* SPDX-License-Identifier: MIT */
#include "partner/pc_error.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "json/jtext.h"
#include "partner/pc_json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define NO_USAGE_CODE 3000
#define NO_USAGE_TEXT "does not have usage data"
#define SECRET_MIN 24 /* bytes: client secrets of Entra have 40 */
#define SECRET_DIGITS_MIN 2
#define HIDDEN "[hidden]"
#define NOT_THERE_TEXT "was not found under this customer"

/* What an error answer says of itself. */
struct answer {
	long code; /* -1: none */
	char text[PC_ERROR_TEXT_MAX];
};

/* Length of the character at P; one byte when it is not UTF-8. */
static size_t character(const char *p, const char *end)
{
	int length = (unsigned char)*p < 0x80 ? 1 : jtext_utf8(p, end);

	return length > 0 ? (size_t)length : 1;
}

/* Whether C may stand in a token, a secret, or one in a form. */
static bool is_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-._~%+=", c));
}

/* The length of a word at P that looks like a secret, or 0: the request comes back in what some gateways say of it, and with it the
 * token or the client secret. Ids (one case) and names (few digits) are no secrets. */
static size_t secret_size(const char *p, const char *end)
{
	size_t n = 0, upper = 0, lower = 0, digits = 0;

	for (; p + n < end && is_word(p[n]); n++) {
		const char c = p[n];

		upper += c >= 'A' && c <= 'Z';
		lower += c >= 'a' && c <= 'z';
		digits += c >= '0' && c <= '9';
	}
	return n >= SECRET_MIN && upper && lower && digits >= SECRET_DIGITS_MIN ? n : 0;
}

/* Appends the character, or what stands for it, at P, where a word BEGINS or not; its length there, or 0 when there is no more room. */
static size_t take_character(char *text, size_t *n, const char *p, const char *end, bool begins)
{
	size_t length = begins ? secret_size(p, end) : 0, size;
	const char *from = length ? HIDDEN : p;

	size = length ? sizeof(HIDDEN) - 1 : character(p, end);
	length = length ? length : size;
	if (*n + size + sizeof("...") > PC_ERROR_TEXT_MAX)
		return 0;
	if (from == p && (*p == ' ' || utf8_printable(p, size) == 0)) {
		from = " ";
		size = *n > 0 && text[*n - 1] != ' ';
	}
	memcpy(text + *n, from, size);
	*n += size;
	return length;
}

static void take_text(char text[PC_ERROR_TEXT_MAX], struct span s, bool hide)
{
	const char *p = s.n ? s.p : "", *end = p + s.n;
	size_t n = 0, length = 1;

	for (bool begins = hide; p < end && length; p += length) {
		length = take_character(text, &n, p, end, begins);
		begins = hide && length && !is_word(p[length - 1]);
	}
	if (!length) {
		memcpy(text + n, "...", 3);
		n += 3;
	}
	while (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
}

void pc_error_text(char text[PC_ERROR_TEXT_MAX], struct span s)
{
	take_text(text, s, true);
}

void pc_error_name(char text[PC_ERROR_TEXT_MAX], struct span s)
{
	take_text(text, s, false);
}

/* A code as number or as text of digits alone. */
static long read_code(const json_t *code)
{
	const struct span text = { json_string_value(code), json_string_length(code) };
	long number = 0;

	if (json_is_integer(code))
		return json_integer_value(code) >= 0 && json_integer_value(code) <= 999999999 ? (long)json_integer_value(code) : -1;
	if (text.n == 0 || text.n > 9)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return -1;
		number = number * 10 + (text.p[i] - '0');
	}
	return number;
}

/* All the shapes of the header, and {"error": {"code", "message"}} of Microsoft's newer services. */
static void read_answer(struct answer *a, struct span body)
{
	static const char *const texts[] = { "description", "message", "Message", "error_description" };
	struct err ignored;
	json_t *document = body.n > 0 && body.n <= LIMIT_ERROR_BODY_BYTES ? pc_json_load(body, &ignored) : NULL;
	const json_t *inner = json_object_get(document, "error");
	const json_t *object = json_is_object(inner) ? inner : document;

	a->code = read_code(json_object_get(object, "code"));
	a->text[0] = '\0';
	for (size_t i = 0; i < countof(texts) && !a->text[0]; i++)
		pc_error_text(a->text, pc_json_text(object, texts[i]));
	json_decref(document);
}

static enum pc_answer judge_status(long status)
{
	if (status == 408 || status == 429 || (status >= 500 && status != 501))
		return PC_RETRY;
	if (status == 401)
		return PC_NEW_TOKEN;
	return status == 403 ? PC_PERSON : PC_REFUSED;
}

static enum pc_answer judge(const struct answer *a, const struct pc_error_entry *entry, long status)
{
	if (status == 408 || status == 429 || (status >= 502 && status <= 504))
		return PC_RETRY; /* a gateway speaks, or a limit: it says nothing about what was asked */
	if (a->code == NO_USAGE_CODE && strstr(a->text, NO_USAGE_TEXT))
		return PC_NO_USAGE;
	if (entry)
		return entry->answer;
	if (status == 404 && strstr(a->text, NOT_THERE_TEXT))
		return PC_NOT_FOUND;
	return judge_status(status);
}

static enum err_kind kind_of(enum pc_answer answer, long status)
{
	switch (answer) {
	case PC_RETRY:
		return status == 502 || status == 504 ? ERR_NET : ERR_BUSY;
	case PC_NEW_TOKEN:
	case PC_PERSON:
		return ERR_AUTH;
	case PC_NO_USAGE:
	case PC_NOT_FOUND:
	case PC_FORBIDDEN:
	case PC_REFUSED:
		break;
	}
	return ERR_REMOTE;
}

enum pc_answer pc_error_decode(struct err *e, long http_status, struct span body)
{
	char code[ERR_CODE_MAX], code_text[40] = "";
	const struct pc_error_entry *entry = NULL, *advice;
	enum pc_answer answer;
	struct answer a;

	read_answer(&a, body);
	if (a.code >= 0) {
		snprintf(code, sizeof(code), "E-PC-%ld", a.code);
		snprintf(code_text, sizeof(code_text), ", code %ld", a.code);
		entry = pc_error_find(code);
	}
	answer = judge(&a, entry, http_status);
	advice = entry;
	if (!entry) {
		snprintf(code, sizeof(code), "E-PC-HTTP-%ld", http_status);
		advice = pc_error_find(code);
	}
	err_set(e, kind_of(answer, http_status), "HTTP %ld%s: %s", http_status, code_text,
		a.text[0] ? a.text : advice ? advice->meaning : "no description");
	err_advise(e, code, advice ? advice->remedy : "none known; report this line when it stays");
	return answer;
}
