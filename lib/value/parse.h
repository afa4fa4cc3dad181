/* SPDX-License-Identifier: MIT */
/* parse.h - strict readers of small values: the whole text or an error that says what was expected. */
#ifndef VALUE_PARSE_H
#define VALUE_PARSE_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

int parse_int(int64_t *value, struct span text, int64_t min, int64_t max, struct err *e) MUST_CHECK; /* decimal digits, optional '-' */
int parse_bool(bool *value, struct span text, struct err *e) MUST_CHECK; /* yes|no|true|false|on|off|1|0 */
int parse_duration(int64_t *seconds, struct span text, int64_t max, struct err *e) MUST_CHECK; /* 90, 90s, 15m, 2h, 1d */

#endif
