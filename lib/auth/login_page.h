/* SPDX-License-Identifier: MIT */
/* login_page.h - the page that the browser ends on: how it went and what to do next. Whatever comes from outside is escaped; there is
 * no script in it, no token and no code. */
#ifndef AUTH_LOGIN_PAGE_H
#define AUTH_LOGIN_PAGE_H

#include "base/buf.h"
#include "base/err.h"

/* E of kind ERR_NONE: WHO (a name, may be empty) has consented. Appends to PAGE, which has room for LOOPBACK_PAGE_MAX. */
void login_page_end(struct buf *page, const struct err *e, const char *who);
/* For a request that is no answer to the sign-in: it goes on waiting. */
void login_page_refuse(struct buf *page, const struct err *e);

#endif
