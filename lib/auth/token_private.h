/* SPDX-License-Identifier: MIT */
/* token_private.h - shared by token.c (the cache and those who ask), token_renew.c (the way to a new token) and token_form.c (what is
 * posted). */
#ifndef AUTH_TOKEN_PRIVATE_H
#define AUTH_TOKEN_PRIVATE_H

#include "auth/consent.h"
#include "auth/token.h"
#include "base/buf.h"
#include "net/backoff.h"
#include "net/http.h"
#include "net/lane.h"
#include "net/timer.h"
#include "partner/pc_token.h"

struct token {
	struct uv_loop_s *loop;
	struct http *http;
	struct token_options options;
	struct backoff backoff;
	char *url;
	struct lane *lane;

	char *access;            /* NULL: none yet */
	uint64_t generation;
	int64_t renew_ms, end_ms; /* monotonic */
	bool rejected;
	bool dropped;            /* nobody has asked since token_drop */
	struct err refusal;      /* what every ask gets until then; kind ERR_NONE when there is none */
	int64_t refusal_until_ms;
	struct token_facts facts;

	struct token_ask *asks;       /* that wait, in order */
	struct token_ask *delivering; /* that are being answered */
	bool renewing;

	/* of the renewal under way */
	struct lane_job job;
	struct err job_err; /* this and the next are the worker's while the job runs */
	struct buf form; /* the worker's, too */
	struct consent consent; /* the worker's: as read, without its token */
	bool overtaken;         /* the worker's: another consent is there by now */
	bool has_refused;       /* the credential with this digest was refused: what is stored is asked with instead */
	struct hash refused;
	int64_t expires_at;     /* the worker's: of the certificate */
	struct http_request request;
	struct buf answer;
	struct pc_token got;
	struct timer wait;
	unsigned tries;
	int64_t asked_ms;
};

/* token_form.c: "LOGIN_URL/TENANT/oauth2/v2.0/token"; to be freed. */
char *token_url(const struct token_options *options);
/* Appends what is posted to URL. Blocks on files. */
int token_form(struct buf *form, const struct token_options *options, struct span refresh_token, const char *url, struct err *e) MUST_CHECK;

/* token_renew.c: starts; ends in one of the two of token.c. */
void token_renew(struct token *t);
/* Forgets what the renewal held. */
void token_renew_clear(struct token *t);

/* token.c: t->got is the new token, durable. */
void token_renewed(struct token *t);
/* REFUSED: asking again without a person's doing would be refused again. */
void token_not_renewed(struct token *t, const struct err *err, bool refused);
int64_t token_now_ms(void); /* monotonic */
void token_wipe_text(char **text);

#endif
