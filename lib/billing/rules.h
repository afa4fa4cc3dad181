/* SPDX-License-Identifier: MIT */
/* rules.h - the money rules in force, each a sentence: printed by `csp-usaged config` and by the database's schema_info. */
#ifndef BILLING_RULES_H
#define BILLING_RULES_H

#include <stddef.h>

struct billing_rule {
	const char *name, *text;
};

const struct billing_rule *billing_rules(size_t *count);

#endif
