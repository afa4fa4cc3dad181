/* SPDX-License-Identifier: MIT */
/* ratebook.h - which rate applies to a purchase, and the rates of the meters in use, read from the database on demand. */
#ifndef STORE_RATEBOOK_H
#define STORE_RATEBOOK_H

#include "base/err.h"
#include "billing/rating.h"
#include "value/decimal.h"

#include <stdbool.h>
#include <stdint.h>

struct store;
struct ratebook;

enum rating_status { RATING_RATED, RATING_UNPRICED, RATING_UNIT_MISMATCH, RATING_FUTURE_PRICE };

struct card_range { /* the cards that had a version of a price; last: INT64_MAX while the newest card has it */
	int64_t first, last;
};

struct book_rate { /* owned by the ratebook, valid until ratebook_forget or the next lookup that has to make room */
	int64_t id;
	int64_t effective; /* instant */
	char *unit;
	struct rating_rate rate;
	struct rating_tier *tiers;
	size_t range_count;
	struct card_range *ranges; /* the newest first */
};

struct rating_choice {
	enum rating_status status;
	const struct book_rate *rate; /* also of a unit mismatch; else NULL unless rated */
	bool banded; /* the meter's purchases depend on each other */
};

struct ratebook *ratebook_new(void);
void ratebook_free(struct ratebook *book);
/* The rates have changed, or the meters' ids. */
void ratebook_forget(struct ratebook *book);

#define EVERY_CARD INT64_MAX

/* The rule: of all versions seen up to the card UP_TO the one with the newest effective date that is not after the usage day; among
 * those of one date the one seen last, as of that card. Its unit must be the purchase's (of product PRODUCT_ID). */
int ratebook_choose(struct store *s, int64_t meter_id, int64_t product_id, int64_t usage_start, int64_t up_to,
		    struct rating_choice *choice, struct err *e) MUST_CHECK;

/* Whether any rate of the meter ever seen has several tiers or an included quantity. */
int ratebook_banded(struct store *s, int64_t meter_id, bool *banded, struct err *e) MUST_CHECK;

/* The unit in which a product's usage is counted; borrowed until the next call. */
int ratebook_unit(struct store *s, int64_t product_id, const char **unit, struct err *e) MUST_CHECK;

/* Whether two products are counted in one unit. */
int ratebook_same_unit(struct store *s, int64_t a, int64_t b, bool *same, struct err *e) MUST_CHECK;

#endif
