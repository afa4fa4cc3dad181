/* SPDX-License-Identifier: MIT */
/* scope.h - the list of subscriptions that finance has: a text with one id a line, or a CSV.
 *
 * Separated by comma, semicolon or tab, fields in quotes or not. A first line without any id is a header: the column that it calls
 * subscription id (subscriptionId, "Subscription ID", azureSubscriptionId, entitlementId...) is the one that is read; without such a
 * header, of each line the first field that is a GUID. Blank lines and lines that begin with "#" are passed over, as is a BOM;
 * line ends may be CRLF. A subscription may stand there more than once. */
#ifndef DAEMON_SCOPE_H
#define DAEMON_SCOPE_H

#include "base/err.h"
#include "base/span.h"
#include "value/guid.h"

#include <stddef.h>

#define SCOPE_BYTES_MAX ((size_t)64 << 20) /* a year's invoice lines of a large partner */

struct scope_id {
	struct guid id;
	unsigned line; /* the first that names it, from 1 */
};

struct scope { /* zeroed, then freed by scope_fini */
	struct scope_id *ids; /* in the order of the ids, each once */
	size_t count;
};

/* ERR_CONFIG with FILE and line when a line has no id, there is none at all, or the file can't be read. */
int scope_read(struct scope *s, const char *file, struct err *e) MUST_CHECK;
/* The same of TEXT; FILE is for the error. */
int scope_parse(struct scope *s, const char *file, struct span text, struct err *e) MUST_CHECK;
void scope_fini(struct scope *s);
/* The order of the ids. */
int scope_compare(struct guid a, struct guid b);

#endif
