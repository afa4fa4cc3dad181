/* SPDX-License-Identifier: MIT */
/* notify.h - tells systemd how the daemon is (sd_notify): READY, STATUS, STOPPING, and the watchdog's sign of life from the loop.
 * Nothing happens when no service manager listens. */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include "net/timer.h"

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct uv_loop_s;

#define NOTIFY_INIT { .fd = -1 }

struct notify {
	int fd; /* -1: nobody listens */
	struct sockaddr_un address;
	socklen_t address_size;
	uint64_t watchdog_ms; /* between two signs of life; 0: none wanted */
	struct uv_loop_s *loop;
	struct timer timer;
};

/* The address from the environment (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID), which is cleared: no child shall use it. */
void notify_open(struct notify *n, struct uv_loop_s *loop);
void notify_close(struct notify *n);
void notify_ready(struct notify *n);    /* and the watchdog starts */
void notify_stopping(struct notify *n);
/* One line for `systemctl status`. */
void notify_status(struct notify *n, const char *text);

/* An address as in NOTIFY_SOCKET ("/path" or "@abstract") into its binary form; 0 when it is neither. Pure. */
socklen_t notify_address(const char *text, struct sockaddr_un *address);
/* Milliseconds between signs of life for WATCHDOG_USEC and WATCHDOG_PID (NULL when not set): half of what is asked. Pure. */
uint64_t notify_watchdog_ms(const char *usec, const char *for_pid, int64_t pid);

#endif
