/* SPDX-License-Identifier: MIT */
/* consent_view.h - what those who may read the token file can be told of the consent; never the token. */
#ifndef DAEMON_CONSENT_VIEW_H
#define DAEMON_CONSENT_VIEW_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define CONSENT_VIEW_WHO_MAX 1025

struct config;

struct consent_view {
	bool needed;    /* not with auth = app */
	struct err err; /* why nothing is known */
	char user[CONSENT_VIEW_WHO_MAX], tenant[CONSENT_VIEW_WHO_MAX]; /* "": not known */
	int64_t given_at, renewed_at, lapses_at;                       /* instants, 0: not known */
	int mfa;                                                       /* 1, 0, -1: not known */
};

void consent_view_read(struct consent_view *v, const struct config *config);

#endif
