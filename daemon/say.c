/* SPDX-License-Identifier: MIT */
#include "daemon/say.h"

#include "base/log.h"
#include "daemon/events.h"
#include "daemon/exit_code.h"

#include <stdbool.h>

/* Prints the character at P, and gives what follows it. Control characters would let a text from outside draw on the terminal. */
static const unsigned char *put_character(FILE *out, const unsigned char *p)
{
	bool control = *p < ' ' || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0);

	fputc(control ? '?' : *p, out);
	/* The rest of a character of several bytes (UTF-8: 10xxxxxx) takes no column of its own. */
	for (p++; (*p & 0xc0) == 0x80; p++)
		if (!control)
			fputc(*p, out);
	return p;
}

void say_text(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

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
	const unsigned char *p = (const unsigned char *)text;
	int columns = 0;

	for (; *p && columns < width; columns++)
		p = put_character(out, p);
	while (columns++ < width)
		fputc(' ', out);
}
