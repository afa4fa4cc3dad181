/* SPDX-License-Identifier: MIT */
/* browser.h - opens an address in the person's browser by xdg-open, where there is a browser. */
#ifndef DAEMON_BROWSER_H
#define DAEMON_BROWSER_H

#include <stdbool.h>

struct uv_loop_s;
struct uv_process_s;

struct browser { /* zeroed */
	struct uv_process_s *process; /* private */
};

/* Whether there is a person at a screen: standard output is a terminal, there is a display, and we are not root, who has no business
 * in a browser. */
bool browser_is_there(void);
/* Whether it was started; how it fares is not looked at. It gets no input, no output, no more of our environment than a program on a
 * screen needs, and a session of its own, so that Ctrl-C is not for it. ADDRESS stands in its command line, which others can see. */
bool browser_open(struct browser *b, struct uv_loop_s *loop, const char *address);
/* It may live on; fine when never opened. */
void browser_forget(struct browser *b);

#endif
