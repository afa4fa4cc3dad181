/* SPDX-License-Identifier: MIT */
#include "logins.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

void
logins_init(struct logins *l)
{
	memset(l, 0, sizeof(*l));
	pthread_mutex_init(&l->lock, NULL);
	l->generation = 1;
}

void
logins_fini(struct logins *l)
{
	pthread_mutex_destroy(&l->lock);
}

/* PREFIX and 32 random bytes; room holds it. */
static void
make_secret(const char *prefix, char *out, size_t room)
{
	struct text t = {0};
	unsigned char bytes[32];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort();
	text_puts(&t, prefix);
	text_base64(&t, bytes, sizeof(bytes), 1);
	snprintf(out, room, "%s", t.p);
	text_fini(&t);
}

static struct login_code *
find_code(struct logins *l, const char *code)
{
	for (size_t i = 0; i < LOGINS_CODES && *code != '\0'; i++) {
		if (strcmp(l->codes[i].code, code) == 0)
			return &l->codes[i];
	}
	return NULL;
}

void
logins_new_code(struct logins *l, struct login_code *c)
{
	make_secret("1.AXEA.", c->code, sizeof(c->code));
	pthread_mutex_lock(&l->lock);
	l->codes[l->next_code++ % LOGINS_CODES] = *c;
	pthread_mutex_unlock(&l->lock);
}

enum code_state
logins_find_code(struct logins *l, const char *code, int64_t now_ms, struct login_code *c)
{
	enum code_state state = CODE_UNKNOWN;
	const struct login_code *found;

	pthread_mutex_lock(&l->lock);
	found = find_code(l, code);
	if (found != NULL) {
		*c = *found;
		state = c->redeemed ? CODE_REDEEMED : c->expires_ms <= now_ms ? CODE_EXPIRED : CODE_GOOD;
	}
	pthread_mutex_unlock(&l->lock);
	return state;
}

int
logins_redeem_code(struct logins *l, const char *code)
{
	struct login_code *found;
	int rc = -1;

	pthread_mutex_lock(&l->lock);
	found = find_code(l, code);
	if (found != NULL && !found->redeemed) {
		found->redeemed = 1;
		rc = 0;
	}
	pthread_mutex_unlock(&l->lock);
	return rc;
}

void
logins_revoke(struct logins *l, const char *first, int code)
{
	pthread_mutex_lock(&l->lock);
	l->good_from = ++l->generation;
	l->refused_with = code;
	snprintf(l->refused_first, sizeof(l->refused_first), "%s", first);
	pthread_mutex_unlock(&l->lock);
}

void
logins_restore(struct logins *l)
{
	pthread_mutex_lock(&l->lock);
	l->good_from = 0;
	l->refused_first[0] = '\0';
	pthread_mutex_unlock(&l->lock);
}

int64_t
logins_generation(struct logins *l)
{
	int64_t generation;

	pthread_mutex_lock(&l->lock);
	generation = l->generation;
	pthread_mutex_unlock(&l->lock);
	return generation;
}

int
logins_check_refresh(struct logins *l, const char *token, int64_t generation)
{
	int refused;

	pthread_mutex_lock(&l->lock);
	refused = generation == 0 ? strcmp(token, l->refused_first) == 0 : generation < l->good_from;
	refused = refused ? l->refused_with : 0;
	pthread_mutex_unlock(&l->lock);
	return refused;
}
