/* SPDX-License-Identifier: MIT */
/* token_file.h - the refresh token on disk: `refresh-token` in the state folder, 0600. Replaced as a whole: write to a new file,
 * fsync, rename, fsync the folder; killed at any instant the old or the new one is there. */
#ifndef AUTH_TOKEN_FILE_H
#define AUTH_TOKEN_FILE_H

#include "base/buf.h"
#include "base/err.h"

#define TOKEN_FILE_NAME "refresh-token"

/* Appends the token, surrounding white space stripped; the caller ends it with buf_fini_secret. Refuses a symbolic link, a file that
 * anyone else may read, write or owns, a folder that anyone else may write, an empty or too long one, with the remedy (ERR_AUTH when
 * there is none yet, else ERR_CONFIG or ERR_STORE). */
int token_file_read(const char *state_dir, struct buf *token, struct err *e) MUST_CHECK;
/* 0: the token is durable. -1 (ERR_STORE, ERR_CONFIG): the old one is still there, or the new one, whole in either case. Writers of
 * several processes wait for each other; what a killed one left behind is removed. Blocks on the disk. */
int token_file_write(const char *state_dir, struct span token, struct err *e) MUST_CHECK;

#endif
