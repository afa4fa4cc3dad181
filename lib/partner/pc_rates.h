/* SPDX-License-Identifier: MIT */
/* pc_rates.h - a rate card, decoded meter by meter as its bytes arrive (it may have hundreds of MB). Same rules as pc_usage.h
 * ("meter 17: rates: missing", code E-FORMAT-RATES). A meter whose `rates` is {} is handed out with tier_count 0: it has no price.
 * The card's own members may stand behind the meters: they are complete only after pc_rates_end. A card without a currency is
 * refused. */
#ifndef PARTNER_PC_RATES_H
#define PARTNER_PC_RATES_H

#include "partner/model.h"

struct pc_rates;
struct pc_stream;

/* Gets each meter in the order of the card; -1 with ERR ends it. RATE is borrowed until return. */
typedef int pc_rate_fn(struct pc_rates *d, const struct rate *rate, struct err *e);

struct pc_rates {
	pc_rate_fn *on_rate;
	struct pc_stream *stream;
	uint64_t meters; /* handed out and taken so far */
	char locale[16], currency[8];
	bool tax_included;
	char *offer_terms; /* raw JSON of offerTerms, or NULL */
	bool done;
};

void pc_rates_init(struct pc_rates *d, pc_rate_fn *on_rate);
void pc_rates_fini(struct pc_rates *d);
void pc_rates_reset(struct pc_rates *d);
int pc_rates_feed(struct pc_rates *d, struct span bytes, struct err *e) MUST_CHECK;
int pc_rates_end(struct pc_rates *d, struct err *e) MUST_CHECK;

#endif
