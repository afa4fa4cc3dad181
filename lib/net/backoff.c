/* SPDX-License-Identifier: MIT */
#include "net/backoff.h"

/* base * 2^(tried - 1), at most cap, without ever overflowing. */
static uint64_t ceiling_ms(const struct backoff *b, unsigned tried)
{
	uint64_t ceiling = b->base_ms;

	for (unsigned i = 1; i < tried && ceiling < b->cap_ms; i++)
		ceiling *= 2;
	return ceiling < b->cap_ms ? ceiling : b->cap_ms;
}

int64_t backoff_delay_ms(const struct backoff *b, unsigned tried, int64_t retry_after_s, uint32_t random)
{
	unsigned most = retry_after_s > 0 && b->told_tries_max ? b->told_tries_max : b->tries_max;
	uint64_t spread;

	if (tried >= most)
		return BACKOFF_GIVE_UP;
	/* uniform over 0..ceiling: the product's upper half, exact in 64 bits because both factors have 32 */
	spread = ((ceiling_ms(b, tried) + 1) * (uint64_t)random) >> 32;
	if (retry_after_s < 0)
		return (int64_t)spread;
	/* Told times get the jitter on top: all who were told the same must not come back in the same instant. */
	return retry_after_s * 1000 + (int64_t)spread;
}
