/* SPDX-License-Identifier: MIT */
/* control.h - /emulator/: counters, health, and a scenario that changes between two runs. For tests; needs no token. */
#ifndef EMU_CONTROL_H
#define EMU_CONTROL_H

#include "request.h"

void control_answer(struct request *r);

#endif
