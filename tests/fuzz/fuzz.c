/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "partner/pc_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The two names that libFuzzer, and replay.c, know. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	pc_json_setup();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_input((struct span){ (const char *)bytes, n });
	return 0;
}

void fuzz_fail(const char *file, int line, const char *condition, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "\n%s:%d: not so: %s\n", file, line, condition);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

struct rng fuzz_chance(struct span input)
{
	struct rng rng = { input.n };

	for (size_t i = 0; i < input.n; i++)
		rng.state = (rng.state ^ (unsigned char)input.p[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
	return rng;
}

char *fuzz_text(struct span input)
{
	return input.n && memchr(input.p, '\0', input.n) ? NULL : xstrndup(input.p, input.n);
}

bool fuzz_next(struct span *rest, char separator, struct span *piece)
{
	const char *at = rest->n ? memchr(rest->p, separator, rest->n) : NULL;

	if (!rest->p)
		return false;
	*piece = (struct span){ rest->p, at ? (size_t)(at - rest->p) : rest->n };
	*rest = at ? (struct span){ at + 1, rest->n - piece->n - 1 } : (struct span){ NULL, 0 };
	return true;
}

/* The character at P, of which N bytes are left, and its length; 0 when it is none. */
static size_t decode(const unsigned char *p, size_t n, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const size_t length = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;

	if (length == 0 || length > n)
		return 0;
	*c = length == 1 ? p[0] : p[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	return *c < least[length] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff) ? 0 : length;
}

bool fuzz_is_utf8(struct span text)
{
	uint32_t c;

	for (size_t i = 0, length; i < text.n; i += length) {
		length = decode((const unsigned char *)text.p + i, text.n - i, &c);
		if (length == 0)
			return false;
	}
	return true;
}

bool fuzz_is_tame(struct span text)
{
	uint32_t c;

	for (size_t i = 0, length; i < text.n; i += length) {
		length = decode((const unsigned char *)text.p + i, text.n - i, &c);
		if (length == 0)
			length = 1;
		else if (c < ' ' || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
			return false;
	}
	return true;
}

static void check_text(const char *text, size_t size)
{
	const struct span s = { text, strnlen(text, size) };

	FUZZ_REQUIRE(s.n < size, "%.*s", (int)s.n, s.p);
	FUZZ_REQUIRE(fuzz_is_utf8(s), "%s", text);
	FUZZ_REQUIRE(fuzz_is_tame(s), "%s", text);
}

void fuzz_check_err(const struct err *e)
{
	FUZZ_REQUIRE(e->kind > ERR_NONE && e->kind <= ERR_CANCELLED, "%d", (int)e->kind);
	FUZZ_REQUIRE(e->text[0], "no text");
	check_text(e->text, sizeof(e->text));
	check_text(e->remedy, sizeof(e->remedy));
	check_text(e->code, sizeof(e->code));
	FUZZ_REQUIRE(!e->code[0] || (strncmp(e->code, "E-", 2) == 0 &&
		     strspn(e->code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(e->code)), "%s", e->code);
}
