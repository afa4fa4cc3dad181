/* SPDX-License-Identifier: MIT */
#include "value/guid.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

static bool is_dash_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

#define IS_DIGIT 0x10

/* Digits come in no order that a branch could foresee, so there is none. */
static const unsigned char hex_digits[256] = {
	['0'] = IS_DIGIT,      ['1'] = IS_DIGIT | 1,  ['2'] = IS_DIGIT | 2,  ['3'] = IS_DIGIT | 3,  ['4'] = IS_DIGIT | 4,
	['5'] = IS_DIGIT | 5,  ['6'] = IS_DIGIT | 6,  ['7'] = IS_DIGIT | 7,  ['8'] = IS_DIGIT | 8,  ['9'] = IS_DIGIT | 9,
	['a'] = IS_DIGIT | 10, ['b'] = IS_DIGIT | 11, ['c'] = IS_DIGIT | 12, ['d'] = IS_DIGIT | 13, ['e'] = IS_DIGIT | 14,
	['f'] = IS_DIGIT | 15, ['A'] = IS_DIGIT | 10, ['B'] = IS_DIGIT | 11, ['C'] = IS_DIGIT | 12, ['D'] = IS_DIGIT | 13,
	['E'] = IS_DIGIT | 14, ['F'] = IS_DIGIT | 15,
};

static bool read_guid(struct guid *g, struct span text)
{
	/* where the two digits of each byte stand */
	static const unsigned char places[sizeof(g->b)] = { 0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34 };
	const unsigned char *p = (const unsigned char *)text.p;
	unsigned all = IS_DIGIT;

	if (text.n != GUID_TEXT_MAX - 1 || p[8] != '-' || p[13] != '-' || p[18] != '-' || p[23] != '-')
		return false;
	for (size_t i = 0; i < sizeof(g->b); i++) {
		unsigned high = hex_digits[p[places[i]]], low = hex_digits[p[places[i] + 1]];

		all &= high & low;
		g->b[i] = (unsigned char)(high << 4 | (low & 15));
	}
	return all;
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
