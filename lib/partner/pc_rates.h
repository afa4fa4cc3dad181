/* SPDX-License-Identifier: MIT */
/* pc_rates.h - a rate card, decoded meter by meter as its bytes arrive (it may have hundreds of MB). Same rules as pc_usage.h. */
#ifndef PARTNER_PC_RATES_H
#define PARTNER_PC_RATES_H

#include "partner/model.h"

struct pc_rates;
struct pc_stream;

typedef int pc_rate_fn(struct pc_rates *d, const struct rate *rate, struct err *e);

struct pc_rates {
	pc_rate_fn *on_rate;
	struct pc_stream *stream;
	uint64_t meters;
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
