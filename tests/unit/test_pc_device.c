/* SPDX-License-Identifier: MIT */
#include "base/util.h"
#include "partner/pc_device.h"
#include "partner/pc_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define REST "\"device_code\":\"dc\",\"user_code\":\"ABC-123\",\"verification_uri\":\"https://microsoft.com/devicelogin\""

static struct pc_device device;
static struct err e;

static int setup(void **state)
{
	(void)state;
	pc_json_setup();
	return 0;
}

static void check_refused(const char *body, const char *why)
{
	assert_int_equal(pc_device_decode(&device, span_of(body), &e), -1);
	assert_int_equal(e.kind, ERR_FORMAT);
	assert_string_equal(e.code, "E-FORMAT-DEVICE");
	if (!strstr(e.text, why))
		fail_msg("%s: %s", body, e.text);
	assert_null(strstr(e.text, "SECRET"));
}

static void check_times(const char *body, int expires_in_s, int interval_s)
{
	assert_int_equal(pc_device_decode(&device, span_of(body), &e), 0);
	assert_int_equal(device.expires_in_s, expires_in_s);
	assert_int_equal(device.interval_s, interval_s);
	pc_device_fini(&device);
}

static void test_v2(void **state)
{
	(void)state;
	assert_int_equal(pc_device_decode(&device, SPAN_LITERAL("{" REST ",\"expires_in\":900,\"interval\":5,\"message\":\"To sign in...\"}"), &e), 0);
	assert_string_equal(device.device_code, "dc");
	assert_string_equal(device.user_code, "ABC-123");
	assert_string_equal(device.verification_uri, "https://microsoft.com/devicelogin");
	assert_int_equal(device.expires_in_s, 900);
	assert_int_equal(device.interval_s, 5);
	pc_device_fini(&device);
	assert_null(device.device_code);
	pc_device_fini(&device);
}

static void test_v1(void **state)
{
	(void)state;
	assert_int_equal(pc_device_decode(&device, SPAN_LITERAL("{\"device_code\":\"dc\",\"user_code\":\"A\",\"verification_url\":\"https://m/d\","
								"\"expires_in\":\"900\",\"interval\":\"7\"}"), &e), 0);
	assert_string_equal(device.verification_uri, "https://m/d");
	assert_int_equal(device.interval_s, 7);
	pc_device_fini(&device);
}

static void test_times_are_clamped(void **state)
{
	(void)state;
	check_times("{" REST ",\"expires_in\":900}", 900, 5);
	check_times("{" REST ",\"expires_in\":1,\"interval\":0}", 60, 1);
	check_times("{" REST ",\"expires_in\":99999999,\"interval\":86400}", 3600, 60);
	check_times("{" REST ",\"expires_in\":-5,\"interval\":-5}", 60, 1);
	check_refused("{" REST ",\"expires_in\":\"soon\"}", "expires_in");
	check_refused("{" REST ",\"expires_in\":900,\"interval\":1.5}", "interval");
}

static void test_addresses(void **state)
{
	static const char form[] = "{\"device_code\":\"dc\",\"user_code\":\"A\",\"expires_in\":900,\"verification_uri\":\"%s\"}";
	static const struct {
		const char *uri;
		bool good;
	} cases[] = {
		{ "https://login.example/device", true },   { "https://localhost:8443/device", true },
		{ "http://127.0.0.1:8080/device", true },   { "http://localhost/device", true },
		{ "http://login.example/device", false },   { "javascript:alert(1)", false },
		{ "https://", false },                      { "https://a b/", false },
		{ "https://user@login.example/", false },   { "https://login.example/\\u001b[2J", false },
		{ "file:///etc/passwd", false },            { "", false },
	};
	char body[300];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		snprintf(body, sizeof(body), form, cases[i].uri);
		if (cases[i].good) {
			assert_int_equal(pc_device_decode(&device, span_of(body), &e), 0);
			pc_device_fini(&device);
		} else {
			check_refused(body, "verification_uri");
		}
	}
}

static void test_refused(void **state)
{
	(void)state;
	check_refused("", "");
	check_refused("[]", "user_code");
	check_refused("{\"user_code\":\"A\",\"verification_uri\":\"https://m/d\"}", "device_code");
	check_refused("{\"device_code\":\"SECRET x\",\"user_code\":\"A\",\"verification_uri\":\"https://m/d\"}", "device_code");
	check_refused("{\"device_code\":\"SECRET\",\"user_code\":\"\\u001b[2J\",\"verification_uri\":\"https://m/d\"}", "user_code");
	check_refused("{\"device_code\":\"SECRET\",\"user_code\":\"A<b>\",\"verification_uri\":\"https://m/d\"}", "user_code");
	check_refused("{\"device_code\":\"SECRET\",\"user_code\":\"0123456789012345678901234567890123456789\",\"verification_uri\":\"https://m\"}",
		      "user_code");
}

static void test_judged_by_name(void **state)
{
	(void)state;
	assert_int_equal(pc_device_judge(SPAN_LITERAL("{\"error\":\"authorization_pending\",\"error_codes\":[70016]}")), PC_DEVICE_PENDING);
	assert_int_equal(pc_device_judge(SPAN_LITERAL("{\"error\":\"slow_down\"}")), PC_DEVICE_SLOW_DOWN);
	assert_int_equal(pc_device_judge(SPAN_LITERAL("{\"error\":\"invalid_client\",\"error_codes\":[7000218]}")), PC_DEVICE_AUTHENTICATE);
	assert_int_equal(pc_device_judge(SPAN_LITERAL("{\"error\":\"expired_token\"}")), PC_DEVICE_END);
	assert_int_equal(pc_device_judge(SPAN_LITERAL("{\"error\":5}")), PC_DEVICE_END);
	assert_int_equal(pc_device_judge(SPAN_LITERAL("<html>")), PC_DEVICE_END);
	assert_int_equal(pc_device_judge(SPAN_LITERAL("")), PC_DEVICE_END);
}

#define T(name) cmocka_unit_test(test_##name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(v2), T(v1), T(times_are_clamped), T(addresses), T(refused), T(judged_by_name),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
