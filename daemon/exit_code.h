/* SPDX-License-Identifier: MIT */
/* exit_code.h - what the program tells its caller at the end; scripts depend on the numbers. */
#ifndef DAEMON_EXIT_CODE_H
#define DAEMON_EXIT_CODE_H

#include "base/err.h"

enum exit_code {
	EXIT_CODE_DONE = 0,
	EXIT_CODE_FAILED = 1,
	EXIT_CODE_USAGE = 2,  /* wrong usage or configuration */
	EXIT_CODE_PARTLY = 3, /* some slices failed and stay planned */
	EXIT_CODE_PERSON = 4, /* consent gone, secret expired, role missing */
};

/* The code for a command that ends with E. */
static inline int exit_code_of(const struct err *e)
{
	switch (e->kind) {
	case ERR_NONE:
		return EXIT_CODE_DONE;
	case ERR_CONFIG:
		return EXIT_CODE_USAGE;
	case ERR_AUTH:
		return EXIT_CODE_PERSON;
	default:
		return EXIT_CODE_FAILED;
	}
}

#endif
