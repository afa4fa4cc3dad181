/* SPDX-License-Identifier: MIT */
#include "json/jtext.h"

#include <stdint.h>
#include <string.h>

int jtext_utf8(const char *p, const char *end)
{
	const unsigned char *u = (const unsigned char *)p;
	const size_t n = (size_t)(end - p);
	unsigned char low = 0x80, high = 0xbf; /* of the second byte: no overlong forms, surrogates, or beyond U+10FFFF */
	int length;

	if (u[0] < 0xc2 || u[0] > 0xf4)
		return JTEXT_WRONG;
	length = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if (u[0] == 0xe0)
		low = 0xa0;
	else if (u[0] == 0xed)
		high = 0x9f;
	else if (u[0] == 0xf0)
		low = 0x90;
	else if (u[0] == 0xf4)
		high = 0x8f;
	for (int i = 1; i < length; i++) {
		if ((size_t)i >= n)
			return JTEXT_CUT;
		if (u[i] < low || u[i] > high)
			return JTEXT_WRONG;
		low = 0x80;
		high = 0xbf;
	}
	return length;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Length of one \uXXXX at P with its unit, or JTEXT_WRONG or JTEXT_CUT. */
static int unit_length(const char *p, const char *end, unsigned *unit)
{
	static const char start[] = "\\u";

	*unit = 0;
	for (int i = 0; i < 6; i++) {
		if (end - p <= i)
			return JTEXT_CUT;
		if (i < 2) {
			if (p[i] != start[i])
				return JTEXT_WRONG;
		} else {
			const int digit = hex_digit(p[i]);

			if (digit < 0)
				return JTEXT_WRONG;
			*unit = *unit << 4 | (unsigned)digit;
		}
	}
	return 6;
}

int jtext_escape(const char *p, const char *end, unsigned *code)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name;
	unsigned low;
	int length;

	if (end - p < 2)
		return JTEXT_CUT;
	if (p[1] != 'u') {
		name = memchr(names, p[1], sizeof(names) - 1);
		*code = name ? (unsigned char)values[name - names] : 0;
		return name ? 2 : JTEXT_WRONG;
	}
	length = unit_length(p, end, code);
	if (length <= 0 || *code < 0xd800 || *code > 0xdfff)
		return length;
	if (*code > 0xdbff)
		return JTEXT_WRONG;
	length = unit_length(p + 6, end, &low);
	if (length <= 0)
		return length;
	if (low < 0xdc00 || low > 0xdfff)
		return JTEXT_WRONG;
	*code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

/* CODE, a Unicode scalar value above 0, in UTF-8; returns the length. */
static size_t utf8_put(char out[4], unsigned code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

int jtext_decode(struct span raw, struct buf *scratch, struct span *text, struct err *e)
{
	const char *p = raw.p, *end = raw.p + raw.n;
	const size_t start = scratch->n;

	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		char out[4];
		unsigned code = 0;
		int length;

		if (!slash)
			slash = end;
		if (buf_add(scratch, p, (size_t)(slash - p)) == -1)
			goto too_long;
		p = slash;
		if (p == end)
			break;
		length = jtext_escape(p, end, &code);
		if (length <= 0)
			return err_set(e, ERR_FORMAT, "wrong escape in a text");
		if (code == 0)
			return err_set(e, ERR_FORMAT, "a text holds the character \\u0000");
		if (buf_add(scratch, out, utf8_put(out, code)) == -1)
			goto too_long;
		p += length;
	}
	*text = (struct span){ scratch->p + start, scratch->n - start };
	return 0;
too_long:
	return err_set(e, ERR_FORMAT, "text too long");
}
