/* SPDX-License-Identifier: MIT */
#include "entra_error.h"

#include <string.h>
#include <time.h>

#include "hash.h"
#include "state.h"

#define MFA_TEXT "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
#define BLOCKED "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."
#define TRANSIENT "A transient error has occurred. Please try again."

static const struct refusal refusals[] = {
	{50001, 400, "invalid_resource", NULL, "The resource principal was not found in the tenant."},
	{50011, 400, "invalid_request", NULL, "The redirect URI '%s' specified in the request does not match the redirect URIs configured "
	    "for the application. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal."},
	{500011, 400, "invalid_resource", NULL, "The resource principal named %s was not found in the tenant named %s."},
	{500112, 400, "invalid_client", NULL, "The reply address '%s' does not match the reply address provided when requesting "
	    "Authorization code."},
	{50027, 401, "invalid_client", NULL, "JWT token is invalid or malformed. %s"},
	{50033, 503, "temporarily_unavailable", NULL, TRANSIENT},
	{50034, 400, "invalid_grant", NULL, "The user account does not exist in the directory. To sign into this application, the account "
	    "must be added to the directory."},
	{50053, 400, "invalid_grant", NULL, "The account is locked, you've tried to sign in too many times with an incorrect user ID or "
	    "password."},
	{50055, 400, "invalid_grant", "user_password_expired", "The password is expired."},
	{50057, 400, "invalid_grant", NULL, "The user account is disabled."},
	{50058, 400, "login_required", NULL, "A silent sign-in request was sent but no user is signed in."},
	{50072, 400, "interaction_required", "basic_action", MFA_TEXT "enroll in multi-factor authentication to access '%s'."},
	{50074, 400, "interaction_required", "basic_action", "Strong Authentication is required."},
	{50076, 400, "interaction_required", "basic_action", MFA_TEXT "use multi-factor authentication to access '%s'."},
	{50078, 400, "interaction_required", "basic_action", "Presented multi-factor authentication has expired due to policies configured "
	    "by your administrator, you must refresh your multi-factor authentication to access '%s'."},
	{50079, 400, "interaction_required", "basic_action", MFA_TEXT "enroll in multi-factor authentication to access '%s'."},
	{50087, 503, "temporarily_unavailable", NULL, TRANSIENT},
	{50126, 400, "invalid_grant", NULL, "Error validating credentials due to invalid username or password."},
	{50132, 400, "invalid_grant", "token_expired", "The session is not valid due to the following reasons: password expiration or recent "
	    "password change, SSO Artifact is invalid or expired, session is not fresh enough for application."},
	{50133, 400, "invalid_grant", "token_expired", "The session is not valid due to password expiration or recent password change."},
	{50148, 400, "invalid_grant", NULL, "The code_verifier does not match the code_challenge supplied in the authorization request for "
	    "PKCE."},
	{501481, 400, "invalid_grant", NULL, "The Code_Verifier does not match the code_challenge supplied in the authorization request."},
	{50149, 400, "invalid_request", NULL, "Invalid Code_Challenge_method parameter."},
	{501491, 400, "invalid_request", NULL, "Invalid size of Code_Challenge parameter."},
	{50173, 400, "invalid_grant", "bad_token", "The provided grant has expired due to it being revoked, a fresh auth token is needed. "
	    "The user might have changed or reset their password."},
	{50194, 400, "invalid_request", NULL, "Application '%s' is not configured as a multi-tenant application. Usage of the /common "
	    "endpoint is not supported for such apps. Use a tenant-specific endpoint or configure the application to be multi-tenant."},
	{50196, 400, "invalid_grant", NULL, "The server terminated an operation because it encountered a client request loop. Please contact "
	    "your app vendor."},
	{53003, 400, "interaction_required", "message_only", BLOCKED},
	{530032, 400, "interaction_required", "message_only", BLOCKED " The tenant administrator has configured a security policy that blocks "
	    "this request."},
	{530034, 400, "interaction_required", "message_only", "A delegated administrator was blocked from accessing the tenant due to account "
	    "risk in their home tenant."},
	{530035, 400, "interaction_required", "message_only", "Access has been blocked by security defaults."},
	{54005, 400, "invalid_grant", NULL, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an "
	    "existing refresh token."},
	{65001, 400, "invalid_grant", "consent_required", "The user or administrator has not consented to use the application with ID '%s'. "
	    "Send an interactive authorization request for this user and resource."},
	{65004, 400, "access_denied", NULL, "User declined to consent to access the app."},
	{650052, 400, "invalid_client", NULL, "The app is trying to access a service '%s' that your organization '%s' lacks a service "
	    "principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application."},
	{650056, 400, "invalid_client", NULL, "Misconfigured application. This could be due to one of the following: the client has not listed "
	    "any permissions in the requested permissions in the client's application registration."},
	{650057, 400, "invalid_resource", NULL, "Invalid resource. The client has requested access to a resource which is not listed in the "
	    "requested permissions in the client's application registration. Client app ID: %s."},
	{70000, 400, "invalid_grant", "bad_token", "Provided grant is invalid or malformed."},
	{70001, 400, "unauthorized_client", NULL, "The application named '%s' was not found in the tenant named '%s'."},
	{70002, 401, "invalid_client", NULL, "Error validating credentials."},
	{70003, 400, "unsupported_grant_type", NULL, "The app requested an unsupported grant type '%s'."},
	{700003, 400, "invalid_grant", NULL, "Device object was not found in the tenant '%s' directory."},
	{70007, 400, "invalid_request", NULL, "'%s' is not a supported value of 'response_mode' when requesting a token."},
	{70008, 400, "invalid_grant", "token_expired", "The provided authorization code or refresh token has expired due to inactivity. Send "
	    "a new interactive authorization request for this user and resource."},
	{70011, 400, "invalid_scope", NULL, "The provided request must include a 'scope' input parameter. The provided value for the input "
	    "parameter 'scope' is not valid. The scope '%s' is not valid."},
	{70016, 400, "authorization_pending", NULL, "OAuth 2.0 device flow error. Authorization is pending. Continue polling."},
	{700016, 400, "unauthorized_client", NULL, "Application with identifier '%s' was not found in the directory '%s'. This can happen if "
	    "the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may "
	    "have sent your authentication request to the wrong tenant."},
	{70017, 400, "authorization_declined", NULL, "OAuth 2.0 device flow error. The end user denied the authorization request."},
	{70018, 400, "bad_verification_code", NULL, "OAuth 2.0 device flow error. The device_code is not a valid one."},
	{70019, 400, "expired_token", NULL, "OAuth 2.0 device flow error. The device_code has expired."},
	{700024, 401, "invalid_client", NULL, "Client assertion is not within its valid time range. %s Review the documentation at "
	    "https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."},
	{700025, 401, "invalid_client", NULL, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
	{700027, 401, "invalid_client", NULL, "Client assertion failed signature validation. [Reason - %s]"},
	{70043, 400, "invalid_grant", "bad_token", "The refresh token has expired or is invalid due to sign-in frequency checks by conditional "
	    "access."},
	{700054, 400, "unsupported_response_type", NULL, "response_type '%s' is not enabled for the application."},
	{700082, 400, "invalid_grant", "token_expired", "The refresh token has expired due to inactivity. The token was issued earlier and was "
	    "inactive for 90.00:00:00."},
	{700084, 400, "invalid_grant", "token_expired", "The refresh token was issued to a single page app (SPA), and therefore has a fixed, "
	    "limited lifetime of 1.00:00:00, which cannot be extended. It is now expired."},
	{7000215, 401, "invalid_client", NULL, "Invalid client secret provided. Ensure the secret being sent in the request is the client "
	    "secret value, not the client secret ID, for a secret added to app '%s'."},
	{7000218, 401, "invalid_client", NULL, "The request body must contain the following parameter: 'client_assertion' or "
	    "'client_secret'."},
	{7000222, 401, "invalid_client", NULL, "The provided client secret keys for app '%s' are expired."},
	{90002, 400, "invalid_request", NULL, "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into "
	    "the correct cloud."},
	{90006, 503, "temporarily_unavailable", NULL, TRANSIENT},
	{90012, 503, "temporarily_unavailable", NULL, "The request to the service timed out. Please try again."},
	{90014, 400, "invalid_request", NULL, "The required field '%s' is missing from the credential."},
	{90024, 503, "temporarily_unavailable", NULL, TRANSIENT},
	{90033, 503, "temporarily_unavailable", NULL, TRANSIENT},
	{90055, 429, "temporarily_unavailable", NULL, "There are too many incoming requests. The tenant is throttled."},
	{90072, 400, "invalid_grant", NULL, "User account from identity provider does not exist in tenant '%s' and cannot access the "
	    "application. The account needs to be added as an external user in the tenant first."},
	{90090, 500, "server_error", NULL, TRANSIENT},
	{90094, 400, "access_denied", NULL, "Admin consent is required for the permissions requested by this application."},
	{90095, 400, "access_denied", NULL, "Admin consent is required for the permissions requested by this application. An admin consent "
	    "request may be sent to the admin."},
	{90099, 400, "invalid_grant", NULL, "The application '%s' has not been authorized in the tenant '%s'. Applications must be authorized "
	    "to access the customer tenant before partner delegated administrators can use them."},
	{900144, 400, "invalid_request", NULL, "The request body must contain the following parameter: '%s'."},
	{901002, 400, "invalid_request", NULL, "The 'resource' request parameter is not supported."},
	{9002313, 400, "invalid_request", NULL, "Invalid request. Request is malformed or invalid."},
	{9002325, 400, "invalid_request", NULL, "Proof Key for Code Exchange is required for this authorization code redemption."},
};

struct refusal
entra_refusal(int code)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (refusals[i].code == code)
			return refusals[i];
	}
	return (struct refusal){code, 400, "invalid_grant", NULL, "Refused by the emulator's scenario."};
}

/* Puts about in the place of the text's first %s, the tenant in that of the second. */
static void
put_text(struct text *out, const char *text, const char *about, const char *tenant)
{
	const char *place = strstr(text, "%s");

	if (place == NULL) {
		text_puts(out, text);
		return;
	}
	text_put(out, text, (size_t)(place - text));
	text_puts(out, about);
	put_text(out, place + 2, tenant, "");
}

struct ids {
	char stamp[32], trace[37], correlation[37];
};

static struct ids
make_ids(const struct request *r, int code)
{
	time_t now = (time_t)(world_clock_ms(r->world) / 1000);
	struct ids ids;
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(ids.stamp, sizeof(ids.stamp), "%Y-%m-%d %H:%M:%SZ", &tm);
	hash_guid(hash_two((uint64_t)r->start_ms, (uint64_t)code), ids.trace);
	hash_guid(hash_two((uint64_t)r->start_ms, 1), ids.correlation);
	return ids;
}

static void
describe(const struct request *r, const struct refusal *f, const char *about, const struct ids *ids, struct text *out)
{
	text_printf(out, "AADSTS%d: ", f->code);
	put_text(out, f->text, about, r->world->s.partner.tenant_id);
	text_printf(out, "\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", ids->trace, ids->correlation, ids->stamp);
}

void
entra_describe(struct request *r, const struct refusal *f, const char *about, struct text *out)
{
	struct ids ids = make_ids(r, f->code);

	describe(r, f, about, &ids, out);
	atomic_fetch_add(&r->state->refused_sign_ins, 1);
}

void
entra_refuse(struct request *r, int code, const char *about)
{
	entra_refuse_as(r, code, entra_refusal(code).error, about);
}

void
entra_refuse_as(struct request *r, int code, const char *error, const char *about)
{
	struct refusal f = entra_refusal(code);
	struct ids ids = make_ids(r, code);
	struct text description = {0};

	describe(r, &f, about, &ids, &description);
	reply_json(r, f.status);
	r->reply.body.len = 0;
	text_printf(&r->reply.body, "{\"error\":\"%s\",\"error_description\":", error);
	text_json(&r->reply.body, description.p);
	text_printf(&r->reply.body, ",\"error_codes\":[%d],\"timestamp\":\"%s\",\"trace_id\":\"%s\",\"correlation_id\":\"%s\","
	    "\"error_uri\":\"https://login.microsoftonline.com/error?code=%d\"", code, ids.stamp, ids.trace, ids.correlation, code);
	if (f.suberror != NULL)
		text_printf(&r->reply.body, ",\"suberror\":\"%s\"", f.suberror);
	text_puts(&r->reply.body, "}");
	text_fini(&description);
	if (code != 70016)
		atomic_fetch_add(&r->state->refused_sign_ins, 1);
}

void
entra_refuse_page(struct request *r, int code, const char *about)
{
	struct refusal f = entra_refusal(code);
	struct text description = {0};

	entra_describe(r, &f, about, &description);
	reply_html(r, f.status, "Sign in to your account");
	text_puts(&r->reply.body, "<h1>Sorry, but we're having trouble signing you in.</h1><p>");
	text_html(&r->reply.body, description.p);
	text_puts(&r->reply.body, "</p></body></html>\n");
	text_fini(&description);
}
