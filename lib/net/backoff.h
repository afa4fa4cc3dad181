/* SPDX-License-Identifier: MIT */
/* backoff.h - how long to wait before the next try: exponential with full jitter, Retry-After when that is longer. Pure. */
#ifndef NET_BACKOFF_H
#define NET_BACKOFF_H

#include <stdint.h>

struct backoff {
	unsigned tries_max;        /* attempts in all */
	unsigned told_tries_max;   /* while the service says when to come again; 0: no more than else */
	uint32_t base_ms, cap_ms;
};

#define BACKOFF_GIVE_UP (-1)

/* TRIED attempts have failed (>= 1). RETRY_AFTER_S as http gives it (-1: not told). RANDOM is uniform over uint32_t.
 * The delay in ms, or BACKOFF_GIVE_UP. A told time is never shortened. */
int64_t backoff_delay_ms(const struct backoff *b, unsigned tried, int64_t retry_after_s, uint32_t random);

#endif
