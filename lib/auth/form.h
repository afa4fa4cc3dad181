/* SPDX-License-Identifier: MIT */
/* form.h - application/x-www-form-urlencoded, a field at a time. A buf wipes what it leaves behind when it grows, so a form may hold
 * secrets; it ends with buf_fini_secret. */
#ifndef AUTH_FORM_H
#define AUTH_FORM_H

#include "base/buf.h"

/* Appends NAME=VALUE with VALUE encoded, "&" in front when there is something already. -1 when the buffer's maximum is reached. */
int form_add(struct buf *form, const char *name, struct span value) MUST_CHECK;

#endif
