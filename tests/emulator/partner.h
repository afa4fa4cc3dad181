/* SPDX-License-Identifier: MIT */
/* partner.h - the Partner Center side: who may call, and the documents it answers with. */
#ifndef EMU_PARTNER_H
#define EMU_PARTNER_H

#include "request.h"
#include "usage.h"

/* Which of our resources the path names, from its segments alone. */
enum request_kind partner_kind(const struct request *r);
/* Answers an API request: authorization first, then the resource. */
void partner_answer(struct request *r);

void customers_answer(struct request *r);
void customer_answer(struct request *r);
void subscriptions_answer(struct request *r);
void subscription_answer(struct request *r);
void utilization_answer(struct request *r);
void ratecard_answer(struct request *r);

/* The customer of segment 2, or a refusal in the reply and -1. c is NULL for a recorded customer. */
int partner_customer(struct request *r, char id[37], const struct customer **c);
/* "next":{...} with the scenario's form of uri; path has no leading slash. */
void partner_next_link(struct request *r, const char *path, const char *token);
/* Position of a page from its token, for faults: 1 when there is none. */
int64_t customers_page(const struct request *r);
int64_t utilization_page(const struct request *r);

/* cursor.c: an enumeration of usage as its continuation token. */
struct cursor {
	struct usage_query q;
	char start[24], end[24];	/* floored, as printed in links: 2018-07-21T00:00:00Z */
	struct usage_position pos;
	size_t size;
	uint32_t page;
};

/* Sets start, end and the reported days of a window, floored to days or, for hourly, to hours. */
void utilization_window(struct cursor *c, int64_t from_seconds, int64_t to_seconds);
void cursor_token(const struct world *w, const struct cursor *c, struct text *out);
/* Reads a token back; it must be byte for byte what cursor_token makes, for this subscription. */
int cursor_parse(const struct world *w, const struct subscription *sub, const char *token, struct cursor *c) MUST_CHECK;

#endif
