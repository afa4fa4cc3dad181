/* SPDX-License-Identifier: MIT */
/* token.h - the access token: got by refresh token (Secure Application Model) or client credentials, cached, renewed in time.
 *
 * One refresh in flight; those who ask meanwhile wait for it. A new refresh token is durable (consent.h) BEFORE the access
 * token that came with it is handed out, unless somebody put another consent there meanwhile, which stays; when it cannot be stored (ERR_STORE) the access token is not handed out. Renewed when 80 %
 * of its life is over or less than 2 minutes are left (of a life below 4 minutes: at its half). Connection failures, 429 and 5xx are
 * retried TOKEN_TRIES times in all; while the old token still lives it serves when the renewal fails for such a reason. A refusal that
 * needs a person (invalid_grant and its like) is remembered: every later ask gets the same error at once, until token_forget_refusal.
 *
 * Files are read and written on a worker thread. Secrets and tokens are wiped after use and never logged. */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include "auth/client.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define TOKEN_TRIES 5

struct uv_loop_s;
struct http;
struct token;
struct token_ask;

struct token_options { /* all texts borrowed for the token's life */
	const char *login_url;  /* https://login.microsoftonline.com */
	const char *tenant_id;
	struct client_options client; /* without either proof it is a public client, unless app_only */
	const char *resource;   /* https://api.partnercenter.microsoft.com */
	bool app_only;          /* client_credentials instead of refresh_token */
	const char *state_dir, *token_key_file; /* as in consent.h */
	uint32_t backoff_base_ms;       /* 0: 1000; tests have less patience */
};

struct token_ask { /* the caller's, zeroed; done() once unless token_cancel */
	void (*done)(struct token_ask *ask);
	const char *access; /* borrowed until the next turn of the loop; NULL on error */
	uint64_t generation; /* which token this is, for token_reject */
	struct err err;
	struct token_ask *next;
	bool waiting;
};

struct token *token_new(struct uv_loop_s *loop, struct http *http, const struct token_options *options);
/* Asks that still wait are forgotten. Waits for a file that is being written. Not from inside a done(). */
void token_free(struct token *t);
/* done() may run inside the call when a fresh token is at hand. */
void token_get(struct token *t, struct token_ask *ask);
void token_cancel(struct token *t, struct token_ask *ask);
/* The service answered 401 to the token of that generation: the next token_get refreshes, once for all who report it. */
void token_reject(struct token *t, uint64_t generation);
void token_forget_refusal(struct token *t);
/* Nobody needs the access token any more: it is wiped, also one that a renewal under way is about to bring. The next token_get asks
 * for a new one. */
void token_drop(struct token *t);

struct token_facts {
	uint64_t requests;  /* sent to the sign-in service, each try */
	uint64_t refreshes;
	int64_t renewed_at; /* instant of the last success, 0: never */
	int mfa;            /* as pc_token: 1, 0, -1 */
	int64_t consent_lapses_at;      /* instant, 0: not known, or no consent is needed */
	int64_t certificate_expires_at; /* instant, 0: signs in without one */
	struct err consent_refusal;     /* of kind ERR_NONE unless the last renewal heard that a person must consent again */
};
void token_facts(const struct token *t, struct token_facts *facts);

#endif
