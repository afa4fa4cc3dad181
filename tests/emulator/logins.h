/* SPDX-License-Identifier: MIT */
/* logins.h - authorization codes that wait to be redeemed, and which consents are still good.
 * Owns all of it; every function may be called from any thread. Times are those of the service's clock, ms since 1970. */
#ifndef EMU_LOGINS_H
#define EMU_LOGINS_H

#include <pthread.h>
#include <stdint.h>

#define LOGINS_CODES 64		/* the oldest gives way */

/* What an authorization code is bound to. */
struct login_code {
	char code[64];
	char redirect_uri[512], challenge[64], scope[512], nonce[256];
	int64_t expires_ms;
	int redeemed;
};

struct logins {
	pthread_mutex_t lock;
	struct login_code codes[LOGINS_CODES];
	unsigned next_code;
	int64_t generation, good_from;	/* of consents: what is given now, and the oldest that is good */
	int refused_with;		/* an older one is refused with this AADSTS code */
	char refused_first[256];	/* the scenario's own refresh token, when it went with the others */
};

enum code_state { CODE_GOOD, CODE_UNKNOWN, CODE_REDEEMED, CODE_EXPIRED };

void logins_init(struct logins *l);
void logins_fini(struct logins *l);
/* Keeps what the code is bound to and puts a new one in *c. */
void logins_new_code(struct logins *l, struct login_code *c);
/* Looks a code up; its copy goes to *c unless it is unknown. */
enum code_state logins_find_code(struct logins *l, const char *code, int64_t now_ms, struct login_code *c);
/* From now on it is redeemed; -1 when somebody was quicker. */
int logins_redeem_code(struct logins *l, const char *code);

/* The consents given until now are refused with this AADSTS code; first: the scenario's own refresh token. */
void logins_revoke(struct logins *l, const char *first, int code);
/* All are good again. */
void logins_restore(struct logins *l);
int64_t logins_generation(struct logins *l);
/* 0, or the code by which a refresh token is refused that was given in this generation (0: the scenario's own). */
int logins_check_refresh(struct logins *l, const char *token, int64_t generation);

#endif
