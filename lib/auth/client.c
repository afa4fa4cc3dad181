/* SPDX-License-Identifier: MIT */
#include "auth/client.h"

#include "auth/form.h"
#include "auth/secret.h"
#include "base/limits.h"

#include <time.h>

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

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

static int append_secret(struct buf *form, const struct client_options *options, struct err *e)
{
	struct buf secret;
	int rc;

	buf_init(&secret, LIMIT_TOKEN_BYTES);
	rc = secret_read(options->client_secret_file, "client_secret", &secret, e);
	if (rc == 0 && secret.n == 0)
		rc = none(options, e);
	else if (rc == 0 && form_add(form, "client_secret", buf_span(&secret)) == -1)
		rc = too_long(e);
	buf_fini_secret(&secret);
	return rc;
}

/* Nothing appended: the application proves itself by something else. What the configuration names comes before credentials. */
static int read_certificate(const struct client_options *options, struct buf *pem, struct err *e)
{
	if (options->client_secret_file && !options->client_certificate_file)
		return 0;
	return secret_read_public(options->client_certificate_file, "client_certificate", pem, e);
}

static int read_key(const struct client_options *options, struct buf *pem, struct err *e)
{
	if (secret_read(options->client_key_file, "client_key", pem, e) == -1)
		return -1;
	if (pem->n)
		return 0;
	err_set(e, ERR_AUTH, "there is a client certificate, but no client key");
	return err_advise(e, "E-SECRET-NONE", "set client_key_file, or the systemd credential client_key");
}

static int append_assertion(struct buf *form, const struct client_options *options, struct span certificate, const char *audience,
			    struct err *e)
{
	struct buf key, jwt;
	struct assertion a = { .certificate_pem = certificate, .algorithm = options->assertion, .client_id = options->client_id,
			       .audience = audience };
	struct timespec now;
	int rc;

	clock_gettime(CLOCK_REALTIME, &now);
	a.now = now.tv_sec;
	buf_init(&key, LIMIT_TOKEN_BYTES);
	buf_init(&jwt, LIMIT_TOKEN_BYTES);
	rc = read_key(options, &key, e);
	a.key_pem = buf_span(&key);
	if (rc == 0)
		rc = assertion_make(&jwt, &a, e);
	if (rc == 0 && (form_add(form, "client_assertion_type", SPAN_LITERAL(ASSERTION_TYPE)) == -1 ||
			form_add(form, "client_assertion", buf_span(&jwt)) == -1))
		rc = too_long(e);
	buf_fini_secret(&key);
	buf_fini_secret(&jwt);
	return rc;
}

int client_auth_append(struct buf *form, const struct client_options *options, const char *audience, struct err *e)
{
	struct buf certificate;
	int rc;

	if (form_add(form, "client_id", span_of(options->client_id)) == -1)
		return too_long(e);
	buf_init(&certificate, LIMIT_TOKEN_BYTES);
	rc = read_certificate(options, &certificate, e);
	if (rc == 0 && certificate.n)
		rc = append_assertion(form, options, buf_span(&certificate), audience, e);
	else if (rc == 0)
		rc = append_secret(form, options, e);
	buf_fini_secret(&certificate); /* such a file often holds the key, too */
	return rc;
}

int client_certificate_expires_at(const struct client_options *options, int64_t *instant, struct err *e)
{
	struct buf certificate;
	int rc;

	*instant = 0;
	buf_init(&certificate, LIMIT_TOKEN_BYTES);
	rc = read_certificate(options, &certificate, e);
	if (rc == 0 && certificate.n)
		rc = assertion_expires_at(buf_span(&certificate), instant, e);
	buf_fini_secret(&certificate);
	return rc;
}
