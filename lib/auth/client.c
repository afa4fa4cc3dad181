/* SPDX-License-Identifier: MIT */
#include "auth/client.h"

#include "auth/form.h"
#include "auth/secret.h"
#include "base/limits.h"

static int too_long(struct err *e)
{
	return err_set(e, ERR_CONFIG, "the request to the sign-in service is too long");
}

static int none(const struct client_options *options, struct err *e)
{
	if (options->public_client)
		return 0;
	err_set(e, ERR_AUTH, "there is no client secret");
	return err_advise(e, "E-SECRET-NONE", "set client_secret_file, or the systemd credential client_secret");
}

int client_auth_append(struct buf *form, const struct client_options *options, const char *audience, struct err *e)
{
	struct buf secret;
	int rc;

	(void)audience;
	if (form_add(form, "client_id", span_of(options->client_id)) == -1)
		return too_long(e);
	buf_init(&secret, LIMIT_TOKEN_BYTES);
	rc = secret_read(options->client_secret_file, "client_secret", &secret, e);
	if (rc == 0 && secret.n == 0)
		rc = none(options, e);
	else if (rc == 0 && form_add(form, "client_secret", buf_span(&secret)) == -1)
		rc = too_long(e);
	buf_fini_secret(&secret);
	return rc;
}
