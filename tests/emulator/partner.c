/* SPDX-License-Identifier: MIT */
#include "partner.h"

#include <string.h>
#include <strings.h>

#include "partner_error.h"
#include "recorded.h"
#include "roles.h"
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
	case TOKEN_GOOD_APP:
		return 0;
	case TOKEN_BAD:
	case TOKEN_EXPIRED:
		partner_error(r, 400, 0);
		break;
	case TOKEN_NO_MFA:
		if (!r->world->s.partner.mfa_enforced)
			return 0;
		partner_error(r, 900421, 0);
		break;
	case TOKEN_WRONG_AUDIENCE:
		partner_error(r, 900420, 0);
		break;
	case TOKEN_OTHER_TENANT:
		partner_error(r, 2032, 0);
		break;
	case TOKEN_APP_ONLY_REFUSED:
		partner_error(r, 900329, 0);
		break;
	}
	return -1;
}

/* The self test of clients: is the token of a sign-in with a second factor? */
static void
put_mfa(struct request *r, enum token_state state)
{
	if (request_header(r, "ValidateMfa") != NULL)
		reply_header(&r->reply, "isMfaCompliant", state == TOKEN_NO_MFA ? "false" : "true");
}

static int
authorize(struct request *r)
{
	const char *value = request_header(r, "Authorization");
	enum token_state state;

	if (value == NULL || strncasecmp(value, "Bearer ", 7) != 0) {
		partner_error(r, 800001, 0);
		return -1;
	}
	state = token_check_access(r->state, r->world, value + 7);
	put_mfa(r, state);
	if (refuse_token(r, state) != 0)
		return -1;
	return state == TOKEN_GOOD_APP ? 0 : roles_refuse(r);
}

void
partner_answer(struct request *r)
{
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
