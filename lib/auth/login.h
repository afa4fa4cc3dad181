/* SPDX-License-Identifier: MIT */
/* login.h - a person's consent (Secure Application Model): signs a user in, looks at who it is, makes one cheap call, and only then
 * puts the refresh token in the place of the one that is stored. Until that moment, and when it fails, nothing is changed.
 *
 * In a browser: authorization code with PKCE (RFC 7636) that comes back to a port of localhost (RFC 8252; loopback.h), or is pasted.
 * What comes back is believed only with the state that we sent. On another machine: a device code (RFC 8628), which is asked about at
 * the pace that the service wants, as a public client first (Microsoft's way), and with the application's credential when that is
 * refused. The device code and everything else secret is wiped after use and stands in no address.
 *
 * Accepted: the id_token's tenant is the configured one, and not that of personal accounts; there is a refresh token; Partner Center
 * answers GET /v1/customers?size=1. A request that gets no answer, or 429 or 5xx, is made LOGIN_TRIES times in all. Files are read and
 * written on a worker thread. */
#ifndef AUTH_LOGIN_H
#define AUTH_LOGIN_H

#include "auth/client.h"
#include "auth/consent.h"
#include "partner/pc_claims.h"

#define LOGIN_TRIES 5
#define LOGIN_WAIT_S 1800 /* for somebody to sign in, in a browser; a device code says itself how long it is good */

struct uv_loop_s;
struct http;
struct login;
struct login_ask;

struct login_options { /* all texts borrowed until done() or login_cancel */
	const char *login_url, *base_url, *resource; /* as configured: no slash behind */
	struct guid tenant_id, client_id;
	struct client_options client; /* without either proof it is a public client */
	struct consent_place place;
	bool device;
	unsigned second_ms; /* 0: 1000; tests have less patience */
};

struct login_prompt { /* for the person; borrowed for the call */
	const char *address;   /* to open in a browser; visible ASCII */
	const char *user_code; /* to enter there; NULL: a code of the browser's own comes back */
	int64_t expires_in_s;
};

struct login_facts {
	struct pc_claims who;
	int mfa;     /* of the access token, as pc_token: 1, 0, -1 */
	bool sealed;   /* it is stored sealed */
	bool unsealed; /* it is not, and the one before was */
};

struct login_ask { /* the caller's, zeroed, until done() or login_cancel */
	void (*on_prompt)(struct login_ask *ask, const struct login_prompt *prompt); /* once, unless done() comes before */
	void (*done)(struct login_ask *ask); /* once, never inside a call of ours */

	/* filled for done() */
	struct err err;           /* kind ERR_NONE: the consent is stored, durably */
	struct login_facts facts; /* as far as it came */

	struct login *login; /* private */
};

void login_start(struct login_ask *ask, struct uv_loop_s *loop, struct http *http, const struct login_options *options);
/* What the person pasted: the address that the browser ended on. -1 when it is not the answer that is waited for: the sign-in waits on. */
int login_paste(struct login_ask *ask, struct span pasted, struct err *e) MUST_CHECK;
/* Whether the new consent is being stored, or is already: then done() is to come within moments, and login_cancel would be a lie. */
bool login_is_storing(const struct login_ask *ask);
/* Immediate and silent; the stored consent is the old one unless login_is_storing. Fine when none is on. */
void login_cancel(struct login_ask *ask);

#endif
