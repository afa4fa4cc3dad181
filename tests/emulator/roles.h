/* SPDX-License-Identifier: MIT */
/* roles.h - which resource the roles of the user open. The combinations are those of Microsoft's and the partners' texts; where
 * they differ, what every text accepts is accepted. */
#ifndef EMU_ROLES_H
#define EMU_ROLES_H

#include "request.h"

/* 0 when the list has only roles that exist (separated by blanks). */
int roles_check(const char *list, struct err *e) MUST_CHECK;
/* -1 with a refusal in the reply when the user's roles don't open the resource. */
int roles_refuse(struct request *r);
/* "wids":[...], of an access token: the directory roles among them; Partner Center's own are no part of a token. */
void roles_put_claim(const char *list, struct text *out);

#endif
