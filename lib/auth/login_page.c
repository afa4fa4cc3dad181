/* SPDX-License-Identifier: MIT */
#include "auth/login_page.h"

#include "net/loopback.h"

#define START(title)                                                                                             \
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>csp-usaged</title><style>" LOOPBACK_STYLE \
	"</style></head><body>\n<h1>" title "</h1>\n"
#define END "</body></html>\n"

static int add_escaped(struct buf *page, const char *text)
{
	for (; *text; text++) {
		const char *entity = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : *text == '"' ? "&quot;" : NULL;

		if (entity ? buf_add_text(page, entity) : buf_add(page, text, 1))
			return -1;
	}
	return 0;
}

static int add_paragraph(struct buf *page, const char *before, const char *text, const char *after)
{
	return buf_printf(page, "<p>%s", before) || add_escaped(page, text) || buf_printf(page, "%s</p>\n", after) ? -1 : 0;
}

static int add_error(struct buf *page, const struct err *e)
{
	if (add_paragraph(page, "", e->text, ".") || (e->code[0] && add_paragraph(page, "Code: ", e->code, "")))
		return -1;
	return e->remedy[0] ? add_paragraph(page, "What to do: <b>", e->remedy, "</b>") : 0;
}

/* The texts of an error have their maxima, so that the room is always enough; a page cut short would do no harm either. */
void login_page_end(struct buf *page, const struct err *e, const char *who)
{
	int rc;

	if (e->kind == ERR_NONE)
		rc = buf_add_text(page, START("Signed in: csp-usaged has your consent")) ||
		     (who[0] && add_paragraph(page, "Account: ", who, "")) ||
		     buf_add_text(page, "<p>Go back to the terminal: it says what to do next. You can close this page.</p>\n" END);
	else
		rc = buf_add_text(page, START("The sign-in did not work")) || add_error(page, e) ||
		     buf_add_text(page, "<p>Nothing was changed. Go back to the terminal; you can close this page.</p>\n" END);
	(void)rc;
}

void login_page_refuse(struct buf *page, const struct err *e)
{
	int rc = buf_add_text(page, START("This is not what csp-usaged is waiting for")) || add_error(page, e) ||
		 buf_add_text(page, "<p>It goes on waiting: use the address that the terminal shows.</p>\n" END);

	(void)rc;
}
