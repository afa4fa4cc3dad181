/* SPDX-License-Identifier: MIT */
#include "partner/pc_device.h"

#include "base/limits.h"
#include "base/mem.h"
#include "partner/pc_json.h"
#include "value/parse.h"
#include "value/url.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define CODE "E-FORMAT-DEVICE"
#define REMEDY "the sign-in service's answer is not as documented; check login_url and any proxy in between"
#define EXPIRES_MIN_S 60
#define EXPIRES_MAX_S 3600
#define INTERVAL_MAX_S 60
#define INTERVAL_DEFAULT_S 5

void pc_device_fini(struct pc_device *d)
{
	if (d->device_code)
		mem_wipe(d->device_code, strlen(d->device_code));
	free(d->device_code);
	memset(d, 0, sizeof(*d));
}

static bool is_visible(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return s.n > 0;
}

/* The text at NAME, visible ASCII, fewer than SIZE bytes. */
static int read_text(const json_t *document, const char *name, char *text, size_t size, struct err *e)
{
	const struct span s = pc_json_text(document, name);

	if (!is_visible(s) || s.n >= size)
		return err_set(e, ERR_FORMAT, "%s: missing, too long, or not what it should be", name);
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return 0;
}

/* A number or a numeric string (v1), clamped; FALLBACK when absent. */
static int read_seconds(const json_t *document, const char *name, int64_t min, int64_t max, int64_t fallback, int64_t *seconds,
			struct err *e)
{
	const json_t *value = json_object_get(document, name);

	*seconds = fallback;
	if (json_is_string(value)) {
		if (parse_int(seconds, pc_json_text(document, name), 0, INT32_MAX, e) == -1)
			return err_set(e, ERR_FORMAT, "%s: not a number of seconds", name);
	} else if (json_is_integer(value)) {
		*seconds = json_integer_value(value);
	} else if (value && !json_is_null(value)) {
		return err_set(e, ERR_FORMAT, "%s: not a number of seconds", name);
	}
	*seconds = *seconds < min ? min : *seconds > max ? max : *seconds;
	return 0;
}

/* https, or http on this machine: a person is sent there to type a password. */
static int check_address(const char *uri, struct err *e)
{
	const char *host = strstr(uri, "://");

	return url_check_service((struct span){ uri, host ? (size_t)(host + 3 - uri) + strcspn(host + 3, "/?") : 0 }, e);
}

static int check_texts(const struct pc_device *d, struct err *e)
{
	if (strspn(d->user_code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != strlen(d->user_code))
		return err_set(e, ERR_FORMAT, "user_code: not letters and digits");
	if (check_address(d->verification_uri, e) == -1)
		return err_set(e, ERR_FORMAT, "verification_uri: not an address with https");
	return 0;
}

static int decode(struct pc_device *d, const json_t *document, struct err *e)
{
	const char *uri = json_object_get(document, "verification_uri") ? "verification_uri" : "verification_url";
	const struct span code = pc_json_text(document, "device_code");

	if (read_text(document, "user_code", d->user_code, sizeof(d->user_code), e) == -1 ||
	    read_text(document, uri, d->verification_uri, sizeof(d->verification_uri), e) == -1 || check_texts(d, e) == -1 ||
	    read_seconds(document, "expires_in", EXPIRES_MIN_S, EXPIRES_MAX_S, EXPIRES_MIN_S, &d->expires_in_s, e) == -1 ||
	    read_seconds(document, "interval", 1, INTERVAL_MAX_S, INTERVAL_DEFAULT_S, &d->interval_s, e) == -1)
		return -1;
	if (!is_visible(code) || code.n > LIMIT_TOKEN_BYTES)
		return err_set(e, ERR_FORMAT, "device_code: missing, too long, or not what it should be");
	d->device_code = xstrndup(code.p, code.n);
	return 0;
}

int pc_device_decode(struct pc_device *d, struct span body, struct err *e)
{
	json_t *document = pc_json_load(body, e);
	struct pc_device new = { .device_code = NULL };
	int rc = document ? decode(&new, document, e) : -1;

	json_decref(document);
	if (rc == -1)
		return err_advise(e, CODE, REMEDY);
	*d = new;
	return 0;
}

enum pc_device_answer pc_device_judge(struct span body)
{
	struct err ignored;
	json_t *document = body.n <= LIMIT_ERROR_BODY_BYTES ? pc_json_load(body, &ignored) : NULL;
	const struct span name = pc_json_text(document, "error");
	enum pc_device_answer answer = PC_DEVICE_END;

	if (span_is(name, "authorization_pending"))
		answer = PC_DEVICE_PENDING;
	else if (span_is(name, "slow_down"))
		answer = PC_DEVICE_SLOW_DOWN;
	else if (span_is(name, "invalid_client"))
		answer = PC_DEVICE_AUTHENTICATE;
	json_decref(document);
	return answer;
}
