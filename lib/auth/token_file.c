/* SPDX-License-Identifier: MIT */
/* token_file.c - without fsync of the file and of its folder a power cut leaves an empty or an old token behind. */
#include "auth/token_file.h"

#include "auth/secret.h"
#include "base/limits.h"
#include "value/guid.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMP_PREFIX TOKEN_FILE_NAME ".tmp-"
#define TEMP_NAME_SIZE (sizeof(TEMP_PREFIX) + GUID_TEXT_MAX)

static int write_whole(int fd, struct span bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes = (struct span){ bytes.p + n, bytes.n - (size_t)n };
	}
	return 0;
}

static int open_folder(const char *state_dir, struct err *e)
{
	int fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1) {
		err_errno(e, ERR_STORE, "open folder %s", state_dir);
		return err_advise(e, "E-TOKEN-STORE", "make the folder that state_dir names: mode 0700, owned by the user that runs csp-usaged");
	}
	if (secret_check_rights(fd, state_dir, S_IWGRP | S_IWOTH, e) == 0)
		return fd;
	close(fd);
	return -1;
}

static int read_file(int fd, struct buf *bytes, struct token_file_seen *seen, struct err *e)
{
	size_t before = bytes->n;

	if (secret_check_rights(fd, TOKEN_FILE_NAME, S_IRWXG | S_IRWXO, e) == -1 || secret_read_bytes(fd, TOKEN_FILE_NAME, bytes, e) == -1)
		return -1;
	seen->there = true;
	seen->hash = hash_of((struct span){ buf_text(bytes) + before, bytes->n - before });
	return 0;
}

static int read_in(int folder, struct buf *bytes, struct token_file_seen *seen, struct err *e)
{
	/* O_NONBLOCK: a FIFO in its place must not hold us up */
	int fd = openat(folder, TOKEN_FILE_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int rc;

	*seen = (struct token_file_seen){ .there = false };
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1) {
		(void)err_errno(e, ERR_AUTH, "open " TOKEN_FILE_NAME);
		return err_advise(e, "E-TOKEN-STORE", "it must be a file, mode 0600, owned by the user that runs csp-usaged");
	}
	rc = read_file(fd, bytes, seen, e);
	close(fd);
	return rc;
}

int token_file_read(const char *state_dir, struct buf *bytes, struct token_file_seen *seen, struct err *e)
{
	int folder = open_folder(state_dir, e);
	int rc;

	if (folder == -1)
		return -1;
	rc = read_in(folder, bytes, seen, e);
	close(folder);
	return rc ? err_wrap(e, "%s", state_dir) : 0;
}

/* What killed writers left. The lock on the folder is held, so none of them is being written. */
static void remove_leftovers(int folder)
{
	int again = dup(folder); /* closedir closes its own */
	DIR *dir = again == -1 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!dir) {
		if (again != -1)
			close(again);
		return; /* they do no harm but to be there */
	}
	rewinddir(dir);
	while ((entry = readdir(dir)))
		if (strncmp(entry->d_name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0)
			(void)unlinkat(folder, entry->d_name, 0);
	closedir(dir);
}

/* The bytes in a new file of the folder, on the disk. */
static int write_temp(int folder, const char *name, struct span bytes, struct err *e)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc = 0;

	if (fd == -1)
		return err_errno(e, ERR_STORE, "create a file beside " TOKEN_FILE_NAME);
	/* An error of fsync is final: the kernel may have dropped the pages, and a second fsync would succeed. */
	if (write_whole(fd, bytes) == -1 || fsync(fd) == -1)
		rc = err_errno(e, ERR_STORE, "write a file beside " TOKEN_FILE_NAME);
	if (close(fd) == -1 && rc == 0)
		rc = err_errno(e, ERR_STORE, "close a file beside " TOKEN_FILE_NAME);
	return rc;
}

/* Whether the file is still what it was; the lock on the folder is held. */
static int compare(int folder, const struct token_file_seen *seen, bool *overtaken, struct err *e)
{
	struct token_file_seen now;
	struct buf bytes;
	int rc;

	buf_init(&bytes, LIMIT_CONSENT_BYTES);
	rc = read_in(folder, &bytes, &now, e);
	buf_fini_secret(&bytes);
	*overtaken = rc == 0 && (now.there != seen->there || (now.there && !hash_equal(&now.hash, &seen->hash)));
	return rc;
}

static int replace(int folder, struct span bytes, struct err *e)
{
	char guid[GUID_TEXT_MAX], name[TEMP_NAME_SIZE];
	int rc;

	remove_leftovers(folder);
	guid_print(guid_random(), guid);
	snprintf(name, sizeof(name), "%s%s", TEMP_PREFIX, guid);
	rc = write_temp(folder, name, bytes, e);
	if (rc == 0 && renameat(folder, name, folder, TOKEN_FILE_NAME) == -1)
		rc = err_errno(e, ERR_STORE, "rename to " TOKEN_FILE_NAME);
	if (rc == -1) {
		(void)unlinkat(folder, name, 0);
		return -1;
	}
	if (fsync(folder) == -1)
		return err_errno(e, ERR_STORE, "fsync the folder of " TOKEN_FILE_NAME);
	return 0;
}

int token_file_write(const char *state_dir, struct span bytes, const struct token_file_seen *seen, bool *overtaken, struct err *e)
{
	int folder = open_folder(state_dir, e);
	bool other = false;
	int rc;

	if (folder == -1)
		return -1;
	do
		rc = flock(folder, LOCK_EX);
	while (rc == -1 && errno == EINTR);
	if (rc == -1)
		rc = err_errno(e, ERR_STORE, "lock");
	else if (seen)
		rc = compare(folder, seen, &other, e);
	if (rc == 0 && !other)
		rc = replace(folder, bytes, e);
	close(folder); /* with it the lock goes */
	if (overtaken)
		*overtaken = other;
	if (rc == -1) {
		(void)err_wrap(e, "%s", state_dir);
		(void)err_advise(e, "E-TOKEN-STORE", "make room on the disk and check the folder's rights; the old token is still valid");
	}
	return rc;
}
