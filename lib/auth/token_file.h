/* SPDX-License-Identifier: MIT */
/* token_file.h - the refresh token on disk: `refresh-token` in the state folder, 0600. Replaced as a whole: write to a new file,
 * fsync, rename, fsync the folder; killed at any instant the old or the new one is there. */
#ifndef AUTH_TOKEN_FILE_H
#define AUTH_TOKEN_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the token, surrounding white space stripped. Refuses a file that others may read, a folder others may write, an empty or
 * too long one, with the remedy (ERR_AUTH when there is none yet: "run csp-usaged login"). */
int token_file_read(const char *state_dir, struct buf *token, struct err *e) MUST_CHECK;
int token_file_write(const char *state_dir, struct span token, struct err *e) MUST_CHECK;
/* A secret from a file, or from $CREDENTIALS_DIRECTORY/NAME when FILE is NULL. */
int secret_read(const char *file, const char *credential_name, struct buf *secret, struct err *e) MUST_CHECK;

#endif
