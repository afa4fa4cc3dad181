/* SPDX-License-Identifier: MIT */
/* token_file.c - secrets on disk. Without fsync of the file and of its folder a power cut leaves an empty or an old token behind. */
#include "auth/token_file.h"

#include "base/limits.h"
#include "base/mem.h"
#include "value/guid.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONSENT "give consent and store the new refresh token in the file refresh-token of state_dir, mode 0600"
#define TEMP_PREFIX TOKEN_FILE_NAME ".tmp-"
#define TEMP_NAME_SIZE (sizeof(TEMP_PREFIX) + GUID_TEXT_MAX)

/* read() until SIZE bytes, the end or an error. */
static ssize_t read_whole(int fd, char *to, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, to + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

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

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Appends the file's bytes without the white space around them. */
static int read_text(int fd, const char *name, struct buf *text, struct err *e)
{
	size_t size = LIMIT_TOKEN_BYTES + 1;
	char *bytes = xmalloc(size);
	ssize_t n = read_whole(fd, bytes, size);
	struct span s = { bytes, n < 0 ? 0 : (size_t)n };
	int rc = 0;

	while (s.n && is_space(s.p[0]))
		s = (struct span){ s.p + 1, s.n - 1 };
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	if (n < 0)
		rc = err_errno(e, ERR_STORE, "read %s", name);
	else if (n == (ssize_t)size || memchr(bytes, '\0', (size_t)n))
		rc = err_set(e, ERR_AUTH, "%s: not a secret: too long, or not text", name);
	else if (s.n == 0)
		rc = err_set(e, ERR_AUTH, "%s is empty", name);
	else if (buf_add_span(text, s) == -1)
		rc = err_set(e, ERR_AUTH, "%s is too long", name);
	mem_wipe(bytes, size);
	free(bytes);
	return rc;
}

/* Nobody but the owner (us, or root) has the rights of FORBIDDEN. */
static int check_rights(int fd, const char *name, mode_t forbidden, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_errno(e, ERR_STORE, "stat %s", name);
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		err_set(e, ERR_AUTH, "%s belongs to another user", name);
		return err_advise(e, "E-SECRET-MODE", "chown it to the user that runs csp-usaged");
	}
	if (!(st.st_mode & forbidden))
		return 0;
	err_set(e, ERR_AUTH, "%s has mode %04o: others have access to it", name, (unsigned)(st.st_mode & 07777));
	return err_advise(e, "E-SECRET-MODE", S_ISDIR(st.st_mode) ? "chmod 0700 this folder" : "chmod 0600 this file, and renew what is in it");
}

static int open_folder(const char *state_dir, struct err *e)
{
	int fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1) {
		err_errno(e, ERR_STORE, "open folder %s", state_dir);
		return err_advise(e, "E-TOKEN-STORE", "make the folder that state_dir names: mode 0700, owned by the user that runs csp-usaged");
	}
	if (check_rights(fd, state_dir, S_IWGRP | S_IWOTH, e) == 0)
		return fd;
	close(fd);
	return -1;
}

int token_file_read(const char *state_dir, struct buf *token, struct err *e)
{
	int folder = open_folder(state_dir, e);
	int fd = -1, rc = -1;

	if (folder == -1)
		return -1;
	/* O_NONBLOCK: a FIFO in its place must not hold us up */
	fd = openat(folder, TOKEN_FILE_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT) {
		err_set(e, ERR_AUTH, "there is no refresh token in %s", state_dir);
		(void)err_advise(e, "E-AUTH-LOGIN", CONSENT);
	} else if (fd == -1) {
		(void)err_errno(e, ERR_AUTH, "open %s/" TOKEN_FILE_NAME, state_dir);
		(void)err_advise(e, "E-TOKEN-STORE", "it must be a file, mode 0600, owned by the user that runs csp-usaged");
	} else if (check_rights(fd, TOKEN_FILE_NAME, S_IRWXG | S_IRWXO, e) == 0) {
		rc = read_text(fd, TOKEN_FILE_NAME, token, e);
		if (rc == -1)
			(void)err_advise(e, "E-AUTH-LOGIN", CONSENT);
	}
	if (fd != -1)
		close(fd);
	close(folder);
	return rc;
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

/* The token in a new file of the folder, on the disk. */
static int write_temp(int folder, const char *name, struct span token, struct err *e)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc = 0;

	if (fd == -1)
		return err_errno(e, ERR_STORE, "create a file beside " TOKEN_FILE_NAME);
	/* An error of fsync is final: the kernel may have dropped the pages, and a second fsync would succeed. */
	if (write_whole(fd, token) == -1 || write_whole(fd, SPAN_LITERAL("\n")) == -1 || fsync(fd) == -1)
		rc = err_errno(e, ERR_STORE, "write a file beside " TOKEN_FILE_NAME);
	if (close(fd) == -1 && rc == 0)
		rc = err_errno(e, ERR_STORE, "close a file beside " TOKEN_FILE_NAME);
	return rc;
}

static int replace(int folder, struct span token, struct err *e)
{
	char guid[GUID_TEXT_MAX], name[TEMP_NAME_SIZE];
	int rc;

	remove_leftovers(folder);
	guid_print(guid_random(), guid);
	snprintf(name, sizeof(name), "%s%s", TEMP_PREFIX, guid);
	rc = write_temp(folder, name, token, e);
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

int token_file_write(const char *state_dir, struct span token, struct err *e)
{
	int folder, rc;

	if (token.n == 0 || token.n > LIMIT_TOKEN_BYTES)
		return err_set(e, ERR_STORE, "a refresh token of %zu bytes is not stored", token.n);
	folder = open_folder(state_dir, e);
	if (folder == -1)
		return -1;
	do
		rc = flock(folder, LOCK_EX);
	while (rc == -1 && errno == EINTR);
	if (rc == -1)
		rc = err_errno(e, ERR_STORE, "lock");
	else
		rc = replace(folder, token, e);
	close(folder); /* with it the lock goes */
	if (rc == -1) {
		(void)err_wrap(e, "%s", state_dir);
		(void)err_advise(e, "E-TOKEN-STORE", "make room on the disk and check the folder's rights; the old token is still valid");
	}
	return rc;
}

int secret_read(const char *file, const char *credential_name, struct buf *secret, struct err *e)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct buf path;
	int fd, rc;

	if (!file && !folder)
		return 0;
	buf_init(&path, LIMIT_LINK_BYTES);
	if (file ? buf_add_text(&path, file) : buf_printf(&path, "%s/%s", folder, credential_name)) {
		buf_fini(&path);
		return err_set(e, ERR_CONFIG, "the path of %s is too long", credential_name);
	}
	fd = open(buf_text(&path), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT && !file) {
		rc = 0;
	} else if (fd == -1) {
		rc = err_errno(e, ERR_AUTH, "open %s", buf_text(&path));
	} else {
		rc = check_rights(fd, buf_text(&path), S_IRWXO, e);
		rc = rc ? rc : read_text(fd, buf_text(&path), secret, e);
	}
	if (rc == -1 && !e->code[0])
		(void)err_advise(e, "E-SECRET-NONE", "store the secret in that file: mode 0600, owned by the user that runs csp-usaged");
	if (fd != -1)
		close(fd);
	buf_fini(&path);
	return rc;
}
