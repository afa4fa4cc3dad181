/* SPDX-License-Identifier: MIT */
#include "partner.h"

#include <string.h>
#include <strings.h>

#include "recorded.h"
#include "state.h"
#include "token.h"

static int
is_customer_path(const struct request *r)
{
	return request_segment_is(r, 0, "v1") && request_segment_is(r, 1, "customers");
}

enum request_kind
partner_kind(const struct request *r)
{
	if (is_customer_path(r) && r->segment_count <= 3)
		return KIND_CUSTOMERS;
	if (is_customer_path(r) && request_segment_is(r, 3, "subscriptions")) {
		if (r->segment_count <= 5)
			return KIND_SUBSCRIPTIONS;
		if (r->segment_count == 7 && request_segment_is(r, 5, "utilizations") && request_segment_is(r, 6, "azure"))
			return KIND_UTILIZATION;
	}
	if (r->segment_count == 3 && request_segment_is(r, 0, "v1") && request_segment_is(r, 1, "ratecards") &&
	    (request_segment_is(r, 2, "azure") || request_segment_is(r, 2, "azure-shared")))
		return KIND_RATECARD;
	return KIND_OTHER;
}

static int
refuse_token(struct request *r, enum token_state state)
{
	switch (state) {
	case TOKEN_GOOD:
		return 0;
	case TOKEN_BAD:
		reply_error(r, 401, "400", "Access denied: the token is not valid.");
		break;
	case TOKEN_EXPIRED:
		reply_error(r, 401, "400", "Access denied: the token has expired.");
		break;
	case TOKEN_NO_MFA:
		reply_error(r, 401, "900421", "MFA is required: the token lacks the MFA claim.");
		break;
	case TOKEN_WRONG_AUDIENCE:
		reply_error(r, 401, "900420", "The audience of the token is not valid.");
		break;
	case TOKEN_OTHER_TENANT:
		reply_error(r, 403, "2032", "Access denied: the tenant of the token is not a partner.");
		return -1;
	case TOKEN_APP_ONLY_REFUSED:
		reply_error(r, 403, "900329", "App-only access is not supported for this resource.");
		return -1;
	}
	reply_header(&r->reply, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
	return -1;
}

static int
authorize(struct request *r)
{
	const char *value = request_header(r, "Authorization");

	if (value == NULL || strncasecmp(value, "Bearer ", 7) != 0) {
		reply_error(r, 401, "800001", "The partner token is missing.");
		reply_header(&r->reply, "WWW-Authenticate", "Bearer");
		return -1;
	}
	return refuse_token(r, token_check_access(r->state, r->world, value + 7));
}

void
partner_answer(struct request *r)
{
	if (request_header(r, "ValidateMfa") != NULL)
		reply_header(&r->reply, "isMfaCompliant", r->world->s.partner.mfa ? "true" : "false");
	if (authorize(r) != 0)
		return;
	if (r->kind == KIND_OTHER) {
		reply_error(r, 404, "1000", "The resource was not found.");
		return;
	}
	if (strcmp(r->method, "GET") != 0) {
		reply_error(r, 405, "800002", "The method is not supported here.");
		reply_header(&r->reply, "Allow", "GET");
		return;
	}
	if (r->kind == KIND_CUSTOMERS)
		(r->segment_count == 2 ? customers_answer : customer_answer)(r);
	else if (r->kind == KIND_SUBSCRIPTIONS)
		(r->segment_count == 4 ? subscriptions_answer : subscription_answer)(r);
	else if (r->kind == KIND_UTILIZATION)
		utilization_answer(r);
	else
		ratecard_answer(r);
}

int
partner_customer(struct request *r, char id[37], const struct customer **c)
{
	int unused;

	if (parse_guid(r->segments[2], id) != 0) {
		reply_error(r, 400, "900118", "The customer id is not valid.");
		return -1;
	}
	*c = world_customer(r->world, id);
	if (*c == NULL && !recorded_has(r->world, RECORDED_CUSTOMERS, id, &unused)) {
		reply_error(r, 404, "60003", "The tenant %s was not found.", id);
		return -1;
	}
	return 0;
}

void
partner_next_link(struct request *r, const char *path, const char *token)
{
	static const char *const starts[] = {"", "/", "v1/", "/v1/"};
	struct text uri = {0}, *out = &r->reply.body;

	if (request_fault_is(r, FAULT_NEXT_OTHER_HOST)) {
		text_puts(&uri, r->fault->location[0] != '\0' ? r->fault->location : "https://elsewhere.example");
		text_puts(&uri, "/v1/");
	} else {
		text_puts(&uri, starts[r->world->s.quirks.next_uri]);
	}
	text_puts(&uri, path);
	text_puts(out, ",\"next\":{\"uri\":");
	text_json(out, uri.p);
	text_puts(out, ",\"method\":\"GET\",\"headers\":[{\"key\":\"MS-ContinuationToken\",\"value\":");
	text_json(out, token);
	text_puts(out, "}]}");
	text_fini(&uri);
}
