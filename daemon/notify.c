/* SPDX-License-Identifier: MIT */
#include "daemon/notify.h"

#include "value/parse.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_MAX 200

socklen_t notify_address(const char *text, struct sockaddr_un *address)
{
	size_t n = strlen(text);

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if ((text[0] != '/' && text[0] != '@') || n < 2 || n >= sizeof(address->sun_path))
		return 0;
	memcpy(address->sun_path, text, n);
	if (text[0] == '@')
		address->sun_path[0] = '\0'; /* abstract: the length says where the name ends */
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (text[0] == '/'));
}

uint64_t notify_watchdog_ms(const char *usec, const char *for_pid, int64_t pid)
{
	struct err e = ERR_INIT;
	int64_t asked, whose;

	if (!usec || parse_int(&asked, span_of(usec), 1, INT64_MAX, &e) == -1)
		return 0;
	if (for_pid && (parse_int(&whose, span_of(for_pid), 0, INT64_MAX, &e) == -1 || whose != pid))
		return 0;
	return asked < 4000 ? 1 : (uint64_t)asked / 2000;
}

void notify_open(struct notify *n, struct uv_loop_s *loop)
{
	const char *socket_name = getenv("NOTIFY_SOCKET");

	*n = (struct notify){ .fd = -1, .loop = loop };
	if (!socket_name)
		return;
	n->address_size = notify_address(socket_name, &n->address);
	if (n->address_size)
		n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	n->watchdog_ms = notify_watchdog_ms(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"), getpid());
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void notify_close(struct notify *n)
{
	timer_cancel(&n->timer);
	if (n->fd != -1)
		close(n->fd);
	n->fd = -1;
}

/* A message that does not arrive is the manager's to miss: the watchdog is the answer to that. */
static void tell(struct notify *n, const char *message)
{
	ssize_t sent;

	if (n->fd == -1)
		return;
	sent = sendto(n->fd, message, strlen(message), MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)&n->address,
		      n->address_size);
	(void)sent;
}

static void on_watchdog(struct timer *t)
{
	struct notify *n = container_of(t, struct notify, timer);

	tell(n, "WATCHDOG=1");
	timer_start(&n->timer, n->loop, n->watchdog_ms, on_watchdog);
}

void notify_ready(struct notify *n)
{
	tell(n, "READY=1");
	if (n->fd != -1 && n->watchdog_ms)
		timer_start(&n->timer, n->loop, n->watchdog_ms, on_watchdog);
}

void notify_stopping(struct notify *n)
{
	tell(n, "STOPPING=1");
}

void notify_status(struct notify *n, const char *text)
{
	char message[STATUS_MAX + 16];

	snprintf(message, sizeof(message), "STATUS=%.*s", STATUS_MAX, text);
	for (char *p = message; *p; p++)
		if (*p == '\n')
			*p = ' '; /* a line more would be another variable */
	tell(n, message);
}
