/* SPDX-License-Identifier: MIT */
#include "billing/rules.h"

#include "base/util.h"

/* Where Microsoft is silent (tier_period, included_quantity) the rule is ours: it is printed so that it can be argued with. */
static const struct billing_rule rules[] = {
	{ "tier_period", "A tier fills per subscription, meter and billing period, in the order usage_start, reported_day, "
			 "purchase_reference; the period of a purchase is that of its usage day (a correction fills the tiers of that one, "
			 "too)." },
	{ "tiers", "Tiers are graduated: each part of a quantity is charged at the price of the band it falls in, the bands "
		   "being [from, to) without gaps." },
	{ "included_quantity", "The included quantity is free and is taken first in each billing period; the thresholds of the tiers count "
			       "from its end." },
	{ "rounding", "Amounts are exact to 1e-9 of the currency unit, rounded half away from zero once per rating band." },
	{ "price_date", "The price of a usage day is the rate with the newest effective date that is not after that day; of several versions "
			"of one date the one seen last before the billing period was closed." },
	{ "unpriced", "Usage without a price has no amount (NULL), never the amount zero." },
	{ "closed_periods", "A billing period is closed settle_days after its end, once every day of it was read, or when a person closes it "
			    "(csp-usaged close), and does not change any more; csp-usaged reopen takes that back. "
			    "What comes later of its usage is a correction: a purchase of its own, in the billing period of the day on which it "
			    "comes, with the difference as its quantity and amount." },
	{ "corrections", "A correction is priced by the rates seen before its usage's period was closed, in the tiers behind the purchases of "
			 "that period and the corrections of it that were booked before; usage that had no price then gets the first price that appears." },
	{ "offer_terms", "The 15 % of the rate card's offer terms is already inside its rates and is not applied again." },
};

const struct billing_rule *billing_rules(size_t *count)
{
	*count = countof(rules);
	return rules;
}
