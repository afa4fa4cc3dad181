/* SPDX-License-Identifier: MIT */
/* login_private.h - shared by login.c (begin and end), login_code.c and login_device.c (the two ways to sign in), login_call.c (one
 * request, with its tries) and login_accept.c (what happens to the tokens). */
#ifndef AUTH_LOGIN_PRIVATE_H
#define AUTH_LOGIN_PRIVATE_H

#include "auth/login.h"
#include "auth/pkce.h"
#include "net/backoff.h"
#include "net/http.h"
#include "net/lane.h"
#include "net/loopback.h"
#include "net/timer.h"
#include "partner/pc_device.h"
#include "partner/pc_token.h"

#define LOGIN_URL_MAX ((size_t)8 << 10) /* an address of ours: what is configured is far shorter */

/* One request of the sign-in. */
struct login_call {
	const char *what; /* for the log and errors */
	/* On the worker: appends the form to l->form. NULL: a GET with the access token. Made anew for each try. */
	int (*make)(struct login *l, struct err *e);
	bool once; /* no tries of its own: the caller asks again */
	/* What came: in l->request (l->request.err of kind ERR_NONE: an answer of any status) and l->answer (the body of a 2xx). */
	void (*answered)(struct login *l);
};

struct login {
	struct login_ask *ask;
	struct uv_loop_s *loop;
	struct http *http;
	struct login_options options;
	struct lane *lane;
	char tenant[GUID_TEXT_MAX];
	char *token_url;
	struct timer limit; /* of the whole, and of a device code */

	/* authorization code */
	struct pkce pkce;
	struct loopback loopback;
	char redirect_uri[32];
	bool taken;      /* an answer has come; nobody else's is taken */
	struct buf code;

	/* device code */
	struct pc_device device;
	struct timer poll;
	int64_t interval_s;
	bool authenticate;

	/* the request under way */
	const struct login_call *call;
	char *url;
	struct lane_job job;
	struct err job_err; /* this, the form and the consent are the worker's while the job is on */
	struct buf form, bearer, answer;
	struct http_request request;
	struct timer wait;
	unsigned tries;
	char request_id[GUID_TEXT_MAX];

	/* what it is all for */
	struct pc_token got;
	struct consent consent;
	struct login_facts facts;
	struct err err;
	bool storing, ended;
};

/* login_code.c: listens, and prompts. */
void login_code_begin(struct login *l);
/* login_device.c */
void login_device_begin(struct login *l);

/* login_call.c: URL is copied. */
void login_call(struct login *l, const struct login_call *call, const char *url);
/* Ends the request under way and forgets what it held. */
void login_call_end(struct login *l);
/* Whether another try may do better: no answer, 408, 429, 5xx. */
bool login_is_transient(const struct login *l);

/* login.c: "LOGIN_URL/TENANT/oauth2/v2.0/WHAT"; to be freed. */
char *login_address(const struct login *l, const char *what);
/* What is asked for: Partner Center in the user's name, for good, and to be told who it is. */
int login_add_scope(const struct login *l, struct buf *form) MUST_CHECK;
int login_too_long(struct err *e);
uint64_t login_ms(const struct login *l, int64_t seconds);

/* login_accept.c: l->answer is what the token endpoint gave for a code. */
void login_accept(struct login *l);
/* On the worker. Whether what is accepted could be stored by us: who would sign in in vain should hear of it before. */
int login_place_check(const struct consent_place *place, struct err *e) MUST_CHECK;

/* login.c: the one end; ERR NULL: stored. */
void login_end(struct login *l, const struct err *err);

#endif
