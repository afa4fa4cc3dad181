/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *
mem_new(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (p == NULL) {
		fputs("csp-usaged-emulator: out of memory\n", stderr);
		abort();
	}
	return p;
}

char *
mem_dup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(mem_new(n, 1), s, n);
}

void
text_fini(struct text *t)
{
	free(t->p);
	*t = (struct text){0};
}

char *
text_room(struct text *t, size_t more)
{
	size_t cap = t->cap;
	char *p;

	if (more >= SIZE_MAX / 4 - t->len)
		abort();
	if (t->len + more + 1 > cap) {
		cap = (t->len + more + 1) + (more > 65536 ? 4096 : (t->len + more) / 2 + 64);
		p = realloc(t->p, cap);
		if (p == NULL) {
			fputs("csp-usaged-emulator: out of memory\n", stderr);
			abort();
		}
		t->p = p;
		t->cap = cap;
	}
	return t->p + t->len;
}

void
text_put(struct text *t, const void *p, size_t len)
{
	char *to = text_room(t, len);

	if (len > 0)
		memcpy(to, p, len);
	t->len += len;
	t->p[t->len] = '\0';
}

void
text_puts(struct text *t, const char *s)
{
	text_put(t, s, strlen(s));
}

void
text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	text_room(t, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(t->p + t->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->len += (size_t)n;
}

void
text_json(struct text *t, const char *s)
{
	const char *start = s;

	text_puts(t, "\"");
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		text_put(t, start, (size_t)(s - start));
		start = s + 1;
		if (c == '"' || c == '\\')
			text_printf(t, "\\%c", c);
		else if (c == '\n' || c == '\r' || c == '\t')
			text_puts(t, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
		else
			text_printf(t, "\\u%04x", c);
	}
	text_put(t, start, (size_t)(s - start));
	text_puts(t, "\"");
}

void
text_form(struct text *t, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c) != NULL)
			text_put(t, s, 1);
		else if (c == ' ')
			text_puts(t, "+");
		else
			text_printf(t, "%%%02X", c);
	}
}

void
text_html(struct text *t, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '&' || *s == '<' || *s == '>' || *s == '"' || *s == '\'')
			text_printf(t, "&#%d;", *s);
		else
			text_put(t, s, 1);
	}
}

void
text_base64(struct text *t, const void *p, size_t len, int url_alphabet)
{
	static const char std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *abc = url_alphabet ? url : std;
	const unsigned char *b = p;
	char out[4];

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		unsigned v = (unsigned)b[i] << 16 | (n > 1 ? (unsigned)b[i + 1] << 8 : 0) | (n > 2 ? b[i + 2] : 0);

		out[0] = abc[v >> 18];
		out[1] = abc[v >> 12 & 63];
		out[2] = n > 1 ? abc[v >> 6 & 63] : '=';
		out[3] = n > 2 ? abc[v & 63] : '=';
		text_put(t, out, url_alphabet ? n + 1 : 4);
	}
}

int
text_file(struct text *t, const char *path, struct err *e)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return err_set(e, "%s: %s", path, strerror(errno));
	do {
		n = fread(text_room(t, 65536), 1, 65536, f);
		t->len += n;
		t->p[t->len] = '\0';
	} while (n > 0);
	if (ferror(f)) {
		fclose(f);
		return err_set(e, "%s: cannot be read", path);
	}
	fclose(f);
	return 0;
}
