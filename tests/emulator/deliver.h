/* SPDX-License-Identifier: MIT */
/* deliver.h - puts a finished reply on the wire, whole or broken as the fault says. */
#ifndef EMU_DELIVER_H
#define EMU_DELIVER_H

#include <microhttpd.h>

#include "request.h"

enum MHD_Result deliver(struct request *r);

#endif
