/* SPDX-License-Identifier: MIT */
/* pc_device.h - the documents of the device-code flow (RFC 8628; Entra v1 and v2): the code to show, and what the token endpoint says
 * while nobody has entered it. */
#ifndef PARTNER_PC_DEVICE_H
#define PARTNER_PC_DEVICE_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

#define PC_DEVICE_CODE_MAX 33 /* of the code that a person types; 9 seen */
#define PC_DEVICE_URI_MAX 257

struct pc_device {
	char *device_code; /* heap, wiped by fini */
	char user_code[PC_DEVICE_CODE_MAX]; /* letters, digits, "-" */
	char verification_uri[PC_DEVICE_URI_MAX]; /* https (http: on this machine), visible ASCII; verification_url of v1 */
	int64_t expires_in_s; /* number or numeric string, clamped to 60..3600 */
	int64_t interval_s;   /* the same, 1..60; 5 when absent, as the RFC says */
};

/* ERR_FORMAT, E-FORMAT-DEVICE; no error holds a byte of the device code. */
int pc_device_decode(struct pc_device *d, struct span body, struct err *e) MUST_CHECK;
void pc_device_fini(struct pc_device *d);

enum pc_device_answer { /* to an answer that is not 2xx */
	PC_DEVICE_PENDING,      /* ask again after the interval */
	PC_DEVICE_SLOW_DOWN,    /* the same, and from now on 5 s more apart */
	PC_DEVICE_AUTHENTICATE, /* invalid_client: the application is not one that may ask without its credential */
	PC_DEVICE_END,          /* declined, expired, or anything else: pc_token_error says what */
};
enum pc_device_answer pc_device_judge(struct span body);

#endif
