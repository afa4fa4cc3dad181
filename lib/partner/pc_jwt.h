/* SPDX-License-Identifier: MIT */
/* pc_jwt.h - what a JSON Web Token says, without asking whether it is true: no signature is checked. Good for what only is shown, and
 * for a token that came from its issuer itself over TLS. */
#ifndef PARTNER_PC_JWT_H
#define PARTNER_PC_JWT_H

struct json_t;

/* The claims of TOKEN as an object, for json_decref; NULL when it is no JWT of three parts (an access token need not be one). */
struct json_t *pc_jwt_claims(const char *token);

#endif
