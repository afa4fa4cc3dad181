/* SPDX-License-Identifier: MIT */
/* One reader for each type of value. A text stays where it is; the field only points to it, or is NULL when it is empty. */
#include "config/keys.h"

#include "base/mem.h"
#include "value/parse.h"
#include "value/url.h"
#include "value/zone.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS_UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS LETTERS_UPPER "abcdefghijklmnopqrstuvwxyz"
#define LOCALE_MAX 16
#define PATH_TEXT_MAX 1024

static int refuse(struct err *e, const char *expected, const char *text)
{
	return err_set(e, ERR_FORMAT, "expected %s, found \"%.*s\"", expected, SPAN_SHOWN(span_of(text)));
}

static void keep(void *field, const char *text)
{
	const char **kept = field;

	*kept = *text ? text : NULL;
}

int config_read_choice(const struct config_key *key, void *field, const char *text, struct err *e)
{
	unsigned *chosen = field; /* what the enums of struct config are made of */
	struct buf words;

	for (unsigned i = 0; key->words[i]; i++) {
		if (strcmp(text, key->words[i]) == 0) {
			*chosen = i;
			return 0;
		}
	}
	buf_init(&words, ERR_TEXT_MAX);
	for (unsigned i = 0; key->words[i]; i++)
		(void)!buf_printf(&words, "%s%s", i ? (key->words[i + 1] ? ", " : " or ") : "", key->words[i]);
	refuse(e, buf_text(&words), text);
	buf_fini(&words);
	return -1;
}

int config_read_bool(const struct config_key *key, void *field, const char *text, struct err *e)
{
	(void)key;
	return parse_bool(field, span_of(text), e);
}

int config_read_int(const struct config_key *key, void *field, const char *text, struct err *e)
{
	int *number = field;
	int64_t value;

	if (parse_int(&value, span_of(text), key->min, key->max, e))
		return -1;
	*number = (int)value;
	return 0;
}

int config_read_duration(const struct config_key *key, void *field, const char *text, struct err *e)
{
	return parse_duration(field, span_of(text), key->max, e);
}

int config_read_time(const struct config_key *key, void *field, const char *text, struct err *e)
{
	struct config_time *time = field;
	struct err ignored = ERR_INIT;
	int64_t hour, minute;

	(void)key;
	if (strlen(text) != 5 || text[2] != ':' || !isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[3]) ||
	    parse_int(&hour, (struct span){ text, 2 }, 0, 23, &ignored) || parse_int(&minute, span_of(text + 3), 0, 59, &ignored))
		return refuse(e, "a time from 00:00 to 23:59", text);
	*time = (struct config_time){ (int)hour, (int)minute };
	return 0;
}

int config_read_guid(const struct config_key *key, void *field, const char *text, struct err *e)
{
	struct guid guid;

	(void)key;
	if (guid_parse(&guid, span_of(text), e))
		return -1;
	if (guid_is_zero(guid))
		return refuse(e, "a GUID other than zero", text);
	memcpy(field, &guid, sizeof(guid));
	return 0;
}

int config_read_guids(const struct config_key *key, void *field, const char *text, struct err *e)
{
	static const char separators[] = ", \t";
	struct config_ids *list = field;
	struct config_ids l = { NULL, 0 };

	(void)key;
	for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
		struct span one = { text, strcspn(text, separators) };

		l.ids = xreallocarray(l.ids, l.count + 1, sizeof(*l.ids));
		if (guid_parse(&l.ids[l.count], one, e)) {
			free(l.ids);
			return -1;
		}
		l.count++;
		text += one.n;
	}
	*list = l;
	return 0;
}

int config_read_code(const struct config_key *key, void *field, const char *text, struct err *e)
{
	size_t n = strlen(text);

	if (n < (size_t)key->min || n > (size_t)key->max || text[strspn(text, LETTERS_UPPER)] != '\0')
		return refuse(e, key->max == 3 ? "three capital letters" : "two capital letters", text);
	keep(field, text);
	return 0;
}

int config_read_locale(const struct config_key *key, void *field, const char *text, struct err *e)
{
	size_t language = strspn(text, LETTERS);

	(void)key;
	if (language < 2 || language > 3 || text[language] != '-' || strlen(text) > LOCALE_MAX ||
	    text[language + 1 + strspn(text + language + 1, LETTERS "0123456789-")] != '\0' || text[strlen(text) - 1] == '-')
		return refuse(e, "a language and a country as in en-US", text);
	keep(field, text);
	return 0;
}

/* One way to write a path: so that two keys can be compared, and nobody reads a different path than is meant. */
static bool is_plain_path(const char *text)
{
	size_t n = strlen(text);

	return text[0] == '/' && n > 1 && n <= PATH_TEXT_MAX && text[n - 1] != '/' && !strstr(text, "//") && !strstr(text, "/./") &&
	       !strstr(text, "/../") && strcmp(text + n - 2, "/.") != 0 && (n < 3 || strcmp(text + n - 3, "/..") != 0);
}

int config_read_path(const struct config_key *key, void *field, const char *text, struct err *e)
{
	if (!(is_plain_path(text) || (*text == '\0' && key->need == CONFIG_OPTIONAL)))
		/* the text is not repeated: it may be a secret that was put where the name of its file belongs */
		return err_set(e, ERR_FORMAT, "expected an absolute path without //, . or .. and without / at its end");
	keep(field, text);
	return 0;
}

int config_read_service(const struct config_key *key, void *field, const char *text, struct err *e)
{
	(void)key;
	if (url_check_service(span_of(text), e))
		return -1;
	keep(field, text);
	return 0;
}

int config_read_proxy(const struct config_key *key, void *field, const char *text, struct err *e)
{
	(void)key;
	if (*text && url_check_proxy(span_of(text), e))
		return -1;
	keep(field, text);
	return 0;
}

int config_read_zone(const struct config_key *key, void *field, const char *text, struct err *e)
{
	(void)key;
	if (zone_check(text, e))
		return -1;
	keep(field, text);
	return 0;
}
