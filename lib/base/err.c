/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
	[ERR_NONE] = "none",     [ERR_NET] = "net",       [ERR_BUSY] = "busy",
	[ERR_AUTH] = "auth",     [ERR_REMOTE] = "remote", [ERR_FORMAT] = "format",
	[ERR_STORE] = "store",   [ERR_CONFIG] = "config", [ERR_CANCELLED] = "cancelled",
};

const char *err_kind_name(enum err_kind kind)
{
	return (size_t)kind < countof(kind_names) ? kind_names[kind] : "unknown";
}

void err_clear(struct err *e)
{
	e->kind = ERR_NONE;
	e->code[0] = e->remedy[0] = e->text[0] = '\0';
}

/* Marks a text that vsnprintf had to cut, and takes out of it what does not print: half a character at the cut, what steers a terminal,
 * bytes that are no text. The database and who reads it can't do with those. */
static void settle(char *text, size_t size, int wanted)
{
	size_t n, length;

	if (wanted >= 0 && (size_t)wanted >= size)
		memcpy(text + size - 4, "...", 4);
	n = strlen(text);
	for (size_t i = 0; i < n; i += length ? length : 1) {
		length = utf8_printable(text + i, n - i);
		if (length == 0)
			text[i] = '?';
	}
}

int err_set(struct err *e, enum err_kind kind, const char *format, ...)
{
	va_list args;

	err_clear(e);
	e->kind = kind;
	va_start(args, format);
	settle(e->text, sizeof(e->text), vsnprintf(e->text, sizeof(e->text), format, args));
	va_end(args);
	return -1;
}

int err_errno(struct err *e, enum err_kind kind, const char *format, ...)
{
	const char *reason = strerror(errno);
	char what[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	settle(what, sizeof(what), vsnprintf(what, sizeof(what), format, args));
	va_end(args);
	return err_set(e, kind, "%s: %s", what, reason);
}

int err_wrap(struct err *e, const char *format, ...)
{
	char where[ERR_TEXT_MAX / 2];
	char cause[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	settle(where, sizeof(where), vsnprintf(where, sizeof(where), format, args));
	va_end(args);
	memcpy(cause, e->text, sizeof(cause));
	settle(e->text, sizeof(e->text), snprintf(e->text, sizeof(e->text), "%s: %s", where, cause));
	return -1;
}

int err_advise(struct err *e, const char *code, const char *remedy)
{
	if (code)
		settle(e->code, sizeof(e->code), snprintf(e->code, sizeof(e->code), "%s", code));
	if (remedy)
		settle(e->remedy, sizeof(e->remedy), snprintf(e->remedy, sizeof(e->remedy), "%s", remedy));
	return -1;
}
