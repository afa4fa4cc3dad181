/* SPDX-License-Identifier: MIT */
/* token_file.h - the bytes of `refresh-token` in the state folder, 0600; what they mean is consent.h's. Replaced as a whole: write to
 * a new file, fsync, rename, fsync the folder; killed at any instant the old or the new one is there. */
#ifndef AUTH_TOKEN_FILE_H
#define AUTH_TOKEN_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "crypto/hash.h"

#define TOKEN_FILE_NAME "refresh-token"

/* What the file held when it was read: to notice that somebody put another one there. */
struct token_file_seen {
	bool there;
	struct hash hash;
};

/* Appends the file's bytes, which the caller ends with buf_fini_secret; with SEEN->there false and nothing appended when there is
 * none. Refuses a symbolic link, a file that anyone else may read, write or owns, a folder that anyone else may write, and one longer
 * than the buffer's maximum, with the remedy (ERR_AUTH, ERR_STORE). */
int token_file_read(const char *state_dir, struct buf *bytes, struct token_file_seen *seen, struct err *e) MUST_CHECK;
/* 0: the bytes are durable. -1 (ERR_STORE): the old ones are still there, or the new ones, whole in either case. Writers of several
 * processes wait for each other; what a killed one left behind is removed. Blocks on the disk.
 *
 * With SEEN the file must still be what it was when it was read: else it stays, nothing is written, and OVERTAKEN is true (0). */
int token_file_write(const char *state_dir, struct span bytes, const struct token_file_seen *seen, bool *overtaken,
		     struct err *e) MUST_CHECK;

#endif
