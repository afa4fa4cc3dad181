/* SPDX-License-Identifier: MIT */
#include "value/guid.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>


static bool is_dash_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/* Digits come in no order that a branch could foresee, so there is none: -1 for what is no hex digit. */
static int hex_value(char c)
{
	unsigned char u = (unsigned char)c;

	return isxdigit(u) ? (u & 15) + 9 * (u >> 6) : -1;
}

static bool read_guid(struct guid *g, struct span text)
{
	const char *p = text.p;

	if (text.n != GUID_TEXT_MAX - 1)
		return false;
	for (size_t i = 0; i < sizeof(g->b); i++) {
		int high, low;

		if (is_dash_before(i) && *p++ != '-')
			return false;
		high = hex_value(*p++);
		low = hex_value(*p++);
		if (high < 0 || low < 0)
			return false;
		g->b[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

int guid_parse(struct guid *g, struct span text, struct err *e)
{
	struct guid r;

	if (!read_guid(&r, text))
		return err_set(e, ERR_FORMAT, "expected a GUID, found \"%.*s\"", SPAN_SHOWN(text));
	*g = r;
	return 0;
}

void guid_print(struct guid g, char text[GUID_TEXT_MAX])
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(g.b); i++) {
		if (is_dash_before(i))
			*text++ = '-';
		*text++ = hex[g.b[i] >> 4];
		*text++ = hex[g.b[i] & 15];
	}
	*text = '\0';
}

bool guid_equal(struct guid a, struct guid b)
{
	return memcmp(a.b, b.b, sizeof(a.b)) == 0;
}

bool guid_is_zero(struct guid g)
{
	return guid_equal(g, (struct guid){ { 0 } });
}

struct guid guid_random(void)
{
	struct guid g;

	/* so few bytes are never returned in part; a kernel without the call cannot run us */
	while (getrandom(g.b, sizeof(g.b), 0) != (ssize_t)sizeof(g.b))
		if (errno != EINTR)
			abort();
	g.b[6] = (unsigned char)(0x40 | (g.b[6] & 0x0f)); /* version 4 */
	g.b[8] = (unsigned char)(0x80 | (g.b[8] & 0x3f)); /* the variant of RFC 4122 */
	return g;
}
