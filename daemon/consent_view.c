/* SPDX-License-Identifier: MIT */
#include "daemon/consent_view.h"

#include "auth/consent.h"
#include "config/config.h"

/* It goes to terminals, and came from the sign-in service. */
static void take_text(char *to, const char *from)
{
	size_t n = 0;

	for (; from && *from && n < CONSENT_VIEW_WHO_MAX - 1; from++)
		to[n++] = (unsigned char)*from < ' ' || *from == '\x7f' ? '?' : *from;
	to[n] = '\0';
}

static void take(struct consent_view *v, const struct consent *c)
{
	take_text(v->user, c->upn ? c->upn : c->oid);
	take_text(v->tenant, c->tenant);
	v->given_at = c->given_at;
	v->renewed_at = c->renewed_at;
	v->lapses_at = consent_lapses_at(c);
	v->mfa = c->mfa;
}

void consent_view_read(struct consent_view *v, const struct config *config)
{
	char tenant_id[GUID_TEXT_MAX], client_id[GUID_TEXT_MAX];
	const struct consent_place place = {
		.state_dir = config->state_dir, .token_key_file = config->token_key_file, .tenant_id = tenant_id, .client_id = client_id,
	};
	struct consent c = { .mfa = -1 };

	*v = (struct consent_view){ .needed = config->auth == CONFIG_AUTH_USER, .mfa = -1 };
	guid_print(config->tenant_id, tenant_id);
	guid_print(config->client_id, client_id);
	if (v->needed && consent_read(&c, &place, &v->err) == 0)
		take(v, &c);
	consent_fini(&c);
}
