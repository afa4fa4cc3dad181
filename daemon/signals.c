/* SPDX-License-Identifier: MIT */
#include "daemon/signals.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/util.h"
#include "daemon/events.h"
#include "daemon/exit_code.h"

#include <signal.h>
#include <unistd.h>
#include <uv.h>

static const struct {
	int number;
	const char *name;
} wanted[] = { { SIGTERM, "SIGTERM" }, { SIGINT, "SIGINT" }, { SIGHUP, "SIGHUP" } };

_Static_assert(countof(wanted) == countof(((struct signals *)0)->handles), "a handle for each signal");

static NORETURN void leave_at_once(const char *name)
{
	struct log_line l;

	log_start(&l, LOG_WARN, EVENT_STOP_FORCED);
	log_text(&l, "reason", name);
	log_finish(&l);
	_exit(EXIT_CODE_FAILED);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct signals *s = handle->data;
	const char *name = "signal";

	for (size_t i = 0; i < countof(wanted); i++)
		if (wanted[i].number == number)
			name = wanted[i].name;
	if (number == SIGHUP && s->on_hup) {
		if (!s->ending)
			s->on_hup(s);
		return;
	}
	if (s->ending)
		leave_at_once(name);
	s->ending = true;
	s->on_end(s, name);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

int signals_start(struct signals *s, struct uv_loop_s *loop, struct err *e)
{
	for (size_t i = 0; i < countof(wanted); i++) {
		int failed;

		s->handles[i] = xcalloc(1, sizeof(*s->handles[i]));
		uv_signal_init(loop, s->handles[i]); /* fails only without memory or descriptors, which start reports */
		s->handles[i]->data = s;
		failed = uv_signal_start(s->handles[i], on_signal, wanted[i].number);
		if (failed)
			return err_set(e, ERR_STORE, "watch %s: %s", wanted[i].name, uv_strerror(failed));
	}
	return 0;
}

void signals_stop(struct signals *s)
{
	for (size_t i = 0; i < countof(s->handles); i++) {
		if (s->handles[i])
			uv_close((uv_handle_t *)s->handles[i], on_closed);
		s->handles[i] = NULL;
	}
}
