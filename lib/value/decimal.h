/* SPDX-License-Identifier: MIT */
/* decimal.h - exact decimal numbers for quantities, rates and thresholds. No double is ever involved.
 *
 * A number is coefficient / 10^scale with a 256-bit unsigned coefficient and a sign. The service prints up to 28 significant
 * digits; a product of two such numbers (56 digits) and the sum of a billion of them fit, and what would not is an error.
 * Money is int64_t nanos (1e-9 of the currency unit), rounded half away from zero. */
#ifndef VALUE_DECIMAL_H
#define VALUE_DECIMAL_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

#define DECIMAL_DIGITS_MAX 28 /* significant digits that decimal_parse accepts */
#define DECIMAL_SCALE_MAX 38  /* most digits behind the point, and the largest |exponent|, that decimal_parse accepts */
#define DECIMAL_RESULT_SCALE_MAX 120 /* digits behind the point of a result: "-0." and they must fit into DECIMAL_TEXT_MAX */
#define DECIMAL_TEXT_MAX 128  /* room for any printed number and its NUL */

struct decimal {
	uint64_t w[4]; /* coefficient, least significant word first */
	int16_t scale; /* digits behind the point, >= 0 */
	bool negative; /* never set for zero */
};

#define DECIMAL_ZERO ((struct decimal){ .scale = 0 })

/* Reads a JSON number: -? digits [. digits] [e|E [+-] digits], whole text or error (ERR_FORMAT). Leading zeros of the integer part
 * are refused as JSON does. Trailing zeros behind the point are kept in the scale ("1.50" has scale 2) but do not count as
 * significant. */
int decimal_parse(struct decimal *d, struct span text, struct err *e) MUST_CHECK;
/* The same for what was computed or printed here before, and for SQLite's numbers: as many digits as 256 bits hold, and up to 120 behind
 * the point; leading zeros, ".5" and "5." are read too. */
int decimal_parse_wide(struct decimal *d, struct span text, struct err *e) MUST_CHECK;
/* Plain notation, never an exponent: "0.000001". Keeps trailing zeros of the scale. Returns the length. */
size_t decimal_print(struct decimal d, char text[DECIMAL_TEXT_MAX]);
/* Drops trailing zeros behind the point. */
struct decimal decimal_normal(struct decimal d);

/* <0, 0, >0; exact for any two scales. */
int decimal_compare(struct decimal a, struct decimal b);
bool decimal_is_zero(struct decimal d);
/* Exact; ERR_FORMAT "number too large" when 256 bits do not hold the result. */
int decimal_add(struct decimal *sum, struct decimal a, struct decimal b, struct err *e) MUST_CHECK;
int decimal_subtract(struct decimal *difference, struct decimal a, struct decimal b, struct err *e) MUST_CHECK;
int decimal_multiply(struct decimal *product, struct decimal a, struct decimal b, struct err *e) MUST_CHECK;

/* Rounds to 1e-9 half away from zero; ERR_FORMAT when the result exceeds int64 (9.2e9 units). */
int decimal_to_nanos(int64_t *nanos, struct decimal d, struct err *e) MUST_CHECK;
struct decimal decimal_from_nanos(int64_t nanos);

#endif
