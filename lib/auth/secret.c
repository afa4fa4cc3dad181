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

int secret_read_fd(int fd, const char *name, struct buf *text, struct err *e)
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
	return err_advise(e, "E-SECRET-MODE", S_ISDIR(st.st_mode) ? "chmod 0700 this folder" : "chmod 0600 this file, and renew what is in it");
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
		rc = secret_check_rights(fd, buf_text(&path), S_IRWXO, e);
		rc = rc ? rc : secret_read_fd(fd, buf_text(&path), secret, e);
	}
	if (rc == -1 && !e->code[0])
		(void)err_advise(e, "E-SECRET-NONE", "store the secret in that file: mode 0600, owned by the user that runs csp-usaged");
	if (fd != -1)
		close(fd);
	buf_fini(&path);
	return rc;
}
