/* SPDX-License-Identifier: MIT */
/* token.h - access and refresh tokens. Both prove themselves by a keyed digest, so that nothing is stored and a refresh token
 * outlives the emulator, as long as tenant, client and secret stay the same. */
#ifndef EMU_TOKEN_H
#define EMU_TOKEN_H

#include "state.h"

/* TOKEN_GOOD: of a person; TOKEN_GOOD_APP: of the application alone. */
enum token_state { TOKEN_GOOD, TOKEN_GOOD_APP, TOKEN_BAD, TOKEN_EXPIRED, TOKEN_NO_MFA, TOKEN_APP_ONLY_REFUSED, TOKEN_WRONG_AUDIENCE, TOKEN_OTHER_TENANT };

#define TOKEN_AUDIENCE "https://api.partnercenter.microsoft.com"

/* A JWT with the claims of the real one; delegated tokens carry amr and scp, app-only ones roles. */
void token_new_access(struct state *s, const struct world *w, int delegated, const char *audience, struct text *out);
/* The id_token of the v2 endpoint. nonce: "" for none. */
void token_new_id(const struct world *w, const char *nonce, struct text *out);
enum token_state token_check_access(struct state *s, const struct world *w, const char *token);
/* generation: of the consent, see logins.h. */
void token_new_refresh(const struct world *w, int64_t generation, struct text *out);
/* The generation in it, 0 for the scenario's own refresh token, -1 when it is none of ours. */
int64_t token_refresh_generation(const struct world *w, const char *token);

#endif
