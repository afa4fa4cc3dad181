/* SPDX-License-Identifier: MIT */
#include "partner/pc_stream.h"

#include "value/day.h"

int pc_document_start(struct span body, size_t *skip, struct err *e)
{
	const unsigned char *u = (const unsigned char *)body.p;

	*skip = 0;
	if (body.n >= 2 && ((u[0] == 0xff && u[1] == 0xfe) || (u[0] == 0xfe && u[1] == 0xff) || !u[0] != !u[1]))
		return err_set(e, ERR_FORMAT, "the document is UTF-16, not UTF-8: the service sends that when the request has no "
					      "Accept: application/json");
	if (body.n >= 3 && u[0] == 0xef && u[1] == 0xbb && u[2] == 0xbf)
		*skip = 3;
	return 0;
}

static bool is_absent(const struct pc_value *v)
{
	return v->t == JREAD_MORE || v->t == JREAD_NULL;
}

static int is_missing(const struct pc_member *m, struct err *e)
{
	return err_set(e, ERR_FORMAT, "%s: missing", m->path);
}

int pc_value_text(const struct pc_value *v, const struct pc_member *m, bool wanted, struct span *text, struct err *e)
{
	*text = (struct span){ NULL, 0 };
	if (is_absent(v))
		return wanted ? is_missing(m, e) : 0;
	if (v->t != JREAD_STRING)
		return err_set(e, ERR_FORMAT, "%s: not a text", m->path);
	if (v->text.n > LIMIT_TEXT_BYTES)
		return err_set(e, ERR_FORMAT, "%s: longer than %zu bytes", m->path, LIMIT_TEXT_BYTES);
	*text = v->text;
	return 0;
}

int pc_value_raw(const struct pc_value *v, const struct pc_member *m, struct span *raw, struct err *e)
{
	*raw = (struct span){ NULL, 0 };
	if (is_absent(v))
		return 0;
	if (v->text.n > LIMIT_TEXT_BYTES)
		return err_set(e, ERR_FORMAT, "%s: longer than %zu bytes", m->path, LIMIT_TEXT_BYTES);
	*raw = v->text;
	return 0;
}

int pc_value_guid(const struct pc_value *v, const struct pc_member *m, struct guid *g, struct err *e)
{
	struct span text;

	if (pc_value_text(v, m, true, &text, e) == -1)
		return -1;
	if (guid_parse(g, text, e) == -1)
		return err_wrap(e, "%s", m->path);
	return 0;
}

int pc_value_decimal(const struct pc_value *v, const struct pc_member *m, struct decimal *d, struct err *e)
{
	if (is_absent(v))
		return is_missing(m, e);
	if (v->t != JREAD_NUMBER && v->t != JREAD_STRING)
		return err_set(e, ERR_FORMAT, "%s: not a number", m->path);
	if (decimal_parse(d, v->text, e) == -1)
		return err_wrap(e, "%s", m->path);
	return 0;
}

int pc_value_instant(const struct pc_value *v, const struct pc_member *m, int64_t *instant, struct err *e)
{
	struct span text;

	if (pc_value_text(v, m, true, &text, e) == -1)
		return -1;
	if (instant_parse(instant, text, e) == -1)
		return err_wrap(e, "%s", m->path);
	return 0;
}
