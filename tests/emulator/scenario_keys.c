/* SPDX-License-Identifier: MIT */
#include "scenario_keys.h"

#define OFF(member) offsetof(struct scenario, member)
#define INT(s, k, lo, hi, def, help) {#s, #k, KEY_INT, OFF(s.k), lo, hi, NULL, def, help}
#define BOOL(s, k, def, help) {#s, #k, KEY_BOOL, OFF(s.k), 0, 1, NULL, def, help}
#define TEXT(s, k, def, help) {#s, #k, KEY_TEXT, OFF(s.k), 0, sizeof(((struct scenario *)0)->s.k), NULL, def, help}
#define GUID(s, k, def, help) {#s, #k, KEY_GUID, OFF(s.k), 0, 0, NULL, def, help}
#define DAY(s, k, help) {#s, #k, KEY_DAY, OFF(s.k), 0, 0, NULL, "", help}
#define CHOICE(s, k, list, def, help) {#s, #k, KEY_CHOICE, OFF(s.k), 0, 0, list, def, help}

const struct scenario_key scenario_keys[] = {
	GUID(partner, tenant_id, "1f5ccb06-8e36-4a74-a74c-fcaa9e87e26a", "tenant of the partner"),
	GUID(partner, client_id, "7b3c6f5e-0f4a-4b7e-9a55-2c1d8e90aa01", "the application that signs in"),
	TEXT(partner, client_secret, "emulator-secret", "its secret"),
	TEXT(partner, certificate, "", "PEM file with the certificates that its assertions may be signed with (PS256 and x5t#S256, RS256 and x5t)"),
	TEXT(partner, token_certificate, "", "PEM file with the certificates of another issuer, whose access tokens (JWT, RS256) are taken, too"),
	TEXT(partner, refresh_token, "emulator-refresh-token-0", "the first refresh token; each use answers a new one, older ones stay valid"),
	TEXT(partner, user, "billing@partner.example", "upn claim of delegated access tokens"),
	INT(partner, access_token_seconds, 1, 86400, "3600", "life of an access token"),
	INT(partner, sign_in, 0, 999999999, "0", "0, or the AADSTS code that every sign-in is refused with, e.g. 700082, 65001, 50076"),
	BOOL(partner, mfa, "yes", "no: delegated tokens lack mfa in amr and every call answers 401/900421"),
	BOOL(partner, mfa_enforced, "yes", "no: Partner Center takes such tokens, too, as it did before 2026"),
	BOOL(partner, app_only, "yes", "no: client_credentials tokens are answered 403/900329"),

	TEXT(partner, roles, "admin_agent billing_admin", "of the user: admin_agent sales_agent helpdesk_agent developer billing_admin "
	    "global_admin user_admin; usage and prices want admin_agent, or billing_admin and sales_agent"),
	CHOICE(partner, role_refusal, "message|code", "message", "form of the 403 then: {\"message\"} alone, or 900150"),
	CHOICE(partner, role_missing_on, "nowhere|ratecard|utilization", "nowhere", "where the role is missing whatever the roles are"),

	TEXT(login, domain, "partner.onmicrosoft.com", "the tenant's other name in addresses"),
	BOOL(login, multi_tenant, "yes", "no: /common and /organizations are refused with 50194"),
	CHOICE(login, account, "partner|other_tenant|personal", "partner", "whose account signs in: tid, oid and names of every delegated token"),
	CHOICE(login, answer, "accept|page|access_denied|admin_consent|consent_required|login_required|interaction_required|server_error|"
	    "temporarily_unavailable", "accept", "what authorize does: consents at once, shows a page with buttons, or redirects with an error"),
	TEXT(login, redirect_uris, "http://localhost", "registered ones, separated by blanks; of http://localhost the port doesn't matter"),
	INT(login, code_seconds, 0, 86400, "600", "life of an authorization code"),
	BOOL(login, want_pkce, "yes", "no: as Entra with web applications, an authorization without code_challenge will do"),
	BOOL(login, id_token_amr, "no", "yes: id_tokens have amr, too; Entra's v2 ones have it only where an application asks for it"),

	CHOICE(login, rotation, "new|forced|same|none", "new",
	    "what a refresh answers: a new refresh token, the old one good as before or no longer; the same one; none"),
	CHOICE(login, client_type, "confidential|both|public", "both",
	    "both: a device code is redeemed without a credential, too (\"allow public client flows\"); public: a credential is refused (700025)"),

	INT(device, interval, 0, 3600, "5", "seconds between two polls; sooner is answered slow_down; 0: as often as one likes"),
	INT(device, expires_seconds, 0, 86400, "900", "life of a device code"),
	CHOICE(device, answer, "nobody|approve|decline", "nobody", "what the person does; nobody: POST /emulator/device/... says it"),
	INT(device, after_polls, 0, 1000, "0", "how many polls find the person still busy"),
	INT(device, slow_down_polls, 0, 1000, "0", "that many first polls are answered slow_down, however slow"),
	INT(device, slow_down_seconds, 0, 3600, "5", "how much longer the interval is after a slow_down"),

	INT(generate, seed, 0, INT64_MAX, "1", "same seed and days, same bytes"),
	INT(generate, customers, 0, 100000, "5", "number of customers"),
	INT(generate, advisor_customers, 0, 100000, "0", "how many of them are 'advisor' (usage answers 500)"),
	INT(generate, subscriptions, 0, 1000000, "10", "subscriptions in total, dealt out to the customers in turn"),
	INT(generate, azure_plan_subscriptions, 0, 1000000, "0", "of these: Azure plans (utilization answers 404/20003)"),
	INT(generate, license_subscriptions, 0, 1000000, "0", "of these: licences"),
	INT(generate, moved_subscriptions, 0, 1000000, "0", "of these: 0145P that moved away (404/20003)"),
	INT(generate, no_usage_subscriptions, 0, 1000000, "0", "of these: 400/3000 'Customer does not have usage data'"),
	INT(generate, forbidden_subscriptions, 0, 1000000, "0", "of these: 403/2032"),
	INT(generate, rows_per_day, 0, 10000000, "30", "usage rows of a subscription and reported day"),
	INT(generate, days, 1, 3650, "30", "reported days up to last_day, when first_day is not given"),
	DAY(generate, first_day, "first reported day (YYYY-MM-DD)"),
	DAY(generate, last_day, "last reported day; default: the day before today"),
	DAY(generate, today, "the emulator's date (its clock then stands at 23:00Z); default: the real clock"),
	INT(generate, fresh_minutes, 0, 100000, "0", "an end_time younger than this answers 204; of the service 60 to 120 are told"),
	{"generate", "late_hours", KEY_HOURS, 0, 0, 0, NULL, "1 22 1",
	    "hours of a usage day reported on that day, the day after, ...; they add up to 24"},
	INT(generate, meters, 1, 1000000, "500", "meters of the rate card"),
	INT(generate, tiered_percent, 0, 100, "3", "meters with three tiers"),
	INT(generate, included_percent, 0, 100, "2", "meters with an included quantity"),
	INT(generate, future_percent, 0, 100, "1", "meters whose effectiveDate is in the future"),
	INT(generate, unit_mismatch_percent, 0, 100, "1", "meters whose unit differs from the one in usage"),
	INT(generate, unpriced_meters, 0, 100000, "3", "meters in usage that the card lacks"),
	INT(generate, tags_percent, 0, 100, "40", "resources with tags"),
	TEXT(generate, currency, "EUR", "currency of the card when none is asked for"),
	TEXT(generate, region, "NL", "region of the card when none is asked for"),
	INT(generate, revision, 0, 1000, "0", "N: some slices and prices are restated up to the N-th time"),
	INT(generate, restated_percent, 0, 100, "10", "slices and prices that a revision touches"),

	INT(page, customers_size, 1, 100000, "100000", "at most this many customers a page"),
	INT(page, usage_size, 1, 1000, "1000", "at most this many usage rows a page"),
	BOOL(page, keep, "no", "pages of usage are kept in memory once they were made: for measuring what reads them"),

	BOOL(quirks, bom, "no", "UTF-8 byte order mark before each API body"),
	CHOICE(quirks, indent, "none|crlf|lf", "none", "indented bodies, line ends as recorded (crlf)"),
	CHOICE(quirks, gzip, "never|auto", "never", "auto: when Accept-Encoding has gzip"),
	CHOICE(quirks, next_uri, "plain|slash|v1|slash_v1", "plain", "how links.next.uri begins"),
	CHOICE(quirks, guid_case, "recorded|lower|upper|mixed", "recorded",
	    "recorded: subscriptions upper case, everything else lower case"),
	{"quirks", "time_offset", KEY_OFFSET, OFF(quirks.time_offset), 0, 0, NULL, "+00:00",
	    "how usage times are printed: Z, +00:00, -08:00, ..."},
	CHOICE(quirks, instance_data, "full|null|missing|mixed", "full", "instanceData of usage rows; missing fills infoFields"),
	CHOICE(quirks, no_accept, "utf16|406|ignored", "utf16", "answer to a call without Accept: application/json"),
	CHOICE(quirks, token_numbers, "auto|number|string", "auto", "expires_in; auto: string at the v1 endpoint, number at v2"),
	CHOICE(quirks, exponent, "some|never|always", "some", "quantities below 0.0001 as 1e-06; some: on half of the meters"),
	INT(quirks, clock_skew_seconds, -40000000, 40000000, "0",
	    "how far the service's clock is ahead of ours: Date, Retry-After as a date, tokens, error documents, assertions"),
	BOOL(quirks, empty_page_with_next, "no", "each usage enumeration begins with an empty page that has a next link"),
	INT(quirks, no_content_percent, 0, 100, "0", "windows (subscription, days) that answer 204 before their data"),
	CHOICE(quirks, no_content_form, "seconds|date|none", "seconds", "form of their Retry-After"),
	INT(quirks, no_content_seconds, 0, 86400, "1", "how long that is"),
	INT(quirks, no_content_page, 1, 1000000, "1", "on which page of the enumeration"),
	INT(quirks, no_content_times, 0, 1000000, "1", "how often before the data comes; 0: always"),
};
const size_t scenario_key_count = sizeof(scenario_keys) / sizeof(scenario_keys[0]);

#define FOFF(member) offsetof(struct fault_conf, member)
#define FINT(k, lo, hi, def, help) {"fault.NAME", #k, KEY_INT, FOFF(k), lo, hi, NULL, def, help}
#define FTEXT(k, help) {"fault.NAME", #k, KEY_TEXT, FOFF(k), 0, sizeof(((struct fault_conf *)0)->k), NULL, "", help}

const struct scenario_key fault_keys[] = {
	FTEXT(match, "token, customers, subscriptions, utilization, ratecard, or a part of the raw URI; empty: all but /emulator/"),
	FINT(page, 0, 1000000, "0", "only this page of an enumeration; 0: any"),
	FINT(nth, 1, 1000000000, "1", "the first matching request to hit"),
	FINT(times, 0, 1000000000, "1", "how many from there on; 0: all"),
	FINT(percent, 0, 100, "100", "chance of each (from the seed)"),
	{"fault.NAME", "action", KEY_CHOICE, FOFF(action), 0, 0,
	    "none|status|delay|cut|cut_chunked|reset|garbage|content_type|endless|drip|huge_header|gzip_cut|gzip_bomb|"
	    "repeat_token|next_other_host|redirect|expire_token|no_refresh_token|stall|aadsts|error|revoke",
	    "none", "what happens; status:503 is short for action=status, status=503; aadsts:N: Entra refuses with AADSTSN (and only Entra is hit); "
	    "error:N: Partner Center does, with the status that N has; revoke: the consent ends now, as by POST /emulator/consent/revoke"},
	FINT(status, 200, 599, "503", "status: the answer; also of redirect (then 302 unless 3xx)"),
	FINT(code, -1, 999999999, "-1", "aadsts, error: the code; revoke: the AADSTS code from now on (50173); status: Partner Center's error document with this code"),
	FTEXT(retry_after, "status: Retry-After; seconds as they are, date:N for an HTTP date N seconds from now"),
	FTEXT(body, "status, content_type, garbage: body instead of the usual one"),
	FTEXT(content_type, "status, content_type: Content-Type of the answer (default text/html for content_type)"),
	FINT(delay_ms, 0, 3600000, "0", "wait before anything else, with every action; drip: between two pieces"),
	FINT(after, 0, INT64_MAX, "100", "cut, cut_chunked, reset, stall: body bytes sent before (reset:0 sends nothing)"),
	FINT(bytes, 0, INT64_MAX, "0", "drip: bytes of a piece (1); huge_header: its size (65536); gzip_bomb: unpacked size (256 MiB)"),
	FTEXT(location, "redirect: where to; next_other_host: base of the next link (https://elsewhere.example)"),
};
const size_t fault_key_count = sizeof(fault_keys) / sizeof(fault_keys[0]);
