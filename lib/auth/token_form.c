/* SPDX-License-Identifier: MIT */
/* token_form.c - the request to the token endpoint. */
#include "auth/token_private.h"

#include "auth/form.h"
#include "base/limits.h"
#include "base/mem.h"

static int add_scope(struct buf *form, const struct token_options *options)
{
	struct buf scope;
	int rc;

	buf_init(&scope, LIMIT_LINK_BYTES);
	rc = buf_printf(&scope, "%s%s", options->resource, options->app_only ? "/.default" : "/user_impersonation offline_access");
	if (rc == 0)
		rc = form_add(form, "scope", buf_span(&scope));
	buf_fini(&scope);
	return rc;
}

int token_form(struct buf *form, const struct token_options *options, struct span refresh_token, const char *url, struct err *e)
{
	const char *grant = options->app_only ? "client_credentials" : "refresh_token";
	struct client_options client = options->client;

	client.public_client = !options->app_only;
	if (client_auth_append(form, &client, url, e) == -1)
		return -1;
	if (form_add(form, "grant_type", span_of(grant)) == -1 || add_scope(form, options) == -1 ||
	    (!options->app_only && form_add(form, "refresh_token", refresh_token) == -1))
		return err_set(e, ERR_CONFIG, "the request to the sign-in service is too long");
	return 0;
}

char *token_url(const struct token_options *options)
{
	static const char tail[] = "/oauth2/v2.0/token";
	size_t size = strlen(options->login_url) + 1 + strlen(options->tenant_id) + sizeof(tail);
	char *url = xmalloc(size);

	snprintf(url, size, "%s/%s%s", options->login_url, options->tenant_id, tail);
	return url;
}
