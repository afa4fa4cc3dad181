/* SPDX-License-Identifier: MIT */
/* loop.h - a libuv loop for one test: runs until something is true, and must close clean. A test that hangs is killed. */
#ifndef SUPPORT_LOOP_H
#define SUPPORT_LOOP_H

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#define LOOP_PATIENCE_S 60

static inline uv_loop_t *loop_open(void)
{
	static uv_loop_t loop;

	signal(SIGPIPE, SIG_IGN);
	alarm(LOOP_PATIENCE_S);
	if (uv_loop_init(&loop) != 0)
		abort();
	return &loop;
}

/* Turns of the loop until CONDITION holds; it is looked at after each. */
#define LOOP_UNTIL(loop, condition)                   \
	do {                                          \
		while (!(condition))                  \
			uv_run((loop), UV_RUN_ONCE);  \
	} while (0)

/* Turns for MS milliseconds, whatever happens. */
static inline void loop_idle(uv_loop_t *loop, uint64_t ms)
{
	uint64_t end = uv_hrtime() + ms * 1000000;

	while (uv_hrtime() < end) {
		uv_run(loop, UV_RUN_NOWAIT);
		usleep(500);
	}
}

/* 0 when nothing was left open. */
static inline int loop_close(uv_loop_t *loop)
{
	alarm(5);
	uv_run(loop, UV_RUN_DEFAULT);
	alarm(0);
	return uv_loop_close(loop);
}

#endif
