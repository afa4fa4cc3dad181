/* SPDX-License-Identifier: MIT */
#include "daemon/loop_gap.h"

#include "base/mem.h"
#include "base/util.h"

#include <assert.h>
#include <uv.h>

/* On the heap, because libuv keeps the handle until a turn after uv_close. */
struct loop_gap_handle {
	uv_prepare_t uv;
	struct loop_gap *owner;
	uint64_t at_ns, idle_ns;
};

/* Before each wait: what passed since the last one, less what was spent waiting. */
static void on_prepare(uv_prepare_t *uv)
{
	struct loop_gap_handle *h = container_of(uv, struct loop_gap_handle, uv);
	uint64_t now_ns = uv_hrtime(), idle_ns = uv_metrics_idle_time(uv->loop);
	uint64_t passed_ns = now_ns - h->at_ns, waited_ns = idle_ns - h->idle_ns;
	uint64_t busy_us = passed_ns > waited_ns ? (passed_ns - waited_ns) / 1000 : 0;

	h->at_ns = now_ns;
	h->idle_ns = idle_ns;
	h->owner->turns++;
	if (busy_us > h->owner->longest_us)
		h->owner->longest_us = busy_us;
}

static void on_closed(uv_handle_t *handle)
{
	free(container_of(handle, struct loop_gap_handle, uv));
}

void loop_gap_start(struct loop_gap *g, struct uv_loop_s *loop)
{
	struct loop_gap_handle *h = xcalloc(1, sizeof(*h));
	int rc = uv_prepare_init(loop, &h->uv);

	assert(rc == 0 && !g->handle); /* neither this nor the start fails on a new handle */
	h->owner = g;
	h->at_ns = uv_hrtime();
	h->idle_ns = uv_metrics_idle_time(loop);
	rc = uv_prepare_start(&h->uv, on_prepare);
	assert(rc == 0);
	(void)rc;
	uv_unref((uv_handle_t *)&h->uv);
	*g = (struct loop_gap){ .handle = h };
}

void loop_gap_stop(struct loop_gap *g)
{
	if (!g->handle)
		return;
	uv_close((uv_handle_t *)&g->handle->uv, on_closed);
	g->handle = NULL;
}
