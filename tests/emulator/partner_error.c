/* SPDX-License-Identifier: MIT */
#include "partner_error.h"

#include <stdio.h>

static const struct {
	int64_t code;
	unsigned status;
	const char *text;
} errors[] = {
	{0, 501, "Undefined."},
	{400, 401, "Access denied."},
	{1000, 404, "The resource was not found."},
	{2012, 400, "Could not map the commerce subscription id to a subscription id of Microsoft Entra."},
	{2032, 403, "Access denied."},
	{3000, 400, "A property is not valid."},
	{20002, 403, "The partner does not have a relationship with the customer."},
	{20003, 404, "The subscription was not found."},
	{60003, 404, "The tenant was not found."},
	{800001, 401, "The partner token is missing."},
	{800002, 400, "Invalid input."},
	{800003, 500, "An unexpected service error occurred."},
	{800011, 400, "The subscription is not a valid Azure subscription."},
	{90000, 403, "Microsoft Entra refused."},
	{900118, 400, "The customer id is not valid."},
	{900149, 403, "The partner's program status is not active."},
	{900150, 403, "The supplied role does not have the rights to perform the requested operation."},
	{900308, 403, "Insufficient privileges to complete the operation."},
	{900309, 403, "Access has been blocked by Conditional Access policies."},
	{900329, 403, "App-only access is not supported for this resource."},
	{900420, 401, "The audience of the token is not valid."},
	{900421, 401, "MFA is required: the token lacks the MFA claim."},
};

void
partner_error(struct request *r, int64_t code, unsigned status)
{
	const char *text = "Refused by the emulator's scenario.";
	unsigned usual = 400;
	char number[24];

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].code == code) {
			text = errors[i].text;
			usual = errors[i].status;
		}
	}
	snprintf(number, sizeof(number), "%lld", (long long)code);
	if (status == 0)
		status = usual;
	reply_error(r, status, number, "%s", text);
	if (status == 401)
		reply_header(&r->reply, "WWW-Authenticate", code == 800001 ? "Bearer" : "Bearer error=\"invalid_token\"");
}
