/* SPDX-License-Identifier: MIT */
/* The published copy: one file that anybody may open read-only, in rollback-journal mode.
 *
 * HAPPY PATH  VACUUM INTO a new file beside the old copy, its size, 0640, fsync, rename, fsync the folder.
 * FAILURES    the old copy stays as it was; the half-made file is removed. */
#include "store/db.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int copy_into(const char *database, const char *file, const atomic_bool *stop, struct err *e)
{
	struct db *db;
	struct sqlite3_stmt *q;
	int rc = -1;

	if (db_open(&db, database, DB_COPY, NULL, 0, e) == -1)
		return -1;
	db_set_stop(db, stop);
	q = db_prepare(db, "VACUUM INTO ?1", e);
	if (q) {
		db_bind_text(q, 1, file);
		rc = db_run(db, q, e);
		db_finalize(q);
	}
	db_close(db);
	return rc;
}

/* That the whole of it is there. Its pages are not looked through: VACUUM has read and written each row anew, and that took as long. */
static int check_copy(const char *file, struct err *e)
{
	int64_t pages = 0, page_size = 0;
	struct stat st = { .st_size = -1 };
	struct db *db;
	int rc;

	if (db_open(&db, file, DB_READ, NULL, 0, e) == -1)
		return -1;
	rc = db_exec_int(db, "PRAGMA page_count", &pages, e) == -1 ? -1 : db_exec_int(db, "PRAGMA page_size", &page_size, e);
	db_close(db);
	if (rc == -1)
		return -1;
	if (stat(file, &st) == -1)
		return err_errno(e, ERR_STORE, "stat %s", file);
	if (st.st_size != pages * page_size)
		return err_set(e, ERR_STORE, "copy %s: %lld bytes, not %lld pages of %lld", file, (long long)st.st_size, (long long)pages,
			       (long long)page_size);
	return 0;
}

static int sync_path(const char *path, int flags, struct err *e)
{
	int fd = open(path, flags | O_CLOEXEC);
	int rc = 0;

	if (fd == -1)
		return err_errno(e, ERR_STORE, "open %s", path);
	if (fsync(fd) == -1)
		rc = err_errno(e, ERR_STORE, "fsync %s", path);
	close(fd);
	return rc;
}

static int put_in_place(const char *file, const char *path, struct err *e)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s", path);
	if (chmod(file, 0640) == -1)
		return err_errno(e, ERR_STORE, "chmod %s", file);
	if (sync_path(file, O_RDONLY, e) == -1)
		return -1;
	if (rename(file, path) == -1)
		return err_errno(e, ERR_STORE, "rename %s to %s", file, path);
	return sync_path(dirname(folder), O_RDONLY | O_DIRECTORY, e);
}

int store_publish(const char *database, const char *path, const atomic_bool *stop, struct err *e)
{
	char file[PATH_MAX];
	int n = snprintf(file, sizeof(file), "%s.new", path);

	if (n < 0 || (size_t)n >= sizeof(file))
		return err_set(e, ERR_CONFIG, "publish: path too long");
	if (unlink(file) == -1 && errno != ENOENT)
		return err_errno(e, ERR_STORE, "remove %s", file);
	if (copy_into(database, file, stop, e) == -1 || check_copy(file, e) == -1 || put_in_place(file, path, e) == -1) {
		unlink(file);
		return err_wrap(e, "publish");
	}
	return 0;
}
