/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <stdio.h>
#include <string.h>

#include "entra_error.h"
#include "hash.h"
#include "partner_error.h"
#include "state.h"

static int
is_match(const struct request *r, const struct fault_conf *f)
{
	if (f->action == FAULT_NONE || r->kind == KIND_CONTROL)
		return 0;
	if (request_is_sign_in(r) ? f->action == FAULT_ERROR : f->action == FAULT_AADSTS)
		return 0;
	if (f->page != 0 && f->page != r->page)
		return 0;
	if (f->match[0] == '\0')
		return 1;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (strcmp(f->match, request_kind_name((enum request_kind)i)) == 0)
			return r->kind == (enum request_kind)i;
	}
	return strstr(r->uri, f->match) != NULL;
}

static int
fires(struct request *r, const struct fault_conf *f)
{
	int64_t n = memo_add(&r->state->faults_seen, f->name, 1);

	if (n < f->nth || (f->times != 0 && n >= f->nth + f->times))
		return 0;
	if (f->percent < 100 &&
	    (int64_t)(hash_three((uint64_t)r->world->s.generate.seed, hash_bytes(f->name, strlen(f->name)), (uint64_t)n) % 100) >= f->percent)
		return 0;
	memo_add(&r->state->faults_fired, f->name, 1);
	return 1;
}

void
faults_match(struct request *r)
{
	for (size_t i = 0; i < r->world->s.fault_count; i++) {
		const struct fault_conf *f = &r->world->s.faults[i];

		if (is_match(r, f) && r->fault == NULL && fires(r, f))
			r->fault = f;
	}
}

static void
put_retry_after(struct request *r, const char *value)
{
	int64_t seconds;

	if (strncmp(value, "date:", 5) == 0 && parse_int(value + 5, 0, 86400, &seconds) == 0)
		reply_retry_after(r, seconds, RETRY_DATE);
	else if (parse_int(value, 0, 86400, &seconds) == 0)
		reply_retry_after(r, seconds, RETRY_SECONDS);
	else if (*value != '\0')
		reply_header(&r->reply, "Retry-After", value);
}

/* The usual body of a status, as the service or the gateway before it would send. */
static void
put_status_body(struct request *r, const struct fault_conf *f)
{
	struct text *out = &r->reply.body;

	if (f->body[0] != '\0') {
		text_puts(out, f->body);
	} else if (f->code >= 0) {
		partner_error(r, f->code, (unsigned)f->status);
	} else if (f->status == 429) {
		text_printf(out, "{\"statusCode\":429,\"message\":\"Rate limit is exceeded. Try again in %s seconds.\"}",
		    f->retry_after[0] != '\0' ? f->retry_after : "57");
	} else if (f->status == 500) {
		reply_error(r, 500, "800003", "An unexpected service error occurred.");
	} else if (f->status == 401) {
		reply_error(r, 401, "400", "Access denied.");
	} else if (f->status == 403) {
		text_puts(out, "{\"message\":\"The supplied role does not have the rights to perform the requested operation.\"}");
	} else if (f->status > 500) {
		snprintf(r->reply.content_type, sizeof(r->reply.content_type), "text/html");
		text_printf(out, "<html><head><title>%lld</title></head><body><h1>%lld</h1><hr>Microsoft-Azure-Application-Gateway/v2</body></html>",
		    (long long)f->status, (long long)f->status);
	} else if (f->status >= 400) {
		reply_error(r, (unsigned)f->status, "800002", "Invalid input.");
	}
}

static void
answer_aadsts(struct request *r, const struct fault_conf *f)
{
	const char *client = r->world->s.partner.client_id;

	if (r->kind == KIND_AUTHORIZE)
		entra_refuse_page(r, (int)f->code, client);
	else
		entra_refuse(r, (int)f->code, client);
	put_retry_after(r, f->retry_after);
}

static void
answer_status(struct request *r, const struct fault_conf *f)
{
	reply_json(r, (unsigned)f->status);
	put_retry_after(r, f->retry_after);
	if (f->status != 204 && f->status != 304)
		put_status_body(r, f);
	if (f->content_type[0] != '\0')
		snprintf(r->reply.content_type, sizeof(r->reply.content_type), "%s", f->content_type);
	r->reply.status = (unsigned)f->status;
	r->reply.as_is = 1;
}

int
faults_before(struct request *r)
{
	const struct fault_conf *f = r->fault;

	if (f == NULL)
		return 0;
	if (f->delay_ms > 0 && f->action != FAULT_DRIP)
		state_wait(r->state, f->delay_ms);
	switch ((enum fault_action)f->action) {
	case FAULT_STATUS:
		answer_status(r, f);
		return 1;
	case FAULT_AADSTS:
		answer_aadsts(r, f);
		return 1;
	case FAULT_ERROR:
		partner_error(r, f->code, 0);
		put_retry_after(r, f->retry_after);
		return 1;
	case FAULT_REDIRECT:
		reply_json(r, f->status >= 300 && f->status < 400 ? (unsigned)f->status : 302);
		reply_header(&r->reply, "Location", f->location);
		return 1;
	case FAULT_GARBAGE:
		reply_json(r, 200);
		text_puts(&r->reply.body, f->body[0] != '\0' ? f->body : "{\"totalCount\":2,\"items\":[{\"id\":\x01\xff\xfe]]]");
		r->reply.as_is = 1;
		return 1;
	case FAULT_EXPIRE_TOKEN:
		atomic_fetch_add(&r->state->token_generation, 1);
		return 0;
	case FAULT_REVOKE:
		state_revoke(r->state, r->world, f->code > 0 ? (int)f->code : 50173);
		return 0;
	default:
		return 0;
	}
}
