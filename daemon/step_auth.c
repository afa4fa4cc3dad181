/* SPDX-License-Identifier: MIT */
/* AUTH: a token before anything else, so that a consent that is gone is one clear error and not one for each slice.
 *
 * HAPPY PATH  an access token, cached or refreshed -> RATES
 * FAILURES    needs a person (consent, secret, role) or no answer: the run fails. A refusal that an earlier run met is forgotten
 *             first: a person may have acted since. */
#include "daemon/boot.h"
#include "daemon/run_inner.h"

static void on_token(struct token_ask *ask)
{
	struct run *run = container_of(ask, struct run, token);

	if (ask->err.kind) {
		err_wrap(&ask->err, "sign in");
		run_fail(run, &ask->err);
		return;
	}
	run_goto(run, RUN_RATES);
}

void step_auth_enter(struct run *run)
{
	token_forget_refusal(run->boot->token);
	run->token = (struct token_ask){ .done = on_token };
	token_get(run->boot->token, &run->token);
}
