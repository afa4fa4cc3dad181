/* SPDX-License-Identifier: MIT */
/* owner.h - the name of a file's owner, for messages. */
#ifndef AUTH_OWNER_H
#define AUTH_OWNER_H

#include <sys/types.h>

#define OWNER_NAME_MAX 64

/* The user's name, or "#1234" when there is none. */
void owner_name(uid_t uid, char text[OWNER_NAME_MAX]);

#endif
