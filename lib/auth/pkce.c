/* SPDX-License-Identifier: MIT */
#include "auth/pkce.h"

#include "base/mem.h"
#include "crypto/hash.h"
#include "value/base64url.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define RANDOM_BYTES 32

static void print(struct span bytes, char text[PKCE_TEXT_MAX])
{
	struct buf out;
	int rc;

	buf_init(&out, PKCE_TEXT_MAX - 1);
	rc = base64url_encode(&out, bytes);
	assert(rc == 0 && out.n == PKCE_TEXT_MAX - 1); /* always 32 bytes */
	memcpy(text, out.p, PKCE_TEXT_MAX);
	buf_fini_secret(&out);
	(void)rc;
}

static void print_random(char text[PKCE_TEXT_MAX])
{
	char bytes[RANDOM_BYTES];

	/* so few bytes are never returned in part; a kernel without the call cannot run us */
	while (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		if (errno != EINTR)
			abort();
	print((struct span){ bytes, sizeof(bytes) }, text);
	mem_wipe(bytes, sizeof(bytes));
}

void pkce_challenge(struct span verifier, char challenge[PKCE_TEXT_MAX])
{
	struct hash hash = hash_of(verifier);

	print((struct span){ (const char *)hash.b, sizeof(hash.b) }, challenge);
}

void pkce_new(struct pkce *p)
{
	print_random(p->verifier);
	print_random(p->state);
	pkce_challenge(span_of(p->verifier), p->challenge);
}

void pkce_fini(struct pkce *p)
{
	mem_wipe(p, sizeof(*p));
}

bool pkce_state_is(const struct pkce *p, struct span state)
{
	volatile unsigned char differ = 0;

	if (state.n != PKCE_TEXT_MAX - 1 || !p->state[0])
		return false;
	for (size_t i = 0; i < state.n; i++)
		differ |= (unsigned char)(state.p[i] ^ p->state[i]);
	return differ == 0;
}
