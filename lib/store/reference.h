/* SPDX-License-Identifier: MIT */
/* reference.h - a purchase_reference taken apart: SUBSCRIPTION:YYYYMMDD:YYYYMMDDTHHMMSSZ+SECONDS:METER:RESOURCE:ORDINAL, and of a
 * correction ":cYYYYMM" behind it. The parts, in the order of the text: the subscription ("~" and the customer behind it when it moved),
 * the reported day, start and length of the usage, the meter, the digest of the resource, the place among rows that look alike, and the
 * billing period that a correction is booked in. */
#ifndef STORE_REFERENCE_H
#define STORE_REFERENCE_H

#include "base/err.h"
#include "base/span.h"
#include "value/guid.h"

#include <stdint.h>

#define REFERENCE_DIGEST_BYTES 16

struct reference {
	char subscription[2 * GUID_TEXT_MAX]; /* subscription.reference */
	int32_t reported_day;
	int64_t usage_start, usage_end; /* instants */
	char meter[GUID_TEXT_MAX];
	unsigned char resource[REFERENCE_DIGEST_BYTES];
	int64_t ordinal;
	int32_t booked; /* year * 100 + month; 0: not a correction */
};

/* ERR_CONFIG when TEXT is none, with what one looks like as the remedy. GUIDs and digests may be in capitals. */
int reference_parse(struct reference *r, struct span text, struct err *e) MUST_CHECK;

#endif
