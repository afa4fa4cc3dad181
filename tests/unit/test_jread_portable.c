/* SPDX-License-Identifier: MIT */
/* The same tests against the reader as it is on a processor without SSE2: it stands here in place of the library's. */
#define JREAD_PORTABLE 1

#include "lib/json/jread.c"
#include "tests/unit/test_jread.c"
