/* SPDX-License-Identifier: MIT */
/* What the keys mean: defaults, values, pairs. */
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "config_fixture.h"

static void test_load_minimal_file_gives_the_defaults(void **state)
{
	struct fixture *f = *state;
	const struct config *c = &f->c;
	char text[GUID_TEXT_MAX];

	assert_loads(f, MINIMAL);
	guid_print(c->client_id, text);
	assert_string_equal(text, "a356ac8c-e310-44f4-bf85-c7f29044af99");
	assert_int_equal(c->auth, CONFIG_AUTH_USER);
	assert_null(c->client_secret_file);
	assert_null(c->client_certificate_file);
	assert_null(c->client_key_file);
	assert_null(c->token_key_file);
	assert_int_equal(c->client_assertion, CONFIG_PS256);
	assert_string_equal(c->state_dir, "/var/lib/csp-usaged/private");
	assert_int_equal(c->cloud, CONFIG_CLOUD_GLOBAL);
	assert_string_equal(c->base_url, "https://api.partnercenter.microsoft.com");
	assert_string_equal(c->login_url, "https://login.microsoftonline.com");
	assert_string_equal(c->resource, "https://api.partnercenter.microsoft.com");
	assert_null(c->ca_file);
	assert_null(c->proxy);
	assert_string_equal(c->locale, "en-US");
	assert_string_equal(c->currency, "EUR");
	assert_string_equal(c->region, "NL");
	assert_int_equal(c->max_in_flight, 8);
	assert_int_equal(c->requests_per_minute, 450);
}

static void test_load_minimal_file_gives_the_other_defaults(void **state)
{
	struct fixture *f = *state;
	const struct config *c = &f->c;

	assert_loads(f, MINIMAL);
	assert_int_equal(c->time.hour, 19);
	assert_int_equal(c->time.minute, 0);
	assert_string_equal(c->timezone, "CET");
	assert_true(c->catch_up);
	assert_int_equal(c->jitter_s, 0);
	assert_int_equal(c->lookback_days, 3);
	assert_int_equal(c->backfill_days, 60);
	assert_int_equal(c->granularity, CONFIG_DAILY);
	assert_int_equal(c->include_customers.count, 0);
	assert_int_equal(c->exclude_customers.count, 0);
	assert_int_equal(c->period_start_day, 1);
	assert_int_equal(c->settle_days, 5);
	assert_string_equal(c->database_path, "/var/lib/csp-usaged/usage.db");
	assert_string_equal(c->publish_path, "/var/lib/csp-usaged/published/usage.db");
	assert_int_equal(c->log_level, LOG_INFO);
}

static void test_load_takes_every_key(void **state)
{
	struct fixture *f = *state;
	const struct config *c = &f->c;

	assert_loads(f, PARTNER "auth = app\nclient_certificate_file = /etc/a.pem\nclient_key_file=/etc/a.key\nstate_dir = /s\n"
				"client_assertion = RS256\ntoken_key_file = /etc/token.key\n" CENTER
				"cloud = usgov\nca_file = /etc/ca\nproxy = http://proxy:3128\nlocale = nl-NL\nmax_in_flight = 128\n"
				"requests_per_minute = 6000\n"
				"[schedule]\ntime = 00:05\ntimezone = Etc/GMT-1\ncatch_up = no\njitter = 15m\n"
				"[usage]\nlookback_days = 0\nbackfill_days = 90\ngranularity = hourly\nexclude_customers = " CLIENT "\n"
				"[billing]\nperiod_start_day = 28\nsettle_days = 60\n"
				"[database]\npath = /data/usage.db\npublish =\n[log]\nlevel = debug\n");
	assert_int_equal(c->auth, CONFIG_AUTH_APP);
	assert_string_equal(c->client_certificate_file, "/etc/a.pem");
	assert_string_equal(c->client_key_file, "/etc/a.key");
	assert_int_equal(c->client_assertion, CONFIG_RS256);
	assert_string_equal(c->token_key_file, "/etc/token.key");
	assert_string_equal(c->login_url, "https://login.microsoftonline.us");
	assert_string_equal(c->base_url, "https://api.partnercenter.microsoft.com");
	assert_string_equal(c->proxy, "http://proxy:3128");
	assert_int_equal(c->max_in_flight, 128);
	assert_int_equal(c->time.minute, 5);
	assert_string_equal(c->timezone, "Etc/GMT-1");
	assert_false(c->catch_up);
	assert_int_equal(c->jitter_s, 900);
	assert_int_equal(c->granularity, CONFIG_HOURLY);
	assert_int_equal(c->exclude_customers.count, 1);
	assert_true(guid_equal(c->exclude_customers.ids[0], c->client_id));
	assert_int_equal(c->settle_days, 60);
	assert_null(c->publish_path);
	assert_int_equal(c->log_level, LOG_DEBUG);
}

static void test_cloud_sets_defaults_wherever_it_stands(void **state)
{
	struct fixture *f = *state;

	assert_loads(f, MINIMAL "login_url = http://127.0.0.1:8080\ncloud = china\n");
	assert_string_equal(f->c.base_url, "https://partner.partnercenterapi.microsoftonline.cn");
	assert_string_equal(f->c.login_url, "http://127.0.0.1:8080");
	assert_string_equal(f->c.resource, "https://partner.partnercenterapi.microsoftonline.cn");
}

static void test_bad_values_name_line_and_key(void **state)
{
	static const struct {
		const char *tail, *why;
	} bad[] = { /* each is line 7, after MINIMAL */
		{ "max_in_flight = 0", "[partner_center] max_in_flight: expected a whole number from 1 to 128, found \"0\"" },
		{ "max_in_flight = 129", "found \"129\"" },
		{ "max_in_flight =", "found \"\"" },
		{ "requests_per_minute = many", "found \"many\"" },
		{ "cloud = mars", "[partner_center] cloud: expected global, usgov or china, found \"mars\"" },
		{ "base_url = http://example.com", "[partner_center] base_url: expected https://HOST" },
		{ "base_url = https://example.com/v1", "base_url: expected https://HOST" },
		{ "base_url =", "base_url: expected https://HOST" },
		{ "login_url = https://u:p@example.com", "login_url: expected https://HOST" },
		{ "resource = api://x", "resource: expected" },
		{ "proxy = http://u:p@proxy:1", "proxy: expected" },
		{ "ca_file = ca.pem", "ca_file: expected an absolute path" },
		{ "locale = english", "locale: expected a language" },
		{ "locale = en-", "locale: expected a language" },
		{ "locale =", "locale: expected a language" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(bad); i++) {
		char text[512];

		snprintf(text, sizeof(text), "%s%s\n", MINIMAL, bad[i].tail);
		assert_refused(f, text, 7, bad[i].why);
	}
}

static void test_bad_values_of_the_other_sections(void **state)
{
	static const struct {
		const char *tail, *why;
	} bad[] = { /* each in line 8 */
		{ "[schedule]\ntime = 7:00", "[schedule] time: expected a time from 00:00 to 23:59, found \"7:00\"" },
		{ "[schedule]\ntime = 24:00", "[schedule] time" },
		{ "[schedule]\ntime = 19:60", "[schedule] time" },
		{ "[schedule]\ntime = 19:-1", "[schedule] time" },
		{ "[schedule]\ntime = -1:00", "[schedule] time" },
		{ "[schedule]\ntimezone = Europe/Amsterdm", "[schedule] timezone: no time zone \"Europe/Amsterdm\"" },
		{ "[schedule]\ntimezone =", "[schedule] timezone" },
		{ "[schedule]\ncatch_up = perhaps", "expected yes or no" },
		{ "[schedule]\njitter = 2h", "[schedule] jitter" },
		{ "[usage]\nlookback_days = abc", "[usage] lookback_days: expected a whole number from 0 to 30, found \"abc\"" },
		{ "[usage]\nbackfill_days = 91", "from 1 to 90" },
		{ "[usage]\ngranularity = weekly", "expected daily or hourly" },
		{ "[usage]\ninclude_customers = " TENANT ", x", "expected a GUID, found \"x\"" },
		{ "[billing]\nperiod_start_day = 29", "from 1 to 28" },
		{ "[billing]\nsettle_days = -1", "from 0 to 60" },
		{ "[database]\npath = usage.db", "[database] path: expected an absolute path" },
		{ "[database]\npath =", "[database] path" },
		{ "[database]\npath = /a/../b", "[database] path" },
		{ "[database]\npath = /a//b", "[database] path" },
		{ "[database]\npath = /a/.", "[database] path" },
		{ "[database]\npath = /..", "[database] path" },
		{ "[database]\npath = /", "[database] path" },
		{ "[database]\npublish = /a/", "[database] publish" },
		{ "[log]\nlevel = loud", "expected error, warn, info or debug" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(bad); i++) {
		char text[512];

		snprintf(text, sizeof(text), "%s%s\n", MINIMAL, bad[i].tail);
		assert_refused(f, text, 8, bad[i].why);
	}
}

static void test_required_keys_and_their_values(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, "", 0, "[partner] tenant_id: missing");
	assert_refused(f, "[partner]\ntenant_id =\n", 2, "[partner] tenant_id: missing");
	assert_refused(f, "[partner]\ntenant_id = " TENANT "\n", 0, "[partner] client_id: missing");
	assert_refused(f, PARTNER "[partner_center]\nregion = NL\n", 0, "[partner_center] currency: missing");
	assert_refused(f, PARTNER "[partner_center]\ncurrency = EUR\n", 0, "[partner_center] region: missing");
	assert_refused(f, "[partner]\ntenant_id = 00000000-0000-0000-0000-000000000000\n", 2, "other than zero");
	assert_refused(f, PARTNER "[partner_center]\ncurrency = eur\n", 5, "three capital letters");
	assert_refused(f, PARTNER "[partner_center]\ncurrency = EURO\n", 5, "three capital letters");
	assert_refused(f, PARTNER "[partner_center]\ncurrency = EUR\nregion = NLD\n", 6, "two capital letters");
}

static void test_keys_that_concern_each_other(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, PARTNER "client_secret_file = /s\nclient_certificate_file = /c\nclient_key_file = /k\n" CENTER, 5,
		       "client_secret_file and client_certificate_file can't both be given");
	assert_refused(f, PARTNER "client_certificate_file = /c\n" CENTER, 4, "must be given together");
	assert_refused(f, PARTNER "client_key_file = /k\n" CENTER, 4, "must be given together");
	assert_refused(f, MINIMAL "[usage]\ninclude_customers=" TENANT "\nexclude_customers=" CLIENT "\n", 9, "can't both be given");
	assert_refused(f, MINIMAL "[database]\npath = /a/b.db\npublish = /a/b.db\n", 9, "path and publish must be different");
	assert_refused(f, MINIMAL "[database]\npath = /var/lib/csp-usaged/published/usage.db\n", 8, "must be different");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_load_minimal_file_gives_the_defaults),
		TEST(test_load_minimal_file_gives_the_other_defaults),
		TEST(test_load_takes_every_key),
		TEST(test_cloud_sets_defaults_wherever_it_stands),
		TEST(test_bad_values_name_line_and_key),
		TEST(test_bad_values_of_the_other_sections),
		TEST(test_required_keys_and_their_values),
		TEST(test_keys_that_concern_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
