/* SPDX-License-Identifier: MIT */
/* explain_event.h - `explain run.done`: what an event of the log means, from the lines of events.h. */
#ifndef DAEMON_EXPLAIN_EVENT_H
#define DAEMON_EXPLAIN_EVENT_H

#include <stdbool.h>
#include <stdio.h>

/* Prints what the event NAME means ("run.done", or "event=run.done" as a line has it) to OUT. False, and nothing printed, when there is
 * none of that name. */
bool explain_event(const char *name, FILE *out);
/* All events, a line each. */
void explain_event_list(FILE *out);

#endif
