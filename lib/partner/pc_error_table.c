/* SPDX-License-Identifier: MIT */
/* The table of pc_error.h: one row for every code of Entra and Partner Center that deserves a sentence. */
#include "partner/pc_error.h"

#include <stdio.h>
#include <string.h>

#define AGAIN ", then run csp-usaged login"
#define LOGIN "run csp-usaged login, and sign in with multi-factor authentication"
#define LOGIN_ADMIN "run csp-usaged login, and sign in with an account that may consent for the tenant (administrator)"
#define START_AGAIN "run csp-usaged login again"
#define ENROL "enrol the account for multi-factor authentication in a browser" AGAIN
#define POLICY "have an administrator of the partner tenant look at the sign-in log and allow this app and account" AGAIN
#define PERMISSION "add the permission Partner Center API, user_impersonation, to the app in Entra" AGAIN
#define RESOURCE "check resource and cloud in [partner_center], and that the app has the permission Partner Center API"
#define APP "check client_id and tenant_id: the app must exist in the partner tenant"
#define WAIT "none needed: it is tried again; see Microsoft's service health when it lasts"
#define BUG "report this line: the program asked wrongly"
#define REPORT "report this line with MS-RequestId and MS-CorrelationId of the debug log when it stays"
#define SCOPE "none needed when it was moved or is an Azure plan: the utilization API covers MS-AZR-0145P only; see csp-usaged status"
#define RELATION "have the customer accept the reseller relationship (or GDAP) again, or exclude it with exclude_customers"
#define ROLE "give the account " PC_ROLES AGAIN

#define ROW(code_, answer_, meaning_, remedy_) \
	{ .code = (code_), .meaning = (meaning_), .remedy = (remedy_), .retry = (answer_) == PC_RETRY, .person = (answer_) == PC_PERSON, \
	  .answer = (answer_) }

static const struct pc_error_entry rows[] = {
	/* Entra, by the number of AADSTS */
	ROW("E-AUTH-50011", PC_PERSON, "the redirect address is not registered",
	    "register http://localhost as a redirect URI of the app in Entra, platform Web"),
	ROW("E-AUTH-50027", PC_PERSON, "the certificate's assertion is not valid, or for another address",
	    "check the clock, login_url, and that client_certificate_file and client_key_file belong together"),
	ROW("E-AUTH-50034", PC_PERSON, "the user is not in this tenant",
	    "run csp-usaged login, and sign in with an account of the partner tenant; or correct tenant_id"),
	ROW("E-AUTH-50053", PC_PERSON, "the account is locked",
	    "have an administrator unlock the account" AGAIN),
	ROW("E-AUTH-50055", PC_PERSON, "the password of the account has expired", "set a new password" AGAIN),
	ROW("E-AUTH-50057", PC_PERSON, "the account is disabled",
	    "have an administrator enable the account" AGAIN ", or run it with another account"),
	ROW("E-AUTH-50058", PC_PERSON, "no sign-in session", LOGIN),
	ROW("E-AUTH-50072", PC_PERSON, "the user must enrol for multi-factor authentication", ENROL),
	ROW("E-AUTH-50079", PC_PERSON, "the user must enrol for multi-factor authentication", ENROL),
	ROW("E-AUTH-50074", PC_PERSON, "multi-factor authentication is needed", LOGIN),
	ROW("E-AUTH-50076", PC_PERSON, "multi-factor authentication is needed for this resource", LOGIN),
	ROW("E-AUTH-50078", PC_PERSON, "the multi-factor authentication is too old for the tenant's policy", LOGIN),
	ROW("E-AUTH-50126", PC_PERSON, "wrong user name or password", "run csp-usaged login with the right password"),
	ROW("E-AUTH-50132", PC_PERSON, "the session ended with a change of password", LOGIN),
	ROW("E-AUTH-50133", PC_PERSON, "the session ended with a change of password", LOGIN),
	ROW("E-AUTH-50173", PC_PERSON, "the grant was revoked", LOGIN),
	ROW("E-AUTH-50194", PC_PERSON, "the app belongs to one tenant but was asked for on another",
	    "set tenant_id to the partner tenant that has the app"),
	ROW("E-AUTH-50196", PC_PERSON, "the sign-in service sees the client in a loop",
	    "stop the service for an hour and report this line: it should not happen"),
	ROW("E-AUTH-500011", PC_PERSON, "the resource is not known in the tenant", RESOURCE),
	ROW("E-AUTH-53003", PC_PERSON, "Conditional Access forbids this sign-in", POLICY),
	ROW("E-AUTH-530032", PC_PERSON, "a security policy of the tenant forbids this sign-in", POLICY),
	ROW("E-AUTH-530034", PC_PERSON, "a delegated administrator was blocked by Conditional Access", POLICY),
	ROW("E-AUTH-530035", PC_PERSON, "security defaults forbid this sign-in", POLICY),
	ROW("E-AUTH-54005", PC_PERSON, "the authorization code was used already", START_AGAIN),
	ROW("E-AUTH-65001", PC_PERSON, "nobody has consented to the app", LOGIN_ADMIN),
	ROW("E-AUTH-65004", PC_PERSON, "the consent was declined, or the tenant does not let users consent",
	    "have an administrator approve the app" AGAIN),
	ROW("E-AUTH-650052", PC_PERSON, "the app asks for a service that the tenant does not have", PERMISSION),
	ROW("E-AUTH-650056", PC_PERSON, "the app is misconfigured: the resource is not among its permissions", PERMISSION),
	ROW("E-AUTH-650057", PC_PERSON, "the resource is not among the app's permissions", PERMISSION),
	ROW("E-AUTH-70000", PC_PERSON, "the grant is not valid", LOGIN),
	ROW("E-AUTH-70002", PC_PERSON, "the credentials are not valid",
	    "check client_id and the client secret" AGAIN),
	ROW("E-AUTH-70008", PC_PERSON, "the refresh token has expired: it was not used for too long", LOGIN),
	ROW("E-AUTH-700082", PC_PERSON, "the refresh token has expired: it was not used for too long", LOGIN),
	ROW("E-AUTH-700084", PC_PERSON, "the refresh token was one of a single-page app, which lives 24 hours",
	    "register the redirect URI for the platform Web, not single-page" AGAIN),
	ROW("E-AUTH-70011", PC_PERSON, "the scope is not valid", "check resource and cloud in [partner_center]"),
	ROW("E-AUTH-70016", PC_RETRY, "the device code waits for the user", "enter the code on the page that is shown"),
	ROW("E-AUTH-70018", PC_PERSON, "wrong device code", START_AGAIN),
	ROW("E-AUTH-70019", PC_PERSON, "the device code has expired", START_AGAIN),
	ROW("E-AUTH-70043", PC_PERSON, "the tenant's sign-in frequency policy ended the session",
	    "have the account excluded from the sign-in frequency policy" AGAIN),
	ROW("E-AUTH-700003", PC_PERSON, "the device of the sign-in is not known",
	    "have an administrator look at the device policy" AGAIN),
	ROW("E-AUTH-70001", PC_PERSON, "the app is not known in the tenant", APP),
	ROW("E-AUTH-700016", PC_PERSON, "the app is not known in the tenant", APP),
	ROW("E-AUTH-7000215", PC_PERSON, "wrong client secret; often its id was pasted instead of its value",
	    "create a new client secret and store its value, not its id"),
	ROW("E-AUTH-7000222", PC_PERSON, "the client secret has expired",
	    "create a new client secret in Entra and store its value"),
	ROW("E-AUTH-7000218", PC_PERSON, "the app must show a secret or certificate",
	    "set client_secret_file or a certificate, or allow public client flows for the app"),
	ROW("E-AUTH-700025", PC_PERSON, "a public client may not show a secret",
	    "remove the client secret and certificate from the configuration, or make the app confidential"),
	ROW("E-AUTH-700027", PC_PERSON, "the certificate's key is not known to the app",
	    "upload the certificate of client_certificate_file to the app in Entra"),
	ROW("E-AUTH-90002", PC_PERSON, "the tenant is not known", "check tenant_id and cloud"),
	ROW("E-AUTH-90014", PC_REFUSED, "a parameter is missing in the request", BUG),
	ROW("E-AUTH-900144", PC_REFUSED, "a parameter is missing in the request", BUG),
	ROW("E-AUTH-9002313", PC_REFUSED, "the request is malformed", BUG),
	ROW("E-AUTH-90072", PC_PERSON, "the account is a guest of the tenant",
	    "run csp-usaged login, and sign in with a member account of the partner tenant"),
	ROW("E-AUTH-90094", PC_PERSON, "an administrator must consent", LOGIN_ADMIN),
	ROW("E-AUTH-90095", PC_PERSON, "an administrator must consent", LOGIN_ADMIN),
	ROW("E-AUTH-90099", PC_PERSON, "the app is not authorised for delegated access to the customer",
	    "pre-consent the app for delegated partner access in Entra"),
	ROW("E-AUTH-901002", PC_REFUSED, "the parameter resource is not supported here", BUG),
	ROW("E-AUTH-50033", PC_RETRY, "the sign-in service has a passing trouble", WAIT),
	ROW("E-AUTH-50087", PC_RETRY, "the sign-in service has a passing trouble", WAIT),
	ROW("E-AUTH-90006", PC_RETRY, "the sign-in service has a passing trouble", WAIT),
	ROW("E-AUTH-90012", PC_RETRY, "the sign-in service was too slow", WAIT),
	ROW("E-AUTH-90024", PC_RETRY, "the sign-in service has a passing trouble", WAIT),
	ROW("E-AUTH-90033", PC_RETRY, "the sign-in service has a passing trouble", WAIT),
	ROW("E-AUTH-90090", PC_RETRY, "the sign-in service has a passing trouble", WAIT),
	ROW("E-AUTH-90055", PC_RETRY, "too many sign-in requests of this tenant", WAIT),

	/* Entra, by the name of the error, when the number is none of those */
	ROW("E-AUTH-INVALID-GRANT", PC_PERSON, "the grant is not valid any more", LOGIN),
	ROW("E-AUTH-INTERACTION-REQUIRED", PC_PERSON, "the sign-in service wants to see the user", LOGIN),
	ROW("E-AUTH-LOGIN-REQUIRED", PC_PERSON, "the sign-in service wants to see the user", LOGIN),
	ROW("E-AUTH-CONSENT-REQUIRED", PC_PERSON, "the app has no consent", LOGIN_ADMIN),
	ROW("E-AUTH-INVALID-CLIENT", PC_PERSON, "the app's credential is refused",
	    "check client_id, and the client secret or certificate"),
	ROW("E-AUTH-UNAUTHORIZED-CLIENT", PC_PERSON, "the app may not ask in this way",
	    "check the app's registration: platform, public client flows, permissions"),
	ROW("E-AUTH-INVALID-RESOURCE", PC_PERSON, "the resource is not known in the tenant", RESOURCE),
	ROW("E-AUTH-INVALID-SCOPE", PC_PERSON, "the scope is not valid", "check resource and cloud in [partner_center]"),
	ROW("E-AUTH-ACCESS-DENIED", PC_PERSON, "the user or a policy declined",
	    "run csp-usaged login again and accept; have an administrator approve the app when a policy forbids it"),
	ROW("E-AUTH-AUTHORIZATION-DECLINED", PC_PERSON, "the user declined", START_AGAIN),
	ROW("E-AUTH-BAD-VERIFICATION-CODE", PC_PERSON, "wrong device code", START_AGAIN),
	ROW("E-AUTH-EXPIRED-TOKEN", PC_PERSON, "the device code has expired", START_AGAIN),
	ROW("E-AUTH-AUTHORIZATION-PENDING", PC_RETRY, "the device code waits for the user",
	    "enter the code on the page that is shown"),
	ROW("E-AUTH-SLOW-DOWN", PC_RETRY, "the device code was asked about too often", "enter the code on the page that is shown"),
	ROW("E-AUTH-TEMPORARILY-UNAVAILABLE", PC_RETRY, "the sign-in service has a passing trouble", WAIT),
	ROW("E-AUTH-SERVER-ERROR", PC_RETRY, "the sign-in service has a passing trouble", WAIT),
	ROW("E-AUTH-INVALID-REQUEST", PC_REFUSED, "the request is malformed", BUG),
	ROW("E-AUTH-UNSUPPORTED-RESPONSE-TYPE", PC_REFUSED, "the sign-in service does not answer in this way", BUG),
	ROW("E-AUTH-UNSUPPORTED-GRANT-TYPE", PC_REFUSED, "the sign-in service does not know this kind of grant", BUG),

	/* Partner Center */
	ROW("E-PC-0", PC_REFUSED, "undefined error", REPORT),
	ROW("E-PC-400", PC_NEW_TOKEN, "access denied", LOGIN),
	ROW("E-PC-1000", PC_NOT_FOUND, "not found", SCOPE),
	ROW("E-PC-2012", PC_NOT_FOUND, "the service can't map the subscription to an Azure subscription", SCOPE),
	ROW("E-PC-2032", PC_FORBIDDEN, "access to this customer or subscription is denied", RELATION),
	ROW("E-PC-3000", PC_REFUSED, "a property of the request is not valid", REPORT),
	ROW("E-PC-20002", PC_FORBIDDEN, "the partner has no relation with this customer", RELATION),
	ROW("E-PC-20003", PC_NOT_FOUND, "the subscription is not found", SCOPE),
	ROW("E-PC-60003", PC_NOT_FOUND, "the customer's tenant is not found", SCOPE),
	ROW("E-PC-800001", PC_NEW_TOKEN, "the request had no partner token", LOGIN),
	ROW("E-PC-800002", PC_REFUSED, "the input is not valid", REPORT),
	ROW("E-PC-800003", PC_RETRY, "unexpected error of the service", WAIT),
	ROW("E-PC-800011", PC_NOT_FOUND, "not a valid Azure subscription", SCOPE),
	ROW("E-PC-90000", PC_PERSON, "the sign-in service refused underneath",
	    "look at the description; run csp-usaged login when it names a sign-in or MFA"),
	ROW("E-PC-900118", PC_REFUSED, "the customer id is not valid", "check include_customers and --customer"),
	ROW("E-PC-900149", PC_PERSON, "the partner's programme status is not active",
	    "have a global administrator look at the account settings in Partner Center"),
	ROW("E-PC-900150", PC_PERSON, "the account's role lacks the right", ROLE),
	ROW("E-PC-900308", PC_PERSON, "insufficient privileges", ROLE),
	ROW("E-PC-900309", PC_PERSON, "Conditional Access forbids the call", POLICY),
	ROW("E-PC-900329", PC_PERSON, "this resource can't be read by an app alone",
	    "set auth = user in [partner]" AGAIN),
	ROW("E-PC-900420", PC_PERSON, "the token is for another audience",
	    "check resource and cloud in [partner_center]; it must be https://api.partnercenter.microsoft.com"),
	ROW("E-PC-900421", PC_PERSON, "the token has no MFA claim", LOGIN),

	/* Partner Center, by the HTTP status, when the answer has no code of those */
	ROW("E-PC-HTTP-400", PC_REFUSED, "the request is refused", REPORT),
	ROW("E-PC-HTTP-401", PC_NEW_TOKEN, "the token is refused", LOGIN),
	ROW("E-PC-HTTP-403", PC_PERSON, "the account lacks the right", ROLE),
	ROW("E-PC-HTTP-404", PC_REFUSED, "not found", "check base_url and cloud in [partner_center]"),
	ROW("E-PC-HTTP-405", PC_REFUSED, "the method is not allowed", REPORT),
	ROW("E-PC-HTTP-406", PC_REFUSED, "the service can't answer in this format", REPORT),
	ROW("E-PC-HTTP-408", PC_RETRY, "the service waited too long for the request", WAIT),
	ROW("E-PC-HTTP-409", PC_REFUSED, "the service sees a conflict", REPORT),
	ROW("E-PC-HTTP-412", PC_REFUSED, "a precondition failed", REPORT),
	ROW("E-PC-HTTP-429", PC_RETRY, "too many requests",
	    "lower requests_per_minute or max_in_flight in [partner_center] when it comes every night"),
	ROW("E-PC-HTTP-500", PC_RETRY, "the service failed", WAIT),
	ROW("E-PC-HTTP-501", PC_REFUSED, "the service does not know this call", REPORT),
	ROW("E-PC-HTTP-502", PC_RETRY, "a gateway got no good answer from the service", WAIT),
	ROW("E-PC-HTTP-503", PC_RETRY, "the service is not available", WAIT),
	ROW("E-PC-HTTP-504", PC_RETRY, "a gateway waited too long for the service", WAIT),
};

const struct pc_error_entry *pc_error_table(size_t *count)
{
	*count = countof(rows);
	return rows;
}

const struct pc_error_entry *pc_error_find(const char *code)
{
	for (size_t i = 0; i < countof(rows); i++)
		if (strcmp(rows[i].code, code) == 0)
			return &rows[i];
	return NULL;
}

const struct pc_error_entry *pc_error_entra(long number)
{
	char code[ERR_CODE_MAX];

	snprintf(code, sizeof(code), "E-AUTH-%ld", number);
	return pc_error_find(code);
}
