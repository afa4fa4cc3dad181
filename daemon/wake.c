/* SPDX-License-Identifier: MIT */
#include "daemon/wake.h"

#include "base/mem.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

struct wake_handle {
	uv_poll_t poll;
	int fd;
	struct wake *owner;
};

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct wake_handle *h = poll->data;
	struct wake *w = h->owner;
	uint64_t fired;
	ssize_t n = read(h->fd, &fired, sizeof(fired));

	(void)status, (void)events;
	if (n == -1 && errno == EAGAIN)
		return; /* set anew between the event and this turn */
	w->on_wake(w, n == -1 && errno == ECANCELED);
}

static void on_closed(uv_handle_t *handle)
{
	struct wake_handle *h = handle->data;

	close(h->fd);
	free(h);
}

int wake_start(struct wake *w, struct uv_loop_s *loop, struct err *e)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	struct wake_handle *h;
	int failed;

	if (fd == -1)
		return err_errno(e, ERR_STORE, "make a timer");
	h = xcalloc(1, sizeof(*h));
	h->fd = fd;
	h->owner = w;
	failed = uv_poll_init(loop, &h->poll, fd);
	if (failed) {
		close(fd);
		free(h);
		return err_set(e, ERR_STORE, "watch a timer: %s", uv_strerror(failed));
	}
	h->poll.data = h;
	w->handle = h;
	uv_poll_start(&h->poll, UV_READABLE, on_readable); /* cannot fail for a handle that is open */
	return 0;
}

void wake_at(struct wake *w, int64_t instant)
{
	struct itimerspec when = { .it_value = { .tv_sec = instant > 0 ? instant : 1 } };

	/* ECANCELED here says that the clock was set since the last read: the alarm is armed all the same, and the caller has just
	 * computed it by the new time. */
	timerfd_settime(w->handle->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
}

void wake_stop(struct wake *w)
{
	if (!w->handle)
		return;
	uv_poll_stop(&w->handle->poll);
	uv_close((uv_handle_t *)&w->handle->poll, on_closed);
	w->handle = NULL;
}
