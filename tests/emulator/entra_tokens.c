/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "entra.h"
#include "state.h"
#include "token.h"

void
entra_put_number(struct request *r, const char *name, long long value, int v1)
{
	int64_t form = r->world->s.quirks.token_numbers;
	int quoted = form == NUMBER_STRING || (form == NUMBER_AUTO && v1);

	text_printf(&r->reply.body, quoted ? ",\"%s\":\"%lld\"" : ",\"%s\":%lld", name, value);
}

static void
put_lives(struct request *r, int v1)
{
	long long life = r->world->s.partner.access_token_seconds, now = (long long)(world_clock_ms(r->world) / 1000);

	entra_put_number(r, "expires_in", life - 1 > 0 ? life - 1 : life, v1);
	entra_put_number(r, "ext_expires_in", life - 1 > 0 ? life - 1 : life, v1);
	if (!v1)
		return;
	entra_put_number(r, "expires_on", now + life, v1);
	entra_put_number(r, "not_before", now, v1);
	text_printf(&r->reply.body, ",\"resource\":\"%s\"", TOKEN_AUDIENCE);
}

/* offline_access is granted, but not named in the answer. */
static void
put_scope(struct text *b, const struct entra_tokens *t)
{
	text_puts(b, ",\"scope\":\"");
	if (!t->v1 && entra_has_word(t->scope, "openid"))
		text_puts(b, "openid ");
	if (!t->v1 && entra_has_word(t->scope, "profile"))
		text_puts(b, "profile ");
	text_printf(b, "%suser_impersonation\"", t->v1 ? "" : TOKEN_AUDIENCE "/");
}

void
entra_give_tokens(struct request *r, const struct entra_tokens *t)
{
	const char *graph = strstr(t->scope, "graph.microsoft.com") != NULL ? "https://graph.microsoft.com" : NULL;
	struct text *b = &r->reply.body;

	reply_json(r, 200);
	reply_header(&r->reply, "Cache-Control", "no-store, no-cache");
	reply_header(&r->reply, "Pragma", "no-cache");
	text_puts(b, "{\"token_type\":\"Bearer\"");
	if (t->delegated)
		put_scope(b, t);
	put_lives(r, t->v1);
	text_puts(b, ",\"access_token\":\"");
	token_new_access(r->state, r->world, t->delegated, graph != NULL ? graph : TOKEN_AUDIENCE, b);
	text_puts(b, "\"");
	if (t->refresh && !request_fault_is(r, FAULT_NO_REFRESH_TOKEN)) {
		text_puts(b, ",\"refresh_token\":\"");
		if (t->same != NULL)
			text_puts(b, t->same);
		else
			token_new_refresh(r->world, logins_generation(&r->state->logins), b);
		text_puts(b, "\"");
	}
	if (t->delegated && entra_has_word(t->scope, "openid")) {
		text_puts(b, ",\"id_token\":\"");
		token_new_id(r->world, t->nonce, b);
		text_puts(b, "\"");
	}
	text_puts(b, "}");
}
