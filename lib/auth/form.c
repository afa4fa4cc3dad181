/* SPDX-License-Identifier: MIT */
#include "auth/form.h"

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

static int add_encoded(struct buf *form, char c)
{
	static const char hex[] = "0123456789ABCDEF";
	const char escaped[] = { '%', hex[(unsigned char)c >> 4], hex[(unsigned char)c & 15] };

	if (is_plain(c))
		return buf_add(form, &c, 1);
	return c == ' ' ? buf_add(form, "+", 1) : buf_add(form, escaped, sizeof(escaped));
}

int form_add(struct buf *form, const char *name, struct span value)
{
	if (form->n && buf_add(form, "&", 1) == -1)
		return -1;
	if (buf_add_text(form, name) == -1 || buf_add(form, "=", 1) == -1)
		return -1;
	for (size_t i = 0; i < value.n; i++)
		if (add_encoded(form, value.p[i]) == -1)
			return -1;
	return 0;
}
