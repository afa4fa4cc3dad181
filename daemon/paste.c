/* SPDX-License-Identifier: MIT */
#include "daemon/paste.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#define ROOM 4096
#define KEY_END 0x04    /* Ctrl-D */
#define KEY_CLEAR 0x15  /* Ctrl-U */
#define KEY_DELETE 0x7f
#define KEY_BACK 0x08

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

static void give_line(struct paste *p)
{
	struct buf line = p->line;

	buf_init(&p->line, PASTE_LINE_MAX);
	if (line.n)
		p->on_line(p, buf_span(&line));
	buf_fini_secret(&line);
}

/* A key on a terminal that hands out each one as it is pressed; whether it was one of those that edit. */
static bool edit(struct paste *p, char c)
{
	if (!p->terminal)
		return false;
	if (c == KEY_CLEAR)
		buf_clear(&p->line);
	else if ((c == KEY_DELETE || c == KEY_BACK) && p->line.n)
		p->line.p[--p->line.n] = '\0';
	return c == KEY_CLEAR || c == KEY_DELETE || c == KEY_BACK;
}

static bool is_on(const struct paste *p)
{
	return p->loop != NULL;
}

static void take(struct paste *p, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n && is_on(p); i++) {
		if (bytes[i] == '\n' || bytes[i] == '\r')
			give_line(p);
		else if (p->terminal && bytes[i] == KEY_END)
			paste_stop(p);
		else if (!edit(p, bytes[i]))
			(void)!buf_add(&p->line, &bytes[i], 1); /* what is too long is cut, and found wrong by who reads it */
	}
}

/* Once; false at the end of input, or when there is nothing more now. */
static bool read_some(struct paste *p)
{
	char room[ROOM];
	ssize_t n = read(STDIN_FILENO, room, sizeof(room));

	if (n > 0) {
		take(p, room, (size_t)n);
		mem_wipe(room, (size_t)n);
		return is_on(p);
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	give_line(p); /* a last one without an end */
	paste_stop(p);
	return false;
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
	struct paste *p = handle->data;

	(void)events;
	if (status == 0)
		(void)read_some(p);
	else
		paste_stop(p);
}

/* What can't be polled (a file, /dev/null) never keeps us waiting. */
static void on_file(struct timer *timer)
{
	struct paste *p = container_of(timer, struct paste, timer);

	if (read_some(p))
		timer_start(&p->timer, p->loop, 0, on_file);
}

static void enter_terminal(struct paste *p)
{
	struct termios ours;

	if (tcgetattr(STDIN_FILENO, &p->before) != 0)
		return;
	ours = p->before;
	ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	ours.c_cc[VMIN] = 1;
	ours.c_cc[VTIME] = 0;
	ours.c_cc[VQUIT] = _POSIX_VDISABLE; /* who is killed by that key leaves a terminal that shows nothing */
	p->terminal = tcsetattr(STDIN_FILENO, TCSANOW, &ours) == 0;
}

void paste_start(struct paste *p, struct uv_loop_s *loop)
{
	bool is_terminal = isatty(STDIN_FILENO);

	/* Whoever reads from a terminal, or changes it, in the background is stopped by it. */
	if (is_terminal && tcgetpgrp(STDIN_FILENO) != getpgrp())
		return;
	p->loop = loop;
	buf_init(&p->line, PASTE_LINE_MAX);
	p->flags = fcntl(STDIN_FILENO, F_GETFL);
	p->handle = xcalloc(1, sizeof(*p->handle));
	if (uv_poll_init(loop, p->handle, STDIN_FILENO) != 0) {
		free(p->handle); /* libuv has not taken it */
		p->handle = NULL;
		timer_start(&p->timer, loop, 0, on_file);
		return;
	}
	if (is_terminal)
		enter_terminal(p);
	p->handle->data = p;
	if (uv_poll_start(p->handle, UV_READABLE, on_readable) != 0)
		paste_stop(p);
}

void paste_stop(struct paste *p)
{
	if (!is_on(p))
		return;
	if (p->terminal)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &p->before);
	p->terminal = false;
	if (p->handle)
		uv_close((uv_handle_t *)p->handle, on_closed);
	p->handle = NULL;
	/* libuv made it non-blocking, for everybody who shares it: the shell, too. */
	if (p->flags != -1)
		(void)fcntl(STDIN_FILENO, F_SETFL, p->flags);
	timer_cancel(&p->timer);
	buf_fini_secret(&p->line);
	p->loop = NULL;
}
