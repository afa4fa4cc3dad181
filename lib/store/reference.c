/* SPDX-License-Identifier: MIT */
#include "store/reference.h"

#include "value/day.h"
#include "value/parse.h"

#include <stdio.h>

#define USAGE_SECONDS_MAX ((int64_t)400 * DAY_SECONDS)
#define ORDINAL_MAX 1000000000

/* What stands in front of the next BORDER, which is taken too; everything when there is none. */
static struct span cut(struct span *rest, char border)
{
	const char *at = rest->n ? memchr(rest->p, border, rest->n) : NULL;
	struct span part = *rest;

	if (!at) {
		*rest = (struct span){ NULL, 0 };
		return part;
	}
	part.n = (size_t)(at - rest->p);
	*rest = (struct span){ at + 1, rest->n - part.n - 1 };
	return part;
}

static int take_guid(char text[GUID_TEXT_MAX], struct span part, struct err *e)
{
	struct guid g;

	if (guid_parse(&g, part, e) == -1)
		return -1;
	guid_print(g, text);
	return 0;
}

static int take_subscription(struct reference *r, struct span part, struct err *e)
{
	char guid[GUID_TEXT_MAX], customer[GUID_TEXT_MAX] = "";
	bool moved = part.n && memchr(part.p, '~', part.n);

	if (take_guid(guid, cut(&part, '~'), e) == -1 || (moved && take_guid(customer, part, e) == -1))
		return err_wrap(e, "subscription");
	snprintf(r->subscription, sizeof(r->subscription), "%s%s%s", guid, moved ? "~" : "", customer);
	return 0;
}

/* "20180720" */
static int take_day(int32_t *day, struct span part, struct err *e)
{
	char text[DAY_TEXT_MAX];

	if (part.n != strlen("YYYYMMDD"))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is not a day: expected YYYYMMDD", SPAN_SHOWN(part));
	snprintf(text, sizeof(text), "%.4s-%.2s-%.2s", part.p, part.p + 4, part.p + 6);
	return day_parse(day, span_of(text), e);
}

/* "20180719T000000Z+86400" */
static int take_usage(struct reference *r, struct span part, struct err *e)
{
	char text[INSTANT_TEXT_MAX];
	struct span start = cut(&part, '+');
	int64_t seconds;

	if (start.n != strlen("YYYYMMDDTHHMMSSZ"))
		return err_set(e, ERR_FORMAT, "usage: \"%.*s\" is not a time: expected YYYYMMDDTHHMMSSZ+SECONDS", SPAN_SHOWN(start));
	snprintf(text, sizeof(text), "%.4s-%.2s-%.5s:%.2s:%.3s", start.p, start.p + 4, start.p + 6, start.p + 11, start.p + 13);
	if (instant_parse(&r->usage_start, span_of(text), e) == -1 || parse_int(&seconds, part, 0, USAGE_SECONDS_MAX, e) == -1)
		return err_wrap(e, "usage");
	r->usage_end = r->usage_start + seconds;
	return 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int take_resource(struct reference *r, struct span part, struct err *e)
{
	if (part.n != 2 * sizeof(r->resource))
		return err_set(e, ERR_FORMAT, "resource: \"%.*s\" is not 32 hexadecimal digits", SPAN_SHOWN(part));
	for (size_t i = 0; i < sizeof(r->resource); i++) {
		int high = hex_value(part.p[2 * i]), low = hex_value(part.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return err_set(e, ERR_FORMAT, "resource: \"%.*s\" is not 32 hexadecimal digits", SPAN_SHOWN(part));
		r->resource[i] = (unsigned char)(high << 4 | low);
	}
	return 0;
}

/* "c201812", of corrections alone */
static int take_booked(struct reference *r, struct span part, struct err *e)
{
	char text[DAY_TEXT_MAX];
	int32_t day;
	struct civil c;

	if (part.n == 0)
		return 0;
	if (part.n != strlen("cYYYYMM") || *part.p != 'c')
		return err_set(e, ERR_FORMAT, "\"%.*s\" is not a period of a correction: expected cYYYYMM", SPAN_SHOWN(part));
	snprintf(text, sizeof(text), "%.4s-%.2s-01", part.p + 1, part.p + 5);
	if (day_parse(&day, span_of(text), e) == -1)
		return -1;
	c = day_to_civil(day);
	r->booked = c.year * 100 + c.month;
	return 0;
}

static int take_parts(struct reference *r, struct span rest, struct err *e)
{
	if (take_subscription(r, cut(&rest, ':'), e) == -1)
		return -1;
	if (take_day(&r->reported_day, cut(&rest, ':'), e) == -1)
		return err_wrap(e, "reported day");
	if (take_usage(r, cut(&rest, ':'), e) == -1)
		return -1;
	if (take_guid(r->meter, cut(&rest, ':'), e) == -1)
		return err_wrap(e, "meter");
	if (take_resource(r, cut(&rest, ':'), e) == -1)
		return -1;
	if (parse_int(&r->ordinal, cut(&rest, ':'), 1, ORDINAL_MAX, e) == -1)
		return err_wrap(e, "ordinal");
	return take_booked(r, rest, e);
}

int reference_parse(struct reference *out, struct span text, struct err *e)
{
	struct reference r = { .booked = 0 };

	if (take_parts(&r, text, e) == -1) {
		e->kind = ERR_CONFIG;
		err_wrap(e, "\"%.*s\" is not a purchase reference", SPAN_SHOWN(text));
		return err_advise(e, NULL, "copy it whole from purchases.purchase_reference; it looks like SUBSCRIPTION:20180720:"
					   "20180719T000000Z+86400:METER:RESOURCE:1, with two GUIDs and 32 hexadecimal digits");
	}
	*out = r;
	return 0;
}
