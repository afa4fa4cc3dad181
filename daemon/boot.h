/* SPDX-License-Identifier: MIT */
/* boot.h - what every run works with: loop, worker lane, HTTP, tokens, fetch, store. Built once, taken down in reverse. */
#ifndef DAEMON_BOOT_H
#define DAEMON_BOOT_H

#include "auth/token.h"
#include "base/err.h"
#include "daemon/lock.h"
#include "store/store.h"

#include <uv.h>

struct config;

struct boot { /* zeroed but for the lock (LOCK_INIT) before boot_up */
	const struct config *config;
	struct lock lock;
	struct store *store; /* the lane's while a run is on */
	bool store_spoilt;   /* an error of the store ended a run: the next one opens it anew; the lane's */
	uint64_t device, inode; /* the database's file when it was opened; the lane's */
	uv_loop_t loop;
	bool looping;
	struct lane *lane;   /* the store's, and of what is decoded in small */
	struct lane *decode; /* usage pages: bytes to records */
	struct http *http;
	struct token *token;
	struct fetch *fetch;
	char tenant_id[GUID_TEXT_MAX], client_id[GUID_TEXT_MAX]; /* what token borrows */
};

int boot_up(struct boot *b, const struct config *config, bool dry, struct err *e) MUST_CHECK;
/* The same without lock and store: for asking beside a running daemon. After -1 boot_down is the caller's to do. */
int boot_up_online(struct boot *b, const struct config *config, struct err *e) MUST_CHECK;
/* From any state of being up. Waits for the job on the lane, drops the others. */
void boot_down(struct boot *b);
/* On the lane: closes the store and opens it again, when it is spoilt or the path leads to another file by now (a backup was restored):
 * what goes to a file without a name is lost. */
int boot_refresh_store(struct boot *b, struct err *e) MUST_CHECK;
/* What the configuration says of the application; CLIENT_ID, its text, is borrowed as the files' names are. */
struct client_options boot_client_options(const struct config *config, const char *client_id);
/* What it says of the database. */
struct store_options boot_store_options(const struct config *config);

#endif
