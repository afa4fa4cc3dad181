/* SPDX-License-Identifier: MIT */
/* fuzz.h - what a fuzz target is, and what targets share.
 *
 * A target is one file fuzz_NAME.c with fuzz_input(), and its line in tests/fuzz/targets. It looks at the bytes as the program would,
 * without a header of its own in front of them: so every recorded document is a seed. Whatever else it needs (how the bytes are cut,
 * which flags) comes from fuzz_chance(), which hangs on the bytes alone: an input always does the same. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/err.h"
#include "base/span.h"
#include "tests/support/rng.h"

#include <stdbool.h>

/* Aborts when something promised does not hold. INPUT lies in memory of its exact size. */
void fuzz_input(struct span input);

/* As assert(), with a text that says what was found. */
#define FUZZ_REQUIRE(condition, ...)                                                \
	do {                                                                        \
		if (!(condition))                                                   \
			fuzz_fail(__FILE__, __LINE__, #condition, __VA_ARGS__);     \
	} while (0)
void fuzz_fail(const char *file, int line, const char *condition, const char *format, ...) PRINTF(4, 5) NORETURN;

struct rng fuzz_chance(struct span input);
/* INPUT with a NUL behind it, in memory of its exact size; NULL when there is a NUL within. For free(). */
char *fuzz_text(struct span input);
/* The piece of REST before its first SEPARATOR, or all of it; REST goes on behind it. False at the end. */
bool fuzz_next(struct span *rest, char separator, struct span *piece);

/* Whether a text is UTF-8, by another decoder than ours. */
bool fuzz_is_utf8(struct span text);
/* Whether nothing in it could start a line, steer a terminal, or end the text. */
bool fuzz_is_tame(struct span text);
/* An error as it may go into the log and the database: has a kind and a text; all its texts are tame UTF-8; the code is one. */
void fuzz_check_err(const struct err *e);

#endif
