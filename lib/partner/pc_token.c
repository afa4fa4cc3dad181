/* SPDX-License-Identifier: MIT */
#include "partner/pc_token.h"

#include "base/mem.h"
#include "partner/pc_error.h"
#include "partner/pc_json.h"
#include "partner/pc_jwt.h"
#include "value/parse.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPIRES_MIN_S 60
#define EXPIRES_MAX_S 86400
#define CODE "E-FORMAT-TOKEN"
#define REMEDY "the sign-in service's answer is not as documented; check login_url and any proxy in between"

static void free_secret(char *text)
{
	if (text)
		mem_wipe(text, strlen(text));
	free(text);
}

void pc_token_fini(struct pc_token *t)
{
	free_secret(t->access_token);
	free_secret(t->refresh_token);
	free_secret(t->id_token);
	memset(t, 0, sizeof(*t));
}

/* A token at NAME as heap text, NULL when absent, null or empty. It goes into a header and a form: only what is visible. */
static int read_token(const json_t *document, const char *name, char **token, struct err *e)
{
	const json_t *value = json_object_get(document, name);
	const struct span text = pc_json_text(document, name);

	*token = NULL;
	if (!value || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return err_set(e, ERR_FORMAT, "%s: not a text", name);
	if (text.n > LIMIT_TOKEN_BYTES)
		return err_set(e, ERR_FORMAT, "%s: longer than %zu bytes", name, LIMIT_TOKEN_BYTES);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return err_set(e, ERR_FORMAT, "%s: holds a character that no token has", name);
	if (text.n)
		*token = xstrndup(text.p, text.n);
	return 0;
}

static int read_expiry(const json_t *document, int64_t *seconds, struct err *e)
{
	const json_t *value = json_object_get(document, "expires_in");

	if (!value || json_is_null(value))
		return err_set(e, ERR_FORMAT, "expires_in: missing");
	if (json_is_string(value)) {
		if (parse_int(seconds, pc_json_text(document, "expires_in"), 0, INT32_MAX, e) == -1)
			return err_wrap(e, "expires_in");
	} else if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*seconds = json_integer_value(value);
	} else {
		return err_set(e, ERR_FORMAT, "expires_in: not a number of seconds");
	}
	if (*seconds < EXPIRES_MIN_S)
		*seconds = EXPIRES_MIN_S;
	if (*seconds > EXPIRES_MAX_S)
		*seconds = EXPIRES_MAX_S;
	return 0;
}

/* Only to warn before the first call: who the token is for is Microsoft's to judge. */
static int read_mfa(const char *token)
{
	json_t *claims = pc_jwt_claims(token);
	const json_t *amr = json_object_get(claims, "amr");
	int mfa = json_is_array(amr) ? 0 : -1;

	for (size_t i = 0; i < json_array_size(amr); i++) {
		const char *method = json_string_value(json_array_get(amr, i));

		if (method && strcmp(method, "mfa") == 0)
			mfa = 1;
	}
	json_decref(claims);
	return mfa;
}

int pc_token_decode(struct pc_token *t, struct span body, struct err *e)
{
	struct pc_token new = { .mfa = -1 };
	json_t *document = pc_json_load(body, e);
	int result = -1;

	if (!document)
		goto out;
	if (!json_is_object(document)) {
		err_set(e, ERR_FORMAT, "not an object");
		goto out;
	}
	if (read_token(document, "access_token", &new.access_token, e) == -1)
		goto out;
	if (!new.access_token) {
		err_set(e, ERR_FORMAT, "access_token: missing");
		goto out;
	}
	if (read_token(document, "refresh_token", &new.refresh_token, e) == -1 ||
	    read_token(document, "id_token", &new.id_token, e) == -1 || read_expiry(document, &new.expires_in_s, e) == -1)
		goto out;
	new.mfa = read_mfa(new.access_token);
	*t = new;
	new = (struct pc_token){ .mfa = -1 };
	result = 0;
out:
	json_decref(document);
	pc_token_fini(&new);
	if (result == -1) {
		e->kind = ERR_FORMAT;
		err_advise(e, CODE, REMEDY);
	}
	return result;
}
