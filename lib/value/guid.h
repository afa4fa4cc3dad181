/* SPDX-License-Identifier: MIT */
/* guid.h - GUIDs as 16 bytes: endpoints print the same id in different case, so text is never compared. */
#ifndef VALUE_GUID_H
#define VALUE_GUID_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>

#define GUID_TEXT_MAX 37

struct guid {
	unsigned char b[16]; /* in the order printed */
};

/* 8-4-4-4-12 hex digits in any case, whole text. */
int guid_parse(struct guid *g, struct span text, struct err *e) MUST_CHECK;
void guid_print(struct guid g, char text[GUID_TEXT_MAX]); /* lower case */
bool guid_equal(struct guid a, struct guid b);
bool guid_is_zero(struct guid g);
/* A random (version 4) GUID from the kernel: request and correlation ids. */
struct guid guid_random(void);

#endif
