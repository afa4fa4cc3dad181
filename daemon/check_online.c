/* SPDX-License-Identifier: MIT */
/* What Entra and Partner Center have answered. */
#include "daemon/check.h"

#include "partner/pc_error.h"

#include <stdlib.h>
#include <string.h>

#define LOGIN ", then run csp-usaged login"
#define ROLES "give the account " PC_ROLES LOGIN
#define MISFIT "give the account " PC_ROLES ": Global admin with Sales agent does not suffice" LOGIN

/* A refusal of the network's kind is not one of the configuration, whatever file it may lie in. */
static void refused(struct check_line *l, const struct err *e)
{
	check_fail_err(l, e);
	if (l->kind == ERR_CONFIG)
		l->kind = ERR_REMOTE;
}

void check_clock(struct check *c, struct check_line *l)
{
	static const char remedy[] = "set the clock, and let it be kept: timedatectl set-ntp true";
	const struct probe_facts *f = &c->facts;
	long long skew = (long long)f->skew_s;
	const char *side = skew < 0 ? "behind" : "ahead of";

	if (f->clock.state != PROBE_ANSWERED)
		check_not_tried(l, "not tried: the sign-in service did not answer");
	else if (!f->dated)
		check_not_tried(l, "not tried: the sign-in service's answer had no Date");
	else if (llabs(skew) > CHECK_SKEW_FAIL_S)
		check_fail(l, "E-CHECK-CLOCK", remedy, "%lld s %s the sign-in service", llabs(skew), side);
	else if (llabs(skew) > CHECK_SKEW_WARN_S)
		check_warn(l, "E-CHECK-CLOCK", remedy, "%lld s %s the sign-in service", llabs(skew), side);
	else
		check_ok(l, "within %d s of the sign-in service's", CHECK_SKEW_WARN_S);
}

void check_sign_in(struct check *c, struct check_line *l)
{
	const struct probe_facts *f = &c->facts;
	struct err e = f->clock.err;

	err_wrap(&e, "%s", c->config.login_url);
	if (f->clock.state == PROBE_REFUSED)
		refused(l, &e);
	else if (f->token.state == PROBE_REFUSED)
		refused(l, &f->token.err);
	else
		check_ok(l, "%s", c->config.auth == CONFIG_AUTH_APP ? "a token for the app" : "a token by the consent");
}

/* What comes after a sign-in makes no sense without one. True when L says so. */
static bool lacks_token(const struct check *c, struct check_line *l)
{
	if (c->facts.token.state == PROBE_ANSWERED)
		return false;
	check_not_tried(l, "not tried: sign-in failed");
	return true;
}

void check_mfa(struct check *c, struct check_line *l)
{
	if (lacks_token(c, l))
		return;
	if (c->config.auth == CONFIG_AUTH_APP)
		check_ok(l, "not needed: auth = app");
	else if (c->facts.mfa == 1)
		check_ok(l, "the token has the claim");
	else if (c->facts.mfa == 0)
		check_warn(l, "E-CHECK-MFA", "run csp-usaged login, and sign in with multi-factor authentication",
			   "the token does not have the claim: Partner Center refuses that, or is about to");
	else
		check_ok(l, "can't be told from the token; Partner Center would say so");
}

/* Whether a refusal is one that another role may cure. */
static bool is_role(const struct probe_outcome *o)
{
	static const char *const codes[] = { "E-PC-900150", "E-PC-900308", "E-PC-HTTP-403" };

	for (size_t i = 0; i < countof(codes) && o->state == PROBE_REFUSED; i++)
		if (strcmp(o->err.code, codes[i]) == 0)
			return true;
	return false;
}

/* A refusal, with the role that would be needed in place of the general remedy. */
static void refused_for_role(struct check_line *l, const struct probe_outcome *o, const char *remedy)
{
	refused(l, &o->err);
	if (!is_role(o))
		return;
	l->kind = ERR_AUTH;
	snprintf(l->remedy, sizeof(l->remedy), "%s", remedy);
}

void check_customers(struct check *c, struct check_line *l)
{
	const struct probe_facts *f = &c->facts;

	if (lacks_token(c, l))
		return;
	if (f->customers.state == PROBE_REFUSED)
		refused_for_role(l, &f->customers, ROLES);
	else if (f->list_count == 0)
		check_warn(l, "E-CHECK-EMPTY", "compare tenant_id, and include_customers and exclude_customers, with Partner Center",
			   "%zu are listed, and none of them is a reseller's customer that a run would read", f->customers_listed);
	else
		check_ok(l, "%zu, of %zu listed", f->list_count, f->customers_listed);
}

void check_subscriptions(struct check *c, struct check_line *l)
{
	const struct probe_facts *f = &c->facts;

	if (lacks_token(c, l))
		return;
	if (f->subscriptions.state == PROBE_UNTRIED)
		check_not_tried(l, "not tried: there is no customer to ask for");
	else if (f->subscriptions.state == PROBE_REFUSED)
		refused_for_role(l, &f->subscriptions, ROLES);
	else if (f->customers_refused)
		check_warn(l, f->refusal.code, f->refusal.remedy, "%zu, but those of %zu of %zu customers could not be listed: %s", f->sub_count,
			   f->customers_refused, f->customers_asked, f->refusal.text);
	else
		check_ok(l, "%zu, of %zu customers%s", f->sub_count, f->customers_asked,
			 f->customers_asked < f->list_count ? "; check --full asks for all" : "");
}

void check_usage(struct check *c, struct check_line *l)
{
	const struct probe_facts *f = &c->facts;
	char id[GUID_TEXT_MAX];

	if (lacks_token(c, l))
		return;
	guid_print(f->usage_of, id);
	if (f->usage.state == PROBE_UNTRIED && f->subscriptions.state != PROBE_ANSWERED)
		check_not_tried(l, "not tried: there is no subscription to ask for");
	else if (f->usage.state == PROBE_UNTRIED)
		check_not_tried(l, "not tried: none of these subscriptions is one that the utilization API serves%s",
				f->customers_asked < f->list_count ? "; check --full asks for all" : "");
	else if (f->usage.state == PROBE_REFUSED && f->usage_passed_over == f->usage_asked)
		check_warn(l, f->usage.err.code, f->usage.err.remedy, "the API answers, and serves none of %zu subscriptions, last %s: %s", f->usage_asked, id,
			   f->usage.err.text);
	else if (f->usage.state == PROBE_REFUSED)
		refused_for_role(l, &f->usage, f->customers.state == PROBE_ANSWERED ? MISFIT : ROLES);
	else if (f->usage_not_ready)
		check_ok(l, "the API answers; the newest day of %s is not ready yet", id);
	else
		check_ok(l, "%llu rows on the first page of the newest day of %s", (unsigned long long)f->usage_rows, id);
}

void check_rates(struct check *c, struct check_line *l)
{
	const struct probe_facts *f = &c->facts;

	if (lacks_token(c, l))
		return;
	if (f->rates.state == PROBE_REFUSED)
		refused_for_role(l, &f->rates, f->customers.state == PROBE_ANSWERED ? MISFIT : ROLES);
	else if (f->currency[0] && strcmp(f->currency, c->config.currency) != 0)
		check_fail(l, "E-RATES-CURRENCY", "set [partner_center] currency to one that your partner account is billed in",
			   "it comes in %s, and %s is configured", f->currency, c->config.currency);
	else if (!f->has_meters)
		check_warn(l, "E-CHECK-EMPTY", "check [partner_center] region and currency", "the card of %s, %s has no meters", c->config.region,
			   c->config.currency);
	else
		check_ok(l, "it comes for %s, %s", c->config.region, c->config.currency);
}

/* The four together tell which roles the account has; Partner Center itself says no more than "no". */
void check_roles(struct check *c, struct check_line *l)
{
	const struct probe_facts *f = &c->facts;
	bool lists = is_role(&f->customers) || is_role(&f->subscriptions), usage = is_role(&f->usage), rates = is_role(&f->rates);

	if (lacks_token(c, l))
		return;
	if (lists)
		check_fail_person(l, "E-CHECK-ROLE", ROLES, "customers and subscriptions are closed to this account%s: no agent's role",
				  rates ? ", and prices are" : "");
	else if (usage || rates)
		check_fail_person(l, "E-CHECK-ROLE", MISFIT, "customers are open to this account, %s not: as Global admin with Sales agent has it",
				  usage && rates ? "usage and prices are" : usage ? "usage is" : "prices are");
	else if (f->customers.state != PROBE_ANSWERED || f->subscriptions.state == PROBE_REFUSED ||
		 f->rates.state != PROBE_ANSWERED || (f->usage.state == PROBE_REFUSED && f->usage_passed_over < f->usage_asked))
		check_not_tried(l, "can't be told: not every call was answered");
	else
		check_ok(l, "customers, subscriptions, %sprices: open", f->usage.state == PROBE_ANSWERED ? "usage, " : "");
}
