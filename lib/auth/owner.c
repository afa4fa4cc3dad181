/* SPDX-License-Identifier: MIT */
#include "auth/owner.h"

#include <pwd.h>
#include <stdio.h>

#define ENTRY_MAX 4096

void owner_name(uid_t uid, char text[OWNER_NAME_MAX])
{
	char room[ENTRY_MAX];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 && found)
		snprintf(text, OWNER_NAME_MAX, "%s", found->pw_name);
	else
		snprintf(text, OWNER_NAME_MAX, "#%u", (unsigned)uid);
}
