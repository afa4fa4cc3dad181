/* SPDX-License-Identifier: MIT */
#include "daemon/say.h"

#include "base/log.h"
#include "base/utf8.h"
#include "daemon/events.h"
#include "daemon/exit_code.h"

#include <string.h>

/* Prints the character at P, and gives what follows it. What does not print would let a text from outside draw on the terminal. */
static const char *put_character(FILE *out, const char *p)
{
	const size_t length = utf8_printable(p, strnlen(p, UTF8_MAX));

	if (length) {
		fwrite(p, length, 1, out);
		return p + length;
	}
	fputc('?', out);
	/* the rest of a character of several bytes (10xxxxxx) takes no column of its own */
	for (p++; (*p & 0xc0) == 0x80; p++)
		continue;
	return p;
}

void say_text(FILE *out, const char *text)
{
	const char *p = text;

	while (*p)
		p = put_character(out, p);
}

int say_error(const struct err *e)
{
	struct log_line l;

	if (log_stderr_is_journal()) {
		log_start(&l, LOG_ERROR, EVENT_FATAL);
		log_err(&l, e);
		log_finish(&l);
		return exit_code_of(e);
	}
	fputs("csp-usaged: ", stderr);
	say_text(stderr, e->text);
	if (e->code[0])
		fprintf(stderr, " (%s)", e->code);
	if (e->remedy[0]) {
		fputs("; ", stderr);
		say_text(stderr, e->remedy);
	}
	fputc('\n', stderr);
	return exit_code_of(e);
}

void say_column(FILE *out, const char *text, int width)
{
	const char *p = text;
	int columns = 0;

	for (; *p && columns < width; columns++)
		p = put_character(out, p);
	while (columns++ < width)
		fputc(' ', out);
}
