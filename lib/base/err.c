/* SPDX-License-Identifier: MIT */
#include "base/err.h"

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

/* Marks a text that vsnprintf had to cut. */
static void mark_cut(char *text, size_t size, int wanted)
{
	if (wanted >= 0 && (size_t)wanted >= size)
		memcpy(text + size - 4, "...", 4);
}

int err_set(struct err *e, enum err_kind kind, const char *format, ...)
{
	va_list args;

	err_clear(e);
	e->kind = kind;
	va_start(args, format);
	mark_cut(e->text, sizeof(e->text), vsnprintf(e->text, sizeof(e->text), format, args));
	va_end(args);
	return -1;
}

int err_errno(struct err *e, enum err_kind kind, const char *format, ...)
{
	const char *reason = strerror(errno);
	char what[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	mark_cut(what, sizeof(what), vsnprintf(what, sizeof(what), format, args));
	va_end(args);
	return err_set(e, kind, "%s: %s", what, reason);
}

int err_wrap(struct err *e, const char *format, ...)
{
	char where[ERR_TEXT_MAX / 2];
	char cause[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	mark_cut(where, sizeof(where), vsnprintf(where, sizeof(where), format, args));
	va_end(args);
	memcpy(cause, e->text, sizeof(cause));
	mark_cut(e->text, sizeof(e->text), snprintf(e->text, sizeof(e->text), "%s: %s", where, cause));
	return -1;
}

int err_advise(struct err *e, const char *code, const char *remedy)
{
	if (code)
		mark_cut(e->code, sizeof(e->code), snprintf(e->code, sizeof(e->code), "%s", code));
	if (remedy)
		mark_cut(e->remedy, sizeof(e->remedy), snprintf(e->remedy, sizeof(e->remedy), "%s", remedy));
	return -1;
}
