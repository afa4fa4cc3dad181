/* SPDX-License-Identifier: MIT */
#include "daemon/explain_event.h"

#include "base/util.h"

#include <string.h>

#define PREFIX "event="
#define COLUMN 34 /* as in the list of codes, which stands above this one */

static const struct {
	const char *name, *level, *meaning;
} events[] = {
#include "event_rows.h" /* made from events.h */
};

bool explain_event(const char *name, FILE *out)
{
	if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
		name += strlen(PREFIX);
	for (size_t i = 0; i < countof(events); i++) {
		if (strcmp(events[i].name, name) != 0)
			continue;
		fprintf(out, "%s\n  meaning  %s\n  level    %s\n", name, events[i].meaning, events[i].level);
		return true;
	}
	return false;
}

void explain_event_list(FILE *out)
{
	for (size_t i = 0; i < countof(events); i++)
		fprintf(out, "%-*s %s\n", COLUMN, events[i].name, events[i].meaning);
}
