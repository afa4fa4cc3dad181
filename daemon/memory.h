/* SPDX-License-Identifier: MIT */
/* memory.h - the process's memory as a whole: not written to a swap partition, and given back when a run is over. */
#ifndef DAEMON_MEMORY_H
#define DAEMON_MEMORY_H

/* Before any thread. Failures are not fatal. */
void memory_setup(void);
/* What was freed goes back to the system. Takes milliseconds: not for the loop. */
void memory_give_back(void);

#endif
