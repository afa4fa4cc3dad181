/* SPDX-License-Identifier: MIT */
#include "daemon/boot.h"

#include "config/config.h"
#include "net/http.h"
#include "net/lane.h"
#include "pull/fetch.h"

#include <assert.h>
#include <errno.h>
#include <sys/stat.h>

struct store_options boot_store_options(const struct config *config)
{
	return (struct store_options){
		.path = config->database_path,
		.partner = config->tenant_id,
		.currency = config->currency,
		.region = config->region,
		.zone = config->timezone,
		.period_start_day = config->period_start_day,
		.settle_days = config->settle_days,
		.create = true,
	};
}

/* Which file the database is, zeros when there is none. */
static void find_file(const struct config *config, uint64_t *device, uint64_t *inode)
{
	struct stat st;
	bool there = stat(config->database_path, &st) == 0;

	*device = there ? st.st_dev : 0;
	*inode = there ? st.st_ino : 0;
}

int boot_refresh_store(struct boot *b, struct err *e)
{
	struct store_options options = boot_store_options(b->config);
	uint64_t device, inode;

	find_file(b->config, &device, &inode);
	if (b->store && !b->store_spoilt && device == b->device && inode == b->inode)
		return 0;
	store_close(b->store);
	b->store = NULL;
	if (store_open(&b->store, &options, e) == -1)
		return -1;
	find_file(b->config, &b->device, &b->inode);
	b->store_spoilt = false;
	return 0;
}

struct client_options boot_client_options(const struct config *config, const char *client_id)
{
	return (struct client_options){
		.client_id = client_id,
		.client_secret_file = config->client_secret_file,
		.client_certificate_file = config->client_certificate_file,
		.client_key_file = config->client_key_file,
		.assertion = config->client_assertion == CONFIG_RS256 ? ASSERTION_RS256 : ASSERTION_PS256,
	};
}

static int up_http(struct boot *b, const struct config *c, struct err *e)
{
	const struct http_options options = {
		.ca_file = c->ca_file,
		.proxy = c->proxy,
		.user_agent = "csp-usaged/" PROGRAM_VERSION,
		.max_connections = (unsigned)c->max_in_flight,
		.http2 = c->http2,
	};

	b->http = http_new(&b->loop, &options, e);
	return b->http ? 0 : -1;
}

static void up_token(struct boot *b, const struct config *c)
{
	const struct token_options options = {
		.login_url = c->login_url,
		.tenant_id = b->tenant_id,
		.client = boot_client_options(c, b->client_id),
		.resource = c->resource,
		.app_only = c->auth == CONFIG_AUTH_APP,
		.state_dir = c->state_dir,
		.token_key_file = c->token_key_file,
	};

	guid_print(c->tenant_id, b->tenant_id);
	guid_print(c->client_id, b->client_id);
	b->token = token_new(&b->loop, b->http, &options);
}

static void up_fetch(struct boot *b, const struct config *c)
{
	const struct fetch_options options = {
		.base_url = c->base_url,
		.locale = c->locale,
		.max_in_flight = (unsigned)c->max_in_flight,
		.requests_per_minute = (unsigned)c->requests_per_minute,
	};

	b->fetch = fetch_new(&b->loop, b->http, b->token, &options);
}

int boot_up_online(struct boot *b, const struct config *config, struct err *e)
{
	int failed = uv_loop_init(&b->loop);

	b->config = config;
	if (failed)
		return err_set(e, ERR_STORE, "start the event loop: %s", uv_strerror(failed));
	b->looping = true;
	(void)uv_loop_configure(&b->loop, UV_METRICS_IDLE_TIME); /* for loop_gap.h; without it the gap would read too long */
	b->lane = lane_new(&b->loop);
	b->decode = lane_new(&b->loop);
	/* From here on each stands on the one before it: fetch asks token for tokens, both speak through http. */
	if (up_http(b, config, e) == -1)
		return -1;
	up_token(b, config);
	up_fetch(b, config);
	return 0;
}

int boot_up(struct boot *b, const struct config *config, bool dry, struct err *e)
{
	struct store_options options = boot_store_options(config);

	options.dry = dry;
	if (dry && access(config->database_path, F_OK) == -1 && errno == ENOENT) {
		/* Nothing to compare with, and nothing shall be made: SQLite's temporary file, which goes with whatever is committed. */
		options.path = "";
		options.dry = false;
	}
	b->config = config;
	/* The lock comes first: what follows may write. */
	if (lock_take(&b->lock, config->database_path, e) == -1)
		return -1;
	/* The database before anything of the network: whoever can't store should not ask. */
	if (store_open(&b->store, &options, e) == -1)
		goto out;
	find_file(config, &b->device, &b->inode);
	if (boot_up_online(b, config, e) == 0)
		return 0;
out:
	boot_down(b);
	return -1;
}

static void down_loop(struct boot *b)
{
	int rc;

	if (!b->looping)
		return;
	/* Handles are closed in the loop's next turns; what is still open after that is a fault of ours. */
	uv_run(&b->loop, UV_RUN_DEFAULT);
	rc = uv_loop_close(&b->loop);
	assert(rc == 0);
	(void)rc;
	b->looping = false;
}

void boot_down(struct boot *b)
{
	/* Those who ask go before those who are asked; the lanes go before the store, which
	 * their jobs use, and the one that decodes before the one that it hands its work to. */
	if (b->fetch)
		fetch_free(b->fetch);
	if (b->token)
		token_free(b->token);
	if (b->http)
		http_free(b->http);
	if (b->decode)
		lane_free(b->decode);
	if (b->lane)
		lane_free(b->lane);
	b->fetch = NULL;
	b->token = NULL;
	b->http = NULL;
	b->decode = b->lane = NULL;
	down_loop(b);
	store_close(b->store);
	b->store = NULL;
	/* Last of all: now another process may write. */
	lock_release(&b->lock);
}
