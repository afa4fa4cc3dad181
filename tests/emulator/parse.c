/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

int
parse_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
	int negative = *s == '-';
	int64_t v = 0;

	if (negative)
		s++;
	if (*s == '\0')
		return -1;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || v > (INT64_MAX - 9) / 10)
			return -1;
		v = v * 10 + (*s - '0');
	}
	if (negative)
		v = -v;
	if (v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

int
parse_bool(const char *s, int *out)
{
	static const char *const yes[] = {"yes", "true", "on", "1"};
	static const char *const no[] = {"no", "false", "off", "0"};

	for (size_t i = 0; i < 4; i++) {
		if (strcasecmp(s, yes[i]) == 0 || strcasecmp(s, no[i]) == 0) {
			*out = strcasecmp(s, yes[i]) == 0;
			return 0;
		}
	}
	return -1;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
parse_guid(const char *s, char out[37])
{
	char low[37];

	for (int i = 0; i < 36; i++) {
		int dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : hex_digit(s[i]) < 0)
			return -1;
		low[i] = (char)(s[i] >= 'A' && s[i] <= 'F' ? s[i] + 32 : s[i]);
	}
	if (s[36] != '\0')
		return -1;
	low[36] = '\0';
	memcpy(out, low, sizeof(low));
	return 0;
}

void
parse_form_value(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		if (*s == '%' && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0) {
			*to++ = (char)(hex_digit(s[1]) * 16 + hex_digit(s[2]));
			s += 2;
		} else {
			*to++ = (char)(*s == '+' ? ' ' : *s);
		}
	}
	*to = '\0';
}

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

int
parse_base64(const char *s, size_t len, unsigned char *out, size_t size)
{
	unsigned held = 0;
	int bits = 0;
	size_t n = 0;

	while (len > 0 && s[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++) {
		int v = base64_digit(s[i]);

		if (v < 0)
			return -1;
		held = (held << 6 | (unsigned)v) & 0xffffff;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (n >= size)
			return -1;
		out[n++] = (unsigned char)(held >> bits);
	}
	return (int)n;
}

char *
form_value(const char *form, const char *name)
{
	size_t name_len = strlen(name);

	while (*form != '\0') {
		size_t n = strcspn(form, "&");

		if (n > name_len && form[name_len] == '=' && strncasecmp(form, name, name_len) == 0) {
			size_t len = n - name_len - 1;
			char *value = mem_new(len + 1, 1);

			memcpy(value, form + name_len + 1, len);
			parse_form_value(value);
			return value;
		}
		form += n + (form[n] == '&');
	}
	return NULL;
}
