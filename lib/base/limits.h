/* SPDX-License-Identifier: MIT */
/* limits.h - every size that somebody outside can choose, one line and one reason each. Over a limit is an error that names it. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define LIMIT_SMALL_BODY_BYTES ((size_t)16 << 20)   /* documents read whole: customers, subscriptions, tokens, errors */
#define LIMIT_ERROR_BODY_BYTES ((size_t)64 << 10)   /* what is kept of an error answer */
#define LIMIT_PAGE_BYTES ((uint64_t)64 << 20)       /* one page of usage, decompressed: 1,000 records were measured at 0.8 MB */
#define LIMIT_RATECARD_BYTES ((uint64_t)512 << 20)  /* a rate card, decompressed: 1.5 MB in 2017, tens of MB today */
#define LIMIT_ITEM_BYTES ((size_t)1 << 20)          /* one usage record or meter: measured below 2 kB */
#define LIMIT_CHUNK_BYTES ((size_t)128 << 10)       /* bytes handed to the worker at a time */
#define LIMIT_CHUNKS_WAITING 2                      /* chunks of one transfer in the worker's queue before it is paused */
#define LIMIT_HEADER_BYTES ((size_t)64 << 10)       /* all headers of one answer */
#define LIMIT_LINK_BYTES ((size_t)8 << 10)          /* the uri of a next link */
#define LIMIT_LINK_HEADERS 8                        /* headers that a next link asks to send */
#define LIMIT_CONTINUATION_BYTES ((size_t)16 << 10) /* one continuation token */
#define LIMIT_PAGES 20000                           /* pages of one collection: 20 million records of one slice */
#define LIMIT_JSON_DEPTH 32                         /* nesting of any document: usage records have 4 */
#define LIMIT_TEXT_BYTES ((size_t)64 << 10)         /* one text or raw JSON value of a record (tags, additionalInfo) */
#define LIMIT_TIERS 64                              /* thresholds of one meter: 3 seen */
#define LIMIT_CUSTOMERS 100000                      /* customers of one partner */
#define LIMIT_SUBSCRIPTIONS 10000                   /* subscriptions of one customer */
#define LIMIT_TOKEN_BYTES ((size_t)64 << 10)        /* an access or refresh token */
#define LIMIT_CONSENT_BYTES ((size_t)128 << 10)     /* the token file: a token, sealed, and who consented */
#define LIMIT_FORM_BYTES ((size_t)512 << 10)        /* what is posted to the sign-in service: a token and a secret, each byte as three */
#define LIMIT_LOOPBACK_BYTES ((size_t)64 << 10)     /* head of a request to the sign-in's redirect: cookies of other local servers are in it */
#define LIMIT_LOOPBACK_HEADERS 100                  /* header lines of it: browsers send 15 */
#define LIMIT_LOOPBACK_CONNECTIONS 16               /* connections to it at a time: browsers open 2 or 3 */
#define LIMIT_REDIRECT_BYTES ((size_t)32 << 10)     /* a code, or an error, in the address that the sign-in ends on: 1 to 2 kB seen */
#define LIMIT_RETRY_AFTER_S 1800                    /* longest wait that we accept to be told within a run */

#endif
