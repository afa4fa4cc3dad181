/* SPDX-License-Identifier: MIT */
/* lock.h - one writer of a database at a time: flock on `<database>.lock`. The kernel lets go of it when the process dies, however
 * it dies, so there is no stale lock; the file itself stays. */
#ifndef DAEMON_LOCK_H
#define DAEMON_LOCK_H

#include "base/err.h"

#define LOCK_INIT { .fd = -1 }

struct lock {
	int fd;
};

/* ERR_BUSY when another process has it, with its pid. */
int lock_take(struct lock *lock, const char *database, struct err *e) MUST_CHECK;
void lock_release(struct lock *lock);

#endif
