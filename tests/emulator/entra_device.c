/* SPDX-License-Identifier: MIT */
/* Sign-in on another device: the endpoint that begins it, and the grant that is polled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entra.h"
#include "entra_error.h"
#include "state.h"

#define PAGE "https://microsoft.com/devicelogin"

static void
begin(struct request *r, const char *scope, int v1)
{
	const struct device_conf *conf = &r->world->s.device;
	struct text *b = &r->reply.body;
	struct device v = {0};
	int64_t now = world_clock_ms(r->world);

	snprintf(v.scope, sizeof(v.scope), "%s", scope);
	v.interval_ms = conf->interval * 1000;
	v.expires_ms = now + conf->expires_seconds * 1000;
	devices_add(&r->state->devices, &v, now);
	reply_json(r, 200);
	text_printf(b, "{\"user_code\":\"%s\",\"device_code\":\"%s\",\"%s\":\"" PAGE "\"", v.user_code, v.code,
	    v1 ? "verification_url" : "verification_uri");
	entra_put_number(r, "expires_in", conf->expires_seconds, v1);
	entra_put_number(r, "interval", conf->interval, v1);
	text_printf(b, ",\"message\":\"To sign in, use a web browser to open the page " PAGE " and enter the code %s to authenticate.\"}",
	    v.user_code);
}

void
entra_device_code(struct request *r)
{
	const char *form = r->body.p != NULL ? r->body.p : "";
	int v1 = r->segment_count == 3, code = entra_check_tenant(r, 1);
	char *client = form_value(form, "client_id"), *scope = form_value(form, v1 ? "resource" : "scope"), *bad = NULL;
	char id[37];

	if (code != 0)
		entra_refuse(r, code, code == 50194 && client != NULL ? client : r->segments[0]);
	else if (strcmp(r->method, "POST") != 0 || client == NULL || scope == NULL)
		entra_refuse(r, 900144, client == NULL ? "client_id" : v1 ? "resource" : "scope");
	else if (parse_guid(client, id) != 0 || strcmp(id, r->world->s.partner.client_id) != 0)
		entra_refuse(r, 700016, client);
	else if (!v1 && (code = entra_check_scope(scope, &bad)) != 0)
		entra_refuse(r, code, bad);
	else if (strlen(scope) >= sizeof(((struct device *)0)->scope))
		entra_refuse(r, 9002313, "");
	else
		begin(r, scope, v1);
	free(client);
	free(scope);
	free(bad);
}

void
entra_grant_device(struct request *r, const char *form, int v1, const char *asked)
{
	static const struct {
		int code;
		const char *error;
	} refusals[] = {
		[POLL_PENDING] = {70016, "authorization_pending"},
		[POLL_SLOW_DOWN] = {70016, "slow_down"},
		[POLL_DECLINED] = {70017, "authorization_declined"},
		[POLL_EXPIRED] = {70019, "expired_token"},
		[POLL_UNKNOWN] = {70018, "bad_verification_code"},
	};
	char *code = form_value(form, v1 ? "code" : "device_code"), scope[512] = "";
	enum device_answer answer;

	(void)asked;	/* what was asked for at the beginning counts */
	if (code == NULL) {
		entra_refuse(r, 900144, v1 ? "code" : "device_code");
		return;
	}
	answer = devices_poll(&r->state->devices, &r->world->s.device, code, world_clock_ms(r->world), scope);
	free(code);
	if (answer != POLL_GOOD) {
		entra_refuse_as(r, refusals[answer].code, refusals[answer].error, "");
		return;
	}
	entra_give_tokens(r, &(struct entra_tokens){.delegated = 1, .refresh = v1 || entra_has_word(scope, "offline_access"), .v1 = v1,
	    .scope = scope, .nonce = ""});
	atomic_fetch_add(&r->state->sign_ins, 1);
}
