/* SPDX-License-Identifier: MIT */
/* sign_in.h - a person's sign-in, small: a fake Entra and Partner Center in one, a browser, and a consent from before. Included once a
 * test program. */
#ifndef SUPPORT_SIGN_IN_H
#define SUPPORT_SIGN_IN_H

#include "auth/login.h"
#include "auth/login_private.h"
#include "base/limits.h"
#include "partner/pc_json.h"
#include "tests/support/fakehttp.h"
#include "tests/support/loop.h"
#include "tests/support/tempdir.h"
#include "value/base64url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include <cmocka.h>

#define TENANT "1f5ccb06-8e36-4a74-a74c-fcaa9e87e26a"
#define CLIENT "7b3c6f5e-0f4a-4b7e-9a55-2c1d8e90aa01"

static uv_loop_t *loop;
static struct fakehttp *fake;
static struct http *http;
static struct login_options options;
static struct login_ask ask;
static char dir[TEMPDIR_SIZE], secret_file[TEMPDIR_PATH];
static int prompted, done;
static char address[2000], user_code[40];

/* What the service answers beyond its script; NULL leaves it out. */
static const char *tenant_of_token, *refresh_of_token, *amr_of_token, *customers_status, *customers_body;

/* -- the service ----------------------------------------------------------------------------------------------------------------- */

static void add_jwt(struct buf *to, const char *claims)
{
	if (buf_add_text(to, "eyJhIjoiYiJ9.") == -1 || base64url_encode(to, span_of(claims)) == -1 || buf_add_text(to, ".c2ln") == -1)
		abort();
}

static void say_tokens(struct buf *body)
{
	char claims[500];

	(void)!buf_add_text(body, "{\"expires_in\":3599,\"access_token\":\"");
	snprintf(claims, sizeof(claims), "{\"amr\":%s}", amr_of_token);
	add_jwt(body, claims);
	if (tenant_of_token) {
		snprintf(claims, sizeof(claims), "{\"tid\":\"%s\",\"aud\":\"" CLIENT "\",\"oid\":\"oid-1\","
			 "\"preferred_username\":\"who@partner.example\",\"name\":\"Who\"}", tenant_of_token);
		(void)!buf_add_text(body, "\",\"id_token\":\"");
		add_jwt(body, claims);
	}
	if (refresh_of_token)
		(void)!buf_printf(body, "\",\"refresh_token\":\"%s", refresh_of_token);
	(void)!buf_add_text(body, "\"}");
}

static void serve(size_t number, const char *request, struct fake_reply *reply)
{
	static struct buf text;
	bool customers = strstr(request, " /v1/customers") != NULL;
	struct buf body;

	(void)number;
	buf_init(&body, LIMIT_TOKEN_BYTES);
	if (customers)
		(void)!buf_add_text(&body, customers_body);
	else if (strstr(request, "/devicecode "))
		(void)!buf_add_text(&body, "{\"device_code\":\"DEVICE-SECRET\",\"user_code\":\"ABC-123\",\"interval\":1,\"expires_in\":3600,"
					   "\"verification_uri\":\"https://microsoft.com/devicelogin\"}");
	else
		say_tokens(&body);
	buf_fini(&text);
	buf_init(&text, 2 * LIMIT_TOKEN_BYTES);
	(void)!buf_printf(&text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", customers ? customers_status : "200 OK", body.n,
			  buf_text(&body));
	buf_fini(&body);
	reply->bytes = buf_text(&text);
	reply->n = text.n;
	if (number == SIZE_MAX)
		buf_fini(&text); /* at the end of the test */
}

/* -- the program ----------------------------------------------------------------------------------------------------------------- */

static void on_prompt(struct login_ask *a, const struct login_prompt *prompt)
{
	assert_ptr_equal(a, &ask);
	assert_int_equal(prompted, 0);
	prompted = 1;
	snprintf(address, sizeof(address), "%s", prompt->address);
	snprintf(user_code, sizeof(user_code), "%s", prompt->user_code ? prompt->user_code : "");
}

static void on_done(struct login_ask *a)
{
	assert_ptr_equal(a, &ask);
	assert_null(a->login);
	done++;
}

/* For another sign-in. */
static inline void again(void)
{
	tempdir_put(dir, "refresh-token", "old-token\n", 0600);
	tempdir_put(dir, "client_secret", "s3cret\n", 0600);
	snprintf(secret_file, sizeof(secret_file), "%s", tempdir_path(dir, "client_secret"));
	tenant_of_token = TENANT;
	refresh_of_token = "new-refresh";
	amr_of_token = "[\"pwd\",\"mfa\"]";
	customers_status = "200 OK";
	customers_body = "{\"totalCount\":0,\"items\":[]}";
	fakehttp_forget_script(fake);
	prompted = done = 0;
	ask = (struct login_ask){ .on_prompt = on_prompt, .done = on_done };
	options = (struct login_options){
		.login_url = fakehttp_url(fake), .base_url = fakehttp_url(fake), .resource = "https://api.partnercenter.microsoft.com",
		.client = { .client_id = CLIENT, .client_secret_file = secret_file },
		.place = { .state_dir = dir, .tenant_id = TENANT, .client_id = CLIENT },
		.second_ms = 20, /* half an hour is 36 s */
	};
	if (guid_parse(&options.tenant_id, span_of(TENANT), &ask.err) == -1 || guid_parse(&options.client_id, span_of(CLIENT), &ask.err) == -1)
		abort();
}

static int setup(void **state)
{
	const struct http_options http_options = { .max_connections = 2 };
	struct err e = ERR_INIT;

	(void)state;
	pc_json_setup();
	unsetenv("CREDENTIALS_DIRECTORY");
	loop = loop_open();
	fake = fakehttp_new(loop);
	fakehttp_answer_by(fake, serve);
	http = http_new(loop, &http_options, &e);
	assert_non_null(http);
	tempdir_make(dir);
	again();
	return 0;
}

static int teardown(void **state)
{
	struct fake_reply last = { .bytes = NULL };

	(void)state;
	login_cancel(&ask);
	http_free(http);
	fakehttp_free(fake);
	serve(SIZE_MAX, "", &last);
	tempdir_remove(dir);
	return loop_close(loop);
}

/* -- the browser ----------------------------------------------------------------------------------------------------------------- */

static int browser_fd = -1;
static char page[40000];

static inline const char *state_of_address(void)
{
	return strstr(address, "&state=") + strlen("&state=");
}

static inline void browser_leaves(void)
{
	if (browser_fd != -1)
		close(browser_fd);
	browser_fd = -1;
}

/* To the redirect address with this query, a %s in which becomes the state. */
static inline void browser_goes(const char *query)
{
	unsigned port = (unsigned)strtoul(strstr(address, "localhost%3A") + strlen("localhost%3A"), NULL, 10);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	char text[2000], mine[50], target[1000];

	snprintf(mine, sizeof(mine), "%.43s", state_of_address());
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(target, sizeof(target), query, mine);
#pragma GCC diagnostic pop
	snprintf(text, sizeof(text), "GET /?%s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n", target, port);
	browser_leaves();
	browser_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (browser_fd == -1 || connect(browser_fd, (const struct sockaddr *)&to, sizeof(to)) != 0 ||
	    send(browser_fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
		abort();
}

/* What it is shown, head and all, into PAGE. */
static inline void browser_reads(void)
{
	size_t n = 0;

	for (;;) {
		ssize_t got = recv(browser_fd, page + n, sizeof(page) - 1 - n, MSG_DONTWAIT);

		if (got == 0 || (got < 0 && errno != EAGAIN))
			break;
		if (got > 0)
			n += (size_t)got;
		else
			uv_run(loop, UV_RUN_NOWAIT);
	}
	page[n] = '\0';
	browser_leaves();
}

#endif
