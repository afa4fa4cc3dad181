/* SPDX-License-Identifier: MIT */
/* token_asks.h - those who ask for a token, against a fake Entra. Included once a test program. */
#ifndef SUPPORT_TOKEN_ASKS_H
#define SUPPORT_TOKEN_ASKS_H

#include "auth/token.h"
#include "auth/token_file.h"
#include "auth/token_private.h"
#include "base/log.h"
#include "base/util.h"
#include "tests/support/fakehttp.h"
#include "tests/support/loop.h"
#include "tests/support/tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#define TENANT "11111111-2222-3333-4444-555555555555"

struct asker {
	struct token_ask ask;
	int done;
	char access[64];
	struct asker *then, *cancel; /* asked, cancelled in done */
	bool reject;
};

static uv_loop_t *loop;
static struct fakehttp *fake;
static struct http *http;
static struct token *token;
static struct token_options options;
static char dir[TEMPDIR_SIZE];
static struct asker askers[8];

static int setup(void **state)
{
	const struct http_options http_options = { .max_connections = 2 };
	struct err e = ERR_INIT;

	(void)state;
	loop = loop_open();
	fake = fakehttp_new(loop);
	http = http_new(loop, &http_options, &e);
	assert_non_null(http);
	tempdir_make(dir);
	tempdir_put(dir, TOKEN_FILE_NAME, "old-refresh\n", 0600);
	tempdir_put(dir, "client_secret", "s3cret +&=%/~\n", 0600);
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	options = (struct token_options){
		.login_url = fakehttp_url(fake), .tenant_id = TENANT, .client = { .client_id = "client-1" },
		.resource = "https://api.partnercenter.microsoft.com", .state_dir = dir, .backoff_base_ms = 1,
	};
	token = token_new(loop, http, &options);
	memset(askers, 0, sizeof(askers));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	token_free(token);
	http_free(http);
	fakehttp_free(fake);
	tempdir_remove(dir);
	return loop_close(loop);
}

static void on_done(struct token_ask *ask);

static void ask_as(int i)
{
	memset(&askers[i].ask, 0, sizeof(askers[i].ask));
	askers[i].done = 0;
	askers[i].ask.done = on_done;
	token_get(token, &askers[i].ask);
}

static void on_done(struct token_ask *ask)
{
	struct asker *a = container_of(ask, struct asker, ask);

	a->done++;
	assert_true((ask->access != NULL) == (ask->err.kind == ERR_NONE));
	snprintf(a->access, sizeof(a->access), "%s", ask->access ? ask->access : "");
	if (a->cancel)
		token_cancel(token, &a->cancel->ask);
	if (a->reject)
		token_reject(token, ask->generation);
	if (a->then)
		ask_as((int)(a->then - askers));
}

static const struct err *get(int i)
{
	ask_as(i);
	LOOP_UNTIL(loop, askers[i].done);
	assert_int_equal(askers[i].done, 1);
	return &askers[i].ask.err;
}

/* The refresh token on disk; good until the next call. */
static const char *stored(void)
{
	static char text[256];
	const struct consent_place place = { .state_dir = dir, .tenant_id = TENANT, .client_id = "client-1" };
	struct consent c = { .mfa = -1 };
	struct err e = ERR_INIT;

	assert_int_equal(consent_read(&c, &place, &e), 0);
	snprintf(text, sizeof(text), "%s", c.refresh_token);
	consent_fini(&c);
	return text;
}

static void say_token(const char *access, const char *refresh, int expires_in_s)
{
	char body[512];

	if (refresh)
		snprintf(body, sizeof(body), "{\"token_type\":\"Bearer\",\"expires_in\":%d,\"access_token\":\"%s\",\"refresh_token\":\"%s\"}",
			 expires_in_s, access, refresh);
	else
		snprintf(body, sizeof(body), "{\"token_type\":\"Bearer\",\"expires_in\":\"%d\",\"access_token\":\"%s\"}", expires_in_s, access);
	fakehttp_say(fake, "200 OK", "Content-Type: application/json\r\n", body);
}

#endif
