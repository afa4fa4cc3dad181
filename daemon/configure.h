/* SPDX-License-Identifier: MIT */
/* configure.h - the configuration read and put in force: log level and time zone. Once, before any thread exists. */
#ifndef DAEMON_CONFIGURE_H
#define DAEMON_CONFIGURE_H

#include "base/err.h"

struct config;
struct options;

/* C, which may hold anything, needs config_fini after success alone. */
int configure(struct config *c, const struct options *options, struct err *e) MUST_CHECK;

#endif
