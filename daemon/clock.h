/* SPDX-License-Identifier: MIT */
/* clock.h - the system's clocks, read here and handed on as numbers: everything that decides takes "now" as a parameter. */
#ifndef DAEMON_CLOCK_H
#define DAEMON_CLOCK_H

#include <stdint.h>
#include <time.h>

/* The instant now. Never time(): it reads a coarse clock that may lag behind a timer which has just fired. */
static inline int64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

/* Milliseconds that only ever grow, for durations. */
static inline int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
