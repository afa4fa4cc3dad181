/* SPDX-License-Identifier: MIT */
/* client.h - how the application proves itself to Entra: by a secret, or by an assertion that its certificate's key signed. */
#ifndef AUTH_CLIENT_H
#define AUTH_CLIENT_H

#include "base/buf.h"
#include "base/err.h"
#include "crypto/assertion.h"

#define CLIENT_CERTIFICATE_WARN_DAYS 30 /* so long before its end a person should hear of it */

struct client_options { /* texts borrowed; a file that is NULL: the systemd credential of that name without _file, if there is one */
	const char *client_id;
	const char *client_secret_file, *client_certificate_file, *client_key_file;
	enum assertion_algorithm assertion;
	bool public_client; /* neither secret nor certificate is fine: the client id alone is sent */
};

/* Appends "&client_id=..&client_secret=.." or "&client_id=..&client_assertion_type=..&client_assertion=.." to FORM (without the first
 * "&" when it is empty), which the caller ends with buf_fini_secret. AUDIENCE is the token endpoint's address. An assertion is good
 * for minutes: made anew for each request. Blocks on files. ERR_AUTH with the remedy when there is neither, or it can't be used. */
int client_auth_append(struct buf *form, const struct client_options *options, const char *audience, struct err *e) MUST_CHECK;

/* When the certificate expires, an instant; 0 when the application proves itself by something else. Blocks on files. */
int client_certificate_expires_at(const struct client_options *options, int64_t *instant, struct err *e) MUST_CHECK;

#endif
