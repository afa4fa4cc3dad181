/* SPDX-License-Identifier: MIT */
/* secret.h - secrets that a person put into a file, or systemd into $CREDENTIALS_DIRECTORY. */
#ifndef AUTH_SECRET_H
#define AUTH_SECRET_H

#include "base/buf.h"
#include "base/err.h"

#include <sys/stat.h>

/* Appends the secret, surrounding white space stripped, from FILE, or from $CREDENTIALS_DIRECTORY/CREDENTIAL_NAME when FILE is NULL;
 * the caller ends SECRET with buf_fini_secret. 0 with nothing appended: FILE is NULL and there is no such credential. Refuses an
 * empty file, one that everyone may read, and one that is another user's (ERR_AUTH, ERR_STORE), with the remedy. */
int secret_read(const char *file, const char *credential_name, struct buf *secret, struct err *e) MUST_CHECK;

/* The same for what is no secret, whoever may read it: a certificate. */
int secret_read_public(const char *file, const char *credential_name, struct buf *text, struct err *e) MUST_CHECK;

/* Its parts, for a file that is open; NAME is for the error. Nobody but the owner, who is us or root, has the rights of FORBIDDEN. */
int secret_check_rights(int fd, const char *name, mode_t forbidden, struct err *e) MUST_CHECK;
/* Appends all of it; one that the buffer's maximum has no room for is refused. */
int secret_read_bytes(int fd, const char *name, struct buf *bytes, struct err *e) MUST_CHECK;
/* Without the white space around it. */
struct span secret_strip(struct span text);

#endif
