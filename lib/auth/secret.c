/* SPDX-License-Identifier: MIT */
#include "auth/secret.h"

#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int secret_read_bytes(int fd, const char *name, struct buf *bytes, struct err *e)
{
	size_t size = bytes->max - bytes->n + 1;
	char *p = xmalloc(size);
	ssize_t n = read_whole(fd, p, size);
	int rc = 0;

	if (n < 0) {
		rc = err_errno(e, ERR_STORE, "read %s", name);
	} else if (buf_add(bytes, p, (size_t)n) == -1) {
		err_set(e, ERR_AUTH, "%s is too long", name);
		rc = err_advise(e, "E-SECRET-FORM", "put only the secret into this file");
	}
	mem_wipe(p, size);
	free(p);
	return rc;
}

struct span secret_strip(struct span s)
{
	while (s.n && is_space(s.p[0]))
		s = (struct span){ s.p + 1, s.n - 1 };
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Appends the file's text without the white space around it. */
static int read_text(int fd, const char *name, struct buf *secret, struct err *e)
{
	struct buf bytes;
	struct span text;
	int rc;

	buf_init(&bytes, LIMIT_TOKEN_BYTES);
	rc = secret_read_bytes(fd, name, &bytes, e);
	text = secret_strip(buf_span(&bytes));
	if (rc == 0 && text.n == 0)
		rc = err_set(e, ERR_AUTH, "%s is empty", name);
	else if (rc == 0 && memchr(text.p, '\0', text.n))
		rc = err_set(e, ERR_AUTH, "%s: not a secret: not text", name);
	else if (rc == 0 && buf_add_span(secret, text) == -1)
		rc = err_set(e, ERR_AUTH, "%s is too long", name);
	buf_fini_secret(&bytes);
	return rc;
}

int secret_check_rights(int fd, const char *name, mode_t forbidden, struct err *e)
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
	return err_advise(e, "E-SECRET-MODE",
			  S_ISDIR(st.st_mode) ? "chmod 0700 this folder" : "chmod 0600 this file, and make a new secret: others may have read this one");
}

/* FORBIDDEN 0: no secret, anybody's. */
static int read_from(const char *file, const char *credential_name, mode_t forbidden, struct buf *secret, struct err *e)
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
		rc = forbidden ? secret_check_rights(fd, buf_text(&path), forbidden, e) : 0;
		rc = rc ? rc : read_text(fd, buf_text(&path), secret, e);
	}
	if (rc == -1 && !e->code[0])
		(void)err_advise(e, "E-SECRET-NONE", "store the secret in that file: mode 0600, owned by the user that runs csp-usaged");
	if (fd != -1)
		close(fd);
	buf_fini(&path);
	return rc;
}

int secret_read(const char *file, const char *credential_name, struct buf *secret, struct err *e)
{
	return read_from(file, credential_name, S_IRWXO, secret, e);
}

int secret_read_public(const char *file, const char *credential_name, struct buf *text, struct err *e)
{
	return read_from(file, credential_name, 0, text, e);
}
