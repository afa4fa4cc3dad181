/* SPDX-License-Identifier: MIT */
#include "net/timer.h"

#include "base/mem.h"
#include "base/util.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

/* The handle lives on the heap, because libuv keeps it until a turn after uv_close, while the owner may go at once. */
struct slot {
	uv_timer_t uv;
	struct timer *owner;
};

static void on_closed(uv_handle_t *handle)
{
	free(container_of(handle, struct slot, uv));
}

static void on_fire(uv_timer_t *uv)
{
	struct timer *t = container_of(uv, struct slot, uv)->owner;

	timer_cancel(t); /* idle before the callback: it may start anew, or free the owner */
	t->fire(t);
}

static struct uv_timer_s *open_handle(struct timer *t, struct uv_loop_s *loop)
{
	struct slot *slot = xcalloc(1, sizeof(*slot));
	int rc = uv_timer_init(loop, &slot->uv);

	assert(rc == 0);
	(void)rc;
	slot->owner = t;
	return &slot->uv;
}

void timer_start(struct timer *t, struct uv_loop_s *loop, uint64_t delay_ms, timer_fn *fire)
{
	uint64_t now_ms = uv_hrtime() / 1000000;
	int rc;

	if (!t->handle)
		t->handle = open_handle(t, loop);
	assert(t->handle->loop == loop);
	t->fire = fire;
	/* libuv counts from the loop's cached time: without what passed since, a delay would be too short. */
	if (delay_ms && now_ms > uv_now(loop))
		delay_ms += now_ms - uv_now(loop);
	rc = uv_timer_start(t->handle, on_fire, delay_ms, 0);
	assert(rc == 0); /* fails on a closing handle only, and those are not ours any more */
	(void)rc;
}

void timer_cancel(struct timer *t)
{
	if (!t->handle)
		return;
	uv_close((uv_handle_t *)t->handle, on_closed);
	t->handle = NULL;
}

bool timer_active(const struct timer *t)
{
	return t->handle != NULL;
}
