/* SPDX-License-Identifier: MIT */
/* What the database and its disk have to say. It is only read, by a connection that waits for no one. */
#include "daemon/check.h"

#include "daemon/boot.h"
#include "daemon/clock.h"
#include "store/invariants.h"
#include "value/day.h"
#include "value/parse.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PATH_BYTES 4096
#define OWNED "make it the user's that runs csp-usaged: chown, chmod u+rwx"

/* The folder of PATH. */
static void folder_of(const char *path, char folder[PATH_BYTES])
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		snprintf(folder, PATH_BYTES, ".");
	else
		snprintf(folder, PATH_BYTES, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

static uint64_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* A size as people write it. */
static const char *size_text(uint64_t bytes, char text[32])
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	size_t unit = 0;

	for (bytes >>= 10; bytes >= 10000 && unit + 1 < countof(units); unit++)
		bytes >>= 10;
	snprintf(text, 32, "%llu %s", (unsigned long long)bytes, units[unit]);
	return text;
}

/* -- database -------------------------------------------------------------------------------------------------------------------------- */

struct answer { /* the first column of the first row */
	struct store_rows rows;
	char text[CHECK_NAMED * 60];
};

static int on_row(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	struct answer *a = container_of(rows, struct answer, rows);

	(void)columns, (void)names, (void)e;
	if (!a->text[0])
		snprintf(a->text, sizeof(a->text), "%s", values[0] ? values[0] : "");
	return 0;
}

static int ask(struct store *s, const char *sql, struct answer *a, struct err *e)
{
	*a = (struct answer){ .rows = { .on_row = on_row } };
	return store_select(s, sql, NULL, 0, &a->rows, e);
}

int check_count(struct store *s, const char *sql, int64_t *count, struct err *e)
{
	struct answer a;

	return ask(s, sql, &a, e) == -1 ? -1 : parse_int(count, span_of(a.text), 0, INT64_MAX, e);
}

static int open_store(struct check *c, struct err *e)
{
	struct store_options options = boot_store_options(&c->config);

	options.create = false;
	options.read_only = true;
	if (store_open(&c->store, &options, e) == -1)
		return -1;
	return store_check_settings(c->store, e);
}

static void judge_mode(struct check *c, struct check_line *l, const struct answer *version, const char *integrity)
{
	const char *path = c->config.database_path;
	struct stat st;
	char size[32];

	if (access(path, W_OK) == -1)
		check_fail(l, "E-STORE", OWNED, "%s can't be written by this user: %s", path, strerror(errno));
	else if (stat(path, &st) == 0 && st.st_mode & (S_IRWXO | S_IWGRP))
		check_warn(l, "E-CHECK-MODE", "chmod 0640 the database's files", "%s has mode %04o: others may read or write it", path,
			   (unsigned)(st.st_mode & 07777));
	else
		check_ok(l, "%s, %s, schema %s%s", path, size_text(size_of(path), size), version->text, integrity);
}

void check_database(struct check *c, struct check_line *l)
{
	const char *path = c->config.database_path;
	bool large = size_of(path) > CHECK_INTEGRITY_BYTES && !c->options->full;
	struct answer version, integrity = { .text = "ok" };
	struct err e = ERR_INIT;

	if (access(path, F_OK) == -1 && errno == ENOENT)
		check_warn(l, "E-CHECK-RUN", "start the daemon, or run csp-usaged sync once", "%s is not there yet: the first run makes it", path);
	else if (open_store(c, &e) == -1 || ask(c->store, "PRAGMA user_version", &version, &e) == -1 ||
		 (!large && ask(c->store, "PRAGMA quick_check(1)", &integrity, &e) == -1))
		check_fail_err(l, &e);
	else if (strcmp(integrity.text, "ok") != 0)
		check_fail(l, "E-STORE", "restore the database from the published copy or a backup; days that are missing then are fetched again",
			   "%s is damaged: %s", path, integrity.text);
	else
		judge_mode(c, l, &version, large ? "; its integrity was not looked at, it is large: check --full does" : ", whole");
}

/* -- disk ------------------------------------------------------------------------------------------------------------------------------ */

void check_judge_space(struct check_line *l, const char *where, uint64_t free, uint64_t size)
{
	char free_text[32], wanted[32];
	uint64_t want = size > CHECK_FREE_WARN_BYTES ? size : CHECK_FREE_WARN_BYTES;

	size_text(free, free_text);
	if (free < CHECK_FREE_FAIL_BYTES)
		check_fail(l, "E-CHECK-DISK", "make room on this file system", "%s: %s free, which is less than the %s that a run may need", where,
			   free_text, size_text(CHECK_FREE_FAIL_BYTES, wanted));
	else if (free < want)
		check_warn(l, "E-CHECK-DISK", "make room on this file system", "%s: %s free; %s would be at ease", where, free_text,
			   size_text(want, wanted));
	else
		check_ok(l, "%s: %s free", where, free_text);
}

/* With the rights of the folders that systemd-tmpfiles makes. */
static void fail_missing(struct check_line *l, const char *folder)
{
	char remedy[ERR_REMEDY_MAX];

	snprintf(remedy, sizeof(remedy), "make it: sudo install -d -o csp-usaged -g csp-usage -m 2750 %.190s", folder);
	check_fail(l, "E-STORE", remedy, "%s: %s", folder, strerror(ENOENT));
}

/* A folder that is to be written, and the room in it for a file of SIZE. */
static void judge_folder(struct check_line *l, const char *folder, uint64_t size)
{
	struct statvfs fs;

	if (access(folder, F_OK) == -1 && errno == ENOENT)
		fail_missing(l, folder);
	else if (access(folder, W_OK | X_OK) == -1)
		check_fail(l, "E-STORE", OWNED, "%s: %s", folder, strerror(errno));
	else if (statvfs(folder, &fs) == -1)
		check_fail(l, "E-STORE", "look at the disk (dmesg)", "%s: %s", folder, strerror(errno));
	else
		check_judge_space(l, folder, (uint64_t)fs.f_bavail * fs.f_frsize, size);
}

void check_disk(struct check *c, struct check_line *l)
{
	char folder[PATH_BYTES];

	folder_of(c->config.database_path, folder);
	judge_folder(l, folder, size_of(c->config.database_path));
}

void check_published(struct check *c, struct check_line *l)
{
	char folder[PATH_BYTES];

	if (!c->config.publish_path) {
		check_ok(l, "none is wanted: publish is empty");
		return;
	}
	folder_of(c->config.publish_path, folder);
	judge_folder(l, folder, size_of(c->config.database_path));
}

/* -- what is in it --------------------------------------------------------------------------------------------------------------------- */

void check_last_run(struct check *c, struct check_line *l)
{
	struct run_row good, last;
	struct err e = ERR_INIT;
	char ended[INSTANT_TEXT_MAX];

	if (!c->store) {
		check_not_tried(l, "not tried: there is no database");
		return;
	}
	if (store_last_good_run(c->store, &good, &e) == -1 || store_last_run(c->store, &last, &e) == -1) {
		check_fail_err(l, &e);
		return;
	}
	instant_print(good.ended, ended);
	if (!good.found)
		check_warn(l, "E-CHECK-RUN", "start the daemon, or run csp-usaged sync once", "none has ended well yet");
	else if (clock_now() - good.ended > CHECK_RUN_AGE_S)
		check_warn(l, "E-CHECK-RUN", last.remedy[0] ? last.remedy : "systemctl status csp-usaged says whether the daemon is up",
			   "the last one that ended well was at %s%s%s", ended, last.error[0] ? "; since then: " : "", last.error);
	else
		check_ok(l, "run %lld ended %s: %s", (long long)good.id, ended, run_status_name(good.status));
}

struct broken {
	struct store_rows rows;
	size_t named;
	char text[CHECK_SEEN_MAX / 2];
};

static int on_broken(struct store_rows *rows, int columns, const char *const *names, const char *const *values, struct err *e)
{
	struct broken *b = container_of(rows, struct broken, rows);
	size_t n = strlen(b->text);

	(void)names, (void)e;
	if (columns >= 3 && b->named++ < CHECK_NAMED)
		snprintf(b->text + n, sizeof(b->text) - n, "%s%s at %s: %s", n ? "; " : "", values[0] ? values[0] : "", values[1] ? values[1] : "",
			 values[2] ? values[2] : "");
	return 0;
}

void check_invariants(struct check *c, struct check_line *l)
{
	struct broken broken = { .rows = { .on_row = on_broken } };
	struct err e = ERR_INIT;
	int64_t count = 0, changes;

	if (!c->store) {
		check_not_tried(l, "not tried: there is no database");
		return;
	}
	if (check_count(c->store, "SELECT coalesce(max(seq), 0) FROM purchases", &changes, &e) == -1) {
		check_fail_err(l, &e);
		return;
	}
	if (!c->options->full && changes > CHECK_INVARIANTS_ROWS)
		check_not_tried(l, "not tried: more than %d changes of purchases, which takes minutes: check --full does", CHECK_INVARIANTS_ROWS);
	else if (store_check_invariants(c->store, &broken.rows, &count, &e) == -1)
		check_fail_err(l, &e);
	else if (count)
		check_fail(l, "E-CHECK-INVARIANT", "keep a copy of the database and report this line; then restore the newest backup that passes",
			   "%lld do not hold: %s", (long long)count, broken.text);
	else
		check_ok(l, "all hold");
}
