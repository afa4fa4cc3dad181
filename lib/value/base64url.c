/* SPDX-License-Identifier: MIT */
#include "value/base64url.h"

#include <stdint.h>

#define GROUP 3 /* bytes that make four characters */

int base64url_encode(struct buf *out, struct span bytes)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i < bytes.n; i += GROUP) {
		size_t have = bytes.n - i < GROUP ? bytes.n - i : GROUP;
		uint32_t bits = 0;
		char text[GROUP + 1];

		for (size_t k = 0; k < GROUP; k++)
			bits = bits << 8 | (k < have ? (unsigned char)bytes.p[i + k] : 0u);
		for (size_t k = 0; k <= GROUP; k++)
			text[k] = alphabet[bits >> (18 - 6 * k) & 63];
		if (buf_add(out, text, have + 1) == -1)
			return -1;
	}
	return 0;
}

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

int base64url_decode(struct buf *out, struct span text)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < text.n; i++) {
		const int value = sextet(text.p[i]);
		char byte;

		if (value < 0)
			return -1;
		bits = (bits << 6 | (uint32_t)value) & 0xffffff;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		byte = (char)(bits >> have & 0xff);
		if (buf_add(out, &byte, 1) == -1)
			return -1;
	}
	return have >= 6 || (bits & ((1u << have) - 1)) ? -1 : 0;
}
