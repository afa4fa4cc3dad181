/* SPDX-License-Identifier: MIT */
/* session.h - what a pull needs, small: a loop, a fake Entra that hands out token-1, token-2, ..., a fake Partner Center, and http, token,
 * fetch and lane on top of them. */
#ifndef SUPPORT_SESSION_H
#define SUPPORT_SESSION_H

#include "auth/token.h"
#include "auth/token_file.h"
#include "net/lane.h"
#include "pull/fetch.h"
#include "tests/support/fakehttp.h"
#include "tests/support/loop.h"
#include "tests/support/tempdir.h"

struct session {
	uv_loop_t *loop;
	struct fakehttp *fake, *entra;
	struct http *http;
	struct token *token;
	struct token_options token_options;
	struct fetch *fetch;
	struct fetch_options options;
	struct lane *lane;
	char dir[TEMPDIR_SIZE]; /* with the refresh token */
};

static inline void session_answer_token(size_t number, const char *request, struct fake_reply *reply)
{
	static char text[300];
	char body[200];
	int n = snprintf(body, sizeof(body), "{\"access_token\":\"token-%zu\",\"refresh_token\":\"r\",\"expires_in\":3599}", number + 1);

	(void)request;
	reply->n = (size_t)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", n, body);
	reply->bytes = text;
}

static inline void session_open(struct session *s)
{
	const struct http_options http_options = { .max_connections = 8 };
	struct err e = ERR_INIT;

	memset(s, 0, sizeof(*s));
	s->loop = loop_open();
	s->fake = fakehttp_new(s->loop);
	s->entra = fakehttp_new(s->loop);
	fakehttp_answer_by(s->entra, session_answer_token);
	s->http = http_new(s->loop, &http_options, &e);
	tempdir_make(s->dir);
	unsetenv("CREDENTIALS_DIRECTORY");
	if (!s->http)
		abort();
	tempdir_put(s->dir, TOKEN_FILE_NAME, "refresh\n", 0600);
	s->token_options = (struct token_options){ .login_url = fakehttp_url(s->entra), .tenant_id = "t", .client = { .client_id = "c" },
						   .resource = "https://r", .state_dir = s->dir, .backoff_base_ms = 1 };
	s->token = token_new(s->loop, s->http, &s->token_options);
	s->options = (struct fetch_options){ .base_url = fakehttp_url(s->fake), .locale = "en-US", .max_in_flight = 4,
					     .backoff_base_ms = 1 };
	s->fetch = fetch_new(s->loop, s->http, s->token, &s->options);
	s->lane = lane_new(s->loop);
}

/* After a change of the options. Asserts that no request is left. */
static inline void session_renew_fetch(struct session *s)
{
	fetch_free(s->fetch);
	s->fetch = fetch_new(s->loop, s->http, s->token, &s->options);
}

/* 0 when nothing was left open. */
static inline int session_close(struct session *s)
{
	lane_free(s->lane);
	fetch_free(s->fetch);
	token_free(s->token);
	http_free(s->http);
	fakehttp_free(s->fake);
	fakehttp_free(s->entra);
	tempdir_remove(s->dir);
	return loop_close(s->loop);
}

#endif
