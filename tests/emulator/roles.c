/* SPDX-License-Identifier: MIT */
#include "roles.h"

#include <stdlib.h>
#include <string.h>

#include "entra.h"
#include "partner_error.h"

static const struct {
	const char *name, *wid;		/* wid: template of a directory role, NULL of Partner Center's own */
} roles[] = {
	{"admin_agent", NULL},
	{"sales_agent", NULL},
	{"helpdesk_agent", NULL},
	{"developer", NULL},
	{"billing_admin", "b0f54661-2d74-4c50-afa3-1ec803f12efe"},
	{"global_admin", "62e90394-69f5-4237-9190-012177145e10"},
	{"user_admin", "fe930be7-5e62-47db-91af-98c3a49a38b1"},
};
#define ROLE_COUNT (sizeof(roles) / sizeof(roles[0]))

int
roles_check(const char *list, struct err *e)
{
	char *copy = mem_dup(list), *save = NULL;
	int rc = 0;

	for (char *p = strtok_r(copy, " ", &save); p != NULL && rc == 0; p = strtok_r(NULL, " ", &save)) {
		size_t i = 0;

		while (i < ROLE_COUNT && strcmp(roles[i].name, p) != 0)
			i++;
		if (i == ROLE_COUNT)
			rc = err_set(e, "[partner] roles: '%s' is none; allowed: admin_agent sales_agent helpdesk_agent developer billing_admin "
			    "global_admin user_admin", p);
	}
	free(copy);
	return rc;
}

/* Lists of customers and subscriptions: any agent, and who sees the bills. */
static int
opens_lists(const char *have)
{
	return entra_has_word(have, "admin_agent") || entra_has_word(have, "sales_agent") || entra_has_word(have, "helpdesk_agent") ||
	    entra_has_word(have, "billing_admin");
}

/* Usage and prices: Admin agent, or Billing admin together with Sales agent; Global admin adds nothing. */
static int
opens_usage(const char *have)
{
	return entra_has_word(have, "admin_agent") || (entra_has_word(have, "billing_admin") && entra_has_word(have, "sales_agent"));
}

static int
is_open(const struct request *r)
{
	const struct partner_conf *p = &r->world->s.partner;

	if (r->kind == KIND_CUSTOMERS || r->kind == KIND_SUBSCRIPTIONS)
		return opens_lists(p->roles);
	if (r->kind == KIND_RATECARD)
		return p->role_missing_on != ROLE_MISSING_RATECARD && opens_usage(p->roles);
	if (r->kind == KIND_UTILIZATION)
		return p->role_missing_on != ROLE_MISSING_UTILIZATION && opens_usage(p->roles);
	return 1;
}

int
roles_refuse(struct request *r)
{
	if (is_open(r))
		return 0;
	if (r->world->s.partner.role_refusal == ROLE_REFUSAL_CODE) {
		partner_error(r, 900150, 0);
		return -1;
	}
	reply_json(r, 403);
	text_puts(&r->reply.body, "{\"message\":\"The supplied role does not have the rights to perform the requested operation.\"}");
	return -1;
}

void
roles_put_claim(const char *list, struct text *out)
{
	const char *comma = "";

	text_puts(out, "\"wids\":[");
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		if (roles[i].wid == NULL || !entra_has_word(list, roles[i].name))
			continue;
		text_printf(out, "%s\"%s\"", comma, roles[i].wid);
		comma = ",";
	}
	text_puts(out, "],");
}
