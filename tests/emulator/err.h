/* SPDX-License-Identifier: MIT */
/* err.h - what went wrong, filled by the callee, reported once by whoever decides. */
#ifndef EMU_ERR_H
#define EMU_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

struct err {
	char msg[1024];
};

/* Both return -1, so that a failing function can end in `return err_set(...)`. */
int err_set(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* Puts "context: " in front of what is already there. */
int err_wrap(struct err *e, const char *fmt, ...) PRINTF(2, 3);

#endif
