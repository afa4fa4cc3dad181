/* SPDX-License-Identifier: MIT */
#include "daemon/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The pid that the holder wrote: digits, cut at the first other byte. */
static void read_holder(int fd, char pid[16])
{
	ssize_t n = pread(fd, pid, 15, 0);

	if (n < 0)
		n = 0;
	pid[n] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
}

static int refuse(int fd, const char *database, struct err *e)
{
	char pid[16];

	read_holder(fd, pid);
	err_set(e, ERR_BUSY, "another csp-usaged (process %s) works on %s", pid[0] ? pid : "unknown", database);
	return err_advise(e, "E-LOCK", "let it end; when it is the daemon, start a run with: systemctl reload csp-usaged");
}

int lock_take(struct lock *lock, const char *database, struct err *e)
{
	char path[4096], pid[16];
	int fd, n;

	if ((size_t)snprintf(path, sizeof(path), "%s.lock", database) >= sizeof(path))
		return err_set(e, ERR_CONFIG, "[database] path is too long");
	/* 0600: whoever can open the file could hold the lock, and readers of the database must not stop the daemon. */
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1) {
		err_errno(e, ERR_STORE, "open %s", path);
		return err_advise(e, NULL, "the folder of [database] path must exist and belong to the user who runs csp-usaged");
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EWOULDBLOCK)
			refuse(fd, database, e);
		else
			err_errno(e, ERR_STORE, "lock %s", path);
		close(fd);
		return -1;
	}
	/* The number is for people; the lock is what counts, so a full disk is no reason to stop here. */
	n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) == -1 || pwrite(fd, pid, (size_t)n, 0) != n)
		errno = 0;
	lock->fd = fd;
	return 0;
}

void lock_release(struct lock *lock)
{
	if (lock->fd != -1)
		close(lock->fd);
	lock->fd = -1;
}
