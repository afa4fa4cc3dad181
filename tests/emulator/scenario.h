/* SPDX-License-Identifier: MIT */
/* scenario.h - what the emulator plays: one plain value, read from INI text over defaults.
 * No ownership: a scenario is copied by assignment. Every key, with its default and meaning, is in the tables of scenario.c. */
#ifndef EMU_SCENARIO_H
#define EMU_SCENARIO_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"

#define SCENARIO_FAULTS 48
#define SCENARIO_RECORDED 64
#define SCENARIO_PIECES 6
#define SCENARIO_PATH 512
#define SCENARIO_LINE_MAX 190

enum next_uri { NEXT_PLAIN, NEXT_SLASH, NEXT_V1, NEXT_SLASH_V1 };
enum guid_case { CASE_RECORDED, CASE_LOWER, CASE_UPPER, CASE_MIXED };
enum instance_data { INSTANCE_FULL, INSTANCE_NULL, INSTANCE_MISSING, INSTANCE_MIXED };
enum retry_form { RETRY_SECONDS, RETRY_DATE, RETRY_NONE };
enum no_accept { ACCEPT_UTF16, ACCEPT_406, ACCEPT_IGNORED };
enum number_form { NUMBER_AUTO, NUMBER_NUMBER, NUMBER_STRING };
enum exponent { EXPONENT_SOME, EXPONENT_NEVER, EXPONENT_ALWAYS };
enum indent { INDENT_NONE, INDENT_CRLF, INDENT_LF };
enum gzip { GZIP_NEVER, GZIP_AUTO };

enum account { ACCOUNT_PARTNER, ACCOUNT_OTHER_TENANT, ACCOUNT_PERSONAL };
enum login_answer {
	LOGIN_ACCEPT, LOGIN_PAGE, LOGIN_ACCESS_DENIED, LOGIN_ADMIN_CONSENT, LOGIN_CONSENT_REQUIRED, LOGIN_LOGIN_REQUIRED,
	LOGIN_INTERACTION_REQUIRED, LOGIN_SERVER_ERROR, LOGIN_TEMPORARILY_UNAVAILABLE
};

enum device_person { DEVICE_NOBODY, DEVICE_APPROVE, DEVICE_DECLINE };
enum client_type { CLIENT_CONFIDENTIAL, CLIENT_BOTH, CLIENT_PUBLIC };

enum role_refusal { ROLE_REFUSAL_MESSAGE, ROLE_REFUSAL_CODE };
enum role_missing { ROLE_MISSING_NOWHERE, ROLE_MISSING_RATECARD, ROLE_MISSING_UTILIZATION };
enum rotation { ROTATION_NEW, ROTATION_FORCED, ROTATION_SAME, ROTATION_NONE };

struct partner_conf {
	char tenant_id[40];
	char client_id[40];
	char client_secret[128];
	char certificate[192];
	char token_certificate[192];
	char refresh_token[256];
	char user[64];
	int64_t access_token_seconds;
	int64_t sign_in;
	char roles[96];
	int64_t role_refusal, role_missing_on;
	int mfa, mfa_enforced, app_only;
};

struct login_conf {
	char domain[64];
	int64_t account, answer, code_seconds, client_type, rotation;
	char redirect_uris[160];
	int multi_tenant, want_pkce, id_token_amr;
};

struct device_conf {
	int64_t interval, expires_seconds, answer, after_polls, slow_down_polls, slow_down_seconds;
};

struct generate_conf {
	int64_t seed, revision, restated_percent;
	int64_t customers, advisor_customers, subscriptions;
	int64_t azure_plan_subscriptions, license_subscriptions, moved_subscriptions, no_usage_subscriptions;
	int64_t forbidden_subscriptions;
	int64_t rows_per_day, days;
	int32_t first_day, last_day, today;
	int64_t fresh_minutes;
	int pieces, piece_hours[SCENARIO_PIECES];
	int64_t meters, tiered_percent, included_percent, future_percent, unit_mismatch_percent, unpriced_meters;
	int64_t tags_percent;
	char currency[4], region[4];
};

struct page_conf {
	int64_t customers_size, usage_size, keep;
};

struct quirks_conf {
	int bom, empty_page_with_next;
	int64_t indent, gzip, next_uri, guid_case, instance_data, no_accept, token_numbers, exponent;
	char time_offset[8];
	int64_t no_content_percent, no_content_form, no_content_seconds, no_content_page, no_content_times;
	int64_t clock_skew_seconds;
};

/* One [recorded] document. who: customer or subscription id, "" for all; days: first and last reported day. */
struct recorded_conf {
	enum recorded_kind { RECORDED_CUSTOMERS, RECORDED_SUBSCRIPTIONS, RECORDED_UTILIZATION, RECORDED_RATECARD } kind;
	char who[40];
	int32_t from, to;
	char path[SCENARIO_PATH];
};

enum fault_action {
	FAULT_NONE, FAULT_STATUS, FAULT_DELAY, FAULT_CUT, FAULT_CUT_CHUNKED, FAULT_RESET, FAULT_GARBAGE,
	FAULT_CONTENT_TYPE, FAULT_ENDLESS, FAULT_DRIP, FAULT_HUGE_HEADER, FAULT_GZIP_CUT, FAULT_GZIP_BOMB,
	FAULT_REPEAT_TOKEN, FAULT_NEXT_OTHER_HOST, FAULT_REDIRECT, FAULT_EXPIRE_TOKEN, FAULT_NO_REFRESH_TOKEN, FAULT_STALL,
	FAULT_AADSTS, FAULT_ERROR, FAULT_REVOKE
};

struct fault_conf {
	char name[48];
	char match[96];
	int64_t page, nth, times, percent;
	int64_t action, status, code, delay_ms, after, bytes;
	char retry_after[64], body[160], content_type[64], location[160];
};

struct scenario {
	struct partner_conf partner;
	struct login_conf login;
	struct device_conf device;
	struct generate_conf generate;
	struct page_conf page;
	struct quirks_conf quirks;
	struct recorded_conf recorded[SCENARIO_RECORDED];
	size_t recorded_count;
	struct fault_conf faults[SCENARIO_FAULTS];
	size_t fault_count;
	char base_dir[SCENARIO_PATH];	/* relative [recorded] paths start here */
};

void scenario_init(struct scenario *s);
/* Merges INI text over *s; name stands in errors as NAME:LINE. touched, when not NULL, is called with the name of each fault
 * that the text mentions. On error *s may be half merged: merge into a copy. */
int scenario_merge(struct scenario *s, const char *name, const char *ini, void (*touched)(void *arg, const char *fault), void *arg,
    struct err *e) MUST_CHECK;
int scenario_load(struct scenario *s, const char *path, struct err *e) MUST_CHECK;
/* "section.key=value" */
int scenario_set(struct scenario *s, const char *assignment, struct err *e) MUST_CHECK;
/* Fills what depends on the clock (days) and checks what spans keys. Works on a copy kept for use; the merged one stays as written. */
int scenario_finish(struct scenario *s, struct err *e) MUST_CHECK;
/* Every key with default and meaning, for --help-scenario. */
void scenario_print_keys(FILE *out);
const char *scenario_action_name(enum fault_action action);

#endif
