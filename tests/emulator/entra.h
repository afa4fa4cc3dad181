/* SPDX-License-Identifier: MIT */
/* entra.h - the sign-in side: what is below /{tenant}/oauth2/. v1 addresses lack the segment v2.0. */
#ifndef EMU_ENTRA_H
#define EMU_ENTRA_H

#include "request.h"

/* Which of Entra's endpoints the path names; KIND_OTHER when none. */
enum request_kind entra_kind(const struct request *r);
void entra_answer(struct request *r);

/* entra_authorize.c: GET (and POST, from its own page) /{tenant}/oauth2/v2.0/authorize. */
void entra_authorize(struct request *r);

/* A grant of the token endpoint. form: as posted; scope: of v1 the resource, "" when none was sent. */
typedef void entra_grant(struct request *r, const char *form, int v1, const char *scope);
/* entra_code.c: authorization_code. */
entra_grant entra_grant_code;
/* entra_device.c: urn:ietf:params:oauth:grant-type:device_code, and POST /{tenant}/oauth2/[v2.0/]devicecode, which begins it. */
entra_grant entra_grant_device;
#define ENTRA_DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"
void entra_device_code(struct request *r);

/* 0 when segment 0 names the partner's tenant (by id or domain) or, where that is allowed, any; else the code to refuse with. */
int entra_check_tenant(const struct request *r, int any_allowed);
/* 0, or the code to refuse the scopes (separated by blanks) with; *bad: the one that is refused, the caller's to free. */
int entra_check_scope(const char *scope, char **bad);
/* 1 when the list, separated by blanks, has the word. */
int entra_has_word(const char *list, const char *word);

/* entra_tokens.c: what the token endpoint grants. */
struct entra_tokens {
	int delegated, refresh, v1;
	const char *scope;		/* an id_token is given when it has openid */
	const char *nonce;		/* "" for none */
	const char *same;		/* the refresh token to give; NULL for a new one */
};

void entra_give_tokens(struct request *r, const struct entra_tokens *t);
/* ,"NAME":VALUE as a number or a string, as the scenario and the version want it. */
void entra_put_number(struct request *r, const char *name, long long value, int v1);

#endif
