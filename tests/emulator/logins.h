/* SPDX-License-Identifier: MIT */
/* logins.h - sign-ins on their way: authorization codes that wait to be redeemed.
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

#endif
