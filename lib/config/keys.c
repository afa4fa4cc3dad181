/* SPDX-License-Identifier: MIT */
#include "config/keys.h"

#include <stdio.h>
#include <string.h>

#define AT(member) .field = offsetof(struct config, member)
#define PARTNER .section = "partner"
#define CENTER .section = "partner_center"
#define SCHEDULE .section = "schedule"
#define USAGE .section = "usage"
#define BILLING .section = "billing"
#define DATABASE .section = "database"
#define LOG .section = "log"

static const char *const auths[] = { "user", "app", NULL };
static const char *const assertions[] = { "PS256", "RS256", NULL };
static const char *const clouds[] = { "global", "usgov", "china", NULL };
static const char *const granularities[] = { "daily", "hourly", NULL };
static const char *const levels[] = { "error", "warn", "info", "debug", NULL };

static const char *const base_urls[] = { "https://api.partnercenter.microsoft.com", "https://api.partnercenter.microsoft.com",
					 "https://partner.partnercenterapi.microsoftonline.cn" };
static const char *const login_urls[] = { "https://login.microsoftonline.com", "https://login.microsoftonline.us",
					  "https://login.partner.microsoftonline.cn" };

const struct config_key config_keys[CONFIG_KEYS] = {
	{ PARTNER, .name = "tenant_id", .read = config_read_guid, AT(tenant_id), .need = CONFIG_REQUIRED,
	  .help = "The partner's own tenant: the directory (tenant) id that the Entra admin center shows." },
	{ PARTNER, .name = "client_id", .read = config_read_guid, AT(client_id), .need = CONFIG_REQUIRED,
	  .help = "The application (client) id of the app registration that reads Partner Center." },
	{ PARTNER, .name = "auth", .read = config_read_choice, AT(auth), .words = auths, .fallback = "user",
	  .help = "How to sign in: as a user who once gave consent with MFA (Secure Application Model), or as the application alone." },
	{ PARTNER, .name = "client_secret_file", .read = config_read_path, AT(client_secret_file), .need = CONFIG_OPTIONAL,
	  .help = "File that holds the application's secret. Without it the systemd credential client_secret is taken." },
	{ PARTNER, .name = "client_certificate_file", .read = config_read_path, AT(client_certificate_file), .need = CONFIG_OPTIONAL,
	  .help = "File with the application's certificate (PEM), in place of a secret. Or the systemd credential client_certificate." },
	{ PARTNER, .name = "client_key_file", .read = config_read_path, AT(client_key_file), .need = CONFIG_OPTIONAL,
	  .help = "File with the private key (PEM) of that certificate. Or the systemd credential client_key." },
	{ PARTNER, .name = "client_assertion", .read = config_read_choice, AT(client_assertion), .words = assertions, .fallback = "PS256",
	  .help = "How the certificate's key signs: as Microsoft asks now, or as it did before 2025." },
	{ PARTNER, .name = "state_dir", .read = config_read_path, AT(state_dir), .need = CONFIG_FILLED,
	  .fallback = "/var/lib/csp-usaged/private", .help = "Folder (mode 0700) in which the refresh token is kept." },
	{ PARTNER, .name = "token_key_file", .read = config_read_path, AT(token_key_file), .need = CONFIG_OPTIONAL,
	  .help = "File with the key that the refresh token is sealed with: 64 hex digits, of openssl rand -hex 32. Without it the systemd "
		  "credential token_key is taken; without either it is not sealed." },

	{ CENTER, .name = "cloud", .read = config_read_choice, AT(cloud), .words = clouds, .fallback = "global",
	  .help = "The Microsoft cloud; it sets the defaults of the next three keys." },
	{ CENTER, .name = "base_url", .read = config_read_service, AT(base_url), .need = CONFIG_FILLED, .by_cloud = base_urls,
	  .help = "Partner Center's address. No request goes anywhere but here and to login_url." },
	{ CENTER, .name = "login_url", .read = config_read_service, AT(login_url), .need = CONFIG_FILLED, .by_cloud = login_urls,
	  .help = "The address to sign in at." },
	{ CENTER, .name = "resource", .read = config_read_service, AT(resource), .need = CONFIG_FILLED, .by_cloud = base_urls,
	  .help = "What the access token is asked for." },
	{ CENTER, .name = "ca_file", .read = config_read_path, AT(ca_file), .need = CONFIG_OPTIONAL,
	  .help = "File with the certificate authorities to trust (PEM). Without it those of the system." },
	{ CENTER, .name = "proxy", .read = config_read_proxy, AT(proxy), .need = CONFIG_OPTIONAL,
	  .help = "http://HOST:PORT of a proxy. Without it the environment decides (HTTPS_PROXY, NO_PROXY)." },
	{ CENTER, .name = "locale", .read = config_read_locale, AT(locale), .need = CONFIG_FILLED, .fallback = "en-US",
	  .help = "Language of the product names (X-Locale). They are stored: better never changed." },
	{ CENTER, .name = "currency", .read = config_read_code, AT(currency), .min = 3, .max = 3, .need = CONFIG_REQUIRED,
	  .help = "The currency that Microsoft bills the partner in, e.g. EUR." },
	{ CENTER, .name = "region", .read = config_read_code, AT(region), .min = 2, .max = 2, .need = CONFIG_REQUIRED,
	  .help = "The country of the price list, e.g. NL." },
	{ CENTER, .name = "max_in_flight", .read = config_read_int, AT(max_in_flight), .min = 1, .max = 128, .fallback = "8",
	  .help = "Requests at the same time, at most: when Microsoft asks to slow down it is halved, and grows again." },
	{ CENTER, .name = "requests_per_minute", .read = config_read_int, AT(requests_per_minute), .min = 1, .max = 100000,
	  .fallback = "450", .help = "Requests started in a minute, also those to sign in; never a tenth more. Microsoft names a limit of 500." },
	{ CENTER, .name = "http2", .read = config_read_bool, AT(http2), .fallback = "yes",
	  .help = "Whether HTTP/2 is spoken where it is offered; no: HTTP/1.1 alone, for a proxy that gets it wrong." },

	{ SCHEDULE, .name = "time", .read = config_read_time, AT(time), .fallback = "19:00", .help = "When the daily run starts, HH:MM." },
	{ SCHEDULE, .name = "timezone", .read = config_read_zone, AT(timezone), .need = CONFIG_FILLED, .fallback = "CET",
	  .help = "The zone of that time. CET has summer time, as Amsterdam and Brussels; Etc/GMT-1 is UTC+1 all year." },
	{ SCHEDULE, .name = "catch_up", .read = config_read_bool, AT(catch_up), .fallback = "yes",
	  .help = "Whether a run that was missed is made up for as soon as the daemon is up again." },
	{ SCHEDULE, .name = "jitter", .read = config_read_duration, AT(jitter_s), .max = 3600, .fallback = "0s",
	  .help = "Longest random delay of a scheduled run: 90s, 15m, 1h." },

	{ USAGE, .name = "lookback_days", .read = config_read_int, AT(lookback_days), .max = 30, .fallback = "3",
	  .help = "Reported days that every run reads again, although they are complete." },
	{ USAGE, .name = "backfill_days", .read = config_read_int, AT(backfill_days), .min = 1, .max = 90, .fallback = "60",
	  .help = "How far back missing days are fetched. Microsoft keeps 90 days." },
	{ USAGE, .name = "granularity", .read = config_read_choice, AT(granularity), .words = granularities, .fallback = "daily",
	  .help = "Records of a day or of an hour (many times as many rows)." },
	{ USAGE, .name = "include_customers", .read = config_read_guids, AT(include_customers), .need = CONFIG_OPTIONAL,
	  .help = "Customer ids, comma-separated: only these are fetched. Empty: all. A list may go on over indented lines." },
	{ USAGE, .name = "exclude_customers", .read = config_read_guids, AT(exclude_customers), .need = CONFIG_OPTIONAL,
	  .help = "Customer ids, comma-separated, that are not fetched." },

	{ BILLING, .name = "period_start_day", .read = config_read_int, AT(period_start_day), .min = 1, .max = 28, .fallback = "1",
	  .help = "Day of the month on which a billing period starts. Can't be changed once the database has purchases." },
	{ BILLING, .name = "settle_days", .read = config_read_int, AT(settle_days), .max = 60, .fallback = "5",
	  .help = "Days after a period's end in which it settles; what changes later is a correction to a closed period." },

	{ DATABASE, .name = "path", .read = config_read_path, AT(database_path), .need = CONFIG_FILLED,
	  .fallback = "/var/lib/csp-usaged/usage.db", .help = "The database." },
	{ DATABASE, .name = "publish", .read = config_read_path, AT(publish_path), .need = CONFIG_OPTIONAL,
	  .fallback = "/var/lib/csp-usaged/published/usage.db",
	  .help = "The copy made after each run, a single file, for spreadsheets and other hosts. Empty: none." },

	{ LOG, .name = "level", .read = config_read_choice, AT(log_level), .words = levels, .fallback = "info",
	  .help = "What is logged; debug has a line for every request." },
};

const struct config_key *config_key_find(const char *section, const char *name)
{
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		if (strcmp(config_keys[i].section, section) == 0 && strcmp(config_keys[i].name, name) == 0)
			return &config_keys[i];
	return NULL;
}

const char *config_key_default(const struct config_key *key, enum config_cloud cloud)
{
	if (key->by_cloud)
		return key->by_cloud[cloud];
	return key->fallback ? key->fallback : "";
}

bool config_key_is_list(const struct config_key *key)
{
	return key->read == config_read_guids;
}

int config_fault(struct err *e, const char *path, unsigned line, const char *remedy)
{
	e->kind = ERR_CONFIG;
	if (line)
		err_wrap(e, "%s:%u", path, line);
	else
		err_wrap(e, "%s", path);
	return err_advise(e, "E-CONFIG", e->remedy[0] ? NULL : remedy);
}

int config_key_fault(struct err *e, const char *path, const struct config_key *key, unsigned line)
{
	char remedy[ERR_REMEDY_MAX];

	snprintf(remedy, sizeof(remedy), "set %s in section [%s]: %s", key->name, key->section, key->help);
	err_wrap(e, "[%s] %s", key->section, key->name);
	return config_fault(e, path, line, remedy);
}
