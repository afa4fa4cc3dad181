/* SPDX-License-Identifier: MIT */
#include "value/parse.h"


/* Digits alone, at least one. */
static bool read_whole(uint64_t *value, struct span text)
{
	uint64_t v = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned digit = (unsigned)(unsigned char)text.p[i] - '0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*value = v;
	return text.n > 0;
}

static bool read_int(int64_t *value, struct span text)
{
	bool negative = text.n && *text.p == '-';
	struct span digits = negative ? (struct span){ text.p + 1, text.n - 1 } : text;
	uint64_t size;

	if (!read_whole(&size, digits) || size > (uint64_t)INT64_MAX + negative)
		return false;
	*value = negative && size ? -(int64_t)(size - 1) - 1 : (int64_t)size; /* 2^63 itself is no int64_t */
	return true;
}

int parse_int(int64_t *value, struct span text, int64_t min, int64_t max, struct err *e)
{
	int64_t v;

	if (!read_int(&v, text) || v < min || v > max)
		return err_set(e, ERR_FORMAT, "expected a whole number from %lld to %lld, found \"%.*s\"", (long long)min,
			       (long long)max, SPAN_SHOWN(text));
	*value = v;
	return 0;
}

int parse_bool(bool *value, struct span text, struct err *e)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

	for (size_t i = 0; i < countof(words); i++) {
		if (span_is(text, words[i])) {
			*value = i % 2;
			return 0;
		}
	}
	return err_set(e, ERR_FORMAT, "expected yes or no, found \"%.*s\"", SPAN_SHOWN(text));
}

/* Seconds of a unit letter, 0 when it is none. */
static uint64_t unit_seconds(char letter)
{
	switch (letter) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

int parse_duration(int64_t *seconds, struct span text, int64_t max, struct err *e)
{
	uint64_t unit = text.n ? unit_seconds(text.p[text.n - 1]) : 0;
	struct span digits = { text.p, unit ? text.n - 1 : text.n };
	uint64_t count;

	if (!unit)
		unit = 1;
	if (!read_whole(&count, digits) || count > (uint64_t)max / unit)
		return err_set(e, ERR_FORMAT, "expected a duration (90s, 15m, 2h, 1d) of at most %lld s, found \"%.*s\"",
			       (long long)max, SPAN_SHOWN(text));
	*seconds = (int64_t)(count * unit);
	return 0;
}
