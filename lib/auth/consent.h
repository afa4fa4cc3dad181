/* SPDX-License-Identifier: MIT */
/* consent.h - what is left of a person's consent: the refresh token, and who gave it when. Kept in the token file (token_file.h), as
 * one JSON document: with a checksum, or sealed (AES-256-GCM) when there is a token key. A flipped bit or a missing end is refused. A
 * bare token, as other tools leave it, is read too.
 *
 * A consent may also be given from outside, as the systemd credential `refresh_token`: it wins over a stored one that does not descend
 * from it. So a changed credential is taken up, and an unchanged one does not come back in place of the rotated token. */
#ifndef AUTH_CONSENT_H
#define AUTH_CONSENT_H

#include "auth/token_file.h"

#include <stdint.h>

#define CONSENT_LIFE_DAYS 90   /* a refresh token that is not used for so long has lapsed (Entra) */
#define CONSENT_WARN_DAYS 14   /* so long before that a person should hear of it */
#define CONSENT_WHO_MAX 1024   /* bytes of each text but the token */

struct consent_place { /* texts borrowed */
	const char *state_dir;            /* folder of `refresh-token`, 0700 */
	const char *token_key_file;       /* 64 hex digits; NULL: the systemd credential token_key; neither: not sealed */
	const char *tenant_id, *client_id; /* what is sealed here is of no use elsewhere */
	const struct hash *refused;        /* digest of a credential that was refused: a stored sign-in takes its place; NULL: none */
};

struct consent { /* zeroed before it is filled */
	char *refresh_token;       /* heap, wiped by consent_fini */
	char *upn, *oid, *tenant;  /* who consented, in which tenant: heap; NULL: not known */
	int64_t given_at;          /* instant of the sign-in, 0: not known */
	int64_t renewed_at;        /* instant at which this token was issued, 0: not known */
	int mfa;                   /* as pc_token: 1, 0, -1 */
	/* private: filled by consent_read */
	bool has_origin;           /* it descends from the credential with this digest */
	struct hash origin;
	bool beside;               /* it is the credential, and the consent of a sign-in is stored */
	bool other_key;            /* it is sealed, and there is a token_key, which is another one */
	struct token_file_seen seen;
};

/* Fills C, zeroed; ended with consent_fini in any case. ERR_AUTH with the remedy when there is none (E-AUTH-LOGIN), it is damaged
 * (E-TOKEN-DAMAGED) or sealed with another key (E-TOKEN-KEY); ERR_STORE. Blocks on the disk. */
int consent_read(struct consent *c, const struct consent_place *place, struct err *e) MUST_CHECK;
/* Whether what is stored there will be SEALED; ERR_AUTH (E-TOKEN-KEY and others) when there is a key that can't be used: to be told
 * before anybody signs in. */
int consent_check_key(const struct consent_place *place, bool *sealed, struct err *e) MUST_CHECK;
/* A person has just signed in: C takes the place of whatever is there, durably, and wins over the credential that is there now, or that
 * the stored one descends from. Of C the upper part is read. */
int consent_write(const struct consent *c, const struct consent_place *place, struct err *e) MUST_CHECK;
/* C, as it was read, was renewed at the instant NOW: TOKEN takes the place of its refresh token, in C and durably on disk. Unless
 * somebody put another consent there meanwhile, which stays: then OVERTAKEN is true, and the new token is dropped. MFA -1 leaves it. */
int consent_renew(struct consent *c, const struct consent_place *place, const char *token, int64_t now, int mfa, bool *overtaken,
		  struct err *e) MUST_CHECK;
void consent_fini(struct consent *c);

/* The instant at which it lapses when it is not used before; 0 when that is not known. */
int64_t consent_lapses_at(const struct consent *c);

#endif
